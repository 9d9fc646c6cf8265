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
    """Steps added up by bucket."""

    key: Matrix
    start: Matrix
    sums: Matrix
    simulated: npt.NDArray[np.bool_]
    finished: Places
    """The group of each step that finished a case, and the time that the case took."""
    durations: Matrix

    def days(self) -> "Groups":
        """Groups of five minutes by day: those of one unit and day lie together."""
        day = bucket_start(self.start, 1)
        new = np.empty(len(day), bool)
        new[0] = True
        np.not_equal(self.key[1:], self.key[:-1], out=new[1:])
        new[1:] |= day[1:] != day[:-1]
        first = new.nonzero()[0]
        return Groups(
            self.key[first] | DAILY,
            day[first],
            np.add.reduceat(self.sums, first, axis=0),
            np.logical_or.reduceat(self.simulated, first),
            (np.cumsum(new) - 1)[self.finished],
            self.durations,
        )

    def beside(self, other: "Groups") -> "Groups":
        return Groups(
            np.concatenate([self.key, other.key]),
            np.concatenate([self.start, other.start]),
            np.concatenate([self.sums, other.sums]),
            np.concatenate([self.simulated, other.simulated]),
            np.concatenate([self.finished, other.finished + len(self.key)]),
            np.concatenate([self.durations, other.durations]),
        )


def groups(steps: "Increments", took: Places | None = None) -> Groups:
    """Of all steps, or of some (at least one), per kind, unit and five minutes."""
    kind, unit, five = steps.kind, steps.unit, steps.at // FIVE_MS
    if took is not None:
        kind, unit, five = kind[took], unit[took], five[took]
    # Whatever the order within a group, the sums are the same; so one fast sort by one number will do.
    code = ((kind.astype(np.int64) << _UNIT_BITS | unit) << _FIVE_BITS) | (five & _FIVE)
    order = np.argsort(code)
    code = code[order]
    new = np.empty(len(code), bool)
    new[0] = True
    np.not_equal(code[1:], code[:-1], out=new[1:])
    first = new.nonzero()[0]
    of_first = order[first]
    order = order if took is None else took[order]
    duration = steps.duration_ms[order]
    finished = (duration >= 0).nonzero()[0]
    return Groups(
        key_of(kind[of_first], unit[of_first]),
        five[of_first] * FIVE_MS,
        np.add.reduceat(steps.amounts.take(order, axis=0), first, axis=0),
        np.logical_or.reduceat(steps.simulated[order], first),
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
