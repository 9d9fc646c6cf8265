"""A shard's rows as parts of snapshots: what changed since the part before, and a stretch of all rows, swept in turn.

Rows that changed while a sweep was on its way are in the parts of that time. So the parts from a sweep's first to its
last, and all after it, give every row as it was at the newest part, and no part is long however many rows there are.
"""

import msgspec
import numpy as np
import numpy.typing as npt

from streams.rows import WORD, Rows, Words
from streams.state import Packed

Tables = dict[str, Rows]


class Incomplete(ValueError):
    """Parts of a snapshot that do not give the whole."""


class Stretch(msgspec.Struct, frozen=True):
    """Rows of one table, from the first to before the end."""

    table: str
    start: int
    end: int


Sweep = tuple[Stretch, ...]


def everything(tables: Tables) -> Sweep:
    return tuple(Stretch(name, 0, rows.size) for name, rows in tables.items())


def taken(sweep: Sweep, tables: Tables, most_bytes: int) -> tuple[Sweep, Sweep]:
    """(what is swept now, what is left): about so many bytes. A table that is gone since is passed over."""
    now: list[Stretch] = []
    left = list(sweep)
    while left and most_bytes > 0:
        first = left.pop(0)
        if first.table in tables:
            width = tables[first.table].width * WORD
            end = min(first.end, first.start + -(-most_bytes // width))
            now.append(Stretch(first.table, first.start, end))
            most_bytes -= (end - first.start) * width
            if end < first.end:
                left.insert(0, Stretch(first.table, end, first.end))
    return tuple(now), tuple(left)


def cut(tables: Tables, swept: Sweep, changed: bool) -> Packed:
    """One part. Words go column by column, which packs better than row by row."""
    part: Packed = {name: {"size": rows.size, "width": rows.width, "swept": []} for name, rows in tables.items()}
    for one in swept:
        words = tables[one.table].at[one.start : one.end]
        part[one.table]["swept"].append([one.start, np.ascontiguousarray(words.T)])
    if changed:
        for name, rows in tables.items():
            places = rows.changed()
            part[name]["changed"] = [places.astype(np.uint32), np.ascontiguousarray(rows.get(places).T)]
    return part


class Joined:
    """Parts put together in their order."""

    def __init__(self) -> None:
        self._tables: Tables = {}
        self._there: dict[str, npt.NDArray[np.bool_]] = {}

    def add(self, part: Packed) -> None:
        self._tables = {name: rows for name, rows in self._tables.items() if name in part}
        for name, table in part.items():
            self._reach(name, table["size"], table["width"])
            for start, columns in table["swept"]:
                self._put(name, slice(start, start + columns.shape[1]), columns)
            if "changed" in table:
                self._put(name, *table["changed"])

    def whole(self) -> Tables:
        """All rows of all tables; a row that no part has is an error, never a row of noughts."""
        for name, rows in self._tables.items():
            if not self._there[name][: rows.size].all():
                raise Incomplete(f"some rows of {name} are in none of the parts")
            rows.close()
        return self._tables

    def _reach(self, name: str, size: int, width: int) -> None:
        if name not in self._tables:  # some to spare costs nothing, and a large shard need not move soon after
            self._tables[name], self._there[name] = Rows(width, size + size // 4 + 64), np.zeros(0, bool)
        rows, there = self._tables[name], self._there[name]
        rows.reach(size)
        self._there[name] = np.append(there, np.zeros(len(rows.at) - len(there), bool))

    def _put(self, name: str, rows: "slice | npt.NDArray[np.uint32]", columns: Words) -> None:
        self._tables[name].at[rows] = columns.T
        self._there[name][rows] = True
