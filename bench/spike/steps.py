"""Steps of a steady number of open cases, as columns with string ids. Made of a seed; making them is not timed.

A case is accepted, moves about nine times and ends; another takes its place. Now and then a case moves twice in one
batch, and some records are sent twice.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalogue.cases import CaseKind
from streams.fold.cases import NONE

Ints = npt.NDArray[np.int64]
DAY_MS = 86_400_000
HOUR_MS = 3_600_000
STEPS_A_DAY = 438_000
"""160 million a year."""
STEPS_A_CASE = 9.9
UNITS = 63
TWICE = 0.01
"""Of the steps: cases that move twice in a batch; and records that are sent again."""
_PATTERN = np.frombuffer(b"H00.14.5-261121-000000000", np.uint8)
_UNIT, _NUMBER = slice(1, 3), slice(16, 25)


class Batch(msgspec.Struct):
    texts: pa.Array
    """Case ids."""
    kind: npt.NDArray[np.int32]
    state: npt.NDArray[np.int32]
    unit: npt.NDArray[np.int32]
    at: Ints
    due_at: Ints
    """NONE where none is given."""

    def again(self, rows: int) -> "Batch":
        """The first of its records, as a sender that got no answer sends them again."""
        columns: list[Any] = [self.texts, self.kind, self.state, self.unit, self.at, self.due_at]
        return Batch(*(column[:rows] for column in columns))

    def before(self, other: "Batch") -> "Batch":
        """Both, the other's records behind."""
        columns = ("kind", "state", "unit", "at", "due_at")
        joined = (np.concatenate([getattr(self, name), getattr(other, name)]) for name in columns)
        return Batch(pa.concat_arrays([self.texts, other.texts]), *joined)


class Population:
    """About `open_` cases at any time, each visited in turn; where one has ended the next visit begins another."""

    def __init__(self, kind: CaseKind, open_: int, now: int, seed: int = 1) -> None:
        chairs = int(open_ * STEPS_A_CASE / (STEPS_A_CASE - 1))
        place = {state.id: number for number, state in enumerate(kind.states)}
        self._accepted, self._processing = place["accepted"], place["processing"]
        self._supplement, self._finished = place["supplement"], place["finished"]
        self._random = np.random.default_rng(seed)
        self._order = self._random.permutation(chairs)
        self._position = 0
        self._number = np.arange(chairs)
        self._state = np.full(chairs, -1)
        self._open, self._next = open_, chairs
        self._last: Batch | None = None
        self.now = now

    def remembered(self, cases: int, over_ms: int, size: int) -> Iterator[Batch]:
        """Cases that ended evenly over the time before now, each by its first and last step."""
        began = self.now - over_ms
        for start in range(0, cases, size):
            count = min(size, cases - start)
            number = self._fresh(count)
            ended = began + (np.arange(start, start + count) * over_ms) // cases
            yield self._batch(number, np.full(count, self._accepted), ended - DAY_MS, ended + DAY_MS)
            yield self._batch(number, np.full(count, self._finished), ended, np.full(count, NONE))

    def first(self, size: int) -> Iterator[Batch]:
        """The first step of every open case, as long ago as befits a steady number of them."""
        count = self._open
        age = np.minimum(self._random.exponential(count * STEPS_A_CASE / STEPS_A_DAY, count), 200) * DAY_MS
        at = self.now - np.sort(age.astype(np.int64))[::-1]
        self._state[:count] = self._accepted
        for start in range(0, count, size):
            rows = slice(start, min(start + size, count))
            states = np.full(len(at[rows]), self._accepted)
            yield self._batch(self._number[rows], states, at[rows], self._due(at[rows]))

    def steps(self, count: int) -> Batch:
        """The next steps; the clock moves on as it does when 160 million come in a year."""
        twice = int(count * TWICE)
        repeated = self._last.again(twice) if self._last else None
        rest = count - (twice if repeated else 0)
        picked = self._order.take(range(self._position, self._position + rest - twice), mode="wrap")
        self._position = (self._position + rest - twice) % len(self._order)
        parts = [self._visit(picked), self._visit(picked[:twice])]
        number, state, fresh = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        end = self.now + count * DAY_MS // STEPS_A_DAY
        at = self.now + (np.arange(rest) * (end - self.now)) // rest
        self.now = end
        self._last = self._batch(number, state, at, np.where(fresh, self._due(at), NONE))
        return repeated.before(self._last) if repeated else self._last

    def _visit(self, picked: Ints) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
        number, before = self._number[picked], self._state[picked]
        chance = self._random.random(len(picked))
        fresh = before < 0
        ends = ~fresh & (before != self._supplement) & (chance < 1 / (STEPS_A_CASE - 1.4))
        asks = ~fresh & ~ends & (before != self._supplement) & (chance > 0.95)
        state = np.full(len(picked), self._processing)
        state[fresh], state[ends], state[asks] = self._accepted, self._finished, self._supplement
        self._state[picked] = np.where(ends, -1, state)
        self._number[picked[ends]] = self._fresh(int(ends.sum()))
        return number, state, fresh

    def _fresh(self, count: int) -> Ints:
        self._next += count
        return np.arange(self._next - count, self._next)

    def _due(self, at: Ints) -> Ints:
        return (at + self._random.integers(10, 60, len(at)) * DAY_MS) // HOUR_MS * HOUR_MS

    def _batch(self, number: Ints, state: Any, at: Ints, due_at: Ints) -> Batch:
        unit = (number * 7919 % UNITS).astype(np.int32)
        return Batch(texts_of(number, unit), np.zeros(len(number), np.int32), state.astype(np.int32), unit, at, due_at)


def texts_of(number: Ints, unit: Any) -> pa.Array:
    """Ids as the portal writes them, of one length: digits put into a pattern."""
    text = np.tile(_PATTERN, (len(number), 1))
    for columns, value in ((_UNIT, unit), (_NUMBER, number)):
        rest = value.copy()
        for place in reversed(range(columns.start, columns.stop)):
            text[:, place] += (rest % 10).astype(np.uint8)
            rest //= 10
    offsets = np.arange(len(number) + 1, dtype=np.int32) * len(_PATTERN)
    return pa.StringArray.from_buffers(len(number), pa.py_buffer(offsets), pa.py_buffer(text.ravel()))
