"""Numbered rows of 64-bit words: what a shard remembers many of. They grow, are freed, and know which of them changed.

One thing's whole memory is one row, so that reading or writing it touches one stretch of memory, however much it holds.
The first two words of a row are the id of what it is about, the first of them never nought; a free row is all nought.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
"""Numbers of rows."""
Words = npt.NDArray[np.int64]
"""Shape (n, width)."""

WORD = 8
_LINE_WORDS = 8
"""Rows begin at a multiple of so many words: a row of eight lies in one line of the processor's cache."""


class Rows:
    def __init__(self, width: int, expected: int = 1024) -> None:
        self.width = width
        self.size = 0
        """Rows in use or free; whatever is numbered is below."""
        self.at = _aligned(expected, width)
        """All of them, and some beyond `size`. Another array after each growth: never to be kept hold of."""
        self._cells = self.at.view(f"V{width * WORD}").ravel()
        self._changed = np.zeros(expected, np.uint8)
        self._free = np.zeros(0, np.int64)

    def __len__(self) -> int:
        """Rows in use."""
        return self.size - len(self._free)

    def get(self, places: Places) -> Words:
        words: Words = self.at.take(places, axis=0)
        return words

    def put(self, places: Places, words: Words) -> None:
        """Replaces rows; `words` is a whole array of its own."""
        np.put(self._cells, places, words.view(self._cells.dtype).ravel())
        self._changed[places] = 1

    def touch(self, places: Places) -> None:
        """Notes that these were changed by way of `at`."""
        self._changed[places] = 1

    def add(self, words: Words) -> Places:
        """Numbers of new rows: those that were freed first, then beyond the last."""
        again = min(len(self._free), len(words))
        places = np.arange(self.size - again, self.size + len(words) - again)
        if again:
            places[:again] = self._free[len(self._free) - again :]
            self._free = self._free[: len(self._free) - again]
        self.reach(self.size + len(words) - again)
        self.put(places, words)
        return places

    def free(self, places: Places) -> None:
        self.at[places] = 0
        self._changed[places] = 1
        self._free = np.concatenate([self._free, places])

    def used(self) -> Places:
        return np.flatnonzero(self.at[: self.size, 0])

    def changed(self) -> Places:
        """What was written since `settled`."""
        return np.flatnonzero(self._changed[: self.size].view(np.bool_))

    def settled(self) -> None:
        self._changed[: self.size] = 0

    @classmethod
    def of(cls, words: Words) -> "Rows":
        """As they were kept: all settled."""
        made = cls(words.shape[1], len(words))
        made.reach(len(words))
        made.at[: made.size] = words
        made.close()
        return made

    def reach(self, size: int) -> None:
        """Rows up to this number are there, to be filled by way of `at`; then `close`."""
        if size > len(self.at):
            self._grow(max(size, 2 * len(self.at)))
        self.size = max(self.size, size)

    def close(self) -> None:
        """What is filled is settled; rows that are all nought are free."""
        self.settled()
        self._free = np.flatnonzero(self.at[: self.size, 0] == 0)

    @property
    def nbytes(self) -> int:
        """Bytes of what is numbered; what is reserved beyond was never touched and takes no memory."""
        return self.size * (self.width * WORD + 1) + self._free.nbytes

    def _grow(self, capacity: int) -> None:
        at, changed = _aligned(capacity, self.width), np.zeros(capacity, np.uint8)
        at[: self.size], changed[: self.size] = self.at[: self.size], self._changed[: self.size]
        self.at, self._changed = at, changed
        self._cells = at.view(self._cells.dtype).ravel()


def distinct(places: Places) -> Places:
    """Each once, in order; for numbers a sort is faster than numpy's `unique`, which hashes."""
    ordered = np.sort(places)
    once = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=once[1:])
    return ordered[once]


def _aligned(capacity: int, width: int) -> Any:
    raw = np.zeros(capacity * width + _LINE_WORDS, np.int64)
    start = (-raw.ctypes.data // WORD) % _LINE_WORDS
    return raw[start : start + capacity * width].reshape(capacity, width)
