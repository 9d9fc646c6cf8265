"""A value unlike the series' own past, robust and per series.

A figure is expected near its own recent level, or near what this hour of this kind of day (working, weekend, holiday,
Tết) usually brings; the nearer of the two counts, so that neither a morning ramp nor a slow storm is a jump. How far
away is strange is learned from the series itself: K times its usual distance, and further than it has been in a long
while. What is found strange teaches only a little; a level that persists is taken over (a new trend).

Instants, and figures of a day, are held against `jump_series`; longer periods against `jump_periods`.
"""

from typing import ClassVar

from msgspec import Struct

from catalogue.calendar import OFFSET_MS, local_date
from catalogue.indicators import Indicator
from streams.detect import jump_periods, jump_series
from streams.detect.base import (
    INFO,
    NOTHING,
    OK,
    QUIET_DAYS,
    Context,
    Point,
    Signal,
    Signals,
    count_down,
    day_type,
    of_point,
    settled,
)

GOOD_POINTS = 5
WEAK = 0.5
"""Above this share of a jump a move is told to the storms, which look for many together; alone it is nothing."""
DAILY = "C-D"
HOUR_MS = 3_600_000
SLOTS_KEPT = 10_000


class Memory(Struct):
    series: dict[str, jump_series.Past] = {}
    periods: dict[str, jump_periods.Past] = {}
    open: dict[str, int] = {}


class Jump:
    rule: ClassVar[str] = "jump"
    reads: ClassVar[str] = "points"

    def __init__(self) -> None:
        self.memory = Memory()
        self._slots: dict[int, jump_series.Slot] = {}

    def judge(self, point: Point, indicator: Indicator, context: Context) -> Signals:
        if not indicator.jump:
            return NOTHING
        view = self._look(point, indicator, context)
        if view is None:
            return NOTHING
        if view.strength <= WEAK:
            return settled(self.rule, self.memory.open, point, context)
        return (self._signal(point, indicator, view, context),)

    def learn(self, point: Point, indicator: Indicator, said: Signals, context: Context) -> None:
        if not indicator.jump:
            return
        memory, key = self.memory, point.key
        weak = bool(said) and "weak" in said[0].detail
        strange = bool(said) and said[0].holds and not weak
        if (memory.open and not weak) or strange:
            count_down(memory.open, key, said, 1 if indicator.period else GOOD_POINTS)
        if _by_period(indicator):
            jump_periods.learn(memory.periods.setdefault(key, jump_periods.Past()), point, indicator, strange)
            return
        past = memory.series.get(key)
        if past is None:
            past = memory.series[key] = jump_series.Past()
        jump_series.learn(past, point, indicator, self._slot(point.at, context), strange)

    def _look(self, point: Point, indicator: Indicator, context: Context) -> jump_series.View | None:
        if _by_period(indicator):
            periods = self.memory.periods.get(point.key)
            return jump_periods.look(periods, point, indicator) if periods is not None else None
        past = self.memory.series.get(point.key)
        if past is None:
            return None
        return jump_series.look(past, point, indicator, self._slot(point.at, context))

    def _signal(self, point: Point, indicator: Indicator, view: jump_series.View, context: Context) -> Signal:
        signal = of_point(self.rule, point, context)
        low, high = view.expected - view.allowed, view.expected + view.allowed
        if indicator.hard is not None:
            low, high = max(low, indicator.hard[0]), min(high, indicator.hard[1])
        signal.low, signal.high, signal.score = low, high, view.strength
        signal.detail["expected"] = view.expected
        if view.strength <= 1.0:
            signal.verdict, signal.severity = OK, INFO
            signal.detail["weak"] = 1
            return signal
        if view.gross:
            signal.detail["gross"] = 1
            signal.detail["ratio"] = point.value / view.expected if view.expected else 0.0
        elif _is_quiet(point, indicator, context):
            signal.severity = INFO
        if view.away < 0 and indicator.cumulative:
            signal.detail["falls"] = 1
        return signal

    def _slot(self, at: int, context: Context) -> jump_series.Slot:
        hour = (at + OFFSET_MS) // HOUR_MS
        slot = self._slots.get(hour)
        if slot is None:
            if len(self._slots) > SLOTS_KEPT:
                self._slots.clear()
            slot = self._slots[hour] = day_type(at, context), hour % 24
        return slot


def _is_quiet(point: Point, indicator: Indicator, context: Context) -> bool:
    """Tết and holidays: what is strange is told, and calls nobody. In months, Tết is anywhere from January to March."""
    if _by_period(indicator):
        return local_date(point.at).month <= 3
    return day_type(point.at, context) in QUIET_DAYS


def _by_period(indicator: Indicator) -> bool:
    return indicator.period not in ("", DAILY)
