import math
import random

import pytest

from streams.detect import Context, Point, Signal
from streams.detect.jump import Jump
from tests.builders import DAY, HOUR, MINUTE, a_context, a_point, an_indicator, at, points_of

START = at("2026-03-02 00:00")
LOAD = an_indicator()


def watched(points: list[Point], context: Context | None = None) -> list[Signal]:
    """What is said, weak moves left out."""
    context, looking = context or a_context(LOAD), Jump()
    found: list[Signal] = []
    for point in points:
        indicator = context.catalogue.indicators[point.series.indicator]
        said = looking.judge(point, indicator, context)
        looking.learn(point, indicator, said, context)
        found += [signal for signal in said if "weak" not in signal.detail]
    return found


def load(when: int, rng: random.Random) -> float:
    """A day's curve with noise; the weekend is lower."""
    hour = (when + 7 * HOUR) % DAY / HOUR
    weekend = (when + 7 * HOUR) // DAY % 7 in (2, 3)
    return (30_000 + 8_000 * math.sin((hour - 8) / 12 * math.pi)) * (0.8 if weekend else 1.0) + rng.gauss(0, 300)


def curve(days: int, seed: int = 1, start: int = START, step: int = 10 * MINUTE) -> list[Point]:
    rng = random.Random(seed)
    return points_of([load(start + n * step, rng) for n in range(days * DAY // step)], start, step)


def after(points: list[Point], *values: float) -> list[Point]:
    step = points[-1].at - points[-2].at
    return points + points_of(values, points[-1].at + step, step)


def test_a_month_of_days_and_weekends_is_quiet() -> None:
    assert watched(curve(30)) == []


@pytest.mark.parametrize("factor", [1000, 0.001, 10, 0.1, 3])
def test_a_wrong_power_of_ten_is_found_on_the_first_point(factor: float) -> None:
    points = curve(14)
    points[-1].value *= factor
    (signal,) = watched(points)
    assert signal.at == points[-1].at
    assert signal.verdict == "suspect"
    assert ("gross" in signal.detail) == (factor in (1000, 0.001))


def test_a_decimal_mark_swapped_in_a_wildly_moving_series_is_found() -> None:
    """54,939 read as 54.939: no distance is strange in this series, but no value was ever so small."""
    rng = random.Random(3)
    points = points_of([rng.uniform(10_000, 60_000) for _ in range(500)], START)
    (signal,) = watched(after(points, 54.939))
    assert signal.detail["gross"] == 1
    assert signal.low is not None
    assert signal.low > 54.939


def test_nothing_is_said_before_thirty_points() -> None:
    rng = random.Random(4)
    assert watched(points_of([rng.choice([1.0, 1e6]) for _ in range(30)], START)) == []


def test_a_persistent_new_level_is_taken_over_within_twelve_points_and_the_finding_ends() -> None:
    points = curve(14)
    points = after(points, *[90_000.0 + n % 3 for n in range(40)])
    found = watched(points)
    strange = [signal for signal in found if signal.holds]
    assert 1 <= len(strange) <= 12
    assert not found[-1].holds


def test_even_a_thousandfold_level_is_taken_over_in_bounded_time() -> None:
    points = points_of([100.0 + n % 7 for n in range(200)], START)
    found = watched(after(points, *[100_000.0 + n % 7 for n in range(60)]))
    assert len([signal for signal in found if signal.holds]) == 36


def test_a_jump_teaches_little_so_that_the_return_is_no_jump() -> None:
    points = curve(14)
    usual = points[-1].value
    found = watched(after(points, usual * 4, usual, usual, usual, usual, usual))
    assert [signal.holds for signal in found] == [True, False]


def test_a_value_out_of_order_is_judged_by_its_hour_and_teaches_nothing() -> None:
    points = points_of([100.0 + n % 7 for n in range(200)], START)
    assert watched([*points, a_point(103.0, START + 5, late=True)]) == []
    far = [a_point(1_000.0, START + 5 + n, late=True) for n in range(40)]
    assert len(watched([*points, *far])) == 40


def test_tet_calls_nobody() -> None:
    """The load falls to two fifths in three days and comes back; a year's first Tết has no past to stand on."""
    rng, start = random.Random(5), at("2026-01-12 00:00")
    tet, points = at("2026-02-17 00:00"), []
    for n in range(60 * 144):
        when = start + n * 10 * MINUTE
        near = max(0.0, 1.0 - abs(when - tet) / (6 * DAY))
        points.append(a_point(load(when, rng) * (1 - 0.6 * near), when))
    assert {signal.severity for signal in watched(points)} <= {"info"}


def test_an_office_that_closes_at_tet_and_opens_again_calls_nobody() -> None:
    rng, start, points = random.Random(6), at("2026-01-12 00:00"), []
    closed = (at("2026-02-14 00:00"), at("2026-02-23 00:00"))
    for n in range(60 * 24):
        when = start + n * HOUR
        open_ = 8 <= (when + 7 * HOUR) % DAY / HOUR < 17 and not closed[0] <= when < closed[1]
        weekend = (when + 7 * HOUR) // DAY % 7 in (2, 3)
        points.append(a_point(max(0.0, rng.gauss(500, 30)) if open_ and not weekend else 0.0, when))
    assert {signal.severity for signal in watched(points)} <= {"info"}


def monthly(values: list[float], indicator: str = "load") -> list[Point]:
    codes = [f"C-M{2023 + n // 12}-{n % 12 + 1:02d}" for n in range(len(values))]
    return [a_point(v, code, indicator=indicator) for v, code in zip(values, codes, strict=True)]


def seasonal(count: int, seed: int = 1) -> list[float]:
    rng = random.Random(seed)
    return [1000 * (1 + 0.2 * math.sin(n / 6 * math.pi)) * math.exp(rng.gauss(0, 0.05)) for n in range(count)]


MONTHLY = a_context(an_indicator(period="C-M"))


def test_three_years_of_months_are_quiet() -> None:
    assert watched(monthly(seasonal(36)), MONTHLY) == []


@pytest.mark.parametrize("factor", [1000, 0.001, 10, 0.1])
def test_a_month_in_another_unit_of_measure_is_found(factor: float) -> None:
    values = seasonal(30)
    values[-1] *= factor
    (signal,) = watched(monthly(values), MONTHLY)
    assert signal.detail["period"] == "C-M2025-06"
    assert signal.severity == "warning"


def test_a_corrected_month_ends_the_finding() -> None:
    values = seasonal(30)
    right, values[-1] = values[-1], values[-1] * 1000
    points = [*monthly(values), a_point(right, "C-M2025-06", vintage="correction")]
    assert [signal.holds for signal in watched(points, MONTHLY)] == [True, False]


def test_twelve_months_are_needed_before_a_verdict() -> None:
    values = seasonal(12)
    values[-1] *= 1000
    assert watched(monthly(values), MONTHLY) == []


def test_a_monthly_series_adapts_to_a_new_level_within_three_periods() -> None:
    values = seasonal(24) + [v * 50 for v in seasonal(8)]
    assert len([s for s in watched(monthly(values), MONTHLY) if s.holds]) <= 3


def test_a_running_total_that_falls_within_a_year_is_found_and_the_new_year_is_not() -> None:
    context = a_context(an_indicator(period="C-M", cumulative=True))
    total = [100.0 * (n % 12 + 1) for n in range(30)]
    assert watched(monthly(total), context) == []
    total[-1] = total[-2] - 50
    (signal,) = watched(monthly(total), context)
    assert signal.detail["falls"] == 1


def test_an_indicator_that_is_not_judged_against_its_past_is_left_alone() -> None:
    context = a_context(an_indicator(jump=False))
    assert watched(points_of([1.0] * 100 + [1e9], START), context) == []


def test_a_weak_move_marks_no_record() -> None:
    context, looking = a_context(LOAD), Jump()
    weak: list[Signal] = []
    for point in curve(30):
        said = looking.judge(point, LOAD, context)
        looking.learn(point, LOAD, said, context)
        weak += said
    assert weak
    assert {(s.verdict, s.severity, s.detail["weak"]) for s in weak} == {("ok", "info", 1)}
