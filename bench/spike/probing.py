"""The map as it was before: ids and values side by side, open addressing, linear probing. Kept for the comparison."""

import numpy as np
import numpy.typing as npt

from streams.idmap import Ids

Values = npt.NDArray[np.int64]
EMPTY = np.uint64(0)


class Probing:
    """About 48 bytes an id at the fullest; nothing is deleted, its owner builds it anew."""

    def __init__(self, capacity: int = 1024) -> None:
        self._mask = max(1024, 1 << (capacity - 1).bit_length()) - 1
        self._keys: Ids = np.zeros((self._mask + 1, 2), np.uint64)
        self._values: Values = np.zeros(self._mask + 1, np.int64)
        self._used = 0

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
            self.rebuild(self._used + len(ids))
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

    def rebuild(self, size: int, least: int = 0) -> None:
        """Without the values below `least`."""
        used = (self._keys[:, 0] != EMPTY) & (self._values >= least)
        ids, values = self._keys[used], self._values[used]
        self.__init__(size * 4)  # type: ignore[misc]
        self.add(ids, values)

    def _home(self, ids: Ids) -> Values:
        return (ids[:, 0] & np.uint64(self._mask)).astype(np.int64)
