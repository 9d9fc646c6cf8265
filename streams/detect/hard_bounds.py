"""Outside what is physically or legally possible: the record is kept, out of every sum and of all learning."""

from math import isfinite
from typing import ClassVar

from catalogue.indicators import Indicator
from streams.detect.base import (
    CRITICAL,
    IMPOSSIBLE,
    NOTHING,
    WARNING,
    Context,
    Point,
    Signals,
    Streaks,
    count_down,
    of_point,
    settled,
)

GOOD_POINTS = 3
GROSS = 10.0
"""So many times beyond the bound, nobody can take it for a figure."""

SLIPS = (1e6, 1000.0, 100.0, 10.0, 0.1, 0.01, 0.001, 1e-6)


class HardBounds:
    rule: ClassVar[str] = "hard_bounds"
    reads: ClassVar[str] = "points"

    def __init__(self) -> None:
        self.memory = Streaks()

    def judge(self, point: Point, indicator: Indicator, context: Context) -> Signals:
        if indicator.hard is None:
            return NOTHING
        low, high = indicator.hard
        if low <= point.value <= high:
            return settled(self.rule, self.memory.open, point, context)
        signal = of_point(self.rule, point, context)
        signal.verdict = IMPOSSIBLE
        signal.severity = CRITICAL if is_gross(point.value, low, high) else WARNING
        signal.low, signal.high = finite(low), finite(high)
        signal.score = beyond(point.value, low, high)
        if factor := slip(point.value, *(indicator.soft or indicator.hard)):
            signal.detail["factor"] = factor
        return (signal,)

    def learn(self, point: Point, indicator: Indicator, said: Signals, context: Context) -> None:
        needed = 1 if indicator.period else GOOD_POINTS
        count_down(self.memory.open, point.key, said, needed)


def finite(bound: float) -> float | None:
    """A bound that is not there is none."""
    return bound if isfinite(bound) else None


def beyond(value: float, low: float, high: float) -> float:
    """1 at the bound, 2 as far outside as the bounds are wide."""
    width = (high - low) or abs(low) or 1.0
    if not isfinite(width):
        width = min(abs(low), abs(high)) or 1.0
    return 1.0 + max(low - value, value - high) / width


def is_gross(value: float, low: float, high: float) -> bool:
    """More than ten times too large, or (where nothing small is possible) less than a tenth of the least."""
    return abs(value) > GROSS * max(abs(low), abs(high)) or (low > 0 and value < low / GROSS)


def slip(value: float, low: float, high: float) -> float:
    """The power of ten by which the value is off, when only one lands inside: a wrong unit of measure or mark."""
    fits = [factor for factor in SLIPS if value and low <= value / factor <= high]
    return fits[0] if len(fits) == 1 else 0.0
