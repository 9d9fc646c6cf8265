"""What every entry of the catalogue must hold, run over all of them."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from catalogue.cases import CaseKind
from catalogue.check import spare
from catalogue.feeds import Feed
from catalogue.indicators import Indicator
from catalogue.load import FOLDER, load
from catalogue.subjects import by_name

CATALOGUE = load()
NEW = date(2026, 11, 21)
feeds = pytest.mark.parametrize("feed", CATALOGUE.feeds.values(), ids=list(CATALOGUE.feeds))
kinds = pytest.mark.parametrize("kind", CATALOGUE.kinds.values(), ids=list(CATALOGUE.kinds))
files = pytest.mark.parametrize("file", sorted(FOLDER.rglob("*.toml")), ids=lambda f: str(f.relative_to(FOLDER)))


@feeds
def test_a_feed_names_its_owner_in_both_languages(feed: Feed) -> None:
    assert CATALOGUE.owner_name(feed, "vi")
    assert CATALOGUE.owner_name(feed, "en")
    assert feed.name_vi
    assert feed.name_en
    assert feed.contact


@feeds
def test_a_feed_owns_its_partitions_alone(feed: Feed) -> None:
    for shard, partition in enumerate(feed.partitions):
        assert CATALOGUE.feed_at(feed.record, partition) == (feed, shard)


@feeds
def test_a_feed_expects_units_that_are_valid_on_the_day(feed: Feed) -> None:
    for id in CATALOGUE.expected_units(feed, NEW):
        assert CATALOGUE.units.by_id[id].valid_on(NEW)
        assert CATALOGUE.partition_of(feed, id) in feed.partitions


@feeds
def test_a_feed_says_when_it_is_late(feed: Feed) -> None:
    assert feed.due_days > 0 if feed.periodic else feed.cadence_s > 0
    assert feed.lateness_s > 0 or feed.periodic


@feeds
def test_a_live_feed_of_figures_has_a_headline(feed: Feed) -> None:
    live = feed.record == "figures" and not CATALOGUE.places["feed", feed.id].endswith("replay.toml")
    assert bool(feed.headline) or not live


@pytest.mark.parametrize("indicator", [i for i in CATALOGUE.indicators.values() if i.published], ids=lambda i: i.id)
def test_an_indicator_is_named_measured_and_sent(indicator: Indicator) -> None:
    assert indicator.name_vi
    assert indicator.name_en
    assert indicator.hard or indicator.soft
    assert any(indicator.id in feed.indicators for feed in CATALOGUE.feeds.values())


@kinds
def test_a_kind_can_start_and_end(kind: CaseKind) -> None:
    ended, reached, todo = kind.in_phase("ended"), set[str](), list(kind.moves[""])
    while todo:
        state = todo.pop()
        if state not in reached:
            reached.add(state)
            todo += kind.moves.get(state, ())
    assert reached == {state.id for state in kind.states}
    assert ended & reached
    assert kind.starts in reached - ended


@kinds
def test_a_kind_lists_the_moves_of_every_state_that_goes_on_and_no_mark_twice(kind: CaseKind) -> None:
    assert {"", *(kind.in_phase("before", "open", "paused"))} <= set(kind.moves)
    assert len(set(kind.attributes)) == len(kind.attributes)
    assert len(set(kind.channels)) == len(kind.channels)


def test_the_dossier_has_the_ten_codes_of_the_portal() -> None:
    assert [state.code for state in CATALOGUE.kinds["dossier"].states] == [str(n) for n in range(1, 11)]


def test_the_eight_kinds_of_the_design_are_there() -> None:
    named = {"dossier", "document", "opinion", "meeting", "petition", "report", "task", "incident"}
    assert named <= set(CATALOGUE.kinds)


def test_about_25_connections_reach_the_command_centre_and_every_system_has_one() -> None:
    systems = [feed.system for feed in CATALOGUE.feeds.values()]
    assert 20 <= systems.count("command-centre") <= 30
    assert set(systems) == set(CATALOGUE.systems)


def test_every_topic_has_spare_partitions() -> None:
    assert all(len(list(spare(CATALOGUE, record))) >= 8 for record in ("figures", "cases"))


def test_a_reservoir_s_levels_are_in_order() -> None:
    for lake in (s for s in CATALOGUE.subjects.values() if s.family == "reservoirs"):
        levels = {name: value for name, value in lake.attributes.items() if isinstance(value, float)}
        ceilings = [value for name, value in levels.items() if name.startswith("ceiling-")]
        assert levels["dead"] < min(ceilings)
        assert max(ceilings) <= levels["normal"] <= levels.get("check", 1_000)


def test_a_reservoir_is_found_by_its_name() -> None:
    names = by_name(CATALOGUE.subjects.values())
    assert names["reservoirs", "yaly"] == "ialy"
    assert names["airports", "tansonnhat"] == "tan-son-nhat"


def test_the_parts_of_the_index_have_the_maxima_of_their_group() -> None:
    index = {name: one.hard[1] for name, one in CATALOGUE.indicators.items() if name.startswith("index-") and one.hard}
    for total in CATALOGUE.feeds["service-index"].sums:
        assert index[total.total.indicator] == sum(index[part.indicator] for part in total.parts)


@files
def test_a_file_is_in_one_unicode_form(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)
