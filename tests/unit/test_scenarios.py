"""Scenarios put their fault where the manifest says, and leave everything else as it was."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from bench.detection.days import judged
from bench.detection.sight import look, played
from catalogue.load import Catalogue, load
from contract import cases, figures
from contract.reasons import Reason
from contract.settings import Settings
from producers.drill import FEED as FIGURES
from producers.perform import perform
from producers.publisher import Publisher
from producers.simulate.drill_stream import CASES, Event, calm_stream
from producers.simulate.scenarios import SCENARIOS, Fault, items, stream, write_manifest
from producers.simulate.weather import storm, tet
from producers.simulate.world import DAY, HOUR, to_ms

START = to_ms(date(2026, 11, 20), 9.5)
CALM_S = 30


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def rows(events: list[Event], feed: str) -> list[dict[str, object]]:
    return [row for e in events if e.batch is not None and e.feed == feed for row in e.batch.to_pylist()]


def made(catalogue: Catalogue, name: str) -> tuple[list[Event], list[Event], list[Fault]]:
    """The stream with the fault, and the same without."""
    after_s = 90 if name == "late_batch" else 15
    events, faults = stream(catalogue, name, 5, START, CALM_S, after_s)
    seconds = CALM_S + SCENARIOS[name].seconds + after_s
    return events, calm_stream(catalogue, 5, START, seconds), faults


def value_of(row: dict[str, object]) -> float:
    return float(str(row["value"]))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_changes_only_its_feed_its_units_and_its_time(catalogue: Catalogue, name: str) -> None:
    events, calm, faults = made(catalogue, name)
    units = {fault.unit for fault in faults}
    start = faults[0].start
    for feed in (FIGURES, CASES):
        before = {str(row) for row in rows(calm, feed)}
        changed = [row for row in rows(events, feed) if str(row) not in before]
        assert not changed or feed == faults[0].feed
        assert {row["unit"] for row in changed} <= units
    sent = {str(row) for row in rows([e for e in events if e.at < start], faults[0].feed)}
    finish_known_before = 20_000
    assert {str(r) for r in rows([e for e in calm if e.at < start - finish_known_before], faults[0].feed)} <= sent
    assert [e.at for e in events] == sorted(e.at for e in events)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_a_scenario_sends_has_the_columns_of_the_wire(catalogue: Catalogue, name: str) -> None:
    events, _, _ = made(catalogue, name)
    for event in events:
        if event.batch is not None:
            wire = figures.SCHEMA if event.feed == FIGURES else cases.SCHEMA
            event.batch.cast(wire).validate(full=True)
            assert all(event.batch["simulated"].to_pylist())


def test_the_manifest_names_every_unit_and_how_the_fault_must_show(catalogue: Catalogue, tmp_path: Path) -> None:
    _, _, faults = made(catalogue, "storm")
    write_manifest(tmp_path / "manifest.jsonl", faults)
    lines = (tmp_path / "manifest.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(line, type=Fault) for line in lines] == faults
    assert {fault.unit for fault in faults} == set(catalogue.feeds[FIGURES].units)
    for name, scenario in SCENARIOS.items():
        what, _, rule = scenario.visible.partition(":")
        assert what in {"finding", "rejected", "late", "duplicate", "none"}, name
        assert what != "rejected" or rule in set(Reason)


def test_a_silent_province_sends_nothing(catalogue: Catalogue) -> None:
    events, _, [fault] = made(catalogue, "silent_province")
    heard = [e for e in events if e.batch is not None and e.feed == FIGURES and fault.start <= e.at < fault.end]
    assert heard
    assert all(fault.unit not in e.batch["unit"].to_pylist() for e in heard if e.batch is not None)


@pytest.mark.parametrize(("name", "factor"), [("times_1000", 1000.0), ("decimal_swapped", 0.001), ("storm", 0.55)])
def test_a_wrong_unit_is_the_calm_value_times_its_factor(catalogue: Catalogue, name: str, factor: float) -> None:
    events, calm, faults = made(catalogue, name)
    for wrong, right in zip(rows(events, FIGURES), rows(calm, FIGURES), strict=True):
        if wrong != right:
            assert wrong["indicator"] == faults[0].indicator
            assert value_of(wrong) == pytest.approx(value_of(right) * factor, abs=0.001)


def test_a_stuck_series_repeats_one_value(catalogue: Catalogue) -> None:
    events, _, [fault] = made(catalogue, "stuck")
    during = [e for e in events if fault.start <= e.at < fault.end]
    values = {
        value_of(r) for r in rows(during, FIGURES) if (r["unit"], r["indicator"]) == (fault.unit, fault.indicator)
    }
    assert len(values) == 1


def test_finished_at_the_due_time_and_nowhere_else(catalogue: Catalogue) -> None:
    events, calm, [fault] = made(catalogue, "finish_equals_due")
    finished = [r for r in rows(events, CASES) if r["state"] == "finished"]
    equal = [r for r in finished if r["event_at"] == r["due_at"]]
    assert len(equal) == SCENARIOS["finish_equals_due"].seconds
    assert {r["unit"] for r in equal} == {fault.unit}
    assert not [r for r in rows(calm, CASES) if r["event_at"] == r["due_at"]]
    dues: dict[object, set[object]] = {}
    for r in rows(events, CASES):
        dues.setdefault(r["case_id"], set()).add(r["due_at"])
    assert all(len(known) == 1 for known in dues.values())


def test_a_status_goes_backwards_after_the_result_was_returned(catalogue: Catalogue) -> None:
    events, _, _ = made(catalogue, "status_backwards")
    last: dict[object, object] = {}
    backwards = 0
    for row in rows(events, CASES):
        backwards += (last.get(row["case_id"]), row["state"]) == ("returned", "processing")
        last[row["case_id"]] = row["state"]
    assert backwards == SCENARIOS["status_backwards"].seconds


def test_a_batch_sent_twice_is_the_same_and_a_late_one_comes_later(catalogue: Catalogue) -> None:
    events, calm, _ = made(catalogue, "batch_sent_twice")
    assert len(rows(events, FIGURES)) - len(rows(calm, FIGURES)) == 2 * 16
    assert {str(r) for r in rows(events, FIGURES)} == {str(r) for r in rows(calm, FIGURES)}
    events, calm, [fault, *_] = made(catalogue, "late_batch")
    held = [e for e in events if e.batch is not None and e.feed == FIGURES and e.at - stamp(e) > 60_000]
    assert len(held) == SCENARIOS["late_batch"].seconds
    assert all(e.at - stamp(e) == fault.magnitude * 1000 for e in held)


def stamp(event: Event) -> int:
    assert event.batch is not None
    return int(event.batch["event_at"].cast(pa.int64())[0].as_py())


def test_the_same_seed_makes_the_same_scenario(catalogue: Catalogue) -> None:
    one, other = items(made(catalogue, "sum_mismatch")[0]), items(made(catalogue, "sum_mismatch")[0])
    assert all(a == b if isinstance(a, int) else a.equals(b) for (_, a), (_, b) in zip(one, other, strict=True))


def test_a_storm_and_tet_run_over_real_feeds_without_a_late_record(catalogue: Catalogue) -> None:
    landfall = to_ms(date(2026, 8, 5))
    for events, faults in (
        storm(catalogue, 5, landfall, days=1, warm_days=1),
        tet(catalogue, 5, 2026, ("power-load",)),
    ):
        clock = step = 0
        feeds = set()
        for event in events[-400:]:
            if event.batch is None:
                clock, step = event.at, event.step
            if event.batch is None or not clock:
                continue
            feeds.add(event.feed)
            oldest = min(event.batch["event_at"].cast(pa.int64()).to_pylist())
            assert clock - step - catalogue.feeds[event.feed].lateness_s * 1000 <= oldest <= clock
        assert feeds <= {fault.feed for fault in faults}
        assert faults[0].end - faults[0].start >= DAY > HOUR


class Door:
    """Counts what is handed over."""

    def __init__(self) -> None:
        self.topics: list[str] = []

    def send(
        self, topic: str, partition: int | None, value: bytes, headers: Mapping[str, bytes] | None = None
    ) -> object:
        self.topics.append(topic)
        return None

    def flush(self) -> None:
        """Everything is acknowledged at once."""


def test_a_scenario_plays_live_on_the_drill_feeds(catalogue: Catalogue) -> None:
    door, seconds = Door(), iter(range(START // 1000, START // 1000 + 100_000))
    faults = perform(
        catalogue, Publisher(door, Settings()), "times_1000", 5, calm_s=2, after_s=2, wall=lambda: float(next(seconds))
    )
    assert [fault.visible for fault in faults] == ["finding:hard_bounds"]
    assert set(door.topics) == {"nhip.figures", "nhip.cases"}
    assert door.topics.count("nhip.figures") == 2 + 3 + 2


SEEN = {
    # How it is told, after how much, and what the bound is.
    "silent_province": ("finding silent, warning", "1 whole minute", "the minute after it fell due"),
    "times_1000": ("finding hard_bounds, critical", "1 record", "record 1"),
    "decimal_swapped": ("finding soft_bounds, warning", "1 record", "record 1"),
    "stuck": ("finding stuck, warning", "10 records", "record 10"),
    "finish_equals_due": ("finding finish_equals_due, info, warning at record 3", "1 record", "record 1"),
    "status_backwards": ("finding impossible_move, warning", "1 record", "record 1"),
    "batch_sent_twice": ("duplicate", "1 message", "record 1"),
    "late_batch": ("accepted, marked late", "1 message", "record 1"),
    "future_time": ("rejected, future", "1 record", "record 1"),
    "sum_mismatch": ("finding sum_mismatch, warning", "1 record", "record 1"),
    "storm": ("finding storm, info", "1 whole minute", "the next whole minute"),
}


@pytest.mark.parametrize("name", SCENARIOS.keys() - {"tet"})
def test_a_scenario_becomes_visible_as_its_manifest_says_and_not_later_than_its_bound(
    catalogue: Catalogue, name: str
) -> None:
    sight = look(catalogue, name, 5, START + 17_000)
    assert (sight.how, sight.after, sight.bound) == SEEN[name]
    assert sight.others == ()
    assert sight.passed


def test_a_storm_on_the_lakes_is_told_as_one_notice_and_calls_nobody(catalogue: Catalogue) -> None:
    events, [fault] = storm(catalogue, 1, to_ms(date(2026, 8, 5)), feeds=("reservoirs",))
    sight = judged(played(catalogue, events), fault)
    assert sight.how.startswith("finding storm, info")
    assert sight.others == ()
    assert sight.passed


@pytest.mark.parametrize("feed", ["power-load", "customs"])
def test_at_tet_no_warning_is_given(catalogue: Catalogue, feed: str) -> None:
    events, [fault] = tet(catalogue, 5, 2027, (feed,))
    sight = judged(played(catalogue, events), fault)
    assert sight.others == ()
    assert sight.passed


def test_where_nothing_is_wrong_nothing_is_found(catalogue: Catalogue) -> None:
    events, _ = stream(catalogue, "tet", 5, START, CALM_S, 90)
    assert played(catalogue, events).count("findings") == 0
