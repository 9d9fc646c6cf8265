"""Loading: a mistake names file, entry and key before anything starts; look-ups say who owns what."""

import argparse
import shutil
from datetime import date
from pathlib import Path

import pytest

from catalogue.feeds import Feed
from catalogue.load import FOLDER, examine, load
from contract.errors import CatalogueError
from contract.settings import Settings
from nhip.feeds import add_arguments, run

CATALOGUE = load()
NEW, OLD = date(2026, 11, 21), date(2024, 1, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the catalogue that a test may spoil."""
    return Path(shutil.copytree(FOLDER, tmp_path / "catalogue", ignore=shutil.ignore_patterns("__pycache__", "*.py")))


def spoil(folder: Path, name: str, old: str, new: str) -> list[str]:
    """Replaces the first place of a text in a file and returns what is said of it."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return examine(folder)[1]


def command(settings: Settings, *words: str) -> int:
    """`nhip feeds` with these words."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(settings, parser.parse_args(words))


def test_an_english_reader_is_told_what_is_counted_too() -> None:
    """What has no measure changes by so many, not by per cent: the two languages would say different things."""
    assert all(CATALOGUE.measures.values())
    assert CATALOGUE.measure("signatures", "en") == "times"
    assert CATALOGUE.measure("payments-amount", "en") == "million đồng"


FEED = '[[feed]]\nid = "power-load"\n'


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("feeds/energy.toml", "cadence_s", "cadance_s", "feed 'power-load': key 'cadance_s' is unknown; did you mean"),
        ("feeds/energy.toml", "cadence_s = 1800", 'cadence_s = "1800"', "feed 'power-load': key 'cadence_s': expected"),
        ("feeds/energy.toml", "lateness_s = 900\n", "", "feed 'power-load': key 'lateness_s' is missing; add it"),
        ("feeds/energy.toml", "[[feed]]", "[[fed]]", "key 'fed' is unknown; did you mean 'feed'?"),
        ("feeds/energy.toml", 'owner = "nsmo"', 'owner = "nsmm"', "feed 'power-load': key 'owner' names 'nsmm'"),
        ("feeds/energy.toml", '"command-centre"', '"centre"', "feed 'power-load': key 'system' names 'centre'"),
        ("feeds/energy.toml", 'units = ["VN"]', 'units = ["H99"]', "feed 'power-load': key 'units' names 'H99'"),
        ("feeds/energy.toml", '["power-load", ', '["power-lod", ',
         "feed 'power-load': key 'indicators' names 'power-lod'"),
        ("feeds/energy.toml", 'headline = "power', 'headline = "x', "feed 'power-load': key 'headline' names 'x-load'"),
        ("feeds/energy.toml", '{ indicator = "power-load-north"', '{ indicator = "x"', "key 'sums' names 'x'"),
        ("feeds/energy.toml", '{ indicator = "power-load-north"', '{ indicatr = "x"',
         "key 'indicatr' is unknown in 'sums"),
        ("feeds/energy.toml", "partition = 1\n", "partition = 2\n", "key 'partition': 2 is taken by feed"),
        ("feeds/energy.toml", "partition = 1\n", "partition = 99\n", "'power-load': key 'partition': 99 is beyond the"),
        ("feeds/energy.toml", "cadence_s = 1800", "cadence_s = 0", "which is instantaneous: set 'cadence_s' above 0"),
        ("feeds/energy.toml", '"Trực ban NSMO"', '"0912345678"', "feed 'power-load': key 'contact' must be a role"),
        ("feeds/energy.toml", 'subjects = "power-regions"', 'subjects = "x"', "'spot-price': key 'subjects' names 'x'"),
        ("feeds/energy.toml", FEED, FEED + 'id = "again"\n', "feeds/energy.toml: is not TOML"),
        ("feeds/finance.toml", "mon-fri 09:00", "mon-fri 9:00", "feed 'vn-index': key 'hours': hours"),
        ("feeds/finance.toml", 'id = "treasury"', 'id = "power-load"', "key 'id' is taken by an entry of feeds/energy"),
        ("feeds/portal.toml", "shards = 4", "shards = 8", "is taken by feed 'portal-dossiers'; choose a free one"),
        ("feeds/portal.toml", 'kinds = ["dossier"]', 'kinds = ["dosier"]',
         "'portal-dossiers': key 'kinds' names 'dosier'"),
        ("cases/dossier.toml", '"stopped", "finished", ', '"stoped", ',
         "kind 'dossier': moves: key 'accepted' names 'stoped'"),
        ("cases/dossier.toml", 'starts = "accepted"', 'starts = "start"', "kind 'dossier': key 'starts' names 'start'"),
        ("cases/dossier.toml", 'phase = "paused"', 'phase = "asleep"', "state 'supplement': key 'phase' is 'asleep'"),
        ("cases/dossier.toml", 'code = "2"', 'code = "1"',
         "kind 'dossier': key 'states': two states have the code '1'"),
        ("units.toml", 'parent = "VN", order = 10,', 'parent = "VM", order = 10,',
         "unit 'G01': key 'parent' names 'VM'"),
        ("units.toml", "valid_to = 2025-06-30", "valid_to = 2005-06-30", "key 'valid_to' is before 'valid_from'"),
        ("units.toml", "valid_from = 2025-07-01", "valid_from = 2025-06-01",
         "on the same days; change a name or a date"),
        ("units.toml", 'predecessors = ["', 'predecessors = ["X', "key 'predecessors' names 'X"),
        ("indicators.toml", "slots = [24, 46]", "slots = [25, 46]", "must cover 1 to 200, each slot once"),
        ("indicators.toml", "slot = 49", "slot = 50", "key 'slot' is 50 in 'exports', 'imports'"),
        ("indicators.toml", "soft = [10500.0", "soft = [7000.0", "'power-load': key 'soft' must lie inside 'hard'"),
        ("indicators.toml", 'period = "C-D"', 'period = "C-X"', "indicator 'power-max': key 'period' is 'C-X'"),
        ("subjects.toml", 'family = "reservoirs"', 'family = "lakes"',
         "subject 'lai-chau': key 'family' names 'lakes'"),
        ("calendar.toml", "start = 2026-09-15", "start = 2026-09-16", "should be 2026-09-15 and 2026-10-14"),
        ("systems.toml", "figures = 64", 'figures = "64"', "partitions: key 'figures' must be a number"),
        ("targets.toml", "target = []", '[[target]]\nindicator = "x"', "target number 1: key 'period' is missing"),
    ],
)  # fmt: skip
def test_a_mistake_names_file_entry_and_key(folder: Path, name: str, old: str, new: str, said: str) -> None:
    problems = spoil(folder, name, old, new)
    assert any(said in problem for problem in problems), problems
    assert any(name in problem for problem in problems), problems


def test_a_file_that_is_gone_is_named(folder: Path) -> None:
    (folder / "units.toml").unlink()
    assert any(problem.startswith("units.toml: the file is missing") for problem in examine(folder)[1])


def test_a_file_in_another_encoding_is_named(folder: Path) -> None:
    (folder / "feeds" / "people.toml").write_bytes("# Việt".encode("utf-16"))
    assert "feeds/people.toml: is not UTF-8" in examine(folder)[1][0]


def test_nothing_starts_on_a_mistake(folder: Path) -> None:
    spoil(folder, "feeds/energy.toml", 'owner = "nsmo"', 'owner = "x"')
    with pytest.raises(CatalogueError, match=r"^feeds/energy.toml: feed 'power-load': key 'owner'"):
        load(folder)


def test_the_command_counts_mistakes_in_its_exit_code(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(catalogue=str(folder))
    assert command(settings, "check") == 0
    spoil(folder, "feeds/energy.toml", 'owner = "nsmo"', 'owner = "x"')
    capsys.readouterr()
    assert command(settings, "check") == 1
    assert "feed 'power-load': key 'owner' names 'x'" in capsys.readouterr().err


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_command_prints_every_feed(
    lang: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nhip.words._language", lang)
    assert command(Settings()) == 0
    printed = capsys.readouterr().out
    assert all(feed in printed for feed in CATALOGUE.feeds)
    assert all(command(Settings(), feed) == 0 for feed in CATALOGUE.feeds)
    assert command(Settings(), "nothing") == 2


def test_a_partition_belongs_to_a_feed_and_shard() -> None:
    dossiers = CATALOGUE.feeds["portal-dossiers"]
    assert [CATALOGUE.feed_at("cases", n) for n in dossiers.partitions] == [(dossiers, shard) for shard in range(4)]
    assert CATALOGUE.feed_at("figures", CATALOGUE.partitions("figures") - 20) is None


def test_an_old_province_shares_the_shard_of_the_one_it_became_part_of() -> None:
    dossiers = CATALOGUE.feeds["portal-dossiers"]
    for unit in CATALOGUE.units.provinces(OLD):
        heir = CATALOGUE.units.successor(unit)
        assert CATALOGUE.shard_of(dossiers, unit.id) == CATALOGUE.shard_of(dossiers, heir.id)


def test_provinces_spread_over_the_shards() -> None:
    dossiers = CATALOGUE.feeds["portal-dossiers"]
    shards = [CATALOGUE.shard_of(dossiers, unit.id) for unit in CATALOGUE.units.provinces(NEW)]
    assert sorted(shards.count(shard) for shard in range(4)) == [8, 8, 9, 9]


@pytest.mark.parametrize(
    ("feed", "old", "new"), [("portal-dossiers", 63, 34), ("document-axis", 85, 51), ("vn-index", 1, 1)]
)
def test_who_must_report_depends_on_the_day(feed: str, old: int, new: int) -> None:
    assert len(CATALOGUE.expected_units(CATALOGUE.feeds[feed], OLD)) == old
    assert len(CATALOGUE.expected_units(CATALOGUE.feeds[feed], NEW)) == new


def test_a_unit_that_ended_is_no_longer_expected() -> None:
    districts = CATALOGUE.feeds["reporting-districts"]
    assert CATALOGUE.expected_units(districts, OLD) == ("H29.63",)
    assert CATALOGUE.expected_units(districts, NEW) == ()


def test_drills_have_a_report_every_second() -> None:
    for name in ("drill-figures", "drill-cases"):
        feed = CATALOGUE.feeds[name]
        assert feed.drill
        assert (feed.cadence_s, feed.lateness_s) == (1, 5)
        assert CATALOGUE.expected_units(feed, NEW) == ("H26", "H17", "H29", "H13")


def test_a_quarterly_figure_is_not_expected_within_the_quarter() -> None:
    growth: Feed = CATALOGUE.feeds["growth"]
    assert growth.periodic
    assert growth.due_days > 0


def test_the_200_slots_are_all_there_and_none_is_made_up() -> None:
    slots = [one for one in CATALOGUE.indicators.values() if one.slot]
    assert sorted(one.slot for one in slots) == list(range(1, 201))
    unpublished = [one for one in slots if not one.published]
    assert all("chưa công bố" in one.name_vi and "not published" in one.name_en for one in unpublished)
    assert not {one.id for one in unpublished} & {name for feed in CATALOGUE.feeds.values() for name in feed.indicators}


def test_the_seven_sections_are_said_to_be_ours() -> None:
    assert len(CATALOGUE.sections) == 7
    assert all(section.ours for section in CATALOGUE.sections.values())
