"""Randomness without state: the number at a place is a function of the seed, the series and the place alone.

So a span gives the same records however it is cut, and a series can be entered at any moment.
"""


import numpy as np
import xxhash
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEW = 6
_MASK = (1 << 64) - 1
_GOLDEN_INT = 0x9E3779B97F4A7C15
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def key(*parts: object) -> int:
    """One 63-bit number for a series or a cell."""
    return int(xxhash.xxh3_64_intdigest("\x1f".join(map(str, parts)).encode()) >> 1)


def generator(*parts: object) -> np.random.Generator:
    """The random generator of one cell: the same parts give the same draws."""
    return np.random.Generator(np.random.PCG64(key(*parts)))


def uniform(series: int, index: Ints) -> Floats:
    """In [0, 1), one number per index."""
    if index.size <= FEW:
        return np.array([_one(series, i) for i in index.tolist()])
    with np.errstate(over="ignore"):
        x = (index.astype(np.uint64) * _GOLDEN) ^ np.uint64(series)
        x = (x ^ (x >> np.uint64(30))) * _MIX_1
        x = (x ^ (x >> np.uint64(27))) * _MIX_2
        x = x ^ (x >> np.uint64(31))
    return np.asarray((x >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def _one(series: int, index: int) -> float:
    """The same in plain integers: for a single number numpy's calls cost ten times as much."""
    x = ((index & _MASK) * _GOLDEN_INT & _MASK) ^ series
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & _MASK
    return ((x ^ (x >> 31)) >> 11) * 2.0**-53


def normal(series: int, index: Ints) -> Floats:
    """Mean 0, deviation 1, never beyond 3.5: a clean series must hold no outlier of its own."""
    total = sum((uniform(series ^ (0x5851F42D4C957F2D * k & 0x7FFFFFFFFFFFFFFF), index) for k in range(1, 5)), 0.0)
    return np.asarray((total - 2.0) * np.sqrt(3.0))


def drift(series: int, t_ms: Ints, step_ms: int) -> Floats:
    """A smooth wander with mean 0 and deviation near 0.8: normals on a grid of `step_ms`, joined by cosines."""
    left = t_ms // step_ms
    x = (t_ms - left * step_ms) / step_ms
    weight = 0.5 - 0.5 * np.cos(np.pi * x)
    return np.asarray(normal(series, left) * (1.0 - weight) + normal(series, left + 1) * weight)
