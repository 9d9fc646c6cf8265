import random

from streams.detect import Context, Point, Signal
from streams.detect.stuck import Stuck
from tests.builders import MINUTE, a_context, a_feed, a_point, an_indicator, at, points_of

START = at("2026-11-20 09:00")
CONTEXT = a_context(an_indicator(decimals=2, stuck_after=5))


def watched(points: list[Point], context: Context = CONTEXT) -> list[Signal]:
    looking = Stuck()
    found: list[Signal] = []
    for point in points:
        indicator = context.catalogue.indicators[point.series.indicator]
        said = looking.judge(point, indicator, context)
        looking.learn(point, indicator, said, context)
        found += said
    return found


def test_the_fifth_equal_value_in_a_row_is_found_and_another_value_ends_it() -> None:
    found = watched(points_of([1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 3.0], START, MINUTE))
    assert [(s.holds, s.detail.get("times")) for s in found] == [(True, 5), (True, 6), (False, None)]
    assert found[0].detail["since"] == START + MINUTE


def test_four_equal_values_are_nothing() -> None:
    assert watched(points_of([1.0, 2.0, 2.0, 2.0, 2.0, 3.0], START, MINUTE)) == []


def test_the_same_message_sent_again_does_not_count() -> None:
    assert watched([a_point(2.0, START, sent_at=n) for n in range(9)]) == []


def test_a_series_that_repeats_by_nature_is_given_more_room() -> None:
    """Gates open: whole numbers that stay for hours."""
    rng, values = random.Random(1), [0.0]
    while len(values) < 5_000:
        values.append(values[-1] if rng.random() < 0.7 else float(rng.randint(0, 3)))
    early, late = watched(points_of(values[:400], START)), watched(points_of(values, START))
    assert len([s for s in late if s.holds]) < 3 * len([s for s in early if s.holds]) + 30
    run = points_of([*values, *[9.0] * 200], START)
    assert int(watched(run)[-1].detail["limit"]) > 20


def test_a_run_found_strange_widens_the_room_for_the_next() -> None:
    found = watched(points_of([1.0, *[2.0] * 6, 3.0, *[4.0] * 7, 5.0, *[6.0] * 11], START))
    assert [s.detail["times"] for s in found if s.holds] == [5, 6, 11]


def test_a_figure_of_two_digits_may_stay_longer() -> None:
    context = a_context(an_indicator(stuck_after=5))
    assert watched(points_of([17.0, *[18.0] * 19], START), context) == []
    assert len(watched(points_of([17.0, *[18.0] * 20], START), context)) == 1
    assert len(watched(points_of([1_700.0, *[1_800.0] * 5], START), context)) == 1


def test_a_market_that_is_closed_is_not_stuck() -> None:
    feed = a_feed(hours="mon-fri 09:00-11:30 13:00-15:00")
    context = a_context(an_indicator(decimals=2, stuck_after=5), feed=feed)
    assert watched(points_of([1.0] * 60, at("2026-11-20 15:30"), MINUTE), context) == []
    assert watched(points_of([1.0] * 5, START, MINUTE), context) != []


def test_without_a_number_in_the_catalogue_nothing_is_judged() -> None:
    assert watched(points_of([0.0] * 500, START), a_context(an_indicator())) == []
