"""Base buckets of 5 minutes and of one day: integers that merge, so that how the log was cut cannot show.

A bucket that changed is written when the shard's clock crosses a minute, with that minute as its revision. A record
too late for memory is written as a delta row of its own, which readers add.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from streams.fold.groups import DAILY, DAY_MS, Groups, bucket_start, groups, key_of, read_key
from streams.fold.tally import Tally
from streams.idmap import IdMap
from streams.rows import Places, Rows, Words, distinct
from streams.state import Packed

MEASURES = (
    "received",
    "online",
    "finished",
    "on_time",
    "overdue",
    "refused",
    "withdrawn",
    "supplements",
    "impossible",
    "steps",
    "duration_ms",
)
MINUTE_MS = 60_000
WIDTHS = ("5m", "day")
KEEP_MS = (26 * 3_600_000, 40 * DAY_MS)
"""How long a bucket of each width stays in memory, by the shard's clock."""

EDGES_MS = np.round(np.geomspace(MINUTE_MS, 400 * DAY_MS, 47)).astype(np.int64)
"""Edges of the histogram of handling times: each bin is 1.33 times as long as the one before, so a quantile read at a
bin's geometric middle is off by at most 15.5 %."""
BINS = len(EDGES_MS) + 1

Matrix = npt.NDArray[np.int64]


# The words of a bucket's row: its key and start (the row's id), what was counted, gauges, and the histogram, whose bins
# are 32-bit numbers.
KEY, START, MEASURED, GAUGES, SIMULATED, DURATIONS = 0, 1, slice(2, 13), slice(13, 15), 15, 16
WIDTH = DURATIONS + BINS // 2
_NONE = np.zeros(0, np.int64)


class Bucket(msgspec.Struct, frozen=True):
    kind: int
    unit: int
    width: int
    """Position in WIDTHS."""
    start: int
    """ms UTC; days begin at midnight in Asia/Ho_Chi_Minh."""


class BucketRow(msgspec.Struct):
    """A bucket as it is to be written."""

    bucket: Bucket
    delta: int
    measures: list[int]
    durations: list[int]
    open_end: int
    overdue_open_end: int
    simulated: bool


class Written(Sequence[BucketRow]):
    """Buckets as they are to be written, as columns; and one by one."""

    def __init__(self, words: Words) -> None:
        key = words[:, KEY]
        self.kind, self.unit, self.width = read_key(key)
        self.start = words[:, START]
        self.measures, self.simulated = words[:, MEASURED], words[:, SIMULATED] != 0
        self.durations = words.view(np.int32)[:, 2 * DURATIONS :]
        self.open_end, self.overdue_open_end = words[:, GAUGES].T

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, row: Any) -> Any:
        if isinstance(row, slice):
            return [self[place] for place in range(*row.indices(len(self)))]
        numbers = (self.kind, self.unit, self.width, self.start)
        return BucketRow(
            Bucket(*(int(column[row]) for column in numbers)),
            0,
            self.measures[row].tolist(),
            self.durations[row].tolist(),
            int(self.open_end[row]),
            int(self.overdue_open_end[row]),
            bool(self.simulated[row]),
        )


class Increments(msgspec.Struct):
    """What steps add, one row a step."""

    kind: npt.NDArray[np.int32]
    unit: npt.NDArray[np.int32]
    at: Matrix
    amounts: Matrix
    """Shape (n, len(MEASURES)), in that order."""
    duration_ms: Matrix
    """-1 where the step finishes nothing."""
    simulated: npt.NDArray[np.bool_]
    key: npt.NDArray[np.int64]
    """A number of each record that no other has: names its delta row, if it comes to that."""


class Buckets:
    """The buckets of one feed's shard that are still in memory."""

    def __init__(self) -> None:
        self.rows = Rows(WIDTH, 256)
        self._places = IdMap(self.rows)
        self._changed: list[Places] = []
        """Since they were last written."""
        self._trimmed: int | None = None

    def add(self, steps: Increments, clock: int | None) -> list[tuple[int, BucketRow]]:
        """Adds steps to their buckets. What is too late for memory comes back: (place in `steps`, its delta row)."""
        if not len(steps.at):
            return []
        if clock is not None and steps.at.min() < _oldest(clock, 0):
            return self._add_late(steps, clock)
        self._add(groups(steps))
        return []

    def _add_late(self, steps: Increments, clock: int) -> list[tuple[int, BucketRow]]:
        """Some are too late for their 5 minutes; of these some for their day as well."""
        gone = [bucket_start(steps.at, width) < _oldest(clock, width) for width in range(len(WIDTHS))]
        in_time, day_only = np.flatnonzero(~gone[0]), np.flatnonzero(gone[0] & ~gone[1])
        if len(in_time):
            self._add(groups(steps, in_time))
        if len(day_only):
            self._add_to(groups(steps, day_only).days())
        return [
            (int(row), _delta(steps, int(row), width, int(bucket_start(steps.at[row], width))))
            for width in range(len(WIDTHS))
            for row in np.flatnonzero(gone[width])
        ]

    def _add(self, five: Groups) -> None:
        self._add_to(five.beside(five.days()))

    def _add_to(self, group: Groups) -> None:
        place = self._place(group.key, group.start)
        self.rows.at[place, MEASURED] += group.sums
        self.rows.at[place, SIMULATED] |= group.simulated
        if len(group.finished):
            bins = np.searchsorted(EDGES_MS, group.durations, side="right")
            np.add.at(self.rows.at.view(np.int32), (place[group.finished], 2 * DURATIONS + bins), 1)
        self._note(place)

    def _place(self, key: Matrix, start: Matrix) -> Places:
        """The rows of buckets, all different; what is new is to be written, whatever is in it."""
        place = self._find(key, start)
        missing = np.flatnonzero(place < 0)
        if len(missing):
            words = np.zeros((len(missing), WIDTH), np.int64)
            words[:, KEY], words[:, START] = key[missing], start[missing]
            place[missing] = self.rows.add(words)
            self._places.add(words[:, :2].view(np.uint64), place[missing])
            self._changed.append(place[missing])
        return place

    def _find(self, key: Matrix, start: Matrix) -> Places:
        return self._places.find(np.column_stack([key, start]).view(np.uint64))

    def _note(self, place: Places) -> None:
        self.rows.touch(place)
        self._changed.append(place)

    def on_minute(self, clock: int, open_: Tally, overdue: Tally) -> Written:
        """Every bucket that changed since the last call, with the gauges of the bucket that the clock is in."""
        kind, unit = open_.pairs()
        if len(kind):
            self._gauge(clock, key_of(kind, unit), np.column_stack([open_.of(kind, unit), overdue.of(kind, unit)]))
        place = distinct(np.concatenate([*self._changed, _NONE]))
        self._changed = []
        rows = self.rows.get(place)
        if self._trimmed is None or clock - self._trimmed >= DAY_MS:
            self._trimmed = clock
            self._trim(clock)
        return Written(rows[np.lexsort((rows[:, START], rows[:, KEY]))])

    def _gauge(self, clock: int, key: Matrix, gauges: Matrix) -> None:
        five, day = (np.full(len(key), bucket_start(clock - 1, width)) for width in range(len(WIDTHS)))
        # Of five minutes in which nothing happened the bucket before still tells it; a new day says what is open, none
        # included: a step of yesterday may have closed the last case.
        place = np.concatenate([self._find(key, five), self._place(key | DAILY, day)])
        gauges = np.concatenate([gauges, gauges])
        other = ((place >= 0) & (self.rows.at[place, GAUGES] != gauges).any(axis=1)).nonzero()[0]
        if len(other):
            self.rows.at[place[other], GAUGES] = gauges[other]
            self._note(place[other])

    def _trim(self, clock: int) -> None:
        place = self.rows.used()
        _, _, width = read_key(self.rows.at[place, KEY])
        oldest = np.array([_oldest(clock, width) for width in range(len(WIDTHS))])
        self.rows.free(place[self.rows.at[place, START] < oldest[width]])

    def dump(self) -> Packed:
        """What its rows do not tell."""
        changed = distinct(np.concatenate([*self._changed, _NONE]))
        return {"changed": changed, "trimmed": self._trimmed}

    def load(self, packed: Packed, rows: Rows) -> None:
        """Takes over rows, and what they do not tell."""
        self.rows = rows
        self._places = IdMap(self.rows, len(self.rows))
        place = self.rows.used()
        self._places.add(self.rows.at[place, :2].view(np.uint64), place)
        self._changed, self._trimmed = [packed["changed"]], packed["trimmed"]


def _oldest(clock: int, width: int) -> int:
    """The start of the oldest bucket that is still in memory."""
    return int(bucket_start(clock - KEEP_MS[width], width))


def _delta(steps: Increments, row: int, width: int, start: int) -> BucketRow:
    durations = [0] * BINS
    if steps.duration_ms[row] >= 0:
        durations[int(np.searchsorted(EDGES_MS, steps.duration_ms[row], side="right"))] = 1
    bucket = Bucket(int(steps.kind[row]), int(steps.unit[row]), width, start)
    return BucketRow(
        bucket, int(steps.key[row]) | 1, steps.amounts[row].tolist(), durations, 0, 0, bool(steps.simulated[row])
    )
