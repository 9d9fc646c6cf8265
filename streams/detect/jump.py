"""A value unlike the series' own past, robust and per series.

A figure is expected near its own recent level, or near what this hour of this kind of day (working, weekend, holiday,
Tết) usually brings; the nearer of the two counts, so that neither a morning ramp nor a slow storm is a jump. How far
away is strange is learned from the series itself: K times its usual distance, and further than it has been in a long
while. What is found strange teaches only a little; a level that persists is taken over (a new trend).
"""

from typing import ClassVar, NamedTuple

from msgspec import Struct

from catalogue.calendar import DAY_MS, OFFSET_MS, local_date
from catalogue.indicators import Indicator
from streams.detect import jump_periods
from streams.detect.base import INFO, QUIET_DAYS, Context, Point, Signal, count_down, day_type, ends, of_point, over

WARM_UP = 30
"""Points before the first verdict."""
GOOD_POINTS = 5
ADAPT = 12
"""So many strange points in a row on one side are the new level; three times as many for a factor of 30 and more."""
K = 8.0
RECORD = 1.15
"""A jump is at least so much further than the furthest of late."""
RECORD_DECAY = 0.9995
FLOOR = 0.005
"""Of the level: the usual distance is never taken for less, nor for less than the rounding."""
FACTOR = 30.0
"""Beyond the largest (or below the smallest) of late by this: a unit of measure, or a decimal mark, is wrong."""
UNSEEN = 3.0
"""Wider by this at an hour and kind of day not yet seen."""
SEEN = 3
"""Points after which an hour of a kind of day counts as seen."""
LEVEL_STEP, SCALE_STEP, PROFILE_STEP, EXTREME_DECAY = 0.5, 0.01, 0.1, 0.9999
HOUR_MS = 3_600_000
INTERVAL_MEASURES = frozenset({"m", "°C"})
"""Heights and temperatures have no zero of their own: a share of them says nothing."""


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


class Memory(Struct):
    series: dict[str, Past] = {}
    periods: dict[str, jump_periods.Past] = {}
    open: dict[str, int] = {}


class View(NamedTuple):
    """One value against its past."""

    expected: float
    away: float
    allowed: float
    strength: float
    """Above 1: a jump."""
    gross: bool


class Jump:
    rule: ClassVar[str] = "jump"
    reads: ClassVar[str] = "points"

    def __init__(self) -> None:
        self.memory = Memory()
        self._days: dict[int, str] = {}

    def judge(self, point: Point, indicator: Indicator, context: Context) -> Signal | None:
        if not indicator.jump:
            return None
        if indicator.period and indicator.period != "C-D":
            past_periods = self.memory.periods.get(point.key)
            view = jump_periods.look(past_periods, point, indicator) if past_periods else None
        else:
            view = self._look(point, indicator, context)
        if view is None:
            return None
        if view.strength <= 1.0:
            return over(self.rule, point, context) if ends(self.memory.open, point.key) else None
        return self._signal(point, indicator, view, context)

    def learn(self, point: Point, indicator: Indicator, signal: Signal | None, context: Context) -> None:
        if not indicator.jump:
            return
        strange = signal is not None and signal.holds
        memory = self.memory
        if indicator.period and indicator.period != "C-D":
            past_periods = memory.periods.setdefault(point.key, jump_periods.Past())
            jump_periods.learn(past_periods, point, indicator, strange)
            count_down(memory.open, point.key, signal, 1)
            return
        if signal is not None or memory.open:
            count_down(memory.open, point.key, signal, GOOD_POINTS)
        past = memory.series.get(point.key)
        if past is None:
            past = memory.series[point.key] = Past()
        if point.at > past.at:
            self._learn(past, point, indicator, strange, context)
            past.at = point.at

    def _signal(self, point: Point, indicator: Indicator, view: View, context: Context) -> Signal:
        signal = of_point(self.rule, point, context)
        low, high = view.expected - view.allowed, view.expected + view.allowed
        if indicator.hard is not None:
            low, high = max(low, indicator.hard[0]), min(high, indicator.hard[1])
        signal.low, signal.high, signal.score = low, high, view.strength
        signal.detail["expected"] = view.expected
        if view.gross:
            signal.detail["gross"] = 1
            signal.detail["ratio"] = point.value / view.expected if view.expected else 0.0
        elif day_type(point.at, context) in QUIET_DAYS:
            signal.severity = INFO
        if view.away < 0 and indicator.cumulative:
            signal.detail["falls"] = 1
        return signal

    def _look(self, point: Point, indicator: Indicator, context: Context) -> View | None:
        past = self.memory.series.get(point.key)
        if past is None or past.n < WARM_UP:
            return None
        day, hour = self._slot(point.at, context)
        if indicator.cumulative:
            return _look_cumulative(past, point, indicator)
        known = past.seen[day][hour] >= SEEN if day in past.seen and not indicator.fast else False
        if point.at <= past.at and not known:
            return None  # of the past, and nothing is known of its hour
        value = point.value
        expected, away = past.level, value - past.level
        if known or day in QUIET_DAYS:
            for kind in (day, "working", "weekend") if day in QUIET_DAYS else (day,):
                if kind in past.seen and past.seen[kind][hour] >= SEEN:
                    usual = past.profile[kind][hour]
                    if abs(value - usual) < abs(away):
                        expected, away = usual, value - usual
        allowed = _allowed(past, indicator, expected)
        if not known and not indicator.fast:
            allowed *= UNSEEN
        ratio = _ratio(past, value)
        return View(expected, away, allowed, max(abs(away) / allowed, ratio), ratio > 1.0)

    def _learn(self, past: Past, point: Point, indicator: Indicator, strange: bool, context: Context) -> None:
        view = self._look(point, indicator, context) if strange else None
        if view is not None:
            side = 1 if view.away > 0 else -1
            past.run = past.run + side if past.run * side > 0 else side
            if abs(past.run) >= (3 * ADAPT if view.gross else ADAPT):
                _rebase(past, point.value)
            elif not view.gross:
                past.level += 0.5 * side * view.allowed
                past.record = max(past.record, min(abs(view.away), 1.3 * view.allowed))
            return
        past.run = 0
        self._take(past, point.value, indicator, *self._slot(point.at, context))

    def _take(self, past: Past, value: float, indicator: Indicator, day: str, hour: int) -> None:
        """Learn an ordinary value; steps are clipped, so that no single one teaches much."""
        n = past.n
        size = abs(value)
        if n == 0:
            past.level = past.last = value
            past.small = past.big = size
        else:
            past.small = size if size < past.small else past.small / EXTREME_DECAY
            past.big = size if size > past.big else past.big * EXTREME_DECAY
        away = value - past.level
        nearest = away
        if not (indicator.fast or indicator.cumulative):
            if day not in past.seen:
                past.profile[day], past.seen[day] = [0.0] * 24, [0] * 24
            seen, profile = past.seen[day], past.profile[day]
            count = seen[hour]
            if count:
                step = value - profile[hour]
                if abs(step) < abs(nearest):
                    nearest = step
                profile[hour] += step * (PROFILE_STEP if count >= 10 else 1.0 / (count + 1))
            else:
                profile[hour] = value
            seen[hour] = count + 1
        distance = abs(nearest)
        if n > 10:
            distance = min(distance, 10.0 * past.scale + 1e-12 + 10.0**-indicator.decimals)
        if n:
            past.scale += (distance - past.scale) * max(SCALE_STEP, 1.0 / n)
        past.record = max(past.record * RECORD_DECAY, distance)
        past.level += LEVEL_STEP * away
        past.last = value
        past.n = n + 1

    def _slot(self, at: int, context: Context) -> tuple[str, int]:
        number, rest = divmod(at + OFFSET_MS, DAY_MS)
        day = self._days.get(number)
        if day is None:
            if len(self._days) > 1000:
                self._days.clear()
            day = self._days[number] = day_type(at, context)
        return day, rest // HOUR_MS


def _allowed(past: Past, indicator: Indicator, expected: float) -> float:
    """How far from the expected value is still ordinary."""
    rounding = 10.0**-indicator.decimals
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
    new_year = local_date(point.at).year != local_date(past.at).year
    away = point.value - past.last
    rounding = 10.0**-indicator.decimals
    ratio = 0.0 if new_year else _ratio(past, point.value)
    fall = 0.0 if new_year or away >= 0 or point.at <= past.at else -away / rounding
    return View(past.last, away, rounding, max(fall, ratio), ratio > 1.0)


def _rebase(past: Past, value: float) -> None:
    """The new level is here to stay: the whole profile moves with it."""
    shift = value - past.level
    for hours in past.profile.values():
        hours[:] = [usual + shift for usual in hours]
    past.level = past.last = value
    past.small = past.big = abs(value)
    past.run = 0
