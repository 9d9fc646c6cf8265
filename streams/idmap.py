"""A map from 128-bit ids to small numbers, in numpy arrays: many ids looked up or added per call.

Open addressing with linear probing. About 48 bytes an id at the fullest; nothing is deleted, owners rebuild.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import xxhash

Ids = npt.NDArray[np.uint64]
"""Shape (n, 2): the two halves of each id; never (0, 0), which marks an empty place."""
Values = npt.NDArray[np.int64]

EMPTY = np.uint64(0)


class IdMap:
    def __init__(self, capacity: int = 1024) -> None:
        self._mask = max(1024, 1 << (capacity - 1).bit_length()) - 1
        self._keys: Ids = np.zeros((self._mask + 1, 2), np.uint64)
        self._values: Values = np.zeros(self._mask + 1, np.int64)
        self._used = 0

    def __len__(self) -> int:
        return self._used

    def find(self, ids: Ids) -> Values:
        """The value of each id, -1 where there is none."""
        found = np.full(len(ids), -1, np.int64)
        place = self._home(ids)
        left = np.arange(len(ids))
        while left.size:
            key = self._keys[place[left]]
            hit = (key[:, 0] == ids[left, 0]) & (key[:, 1] == ids[left, 1])
            found[left[hit]] = self._values[place[left[hit]]]
            left = left[~hit & (key[:, 0] != EMPTY)]
            place[left] = (place[left] + 1) & self._mask
        return found

    def add(self, ids: Ids, values: Values) -> None:
        """Adds ids that are distinct and not there yet."""
        if (self._used + len(ids)) * 2 > self._mask:
            self._grow(self._used + len(ids))
        place = self._home(ids)
        left = np.arange(len(ids))
        while left.size:
            free = self._keys[place[left], 0] == EMPTY
            claim = left[free]
            # Of several that want one place the last written wins; the others go on to the next.
            self._keys[place[claim]] = ids[claim]
            self._values[place[claim]] = values[claim]
            won = self._keys[place[left], 1] == ids[left, 1]
            won &= self._keys[place[left], 0] == ids[left, 0]
            left = left[~won]
            place[left] = (place[left] + 1) & self._mask
        self._used += len(ids)

    def put(self, ids: Ids, values: Values) -> None:
        """Changes the values of ids that are there."""
        place = self._home(ids)
        left = np.arange(len(ids))
        while left.size:
            key = self._keys[place[left]]
            hit = (key[:, 0] == ids[left, 0]) & (key[:, 1] == ids[left, 1])
            self._values[place[left[hit]]] = values[left[hit]]
            left = left[~hit]
            place[left] = (place[left] + 1) & self._mask

    def items(self) -> tuple[Ids, Values]:
        used = self._keys[:, 0] != EMPTY
        return self._keys[used], self._values[used]

    def _home(self, ids: Ids) -> Values:
        return (ids[:, 0] & np.uint64(self._mask)).astype(np.int64)

    def _grow(self, size: int) -> None:
        ids, values = self.items()
        self.__init__(size * 4)  # type: ignore[misc]
        self.add(ids, values)


def ids_of(texts: list[bytes]) -> Ids:
    """128-bit ids of texts (xxh3_128; not against an attacker, who can only collide with himself: ids are per feed)."""
    digest = xxhash.xxh3_128_digest
    return ids_from(b"".join([digest(text) for text in texts]))


def ids_from(digests: bytes) -> Ids:
    ids = np.frombuffer(digests, dtype=np.uint64).reshape(-1, 2).copy()
    ids[ids[:, 0] == EMPTY, 0] = np.uint64(1)
    return ids


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
