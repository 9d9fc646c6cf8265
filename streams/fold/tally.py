"""How many cases there are per kind and unit, as numbers that many steps change at once."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
_FEW = 128


class Tally(Mapping[tuple[int, int], int]):
    """Reads as a mapping of (kind, unit) to a number; a pair that was ever counted stays in it, at 0 too."""

    def __init__(self, kinds: int) -> None:
        self._counts = np.zeros((max(kinds, 1), _FEW), np.int64)
        self._met = np.zeros(self._counts.shape, bool)

    def add(self, kind: Any, unit: Any, by: Any) -> None:
        """One number for all, or one for each."""
        if not len(unit):
            return
        self._reach(unit)
        code = kind * np.int64(self._counts.shape[1]) + unit
        np.add.at(self._counts.reshape(-1), code, by)
        self._met.reshape(-1)[code] = True

    def pairs(self) -> tuple[Codes, Codes]:
        """Kinds and units of all pairs, in order."""
        kind, unit = self._met.nonzero()
        return kind, unit

    def of(self, kind: Codes, unit: Codes) -> Codes:
        """The number of each pair, 0 of one that was never counted."""
        if len(unit):
            self._reach(unit)
        found: Codes = self._counts[kind, unit]
        return found

    def dump(self) -> list[list[int]]:
        return [[*pair, count] for pair, count in self.items()]

    def load(self, packed: list[list[int]]) -> None:
        self.__init__(len(self._counts))  # type: ignore[misc]
        for kind, unit, count in packed:
            self.add(np.array([kind]), np.array([unit]), count)

    def __getitem__(self, pair: tuple[int, int]) -> int:
        kind, unit = pair
        if not (kind < self._met.shape[0] and unit < self._met.shape[1] and self._met[pair]):
            raise KeyError(pair)
        return int(self._counts[kind, unit])

    def __iter__(self) -> Iterator[tuple[int, int]]:
        kind, unit = self.pairs()
        return zip(kind.tolist(), unit.tolist(), strict=True)

    def __len__(self) -> int:
        return int(self._met.sum())

    def _reach(self, unit: Codes) -> None:
        width, most = self._counts.shape[1], int(unit.max())
        if most >= width:
            more = ((0, 0), (0, max(most + 1, 2 * width) - width))
            self._counts, self._met = np.pad(self._counts, more), np.pad(self._met, more)
