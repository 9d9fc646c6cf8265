"""Base buckets of 5 minutes and of one day: integers that merge, so that how the log was cut cannot show.

A bucket that changed is written when the shard's clock crosses a minute, with that minute as its revision. A record
too late for memory is written as a delta row of its own, which readers add.
"""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

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
FIVE_MS = 5 * MINUTE_MS
DAY_MS = 86_400_000
LOCAL_MS = 7 * 3_600_000
WIDTHS = ("5m", "day")
KEEP_MS = (26 * 3_600_000, 40 * DAY_MS)
"""How long a bucket of each width stays in memory, by the shard's clock."""

EDGES_MS = np.round(np.geomspace(MINUTE_MS, 400 * DAY_MS, 47)).astype(np.int64)
"""Edges of the histogram of handling times: each bin is 1.33 times as long as the one before, so a quantile read at a
bin's geometric middle is off by at most 15.5 %."""
BINS = len(EDGES_MS) + 1

Matrix = npt.NDArray[np.int64]


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
        self._row: dict[Bucket, int] = {}
        self._bucket: list[Bucket] = []
        """The other way round: the bucket of each row."""
        self._measures = np.zeros((256, len(MEASURES)), np.int64)
        self._durations = np.zeros((256, BINS), np.int64)
        self._gauges = np.zeros((256, 2), np.int64)
        self._simulated = np.zeros(256, bool)
        self._dirty: set[int] = set()
        self._trimmed: int | None = None

    def add(self, steps: Increments, clock: int | None) -> list[tuple[int, BucketRow]]:
        """Adds steps to their buckets. What is too late for memory comes back: (place in `steps`, its delta row)."""
        deltas: list[tuple[int, BucketRow]] = []
        for width in range(len(WIDTHS)):
            start = bucket_start(steps.at, width)
            if clock is not None:
                gone = start < bucket_start(np.array([clock - KEEP_MS[width]]), width)[0]
                if gone.any():
                    deltas += [(int(i), _delta(steps, int(i), width, int(start[i]))) for i in np.flatnonzero(gone)]
                    self._add(steps, start, width, ~gone)
                    continue
            self._add(steps, start, width, None)
        return deltas

    def _add(self, steps: Increments, start: Matrix, width: int, rows: Any) -> None:
        kind, unit, amounts, durations = steps.kind, steps.unit, steps.amounts, steps.duration_ms
        simulated = steps.simulated
        if rows is not None:
            kind, unit, start, amounts = kind[rows], unit[rows], start[rows], amounts[rows]
            durations, simulated = durations[rows], simulated[rows]
        if not len(start):
            return
        order = np.lexsort((start, unit, kind))
        k, u, s = kind[order], unit[order], start[order]
        new = np.ones(len(order), bool)
        new[1:] = (k[1:] != k[:-1]) | (u[1:] != u[:-1]) | (s[1:] != s[:-1])
        first = np.flatnonzero(new)
        keys = zip(k[first].tolist(), u[first].tolist(), s[first].tolist(), strict=True)
        places = np.array([self._place(Bucket(kind, unit, width, start)) for kind, unit, start in keys])
        self._measures[places] += np.add.reduceat(amounts[order], first, axis=0)
        self._simulated[places] |= np.logical_or.reduceat(simulated[order], first)
        self._dirty.update(places.tolist())
        finished = np.flatnonzero(durations[order] >= 0)
        if finished.size:
            group = (np.cumsum(new) - 1)[finished]
            bins = np.searchsorted(EDGES_MS, durations[order][finished], side="right")
            np.add.at(self._durations, (places[group], bins), 1)

    def _place(self, bucket: Bucket) -> int:
        place = self._row.get(bucket)
        if place is None:
            place = self._row[bucket] = len(self._bucket)
            self._bucket.append(bucket)
            if place == len(self._measures):
                self._measures, self._durations = _doubled(self._measures), _doubled(self._durations)
                self._gauges, self._simulated = _doubled(self._gauges), _doubled(self._simulated)
        return place

    def on_minute(
        self, clock: int, open_: dict[tuple[int, int], int], overdue: dict[tuple[int, int], int]
    ) -> list[BucketRow]:
        """Every bucket that changed since the last call, with the gauges of the bucket that the clock is in."""
        for width in range(len(WIDTHS)):
            start = int(bucket_start(np.array([clock - 1]), width)[0])
            for (kind, unit), cases in open_.items():
                self._gauge(Bucket(kind, unit, width, start), cases, overdue.get((kind, unit), 0))
        rows = [self._written(self._bucket[place], place) for place in sorted(self._dirty)]
        self._dirty.clear()
        if self._trimmed is None or clock - self._trimmed >= DAY_MS:
            self._trimmed = clock
            self._trim(clock)
        return rows

    def _gauge(self, bucket: Bucket, cases: int, overdue: int) -> None:
        place = self._row.get(bucket)
        if place is None:
            # Nothing happened here since the bucket began: the last one's gauge still tells the state.
            if bucket.width == 0:
                return
            # A new day says what is open, none included: a step of yesterday may have closed the last case.
            place = self._place(bucket)
            self._dirty.add(place)
        if (self._gauges[place] != (cases, overdue)).any():
            self._gauges[place] = cases, overdue
            self._dirty.add(place)

    def _written(self, bucket: Bucket, place: int) -> BucketRow:
        open_end, overdue = self._gauges[place].tolist()
        return BucketRow(
            bucket,
            0,
            self._measures[place].tolist(),
            self._durations[place].tolist(),
            open_end,
            overdue,
            bool(self._simulated[place]),
        )

    def _trim(self, clock: int) -> None:
        oldest = [int(bucket_start(np.array([clock - keep]), width)[0]) for width, keep in enumerate(KEEP_MS)]
        kept = {bucket: place for bucket, place in self._row.items() if bucket.start >= oldest[bucket.width]}
        if len(kept) == len(self._row):
            return
        places = np.fromiter(kept.values(), np.int64, len(kept))
        for name in ("_measures", "_durations", "_gauges", "_simulated"):
            old = getattr(self, name)
            new = np.zeros_like(old)  # of the same size: what was needed once is needed again
            new[: len(places)] = old[places]
            setattr(self, name, new)
        self._bucket = list(kept)
        self._row = {bucket: place for place, bucket in enumerate(kept)}

    def dump(self) -> Packed:
        size = len(self._row)
        return {
            "buckets": np.array([[b.kind, b.unit, b.width, b.start] for b in self._row], np.int64).reshape(size, 4),
            "measures": self._measures[:size],
            "durations": self._durations[:size].astype(np.int32),
            "gauges": self._gauges[:size],
            "simulated": self._simulated[:size],
            "dirty": sorted(self._dirty),
            "trimmed": self._trimmed,
        }

    def load(self, packed: Packed) -> None:
        self._bucket = [Bucket(*row) for row in packed["buckets"].tolist()]
        self._row = {bucket: place for place, bucket in enumerate(self._bucket)}
        self._measures, self._gauges = _padded(packed["measures"]), _padded(packed["gauges"])
        self._durations, self._simulated = _padded(packed["durations"].astype(np.int64)), _padded(packed["simulated"])
        self._dirty, self._trimmed = set(packed["dirty"]), packed["trimmed"]


def bucket_start(at: Any, width: int) -> Any:
    """The start of the bucket that each time lies in."""
    if width == 0:
        return at - at % FIVE_MS
    return (at + LOCAL_MS) // DAY_MS * DAY_MS - LOCAL_MS


def _delta(steps: Increments, row: int, width: int, start: int) -> BucketRow:
    durations = [0] * BINS
    if steps.duration_ms[row] >= 0:
        durations[int(np.searchsorted(EDGES_MS, steps.duration_ms[row], side="right"))] = 1
    bucket = Bucket(int(steps.kind[row]), int(steps.unit[row]), width, start)
    return BucketRow(
        bucket, int(steps.key[row]) | 1, steps.amounts[row].tolist(), durations, 0, 0, bool(steps.simulated[row])
    )


def _doubled(array: Any) -> Any:
    return np.concatenate([array, np.zeros_like(array)])


def _padded(array: Any) -> Any:
    new = np.zeros((max(256, len(array)), *array.shape[1:]), array.dtype)
    new[: len(array)] = array
    return new
