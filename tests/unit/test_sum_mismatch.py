from itertools import permutations

import pytest

from catalogue.feeds import Sum, Term
from streams.detect import Context, Detection, Point, Signal
from streams.detect.sum_mismatch import KEPT, SumMismatch
from tests.builders import MINUTE, a_context, a_feed, a_point, an_indicator, at

START = at("2026-11-20 09:00")
PARTS = ("north", "central", "south")


def context_of(*sums: Sum, indicators: tuple[str, ...] = ("load",), period: str = "") -> Context:
    feed = a_feed(indicators=indicators, sums=sums)
    return a_context(*(an_indicator(name, jump=False, period=period) for name in indicators), feed=feed)


REGIONS = context_of(Sum(Term("load", "system"), tuple(Term("load", part) for part in PARTS), 0.01))


def regions(when: int, system: float, north: float = 100.0, central: float = 50.0, south: float = 150.0) -> list[Point]:
    values = {"system": system, "north": north, "central": central, "south": south}
    return [a_point(v, when, subject=name, unit="VN") for name, v in values.items()]


def watched(points: list[Point], context: Context = REGIONS) -> list[Signal]:
    return [s for _, s in Detection().on_points(points, context)]


def test_regions_that_add_up_are_nothing() -> None:
    assert watched(regions(START, 302.0)) == []


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
def test_a_total_that_does_not_add_up_is_found_by_the_record_that_completes_it(order: tuple[int, ...]) -> None:
    points = regions(START, 340.0)
    (signal,) = watched([points[n] for n in order])
    assert (signal.rule, signal.severity, signal.subject, signal.value) == ("sum_mismatch", "warning", "system", 340.0)
    assert signal.detail["sum"] == 300.0
    assert signal.detail["gap"] == 40.0
    assert signal.detail["part load north"] == 100.0


def test_nothing_is_judged_until_all_terms_are_there() -> None:
    assert watched(regions(START, 340.0)[:3]) == []


def test_parts_of_different_times_are_not_added() -> None:
    assert watched(regions(START, 340.0)[:3] + regions(START + MINUTE, 300.0)) == []


def test_units_add_up_each_for_itself() -> None:
    context = context_of(Sum(Term("total"), (Term("a"), Term("b")), 0.01), indicators=("total", "a", "b"))
    points = [
        a_point(value, START, indicator=name, unit=unit)
        for unit, total in (("H26", 30.0), ("H17", 60.0))
        for name, value in (("a", 10.0), ("b", 20.0), ("total", total))
    ]
    assert [signal.unit for signal in watched(points, context)] == ["H17"]


def test_provinces_add_up_to_the_nation() -> None:
    parts = tuple(Term("load", unit=unit) for unit in ("H26", "H17"))
    context = context_of(Sum(Term("load", unit="VN"), parts, 0.01))
    (signal,) = watched([a_point(v, START, unit=u) for u, v in (("H26", 1e3), ("VN", 9e3), ("H17", 2e3))], context)
    assert (signal.unit, signal.value, signal.detail["sum"]) == ("VN", 9e3, 3e3)


def test_a_part_that_is_itself_a_sum_is_judged_in_both() -> None:
    sums = (Sum(Term("index"), (Term("group"), Term("rest")), 0.01), Sum(Term("group"), (Term("a"), Term("b")), 0.01))
    context = context_of(*sums, indicators=("index", "group", "rest", "a", "b"))
    values = {"index": 90.0, "rest": 20.0, "a": 5.0, "b": 6.0, "group": 30.0}
    found = watched([a_point(v, START, indicator=name) for name, v in values.items()], context)
    assert [signal.indicator for signal in found] == ["index", "group"]


def test_a_total_ten_times_its_parts_is_critical() -> None:
    (signal,) = watched(regions(START, 3_100.0))
    assert signal.severity == "critical"


def test_a_correction_is_judged_again_and_ends_it() -> None:
    context = context_of(*REGIONS.feed.sums, period="C-M")
    wrong, right = regions(START, 340.0), regions(START, 300.0)[:1]
    assert [signal.holds for signal in watched([*wrong, *right], context)] == [True, False]


def test_a_release_that_has_half_arrived_is_not_held_against_the_last_one() -> None:
    context = context_of(*REGIONS.feed.sums, period="C-M")
    estimate, revised = regions(START, 300.0), regions(START, 330.0, north=130.0)
    for point in estimate:
        point.vintage = "estimate"
    for point in revised:
        point.vintage = "preliminary"
    assert watched([*estimate, *revised], context) == []
    revised[-1].value += 50
    assert [signal.detail["gap"] for signal in watched([*estimate, *revised], context)] == [-50.0]


def test_one_figure_corrected_goes_with_the_release_it_corrects() -> None:
    context = context_of(*REGIONS.feed.sums, period="C-M")
    estimate = regions(START, 340.0)
    for point in estimate:
        point.vintage = "estimate"
    right = a_point(300.0, START, subject="system", unit="VN", vintage="correction")
    assert [signal.holds for signal in watched([*estimate, right], context)] == [True, False]


def test_two_good_sums_of_instants_end_it() -> None:
    points = [p for n, total in enumerate((340.0, 300.0, 300.0, 300.0)) for p in regions(START + n * MINUTE, total)]
    found = watched(points)
    assert [(s.holds, s.at) for s in found] == [(True, START), (False, START + 2 * MINUTE)]


def test_an_impossible_part_takes_no_part() -> None:
    feed = a_feed(sums=REGIONS.feed.sums)
    context = a_context(an_indicator(jump=False, hard=(0.0, 1000.0)), feed=feed)
    assert {s.rule for s in watched(regions(START, 300.0, north=1e6), context)} == {"hard_bounds"}


def test_unfinished_sums_are_forgotten_in_the_end() -> None:
    looking, indicator = SumMismatch(), REGIONS.catalogue.indicators["load"]
    for n in range(KEPT + 500):
        looking.learn(a_point(1.0, START + n, subject="north"), indicator, (), REGIONS)
    assert len(looking.memory.groups) == KEPT
