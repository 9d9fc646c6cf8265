"""Which open findings a minute must look at: those that changed, and those that time alone may have ended.

However many are open, a minute in which nothing happens to them costs nothing. All of it follows from the findings
themselves, so no snapshot holds it.
"""

from collections.abc import Callable, Iterable
from heapq import heappop, heappush


class Attention:
    def __init__(self, open_: Iterable[str], changed: Iterable[str], ends_at: Callable[[str], int]) -> None:
        """Keys of open findings in the order they opened. `ends_at`: when each is over if nothing more happens."""
        self._places: dict[str, int] = {}
        """In which order they opened; of each only while it is open."""
        self._opened = 0
        self._changed = set(changed)
        self._new: list[str] = []
        self._ends: list[tuple[int, int, str]] = []
        """A heap: the earliest end, the place, the key. What was touched meanwhile is put back when its turn comes."""
        self._ends_at = ends_at
        for key in open_:
            self.opened(key)

    def opened(self, key: str) -> None:
        self._opened += 1
        self._places[key] = self._opened
        self._new.append(key)

    def changed(self, key: str) -> None:
        self._changed.add(key)

    def written(self, key: str) -> None:
        self._changed.discard(key)

    def closed(self, key: str) -> None:
        del self._places[key]

    def due(self, now: int) -> list[str]:
        """In the order they opened. Who is over by time is closed by the caller."""
        for key in self._new:
            if key in self._places:
                self._wait_for(key)
        self._new = []
        found = set(self._changed)
        while self._ends and self._ends[0][0] <= now:
            _, place, key = heappop(self._ends)
            if self._places.get(key) != place:
                continue
            if self._ends_at(key) <= now:
                found.add(key)
            else:
                self._wait_for(key)
        return sorted(found, key=self._places.__getitem__)

    def _wait_for(self, key: str) -> None:
        heappush(self._ends, (self._ends_at(key), self._places[key], key))
