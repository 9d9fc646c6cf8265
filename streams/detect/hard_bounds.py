"""Outside what is physically or legally possible: the record is kept, and stays out of every sum and of all learning."""

from typing import ClassVar

from catalogue.indicators import Indicator
from streams.detect.base import (
    CRITICAL,
    IMPOSSIBLE,
    WARNING,
    Context,
    Point,
    Signal,
    Streaks,
    count_down,
    ends,
    of_point,
    over,
)

GOOD_POINTS = 3
GROSS = 10.0
"""So many times beyond the bound, nobody can take it for a figure."""


class HardBounds:
    rule: ClassVar[str] = "hard_bounds"
    reads: ClassVar[str] = "points"

    def __init__(self) -> None:
        self.memory = Streaks()

    def judge(self, point: Point, indicator: Indicator, context: Context) -> Signal | None:
        if indicator.hard is None:
            return None
        low, high = indicator.hard
        if low <= point.value <= high:
            return over(self.rule, point, context) if ends(self.memory.open, point.key) else None
        signal = of_point(self.rule, point, context)
        signal.verdict = IMPOSSIBLE
        signal.severity = CRITICAL if is_gross(point.value, low, high) else WARNING
        signal.low, signal.high, signal.score = low, high, beyond(point.value, low, high)
        if factor := slip(point.value, low, high):
            signal.detail["factor"] = factor
        return signal

    def learn(self, point: Point, indicator: Indicator, signal: Signal | None, context: Context) -> None:
        needed = 1 if indicator.period else GOOD_POINTS
        count_down(self.memory.open, point.key, signal, needed)


def beyond(value: float, low: float, high: float) -> float:
    """1 at the bound, 2 as far outside as the bounds are wide."""
    width = (high - low) or max(abs(low), abs(high)) or 1.0
    return 1.0 + max(low - value, value - high) / width


def is_gross(value: float, low: float, high: float) -> bool:
    """More than ten times too large, or (where nothing small is possible) less than a tenth of the least."""
    return abs(value) > GROSS * max(abs(low), abs(high)) or (low > 0 and value < low / GROSS)


def slip(value: float, low: float, high: float) -> float:
    """The power of ten by which the value is off, when dividing by it lands inside: a wrong unit of measure or mark."""
    if value == 0:
        return 0.0
    return next((f for f in (1000.0, 0.001, 1e6, 1e-6, 10.0, 0.1, 100.0, 0.01) if low <= value / f <= high), 0.0)
