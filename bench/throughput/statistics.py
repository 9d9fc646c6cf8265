"""Few numbers with what they are worth: a mean of paired differences with its interval, and a straight line."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np

T_975 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131)
"""Student's t at 97.5 %, for 1 to 15 degrees of freedom; 2.131 serves for more, which is on the safe side."""


class Interval(msgspec.Struct, frozen=True):
    mean: float
    low: float
    high: float


def paired(first: Sequence[float], second: Sequence[float]) -> Interval:
    """How much the second of each pair is above the first, as a share of the first: mean and 95 % interval of the
    paired relative differences, by Student's t."""
    if len(first) != len(second) or len(first) < 2:
        raise ValueError(f"pairs are needed, two at least: {len(first)} and {len(second)} values")
    shares = [b / a - 1.0 for a, b in zip(first, second, strict=True)]
    n = len(shares)
    mean = sum(shares) / n
    spread = math.sqrt(sum((share - mean) ** 2 for share in shares) / (n - 1))
    half = T_975[min(n - 1, len(T_975)) - 1] * spread / math.sqrt(n)
    return Interval(mean, mean - half, mean + half)


class Line(msgspec.Struct, frozen=True):
    start: float
    slope: float
    residual: float
    """The largest distance of a point from the line, as a share of the point."""

    def at(self, size: float) -> float:
        return self.start + self.slope * size


def line(sizes: Sequence[float], values: Sequence[float]) -> Line:
    """The straight line of least relative squares: a small size counts as much as a large one."""
    if len(set(sizes)) < 2:
        raise ValueError("a line needs two sizes at least")
    x, y = np.array(sizes, float), np.array(values, float)
    slope, start = np.polyfit(x, y, 1, w=1.0 / y)
    off = np.abs(start + slope * x - y) / y
    return Line(float(start), float(slope), float(off.max()))
