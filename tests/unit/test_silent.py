from datetime import date
from typing import Any

import msgspec
import pytest

from catalogue.feeds import Window
from catalogue.units import Units
from streams.detect import Context, Detection, Signal
from streams.detect.base import instant
from tests.builders import DAY, HOUR, MINUTE, NATION, PROVINCES, Run, a_context, a_feed, an_indicator, at

NINE = at("2026-11-20 09:00")
UNITS = ("H26", "H17", "H29", "H13")
LOAD = an_indicator()


class Watch:
    """Minutes of the clock, with who reported last when."""

    def __init__(self, context: Context, start: int = NINE) -> None:
        self.run, self.clock = Run(context), start
        self.last = dict.fromkeys(context.feed.units, start)
        self.signals: list[Signal] = []

    def to(self, clock: int, *reporting: str, step: int = MINUTE) -> list[Signal]:
        """Minutes go by while some units report; gives what was said."""
        before = len(self.run.signals)
        while self.clock < clock:
            self.clock += step
            self.last |= dict.fromkeys(reporting, self.clock)
            self.run.minute(self.clock, self.last)
        return self.run.signals[before:]


def context_of(**rest: Any) -> Context:
    return a_context(LOAD, feed=a_feed(**rest))


def test_a_province_that_stops_reporting_is_found_at_the_next_whole_minute() -> None:
    """Every five minutes, two minutes allowed: due until 09:07, seen at 09:08."""
    watch = Watch(context_of())
    (signal,) = watch.to(NINE + 30 * MINUTE, "H26", "H17", "H29")
    assert (signal.rule, signal.unit, signal.severity, signal.at) == ("silent", "H13", "warning", NINE + 8 * MINUTE)
    (row,) = watch.run.rows
    assert "Không nhận được số liệu từ Tỉnh Cần Thơ (kết nối Phụ tải điện)" in row["sentence_vi"]
    assert "20/11/2026 09:00" in row["sentence_vi"]


def test_it_is_over_when_the_province_reports_again() -> None:
    watch = Watch(context_of())
    watch.to(NINE + 30 * MINUTE, "H26", "H17", "H29")
    (signal,) = watch.to(NINE + 40 * MINUTE, *UNITS)
    assert not signal.holds
    assert [row["state"] for row in watch.run.in_force] == ["closed"]


def test_half_a_feed_silent_is_one_finding_that_lists_them() -> None:
    watch = Watch(context_of())
    watch.to(NINE + 20 * MINUTE, "H26", "H17")
    (row,) = watch.run.open()
    assert (row["unit"], row["severity"]) == ("", "warning")
    assert '"units":"H29 H13"' in row["evidence"]
    assert "2/4 đơn vị" in row["sentence_vi"]


def test_a_province_silent_before_is_taken_into_the_silence_of_the_feed() -> None:
    watch = Watch(context_of())
    watch.to(NINE + 20 * MINUTE, "H26", "H17", "H29")
    watch.to(NINE + 40 * MINUTE, "H26")
    assert [(row["unit"], row["state"]) for row in watch.run.in_force] == [("H13", "closed"), ("", "open")]
    assert "Đã gộp" in watch.run.in_force[0]["sentence_vi"]


def test_a_feed_wholly_silent_for_three_allowances_is_critical() -> None:
    watch = Watch(context_of())
    watch.to(NINE + 21 * MINUTE)
    assert [row["severity"] for row in watch.run.open()] == ["warning"]
    watch.to(NINE + 22 * MINUTE)
    assert [row["severity"] for row in watch.run.open()] == ["critical"]
    assert len(watch.run.rows) <= 4


def test_a_feed_that_comes_back_in_part_leaves_the_silent_ones() -> None:
    watch = Watch(context_of())
    watch.to(NINE + 30 * MINUTE)
    watch.to(NINE + 40 * MINUTE, "H26", "H17", "H29")
    assert [row["unit"] for row in watch.run.open()] == ["H13"]


def test_who_was_never_heard_is_late_from_the_first_minute_watched() -> None:
    watch = Watch(context_of())
    watch.last.pop("H13")
    (signal,) = watch.to(NINE + 30 * MINUTE, "H26", "H17", "H29")
    assert signal.unit == "H13"
    assert "last_at" not in signal.detail
    assert "chưa có" in watch.run.rows[0]["sentence_vi"]


def test_outside_its_hours_nobody_is_silent() -> None:
    """Friday's last report at 16:58; Monday at 07:30 the day goes on, and only then."""
    watch = Watch(context_of(hours="mon-fri 07:30-17:00"), at("2026-11-20 16:58"))
    assert watch.to(at("2026-11-23 07:35")) == []
    (signal,) = watch.to(at("2026-11-23 07:40"))
    assert signal.unit == ""
    assert signal.at == at("2026-11-23 07:36")


def test_a_holiday_is_not_silence() -> None:
    watch = Watch(context_of(hours="mon-fri 07:30-17:00"), at("2026-02-13 16:58"))
    assert watch.to(at("2026-02-22 20:00"), step=10 * MINUTE) == []


def test_announced_maintenance_is_not_silence() -> None:
    window = Window(instant(NINE + 3 * MINUTE), instant(NINE + 2 * HOUR))
    watch = Watch(context_of(maintenance=(window,)))
    assert watch.to(NINE + 2 * HOUR + 4 * MINUTE) == []
    assert watch.to(NINE + 2 * HOUR + 6 * MINUTE) != []


def test_a_monthly_figure_is_silent_only_after_its_due_day() -> None:
    feed = a_feed(cadence_s=0, lateness_s=0, due_days=6, units=("VN",))
    context = a_context(an_indicator(period="C-M"), feed=feed)
    watch = Watch(context, at("2026-10-10 00:00"))
    watch.last = {"VN": at("2026-09-01 00:00")}
    assert watch.to(at("2026-11-07 00:00"), step=HOUR) == []
    (signal,) = watch.to(at("2026-11-08 00:00"), step=HOUR)
    assert signal.at == at("2026-11-07 00:01")


def test_a_unit_made_by_a_reform_is_expected_from_its_first_day() -> None:
    """Its predecessors reported until then under ids of their own."""
    context = context_of()
    reformed = [msgspec.structs.replace(unit, valid_from=date(2026, 11, 21)) for unit in PROVINCES]
    context.catalogue = msgspec.structs.replace(context.catalogue, units=Units([NATION, *reformed]))
    watch = Watch(context, at("2026-11-20 23:30"))
    watch.last.clear()
    assert watch.to(at("2026-11-21 00:07")) == []
    (signal,) = watch.to(at("2026-11-21 00:08"))
    assert (signal.unit, signal.at) == ("", at("2026-11-21 00:08"))


def test_a_drill_that_is_over_is_not_silence_but_a_unit_that_stops_in_it_is() -> None:
    watch = Watch(context_of(system="drill", drill=True))
    watch.to(NINE + 20 * MINUTE, "H26", "H17", "H29")
    assert [(row["unit"], row["drill"]) for row in watch.run.open()] == [("H13", True)]
    watch.to(NINE + 60 * MINUTE)
    assert watch.run.open() == []


def test_the_same_silence_has_the_same_id_wherever_in_the_minute_ticks_lie() -> None:
    ids = set()
    for start in (NINE, NINE - 7 * MINUTE):
        watch = Watch(context_of(), start)
        watch.last = dict.fromkeys(UNITS, NINE)
        watch.to(NINE + 30 * MINUTE, "H26", "H17", "H29")
        ids |= {row["finding_id"] for row in watch.run.rows}
    assert len(ids) == 1


def test_silence_survives_a_restart() -> None:
    context, reporting = context_of(), dict.fromkeys(UNITS, NINE) | {"H26": NINE + DAY}
    detection = Detection()
    assert detection.on_minute(NINE + HOUR, reporting, context)
    again = Detection()
    again.load(detection.dump())
    assert again.on_minute(NINE + HOUR + MINUTE, reporting, context) == []


@pytest.mark.parametrize("last", ["2027-02-16 10:00", "2027-02-16 16:00"])
def test_an_office_without_cases_at_tet_is_told_and_calls_nobody_until_work_has_begun_again(last: str) -> None:
    """Tết of 2027 is on 6 February, its days of quiet end with the 16th. Due an hour and five minutes after opening."""
    feed = a_feed(record="cases", cadence_s=300, lateness_s=3600, hours="mon-fri 07:30-17:00", indicators=())
    watch = Watch(a_context(LOAD, feed=feed), at(last))
    watch.to(at("2027-02-17 08:35"), "H26", "H17", "H29", step=5 * MINUTE)
    assert [(row["unit"], row["severity"]) for row in watch.run.open()] == [("H13", "info")]
    watch.to(at("2027-02-17 08:36"), "H26", "H17", "H29")
    assert [(row["unit"], row["severity"]) for row in watch.run.open()] == [("H13", "warning")]


def test_a_sensor_silent_at_tet_calls_as_ever() -> None:
    watch = Watch(context_of(), at("2027-02-06 09:00"))
    (signal,) = watch.to(at("2027-02-06 09:30"), "H26", "H17", "H29")
    assert signal.severity == "warning"
