"""Finds rows by 128-bit ids, many at a time. The ids stand in the rows; the map holds only where they are.

A table of lines: an id's mark (32 bits of a hash) tells its line, and a line has sixteen places. Where a line is full,
the next one goes on. What a mark points to counts only if that row has the very id, so a row that was freed or has
another id since needs no word to the map. What is dead in that way is dropped when the table is moved into a new one:
a little with each call, so that no call takes long however many ids there are.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from streams.rows import Places, Rows

Ids = npt.NDArray[np.uint64]
"""Shape (n, 2): the two halves of each id; the first is never 0, which marks a free row."""
Marks = npt.NDArray[np.uint64]
"""Below 2**32 and never 0, which marks an empty place."""

LINE = 16
FULLEST, FRESH = 0.7, 0.45
"""Of the places: how many may be taken, dead ones included, and how many are when a table is new."""
AT_ONCE = 20_000
"""Entries moved by one call at the least; and so a table as small as that is moved whole."""
FEWEST = 64
"""Lines of the smallest table."""
EMPTY = np.uint64(0)
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_ODD, _ODDER = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)


class IdMap:
    def __init__(self, rows: Rows, expected: int = 0) -> None:
        self._rows = rows
        self._table = _Table(_lines(expected))
        self._old = _Table(0)
        """The table before, while what is in it is being moved; of its lines, those below `_moved` have been."""
        self._moved = 0

    def find(self, ids: Ids) -> Places:
        """The row of each id, -1 where there is none."""
        found = np.full(len(ids), -1, np.int64)
        marks, keys = _marks(ids), self._keys()
        self._table.find(marks, ids, keys, found, None)
        if self._old.lines:
            left = np.flatnonzero(found < 0)
            self._old.find(marks, ids, keys, found, left)
        return found

    def add(self, ids: Ids, places: Places) -> None:
        """Adds ids that are distinct and not there yet; their rows have them already."""
        if self._table.taken + len(ids) > FULLEST * LINE * self._table.lines:
            self._move(LINE * self._old.lines)  # nearly always nothing: it was moved long before
            self._old, self._moved = self._table, 0
            self._table = _Table(_lines(len(self._rows) + len(ids)))
        if self._old.lines:
            self._move(max(AT_ONCE, 4 * len(ids)))
        self._table.add(_marks(ids), places)

    @property
    def nbytes(self) -> int:
        return self._table.nbytes + self._old.nbytes

    def _keys(self) -> Ids:
        keys: Ids = self._rows.at.view(np.uint64)
        return keys

    def _move(self, entries: int) -> None:
        """Moves some lines of the old table into the new one; dead entries are left behind."""
        until = min(self._moved + -(-entries // LINE), self._old.lines)
        marks, places = self._old.between(self._moved, until)
        self._moved = until
        alive = _marks(self._keys()[places, :2]) == marks
        alive[alive] = _once(places[alive])  # what was freed and added again in its old place stands here twice
        self._table.add(marks[alive], places[alive])
        if until == self._old.lines:
            self._old = _Table(0)


class _Table:
    def __init__(self, lines: int) -> None:
        self.lines, self.taken = lines, 0
        self._marks = np.zeros((lines, LINE), np.uint32)
        self._places = np.zeros((lines, LINE), np.uint32)
        self._counts = np.zeros(lines, np.uint8)
        """Places taken in each line: they are taken from the first on, and none is given back."""

    def find(self, marks: Marks, ids: Ids, keys: Ids, found: Places, left: Places | None) -> None:
        """Fills `found` for the ids at `left` (None: for all)."""
        if left is not None:
            marks, ids = marks[left], ids[left]
        line, wanted = self._home(marks), marks.astype(np.uint32)
        while len(line):
            hits = (self._marks.take(line, axis=0) == wanted[:, None]).reshape(-1).nonzero()[0]
            if len(hits):
                row = hits // LINE
                place = self._places.reshape(-1).take(line.take(row) * LINE + hits % LINE).astype(np.int64)
                same = (keys[place, 0] == ids[row, 0]) & (keys[place, 1] == ids[row, 1])
                row, place = row[same], place[same]
                found[row if left is None else left[row]] = place
            on = self._counts.take(line) == LINE
            on &= (found if left is None else found[left]) < 0
            further = on.nonzero()[0]
            left = further if left is None else left[further]
            ids, wanted, line = ids[further], wanted[further], (line[further] + 1) % self.lines

    def add(self, marks: Marks, places: Places) -> None:
        entries = (marks << _HALF) | places.view(np.uint64)
        entries.sort()  # by mark, which is by line
        self.taken += len(entries)
        mark, place = (entries >> _HALF).astype(np.uint32), entries.astype(np.uint32)
        line = self._home(entries >> _HALF)
        while len(line):
            count = self._counts.take(line) + _ranks(line)
            fits = count < LINE
            whole = bool(fits.all())
            at = (line * LINE + count) if whole else (line * LINE + count)[fits]
            self._marks.reshape(-1)[at] = mark if whole else mark[fits]
            self._places.reshape(-1)[at] = place if whole else place[fits]
            self._counts[line] = np.minimum(count + 1, LINE)  # of one line's the last stands, which is the highest
            if whole:
                return
            line, mark, place = (line[~fits] + 1) % self.lines, mark[~fits], place[~fits]

    def between(self, start: int, end: int) -> tuple[Marks, Places]:
        taken = self._marks[start:end] != 0
        return self._marks[start:end][taken].astype(np.uint64), self._places[start:end][taken].astype(np.int64)

    @property
    def nbytes(self) -> int:
        return self._marks.nbytes + self._places.nbytes + self._counts.nbytes

    def _home(self, marks: Marks) -> Places:
        """In the order of marks, so that a table is moved from its first line to its last, as into the new one."""
        return ((marks * np.uint64(self.lines)) >> _HALF).view(np.int64)


def _lines(ids: int) -> int:
    return max(FEWEST, int(ids / (LINE * FRESH)) + 1)


def _marks(ids: Ids) -> Marks:
    marks: Marks = (ids[:, 0] * _ODD + ids[:, 1] * _ODDER) >> _HALF
    return np.maximum(marks, np.uint64(1))


def _once(places: Places) -> npt.NDArray[np.bool_]:
    order = np.argsort(places)
    once = np.ones(len(places), bool)
    once[order[1:]] = places[order[1:]] != places[order[:-1]]
    return once


def _ranks(line: Places) -> Places | int:
    """Of lines in order: how many of the same line come before each."""
    n = len(line)
    new = np.empty(n, bool)
    new[0] = True
    np.not_equal(line[1:], line[:-1], out=new[1:])
    first = new.nonzero()[0]
    if len(first) == n:
        return 0
    ranks: Places = np.arange(n) - first[np.cumsum(new) - 1]
    return ranks


def first_of_each(ids: Ids) -> Places | None:
    """For each row the row where its id comes first; None where no id comes twice, which one sort tells."""
    half = np.sort(ids[:, 0])
    if not (half[1:] == half[:-1]).any():
        return None
    return first_places(ids)[1]


def first_places(ids: Ids) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """(order, first): a stable order that groups equal ids, and for each row the row where its id comes first."""
    order = np.lexsort((ids[:, 1], ids[:, 0]))
    sorted_ids = ids[order]
    starts = np.ones(len(ids), bool)
    starts[1:] = (sorted_ids[1:] != sorted_ids[:-1]).any(axis=1)
    group = np.cumsum(starts) - 1
    first = np.empty(len(ids), np.int64)
    first[order] = order[np.flatnonzero(starts)][group]
    return order, first
