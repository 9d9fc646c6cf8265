"""The simulated sources: one world, the same records however a span is cut, lives that the catalogue allows."""

from collections import defaultdict
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from catalogue.load import Catalogue, load
from contract import cases, figures
from producers.simulate import build_sources, without_source
from producers.simulate.noise import normal, uniform
from producers.simulate.source import Source
from producers.simulate.world import DAY, HOUR, World, to_ms

TUESDAY = to_ms(date(2026, 10, 13))
SINCE = TUESDAY - 20 * DAY


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def sources(catalogue: Catalogue) -> dict[str, Source]:
    return build_sources(catalogue, seed=11, scale=0.01, since_ms=SINCE)


def text(batch: pa.RecordBatch) -> list[dict[str, object]]:
    return [dict(row) for row in batch.to_pylist()]


def test_every_feed_of_the_catalogue_has_a_source(catalogue: Catalogue) -> None:
    assert without_source(catalogue) == []


def test_every_source_gives_the_columns_of_the_wire(catalogue: Catalogue, sources: dict[str, Source]) -> None:
    for source in sources.values():
        wire = figures.SCHEMA if source.feed.record == "figures" else cases.SCHEMA
        batch = source.between(TUESDAY + 8 * HOUR, TUESDAY + 9 * HOUR)
        assert batch.schema.names == wire.names
        assert batch.cast(wire).validate(full=True) is None


def test_every_record_says_that_it_is_simulated(sources: dict[str, Source]) -> None:
    for source in sources.values():
        batch = source.between(TUESDAY, TUESDAY + 12 * HOUR)
        assert all(batch["simulated"].to_pylist())


@pytest.mark.parametrize("feed", ["portal-dossiers", "document-axis", "e-cabinet", "power-load", "vn-index", "health"])
def test_a_span_gives_the_same_records_however_it_is_cut(sources: dict[str, Source], feed: str) -> None:
    source = sources[feed]
    start, end = TUESDAY + 7 * HOUR, TUESDAY + 10 * HOUR
    for shard in range(source.feed.shards):
        whole = text(source.between(start, end, shard))
        cuts = [start, start + 1, start + 61_003, start + HOUR, start + HOUR + 250, end]
        pieces = [row for a, b in pairwise(cuts) for row in text(source.between(a, b, shard))]
        key = lambda row: (str(row["record_id"]), str(row))  # noqa: E731
        assert sorted(whole, key=key) == sorted(pieces, key=key)


def test_a_second_process_with_the_same_seed_gives_the_same_records(
    catalogue: Catalogue, sources: dict[str, Source]
) -> None:
    again = build_sources(catalogue, seed=11, scale=0.01, since_ms=SINCE)
    other = build_sources(catalogue, seed=12, scale=0.01, since_ms=SINCE)
    span = (TUESDAY + 8 * HOUR, TUESDAY + 9 * HOUR)
    for feed in ("portal-dossiers", "petitions", "power-load", "prices"):
        assert again[feed].between(*span).equals(sources[feed].between(*span))
    assert not other["portal-dossiers"].between(*span).equals(sources["portal-dossiers"].between(*span))


def test_what_was_forgotten_is_drawn_again_when_asked_for(catalogue: Catalogue) -> None:
    source = build_sources(catalogue, seed=11, scale=0.01, since_ms=SINCE)["portal-dossiers"]
    span = (TUESDAY + 8 * HOUR, TUESDAY + 9 * HOUR)
    before = source.between(*span)
    source.between(TUESDAY + 3 * DAY, TUESDAY + 3 * DAY + HOUR)
    source.forget(TUESDAY + 2 * DAY)
    later = source.between(TUESDAY + 3 * DAY, TUESDAY + 3 * DAY + HOUR)
    assert source.between(*span).equals(before)
    assert source.between(TUESDAY + 3 * DAY, TUESDAY + 3 * DAY + HOUR).equals(later)


def test_counting_agrees_with_what_is_given(sources: dict[str, Source]) -> None:
    span = (TUESDAY + 6 * HOUR, TUESDAY + 30 * HOUR)
    for source in sources.values():
        given = sum(source.between(*span, shard).num_rows for shard in range(source.feed.shards))
        assert source.count(*span) == given, source.feed.id


def test_no_case_begins_before_the_history(sources: dict[str, Source]) -> None:
    source = sources["portal-dossiers"]
    for shard in range(source.feed.shards):
        assert source.between(SINCE - DAY, SINCE, shard).num_rows == 0
        assert source.between(SINCE, SINCE + DAY, shard).num_rows > 0


def test_every_life_follows_the_moves_of_its_kind(catalogue: Catalogue, sources: dict[str, Source]) -> None:
    for feed in (
        "portal-dossiers",
        "document-axis",
        "e-cabinet",
        "petitions",
        "reports",
        "egov-tasks",
        "sar-incidents",
    ):
        source = sources[feed]
        lives: dict[tuple[str, str], list[str]] = defaultdict(list)
        for shard in range(source.feed.shards):
            batch = source.between(SINCE, SINCE + 40 * DAY, shard)
            columns = (batch[name].to_pylist() for name in ("kind", "case_id", "state"))
            for kind, case, state in zip(*columns, strict=True):
                lives[kind, case].append(state)
        assert lives, feed
        for (kind, case), states in lives.items():
            moves = catalogue.kinds[kind].moves
            for old, new in zip(["", *states], states, strict=False):
                assert new in moves[old], (case, states)


def test_steps_have_ids_of_their_own(sources: dict[str, Source]) -> None:
    source = sources["portal-dossiers"]
    ids = [i for s in range(4) for i in source.between(SINCE, SINCE + 20 * DAY, s)["record_id"].to_pylist()]
    assert len(ids) == len(set(ids))


def test_a_shard_holds_the_units_that_the_catalogue_gives_it(catalogue: Catalogue, sources: dict[str, Source]) -> None:
    source = sources["portal-dossiers"]
    for shard in range(source.feed.shards):
        units = set(source.between(TUESDAY, TUESDAY + DAY, shard)["unit"].to_pylist())
        assert units
        assert {catalogue.shard_of(source.feed, unit) for unit in units} == {shard}


def test_units_are_those_of_the_day(catalogue: Catalogue) -> None:
    merger = to_ms(date(2025, 7, 1))
    source = build_sources(catalogue, 11, 0.01, merger - 10 * DAY)["rain-rivers"]
    before = source.between(merger - HOUR, merger)["unit"].to_pylist()
    after = source.between(merger, merger + HOUR)["unit"].to_pylist()
    assert len(set(before)) == 63
    assert len(set(after)) == 34


def test_figures_stay_inside_their_hard_bounds_and_decimals(catalogue: Catalogue, sources: dict[str, Source]) -> None:
    for source in (s for s in sources.values() if s.feed.record == "figures"):
        batch = source.between(TUESDAY - 2 * DAY, TUESDAY + DAY)
        pairs = zip(batch["indicator"].to_pylist(), batch["value"].to_pylist(), strict=True)
        for indicator, value in pairs:
            known = catalogue.indicators[indicator]
            low, high = known.hard or (-np.inf, np.inf)
            assert low <= value <= high, (source.feed.id, indicator, value)
            assert abs(round(value, known.decimals) - value) < 1e-9


def test_every_indicator_of_a_feed_is_reported_within_its_period(
    catalogue: Catalogue, sources: dict[str, Source]
) -> None:
    year = build_sources(catalogue, 11, 0.01, TUESDAY - 400 * DAY)
    for source in (s for s in year.values() if s.feed.record == "figures" and not s.feed.drill):
        if not catalogue.expected_units(source.feed, date(2026, 10, 1)):
            continue
        days = 380 if source.feed.periodic and source.feed.due_days > 1 else 3
        batch = source.between(TUESDAY - days * DAY, TUESDAY + DAY)
        assert set(batch["indicator"].to_pylist()) == set(source.feed.indicators), source.feed.id


def test_the_parts_of_every_sum_add_up(catalogue: Catalogue, sources: dict[str, Source]) -> None:
    for source in (s for s in sources.values() if s.feed.record == "figures" and s.feed.sums and not s.feed.drill):
        days = 45 if source.feed.periodic else 2
        batch = source.between(TUESDAY - days * DAY, TUESDAY + DAY)
        columns = ("indicator", "unit", "subject", "event_at", "period", "vintage", "value")
        found = {row[:-1]: row[-1] for row in zip(*(batch[c].to_pylist() for c in columns), strict=True)}
        for total in source.feed.sums:
            names = [key for key in found if key[0] == total.total.indicator and total.total.unit in ("", key[1])]
            assert names
            for _, unit, *rest in names:
                whole = found[total.total.indicator, unit, *rest]
                parts = sum(found[part.indicator, part.unit or unit, *rest] for part in total.parts)
                assert parts == pytest.approx(whole, rel=max(total.tolerance / 2, 1e-9), abs=1e-6)


def test_cumulative_figures_never_fall_within_a_year(catalogue: Catalogue) -> None:
    year = build_sources(catalogue, 11, 0.01, TUESDAY - 300 * DAY)
    for source in (s for s in year.values() if s.feed.record == "figures" and not s.feed.drill):
        names = {n for n in source.feed.indicators if catalogue.indicators[n].cumulative}
        if not names:
            continue
        start = to_ms(date(2026, 1, 2)) if source.feed.periodic else TUESDAY - 5 * DAY
        batch = source.between(start, TUESDAY)
        series: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        columns = ("indicator", "unit", "period", "event_at", "value")
        for indicator, unit, period, at, value in zip(*(batch[c].to_pylist() for c in columns), strict=True):
            if indicator in names and (at or "2026" in period):
                series[indicator, unit][str(at or period)] = value
        for key, values in series.items():
            ordered = [values[k] for k in sorted(values)]
            assert all(b >= a for a, b in pairwise(ordered)), key


def test_versions_of_a_figure_come_in_rising_authority(catalogue: Catalogue) -> None:
    source = build_sources(catalogue, 11, 0.01, TUESDAY - 300 * DAY)["prices"]
    batch = source.between(TUESDAY - 300 * DAY, TUESDAY)
    seen: dict[tuple[str, str], list[str]] = defaultdict(list)
    for indicator, period, vintage in zip(
        *(batch[c].to_pylist() for c in ("indicator", "period", "vintage")), strict=True
    ):
        seen[indicator, period].append(vintage)
    assert ["estimate", "preliminary", "final"] in seen.values()
    for versions in seen.values():
        assert versions == sorted(versions, key=figures.VINTAGES.index)


def test_offices_are_closed_at_night_and_on_holidays(catalogue: Catalogue) -> None:
    world = World(catalogue.calendar, 1)
    holiday = to_ms(date(2026, 9, 2), 9)
    evening = np.array([to_ms(date(2026, 10, 13), 20)])
    assert world.open_clock(np.array([holiday])) == world.open_clock(np.array([holiday + HOUR]))
    assert world.after(evening, np.array([0.0]))[0] == to_ms(date(2026, 10, 14), 7.5)
    assert world.after(evening, np.array([8.0 * HOUR - 1]))[0] == pytest.approx(to_ms(date(2026, 10, 14), 17), abs=5)


def test_noise_is_the_same_for_one_place_and_for_many() -> None:
    places = np.arange(-500, 500)
    many = uniform(12345, places)
    assert [float(uniform(12345, places[i : i + 1])[0]) for i in range(1000)] == many.tolist()
    assert 0.45 < many.mean() < 0.55
    assert np.abs(normal(7, np.arange(100_000))).max() < 3.5
