"""The past of a series of instants: its recent level, what each hour of each kind of day brings, how far it strays."""

from typing import NamedTuple

from msgspec import Struct

from catalogue.calendar import local_date
from catalogue.indicators import Indicator
from streams.detect.base import QUIET_DAYS, Point

WARM_UP = 30
"""Points before the first verdict."""
ADAPT = 12
"""So many strange points in a row on one side are the new level; three times as many for a factor of 30 and more."""
K = 8.0
RECORD = 1.3
"""A jump is at least so much further than the furthest of late."""
RECORD_DECAY = 0.9998
FLOOR = 0.005
"""Of the level: the usual distance is never taken for less, nor for less than the rounding."""
FACTOR = 30.0
"""Beyond the largest (or below the smallest) of late by this: a unit of measure, or a decimal mark, is wrong."""
UNSEEN = 3.0
"""Wider by this at an hour and kind of day not yet seen."""
SEEN = 3
"""Points after which an hour of a kind of day counts as seen."""
LEVEL_STEP, SCALE_STEP, PROFILE_STEP, EXTREME_DECAY = 0.5, 0.01, 0.1, 0.9999
STRANGE_STEP, STRANGE_RECORD = 0.5, 1.2
"""How much a strange point teaches, in what is allowed: of the level, and of the record."""
CLIP = 10.0
INTERVAL_MEASURES = frozenset({"m", "°C"})
"""Heights and temperatures have no zero of their own: a share of them says nothing."""
ROUNDING = tuple(10.0**-decimals for decimals in range(16))
OTHER_DAYS = ("working", "weekend")

Slot = tuple[str, int]
"""Kind of day and hour."""


class Past(Struct, array_like=True):
    """What is known of one series."""

    n: int = 0
    at: int = 0
    last: float = 0.0
    level: float = 0.0
    scale: float = 0.0
    record: float = 0.0
    small: float = 0.0
    big: float = 0.0
    run: int = 0
    """Strange points in a row; negative: below."""
    profile: dict[str, list[float]] = {}
    """Kind of day -> what each of its hours brings; `seen` counts them."""
    seen: dict[str, list[int]] = {}


class View(NamedTuple):
    """One value against its past."""

    expected: float
    away: float
    allowed: float
    strength: float
    """Above 1: a jump."""
    gross: bool


def look(past: Past, point: Point, indicator: Indicator, slot: Slot) -> View | None:
    """The value against its past, or None while too little is known."""
    if past.n < WARM_UP:
        return None
    if indicator.cumulative:
        return _look_cumulative(past, point, indicator)
    day, hour = slot
    known = not indicator.fast and day in past.seen and past.seen[day][hour] >= SEEN
    if point.at <= past.at and not known:
        return None  # out of order, and nothing is known of its hour
    value = point.value
    expected, away = past.level, value - past.level
    for kind in ((day, *OTHER_DAYS) if day in QUIET_DAYS else (day,)) if not indicator.fast else ():
        if kind in past.seen and past.seen[kind][hour] >= SEEN:
            usual = past.profile[kind][hour]
            if abs(value - usual) < abs(away):
                expected, away = usual, value - usual
    allowed = _allowed(past, indicator, expected)
    if not known and not indicator.fast:
        allowed *= UNSEEN
    strength, ratio = abs(away) / allowed, _ratio(past, value)
    if ratio > 1.0:
        allowed = min(allowed, abs(expected) * (1.0 - 1.0 / FACTOR))
    return View(expected, away, allowed, max(strength, ratio), ratio > 1.0)


def learn(past: Past, point: Point, indicator: Indicator, slot: Slot, strange: bool) -> None:
    """Take a value in, after it was judged. Out of order: it teaches nothing."""
    if point.at <= past.at:
        return
    view = look(past, point, indicator, slot) if strange else None
    if view is not None:
        _learn_strange(past, point.value, view)
    else:
        past.run = 0
        _learn_ordinary(past, point.value, indicator, slot)
    past.at = point.at


def _allowed(past: Past, indicator: Indicator, expected: float) -> float:
    """How far from the expected value is still ordinary."""
    rounding = ROUNDING[indicator.decimals]
    share = 0.0 if indicator.measure in INTERVAL_MEASURES else FLOOR * abs(expected)
    return max(K * max(past.scale, rounding, share), RECORD * past.record)


def _ratio(past: Past, value: float) -> float:
    """Above 1: too large or too small by a factor that only a wrong unit or mark explains. A zero says nothing."""
    size = abs(value)
    if past.big > 0 and size > FACTOR * past.big:
        return size / (FACTOR * past.big)
    if 0 < size < past.small / FACTOR:
        return past.small / (FACTOR * size)
    return 0.0


def _look_cumulative(past: Past, point: Point, indicator: Indicator) -> View:
    """A running total may stand or rise; it falls only with a new year."""
    same_year = local_date(point.at).year == local_date(past.at).year
    away = point.value - past.last
    rounding = ROUNDING[indicator.decimals]
    ratio = _ratio(past, point.value) if same_year else 0.0
    fall = -away / rounding if same_year and away < 0 and point.at > past.at else 0.0
    return View(past.last, away, rounding, max(fall, ratio), ratio > 1.0)


def _learn_strange(past: Past, value: float, view: View) -> None:
    """A strange value moves the level by a clipped step; a run of them is the new level."""
    side = 1 if view.away > 0 else -1
    past.run = past.run + side if past.run * side > 0 else side
    if abs(past.run) >= (3 * ADAPT if view.gross else ADAPT):
        _rebase(past, value)
    elif not view.gross:
        past.level += STRANGE_STEP * side * view.allowed
        past.record = max(past.record, min(abs(view.away), STRANGE_RECORD * view.allowed))


def _rebase(past: Past, value: float) -> None:
    """The new level is here to stay: the whole profile moves with it."""
    shift = value - past.level
    for hours in past.profile.values():
        hours[:] = [usual + shift for usual in hours]
    past.level = past.last = value
    past.small = past.big = abs(value)
    past.run = 0


def _learn_ordinary(past: Past, value: float, indicator: Indicator, slot: Slot) -> None:
    n, size = past.n, abs(value)
    if n == 0:
        past.level, past.small, past.big = value, size, size
    else:
        past.small = size if size < past.small else past.small / EXTREME_DECAY
        past.big = size if size > past.big else past.big * EXTREME_DECAY
    away = value - past.level
    distance = abs(away)
    if not (indicator.fast or indicator.cumulative):
        distance = min(distance, _learn_hour(past, value, slot))
    if n > CLIP:
        distance = min(distance, CLIP * max(past.scale, ROUNDING[indicator.decimals]))
    if n:
        past.scale += (distance - past.scale) * max(SCALE_STEP, 1.0 / n)
    past.record = max(past.record * RECORD_DECAY, distance)
    past.level += LEVEL_STEP * away
    past.last = value
    past.n = n + 1


def _learn_hour(past: Past, value: float, slot: Slot) -> float:
    """Move the profile of the hour; gives how far the value was from it."""
    day, hour = slot
    if day not in past.seen:
        past.profile[day], past.seen[day] = [0.0] * 24, [0] * 24
    count, profile = past.seen[day][hour], past.profile[day]
    past.seen[day][hour] = count + 1
    if not count:
        profile[hour] = value
        return float("inf")
    step = value - profile[hour]
    profile[hour] += step * (PROFILE_STEP if count >= 10 else 1.0 / (count + 1))
    return abs(step) if count >= SEEN else float("inf")
