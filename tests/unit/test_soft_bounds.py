from datetime import date

import pytest

from streams.detect import Detection, Point, Signal
from streams.detect.soft_bounds import ceiling_on, mark_of
from tests.builders import SON_LA, Run, a_context, a_point, an_indicator, at

LEVEL = an_indicator("level", measure="m", decimals=2, jump=False, hard=(0.0, 700.0))


def judged(value: float, when: str) -> Signal | None:
    context = a_context(LEVEL, subjects=[SON_LA])
    point = a_point(value, at(when), indicator="level", subject="son-la", unit="VN")
    return next((s for _, s in Detection().on_points([point], context)), None)


def test_a_value_outside_what_is_usual_asks_a_person() -> None:
    context = a_context(an_indicator(soft=(10_000.0, 60_000.0), jump=False))
    ((_, signal),) = Detection().on_points([a_point(61_000.0, at("2026-11-20 09:00"))], context)
    assert (signal.rule, signal.verdict, signal.severity) == ("soft_bounds", "suspect", "warning")


def test_at_tet_it_is_told_and_calls_nobody() -> None:
    context = a_context(an_indicator(soft=(10_000.0, 60_000.0), jump=False))
    ((_, signal),) = Detection().on_points([a_point(9_000.0, at("2026-02-17 03:00"))], context)
    assert signal.severity == "info"


def test_a_decimal_mark_swapped_is_named_as_a_slip() -> None:
    context = a_context(an_indicator(soft=(10_000.0, 60_000.0), jump=False))
    (row,) = Run(context).points([a_point(54.939, at("2026-11-20 09:00"))]).rows
    assert "là 54,939 MW" in row["sentence_vi"]
    assert "nhân với 1.000" in row["sentence_vi"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [("06-14", None), ("06-15", 205.0), ("07-20", 194.0), ("08-22", 200.0), ("09-15", 200.0), ("09-16", None)],
)
def test_the_flood_season_ceiling_follows_the_calendar(day: str, expected: float | None) -> None:
    assert ceiling_on(SON_LA, date.fromisoformat(f"2026-{day}")) == expected


def test_a_reservoir_over_its_seasonal_ceiling_is_a_fact_and_no_error() -> None:
    signal = judged(206.1, "2026-07-01 09:00")
    assert signal is not None
    assert (signal.verdict, signal.severity) == ("ok", "info")
    row = Run(a_context(LEVEL, subjects=[SON_LA])).points([point_of(signal)]).rows[0]
    assert "206,10 m, cao hơn mực nước trần mùa lũ 205,00 m là 1,10 m" in row["sentence_vi"]
    assert "không phải lỗi số liệu" in row["sentence_vi"]


def test_the_same_level_in_winter_is_nothing() -> None:
    assert judged(206.1, "2026-12-01 09:00") is None


def test_above_the_check_flood_level_somebody_must_ask_at_once_and_the_figure_stays() -> None:
    signal = judged(218.0, "2026-12-01 09:00")
    assert signal is not None
    assert (signal.verdict, signal.severity) == ("suspect", "critical")


def test_below_the_dead_level_is_a_fact() -> None:
    mark = mark_of(174.9, SON_LA, date(2023, 6, 9))
    assert mark is not None
    assert (mark.name, mark.level, mark.verdict) == ("dead", 175.0, "ok")
    assert mark_of(175.63, SON_LA, date(2023, 6, 9)) is None


def point_of(signal: Signal) -> Point:
    return a_point(signal.value or 0.0, signal.at, indicator="level", subject="son-la", unit="VN")
