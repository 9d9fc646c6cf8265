"""The past of a periodic figure (month, quarter…): the period before, and the same period a year before.

The nearer of the two counts. Positive figures are compared as ratios, others (and percentages) as differences.
Monthly figures around Tết wander with the lunar calendar, so January to March get twice the room.
"""

from bisect import bisect_left
from itertools import pairwise
from math import exp, log
from statistics import median

from msgspec import Struct

from catalogue.calendar import local_date
from catalogue.indicators import Indicator
from streams.detect.base import Point
from streams.detect.jump_series import View

WARM_UP = 12
KEPT = 60
K = 6.0
FLOOR = 0.05
"""As a share: figures of a period differ by this for no reason."""
ADAPT = 3
FACTOR = 30.0
YEAR_MS, YEAR_SLACK_MS = 31_556_952_000, 20 * 86_400_000
TET_ROOM = 2.0


class Past(Struct, array_like=True):
    at: list[int] = []
    value: list[float] = []
    run: int = 0


def look(past: Past, point: Point, indicator: Indicator) -> View | None:
    """The figure against its past, or None while too little is known."""
    place = bisect_left(past.at, point.at)
    before = past.value[:place]
    if len(before) < WARM_UP:
        return None
    if indicator.cumulative and local_date(past.at[place - 1]).year == local_date(point.at).year:
        fall = (before[-1] - point.value) * 10.0**indicator.decimals
        if fall > 1.0:
            return View(before[-1], point.value - before[-1], 10.0**-indicator.decimals, fall, False)
    bases = [before[-1]] if not indicator.cumulative else []
    bases += _year_before(past, point.at)
    if not bases:
        return None
    room = TET_ROOM if local_date(point.at).month <= 3 else 1.0
    as_ratio = min(*before, point.value) > 0 and "%" not in indicator.measure
    views = [(_ratio if as_ratio else _difference)(base, before, point.value, indicator, room) for base in bases]
    return min(views, key=lambda view: view.strength)


def learn(past: Past, point: Point, indicator: Indicator, strange: bool) -> None:
    """A strange figure is kept near what was known; after three in a row the newest is the new level."""
    place = bisect_left(past.at, point.at)
    value = point.value
    if strange and place:
        past.run += 1
        if past.run < ADAPT:
            value = _clipped(past.value[place - 1], value)
    else:
        past.run = 0
    if place < len(past.at) and past.at[place] == point.at:
        past.value[place] = value
        return
    past.at.insert(place, point.at)
    past.value.insert(place, value)
    if len(past.at) > KEPT:
        del past.at[0], past.value[0]


def _year_before(past: Past, at: int) -> list[float]:
    wanted = at - YEAR_MS
    return [v for a, v in zip(past.at, past.value, strict=True) if abs(a - wanted) <= YEAR_SLACK_MS][:1]


def _ratio(base: float, before: list[float], value: float, indicator: Indicator, room: float) -> View:
    usual = median(abs(log(b / a)) for a, b in pairwise(before))
    allowed = K * max(1.48 * usual, FLOOR) * room
    away = log(value / base)
    gross = abs(away) > log(FACTOR)
    reach = base * (exp(allowed) - 1.0)
    return View(base, value - base, reach, abs(away) / allowed, gross)


def _difference(base: float, before: list[float], value: float, indicator: Indicator, room: float) -> View:
    usual = median(abs(b - a) for a, b in pairwise(before))
    floor = max(5.0 * 10.0**-indicator.decimals, FLOOR * median(map(abs, before)))
    allowed = K * max(1.48 * usual, floor) * room
    gross = base != 0 and abs(value) > FACTOR * max(map(abs, before))
    return View(base, value - base, allowed, abs(value - base) / allowed, gross)


def _clipped(known: float, value: float) -> float:
    room = 0.5 * abs(known) or 1.0
    return min(max(value, known - room), known + room)
