from streams.detect import Detection, Signal
from tests.builders import MINUTE, a_context, a_point, an_indicator, at, points_of

START = at("2026-11-20 09:00")
LOAD = an_indicator(hard=(8_000.0, 65_000.0), jump=False)


def signals(*values: float) -> list[Signal]:
    context = a_context(LOAD)
    return [s for _, s in Detection().on_points(points_of(values, START, MINUTE), context)]


def test_a_load_of_ninety_gigawatts_is_impossible() -> None:
    (signal,) = signals(90_000.0)
    assert (signal.rule, signal.verdict, signal.severity) == ("hard_bounds", "impossible", "warning")
    assert (signal.low, signal.high, signal.value) == (8_000.0, 65_000.0, 90_000.0)


def test_a_thousand_times_too_much_is_critical_and_named_as_a_slip() -> None:
    (signal,) = signals(54_939_000.0)
    assert signal.severity == "critical"
    assert signal.detail["factor"] == 1000.0


def test_a_decimal_mark_read_as_the_other_is_named_as_a_slip() -> None:
    """54.939 MW, in Vietnamese fifty-four thousand, read as 54.9."""
    (signal,) = signals(54.939)
    assert signal.severity == "critical"
    assert signal.detail["factor"] == 0.001


def test_the_bounds_themselves_are_possible() -> None:
    assert signals(8_000.0, 65_000.0) == []


def test_it_is_over_after_three_good_points() -> None:
    found = signals(90_000.0, 30_000.0, 30_000.0, 90_000.0, 30_000.0, 30_000.0, 30_000.0, 30_000.0)
    assert [signal.holds for signal in found] == [True, True, False]
    assert found[-1].at == START + 6 * MINUTE


def test_an_impossible_value_teaches_no_other_detector() -> None:
    indicator = an_indicator(hard=(0.0, 1000.0), stuck_after=3)
    context, detection = a_context(indicator), Detection()
    detection.on_points(points_of([5_000.0] * 5, START), context)
    found = detection.on_points([a_point(5_000.0, START + 45 * MINUTE)], context)
    assert {signal.rule for _, signal in found} == {"hard_bounds"}


def test_bounds_open_to_one_side_have_a_sentence_of_their_own() -> None:
    context = a_context(an_indicator(hard=(0.0, float("inf")), jump=False))
    ((_, signal),) = Detection().on_points([a_point(-5.0, START)], context)
    assert (signal.low, signal.high) == (0.0, None)
