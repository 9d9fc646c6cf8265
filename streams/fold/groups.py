"""Steps added up before they meet their buckets: by kind, unit and five minutes, and these by day."""

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import numpy.typing as npt

from streams.rows import Places

if TYPE_CHECKING:
    from streams.fold.windows import Increments

Matrix = npt.NDArray[np.int64]

FIVE_MS = 300_000
DAY_MS = 86_400_000
LOCAL_MS = 7 * 3_600_000
DAILY = 2
"""Of a bucket's key: it is a day's."""
_UNIT_BITS, _FIVE_BITS = 16, 32
_FIVE = (1 << _FIVE_BITS) - 1


class Groups(msgspec.Struct):
    """Steps added up by kind, unit and five minutes, or day."""

    key: Matrix
    start: Matrix
    sums: Matrix
    simulated: npt.NDArray[np.bool_]
    finished: Places
    """The group of each step that finished a case, and the time that the case took."""
    durations: Matrix

    def by_day(self) -> "Groups":
        """Groups of one unit and day lie together, as groups are in order of unit and time."""
        day = bucket_start(self.start, 1)
        if not len(day):
            return self
        new = np.append(True, (self.key[1:] != self.key[:-1]) | (day[1:] != day[:-1]))
        first = np.flatnonzero(new)
        return Groups(
            self.key[first],
            day[first],
            np.add.reduceat(self.sums, first, axis=0),
            np.logical_or.reduceat(self.simulated, first),
            (np.cumsum(new) - 1)[self.finished],
            self.durations,
        )


def groups(steps: "Increments", rows: Any = None) -> Groups:
    """Of all steps, or of those that `rows` marks, per kind, unit and five minutes."""
    kind, unit, five, took = steps.kind, steps.unit, steps.at // FIVE_MS, None
    if rows is not None:
        took = np.flatnonzero(rows)
        kind, unit, five = kind[took], unit[took], five[took]
    # Whatever the order within a group, the sums are the same; so one fast sort by one number will do.
    code = (kind.astype(np.int64) << _FIVE_BITS + _UNIT_BITS) | (unit.astype(np.int64) << _FIVE_BITS) | (five & _FIVE)
    order = np.argsort(code)
    code, five = code[order], five[order]
    new = np.append(True, code[1:] != code[:-1])[: len(code)]
    first = np.flatnonzero(new)
    order = order if took is None else took[order]
    duration = steps.duration_ms[order]
    finished = np.flatnonzero(duration >= 0)
    return Groups(
        key_of(steps.kind[order[first]], steps.unit[order[first]]),
        five[first] * FIVE_MS,
        np.add.reduceat(steps.amounts.take(order, axis=0), first, axis=0) if len(first) else steps.amounts[:0],
        np.logical_or.reduceat(steps.simulated[order], first) if len(first) else steps.simulated[:0],
        (np.cumsum(new) - 1)[finished],
        duration[finished],
    )


def key_of(kind: Any, unit: Any, width: Any = 0) -> Matrix:
    """Never 0."""
    key: Matrix = (unit.astype(np.int64) << 16) | (kind.astype(np.int64) << 8) | width * DAILY | 1
    return key


def read_key(key: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """(kind, unit, width)."""
    return (key >> 8) & 0xFF, key >> 16, (key & DAILY) >> 1


def bucket_start(at: Any, width: int) -> Any:
    """The start of the bucket that each time lies in."""
    if width == 0:
        return at - at % FIVE_MS
    return (at + LOCAL_MS) // DAY_MS * DAY_MS - LOCAL_MS
