import random
from typing import Any

import msgspec
import pytest

from clickhouse.tables import schema
from streams import findings as module
from streams.detect import Context, Point, Signal
from streams.findings import Findings, finding_id
from streams.storms import many
from tests.builders import (
    DAY,
    HOUR,
    MINUTE,
    PROVINCES,
    Run,
    a_context,
    a_feed,
    a_point,
    a_step,
    an_indicator,
    at,
    steps_of,
)

NINE = at("2026-11-20 09:00")
UNITS = tuple(unit.id for unit in PROVINCES)
BOUNDED = a_context(an_indicator(hard=(0.0, 1000.0), jump=False))
CASES = a_context(feed=a_feed("portal", record="cases", kinds=("dossier",), indicators=()))


def a_signal(when: int = NINE, rule: str = "hard_bounds", **rest: Any) -> Signal:
    given = {"indicator": "load", "unit": "H26", "subject": "", "value": 5.0, "low": 0.0, "high": 1.0, **rest}
    return Signal(rule, "power", at=when, offset=7, **given)


def wrong_steps(count: int, unit: str = "H26") -> Any:
    rows = (a_step(case_id=f"{unit}-{n}", state_before="finished", allowed=False, unit=unit) for n in range(count))
    return steps_of(*rows)


def test_a_finding_opens_with_the_record_and_closes_after_three_good_ones() -> None:
    run = Run(BOUNDED).points([a_point(v, NINE + n * MINUTE) for n, v in enumerate((5.0, 9e3, 5.0, 5.0, 5.0, 5.0))])
    opened, closed = run.rows
    assert (opened["state"], opened["revision"], opened["at"]) == ("open", 1, NINE + MINUTE)
    assert (closed["state"], closed["revision"], closed["closed_at"]) == ("closed", 2, NINE + 4 * MINUTE)
    assert opened["finding_id"] == closed["finding_id"]
    assert len(opened["finding_id"]) == 32


def test_rows_have_the_columns_of_the_table() -> None:
    (row,) = Run(BOUNDED).points([a_point(9e3, NINE)]).rows
    assert [name for name in schema("findings").names if name not in ("generation", "topic", "partition")] == list(row)


def test_a_finding_says_by_the_clock_when_it_was_known_and_since_when_it_is_so_grave() -> None:
    """A finding about a period has the period's first day as its time: nobody could have taken it then."""
    run = Run(BOUNDED)
    run.minute(NINE)
    run._take([a_signal(NINE - 30 * DAY, severity="warning")])
    run.minute(NINE + HOUR)
    run._take([a_signal(NINE, severity="warning"), a_signal(NINE, severity="critical")])
    run.minute(NINE + 2 * HOUR)
    run._take([a_signal(NINE, severity="warning")])
    run.minute(NINE + 2 * HOUR + MINUTE)
    times = [(row["at"], row["opened_at"], row["severity_at"]) for row in run.rows]
    assert times[0] == (NINE - 30 * DAY, NINE, NINE)
    assert times[-1] == (NINE - 30 * DAY, NINE, NINE + HOUR)
    assert run.rows[-1]["severity"] == "critical"


def test_a_finding_that_opened_before_any_tick_was_known_at_its_own_time() -> None:
    (row,) = Run(BOUNDED).points([a_point(9e3, NINE)]).rows
    assert (row["opened_at"], row["severity_at"]) == (NINE, NINE)


def test_what_is_corrected_in_a_period_closes_when_the_correction_comes() -> None:
    """Its own time is the period's first day, like that of what it corrects: long before anybody knew of either."""
    periodic = a_feed(cadence_s=0, due_days=10)
    run = Run(a_context(an_indicator(hard=(0.0, 1000.0), jump=False), feed=periodic))
    run.minute(NINE)
    run._take([a_signal(NINE - 30 * DAY)])
    run.minute(NINE + 4 * DAY)
    run._take([a_signal(NINE - 30 * DAY, holds=False)])
    (row,) = run.in_force
    assert (row["state"], row["opened_at"], row["closed_at"]) == ("closed", NINE, NINE + 4 * DAY)


def test_no_finding_closes_before_it_opened() -> None:
    """A record comes two minutes after its time, by the clock."""
    run = Run(BOUNDED)
    run.minute(NINE + 2 * MINUTE)
    run._take([a_signal(NINE)])
    run._take([a_signal(NINE + MINUTE, holds=False)])
    (row,) = run.in_force
    assert (row["state"], row["closed_at"]) == ("closed", NINE + 2 * MINUTE)


def test_the_id_knows_no_offset_no_threshold_and_no_value() -> None:
    one = finding_id(a_signal(), BOUNDED)
    other = a_signal(value=9.0, low=2.0, high=3.0, score=4.0, severity="critical")
    other.offset = 99
    assert finding_id(other, BOUNDED) == one


@pytest.mark.parametrize(
    "change", [{"rule": "jump"}, {"unit": "H17"}, {"indicator": "other"}, {"subject": "x"}, {"when": NINE + 1}]
)
def test_the_id_is_another_for_another_rule_series_or_time(change: dict[str, Any]) -> None:
    assert finding_id(a_signal(**change), BOUNDED) != finding_id(a_signal(), BOUNDED)


def test_a_condition_that_goes_on_is_written_once_a_minute() -> None:
    """A flood of bad points, one a second for five minutes: one row opens it, one a minute tells on."""
    run = Run(BOUNDED).live([a_point(5_000.0, NINE + n * 1000) for n in range(300)])
    assert len(run.rows) == 5
    assert [row["revision"] for row in run.rows] == [1, 2, 3, 4, 5]
    assert run.rows[-1]["count"] == 240


def test_a_finding_that_grows_graver_says_so_at_once() -> None:
    run = Run(BOUNDED).points([a_point(5_000.0, NINE), a_point(6_000.0, NINE + 1), a_point(5e6, NINE + 2)])
    assert [(row["severity"], row["count"]) for row in run.rows] == [("warning", 1), ("critical", 3)]
    assert run.rows[-1]["value"] == 5e6


def test_the_gravest_record_stays_the_evidence() -> None:
    run = Run(BOUNDED).points([a_point(9_000.0, NINE), a_point(2_000.0, NINE + 1)]).minute(NINE + MINUTE)
    assert (run.rows[-1]["value"], run.rows[-1]["count"]) == (9_000.0, 2)


def test_a_series_that_falls_silent_while_it_is_bad_closes_by_the_clock() -> None:
    run = Run(BOUNDED).minute(NINE).points([a_point(5_000.0, NINE)])
    run.minute(NINE + 6 * HOUR - MINUTE)
    assert run.open()
    run.minute(NINE + 6 * HOUR)
    assert run.in_force[0]["state"] == "closed"
    assert run.in_force[0]["closed_at"] == NINE + 6 * HOUR


def test_each_case_has_a_finding_of_its_own_that_closes_after_a_quiet_day() -> None:
    run = Run(CASES).steps(wrong_steps(3), NINE)
    assert [row["case_id"] for row in run.open()] == ["H26-0", "H26-1", "H26-2"]
    run.minute(NINE + DAY)
    assert run.open() == []


def test_beyond_the_cap_cases_are_gathered_per_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OPEN_CASES", 5)
    run = Run(CASES).steps(wrong_steps(40), NINE).minute(NINE + MINUTE)
    assert len(run.open()) == 6
    gathered = run.in_force[-1]
    assert (gathered["case_id"], gathered["count"]) == ("", 35)


def test_what_opens_again_under_one_id_goes_on_counting_revisions() -> None:
    good, bad = [a_point(5.0, NINE + n) for n in range(1, 4)], a_point(5_000.0, NINE)
    run = Run(BOUNDED).points([bad, *good, bad])
    assert [row["revision"] for row in run.rows] == [1, 2, 3]
    assert len({row["finding_id"] for row in run.rows}) == 1


def test_memory_stays_bounded_when_findings_open_and_close_for_ever() -> None:
    run = Run(BOUNDED)
    for n in range(3_000):
        found = [a_point(v, NINE + n * 10 + k) for k, v in enumerate((5_000.0, 5.0, 5.0, 5.0))]
        run.points(found)
    assert not run.findings.memory.open
    assert len(run.findings.memory.closed) == module.CLOSED_KEPT


def test_stored_findings_go_on_as_if_nothing_had_happened() -> None:
    points = [a_point(v, NINE + n * 20_000) for n, v in enumerate((5_000.0, 6_000.0, 5.0, 7_000.0, 5.0, 5.0, 5.0))]
    whole, cut = Run(BOUNDED).live(points), Run(BOUNDED).live(points[:3])
    stored, cut.findings = cut.findings.dump(), Findings()
    cut.findings.load(stored)
    cut.live(points[3:])
    assert cut.rows == whole.rows


@pytest.mark.parametrize("size", [1, 7, 50])
def test_rows_do_not_depend_on_how_records_are_cut_into_batches(size: int) -> None:
    context, points = storm_context(), moved(6)
    whole, cut = calm(context), calm(context)
    whole.points(points, NINE).minute(NINE + MINUTE)
    for n in range(0, len(points), size):
        cut.points(points[n : n + size], NINE)
    cut.minute(NINE + MINUTE)
    assert [msgspec.json.encode(row) for row in cut.rows] == [msgspec.json.encode(row) for row in whole.rows]


# Storms: many series of one feed move together.


def storm_context() -> Context:
    names = ("rain", "level", "inflow")
    return a_context(*(an_indicator(name, soft=(0.0, 900.0), decimals=1) for name in names))


def calm(context: Context) -> Run:
    """A day of quiet series, so that the jump detector knows them."""
    rng, points = random.Random(1), []
    for n in range(288):
        when = NINE - DAY + n * 5 * MINUTE
        names = sorted(context.catalogue.indicators)
        points += [a_point(rng.gauss(100, 2), when, indicator=i, unit=u) for u in UNITS for i in names]
    run = Run(context).points(points, NINE - 5 * MINUTE)
    assert run.rows == []
    return run


def moved(count: int, by: float = 300.0, start: int = NINE) -> list[Point]:
    """The first so many of the twelve series jump."""
    series = [(i, u) for i in ("rain", "level", "inflow") for u in UNITS]
    return [a_point(100 + by * (n < count), start + n, indicator=i, unit=u) for n, (i, u) in enumerate(series)]


def test_a_single_jump_is_told_at_the_next_whole_minute() -> None:
    run = calm(storm_context()).points(moved(1), NINE)
    assert run.rows == []
    run.minute(NINE + MINUTE)
    assert [(row["rule"], row["severity"]) for row in run.rows] == [("jump", "warning")]


def test_a_wrong_unit_of_measure_does_not_wait() -> None:
    context = storm_context()
    run = calm(context).points([a_point(0.1, NINE, indicator="rain")], NINE)
    assert [(row["rule"], row["severity"]) for row in run.rows] == [("jump", "warning")]
    assert "nhân với 1.000" in run.rows[0]["sentence_vi"]


def test_a_storm_explains_and_does_not_cry() -> None:
    run = calm(storm_context())
    run.points(moved(12), NINE).minute(NINE + MINUTE)
    (row,) = run.open()
    assert (row["rule"], row["severity"], row["unit"], row["indicator"]) == ("storm", "info", "", "")
    assert "nhiều chuỗi cùng biến động, 12 chuỗi tại 4 nơi" in row["sentence_vi"]
    assert row["at"] == NINE


def test_one_jump_among_many_that_lean_with_it_is_part_of_a_storm() -> None:
    run = calm(storm_context())
    run.points(moved(1) + moved(12, by=8.0, start=NINE + 20)[1:], NINE).minute(NINE + MINUTE)
    assert [row["rule"] for row in run.rows] == ["storm"]


def test_many_that_lean_without_a_jump_are_nothing() -> None:
    run = calm(storm_context())
    run.points(moved(12, by=8.0), NINE).minute(NINE + MINUTE)
    assert run.rows == []


def test_faults_minutes_apart_on_a_feed_of_seconds_are_no_storm() -> None:
    feed = a_feed(cadence_s=1, lateness_s=5, indicators=("load",))
    context = a_context(an_indicator(decimals=1, fast=True), feed=feed)
    rng, run = random.Random(1), Run(context)
    calm_ = [a_point(rng.gauss(500, 5), NINE + n * 1000, unit=u) for n in range(100) for u in UNITS]
    run.points(calm_, NINE)
    for n, unit in enumerate(UNITS):
        when = NINE + (2 + n) * MINUTE
        run.points([a_point(0.5, when, unit=unit)], when).minute(when + MINUTE)
    assert [row["rule"] for row in run.in_force] == ["jump"] * 4


def test_single_jumps_of_the_quarter_are_taken_into_the_storm() -> None:
    run = calm(storm_context())
    run.points(moved(2), NINE).minute(NINE + MINUTE)
    assert [row["rule"] for row in run.open()] == ["jump", "jump"]
    run.points(moved(12, by=500.0, start=NINE + 5 * MINUTE), NINE + 5 * MINUTE).minute(NINE + 6 * MINUTE)
    assert [row["rule"] for row in run.open()] == ["storm"]
    assert "Đã gộp vào biến động chung" in run.in_force[0]["sentence_vi"]


def test_a_storm_ends_after_an_hour_in_which_nothing_joined() -> None:
    run = calm(storm_context())
    run.points(moved(12), NINE).minute(NINE + MINUTE)
    run.minute(NINE + 61 * MINUTE)
    assert run.open() == []
    run.points(moved(1, by=900.0, start=NINE + 2 * HOUR), NINE + 2 * HOUR).minute(NINE + 2 * HOUR + MINUTE)
    assert [row["rule"] for row in run.open()] != ["storm"]


def test_a_jump_and_its_end_within_one_minute_are_both_told() -> None:
    run = calm(storm_context())
    back = [a_point(100.0, NINE + n, indicator="rain") for n in range(1, 7)]
    run.points([a_point(400.0, NINE, indicator="rain"), *back], NINE).minute(NINE + MINUTE)
    assert [(row["rule"], row["state"]) for row in run.rows] == [("jump", "open"), ("jump", "closed")]


def test_how_many_is_many_depends_on_the_feed() -> None:
    assert many(a_context(an_indicator())) == 3
    assert many(storm_context()) == 3
    assert many(a_context(an_indicator(), feed=a_feed(units=("provinces",), indicators=("a", "b", "c")))) == 8
