"""Ids tell a repeat: a record whose id was seen is a duplicate (same body) or a conflict (another body).

The horizon is bounded: a shard remembers at least HORIZON of its own clock, or MOST ids, whichever is less. Beyond it
the raw table itself collapses what is sent again.
"""


import numpy as np
import numpy.typing as npt
import xxhash

from streams.idmap import IdMap, Ids, first_of_each
from streams.rows import Rows
from streams.state import Packed

HORIZON_MS = 3 * 86_400_000
MOST = 2_000_000

Hashes = npt.NDArray[np.uint64]
Bodies = npt.NDArray[np.int64]
"""Never negative."""


def hashes(names: list[str]) -> Hashes:
    """xxh3_64 of each name, and of the empty one in the last place, where code -1 finds it."""
    return np.array([xxhash.xxh3_64_intdigest(name.encode()) for name in [*names, ""]], np.uint64)


NEW, DUPLICATE, CONFLICTING = 0, 1, 2


class Seen:
    """The ids of a shard, in two generations: when the young one is full or old enough, the old one is forgotten."""

    def __init__(self, horizon_ms: int = HORIZON_MS) -> None:
        self._horizon_ms = horizon_ms
        self._young, self._old = Generation(), Generation()
        self._number = 1
        """Of the young generation; the old one's is the number before."""
        self._since: int | None = None

    def judge(self, ids: Ids, body: Bodies) -> npt.NDArray[np.int8]:
        """NEW, DUPLICATE or CONFLICTING per record, in order; the new are remembered."""
        known = self._young.find(ids)
        missing = (known < 0).nonzero()[0]
        if len(missing) and len(self._old.rows):
            known[missing] = self._old.find(ids if len(missing) == len(ids) else ids[missing])
            missing = missing[known[missing] < 0]
        judged = np.full(len(ids), NEW, np.int8)
        if len(missing) < len(ids):
            there = (known >= 0).nonzero()[0]
            judged[there] = _compared(known[there], body[there])
        first = first_of_each(ids[missing])
        if first is not None:
            again = first != np.arange(len(missing))
            judged[missing[again]] = _compared(body[missing[first[again]]], body[missing[again]])
            missing = missing[~again]
        whole = len(missing) == len(ids)
        self._young.add(ids if whole else ids[missing], body if whole else body[missing])
        return judged

    def on_minute(self, clock: int) -> None:
        if self._since is None:
            self._since = clock
        if clock - self._since >= self._horizon_ms or len(self._young.rows) > MOST:
            self._old, self._young, self._since = self._young, Generation(len(self._young.rows)), clock
            self._number += 1

    @property
    def tables(self) -> dict[str, Rows]:
        """By the generation's number: its rows are only ever added to, so a new one is a new table."""
        return {str(self._number): self._young.rows, str(self._number - 1): self._old.rows}

    @property
    def nbytes(self) -> int:
        return self._young.nbytes + self._old.nbytes

    def dump(self) -> Packed:
        """What its rows do not tell."""
        return {"since": self._since, "number": self._number}

    def load(self, packed: Packed, tables: dict[str, Rows]) -> None:
        """Takes over rows, and what they do not tell."""
        self._since, self._number = packed["since"], packed["number"]
        self._young, self._old = (Generation.of(tables[str(self._number - age)]) for age in (0, 1))


def _compared(known: Bodies, body: Bodies) -> npt.NDArray[np.int8]:
    return np.where(known == body, DUPLICATE, CONFLICTING).astype(np.int8)


class Generation:
    """Ids, each with a hash of its body, in the order they came."""

    def __init__(self, expected: int = 0) -> None:
        self.rows = Rows(3)
        self._places = IdMap(self.rows, expected)

    def find(self, ids: Ids) -> Bodies:
        """The hash of each id's body, -1 where the id is not known."""
        found = self._places.find(ids)
        there = (found >= 0).nonzero()[0]
        if len(there):
            found[there] = self.rows.at[found[there], 2]
        return found

    def add(self, ids: Ids, body: Bodies) -> None:
        words = np.empty((len(ids), 3), np.int64)
        words[:, :2], words[:, 2] = ids.view(np.int64), body
        self._places.add(ids, self.rows.add(words))

    @property
    def nbytes(self) -> int:
        return self.rows.nbytes + self._places.nbytes

    @classmethod
    def of(cls, rows: Rows) -> "Generation":
        made = cls()
        made.rows, made._places = rows, IdMap(rows, rows.size)
        made._places.add(rows.at[: rows.size, :2].view(np.uint64), np.arange(rows.size))
        return made
