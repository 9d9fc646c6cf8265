"""Row numbers by the time at which to look at them, so that what has come is found without a look at the rest."""

from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.rows import Places

Times = npt.NDArray[np.int64]
NEVER = np.iinfo(np.int64).max
MANY = 2_000
"""From so many entries on it is faster to sort them into spans than to enter them one by one."""


class Agenda:
    """Entries are kept by spans of time (an hour, a day); only those of a span that has begun stand in order.

    An entry is only a row's number: what its time is now, the row is asked when the span begins (NEVER: leave it out).
    So an entry that went out of date does no harm, and one whose time moved on is entered again.
    """

    def __init__(self, span_ms: int, time_of: Callable[[Places], Times]) -> None:
        self._span, self._time_of = span_ms, time_of
        self._later: dict[int, array[int]] = {}
        self._begun = int(np.iinfo(np.int64).min)
        """The newest span that has begun."""
        self._soon: list[tuple[Times, Places]] = [_nothing()]
        """Of spans that have begun: the first in order of time, what came since as it came."""

    def add(self, times: Times, places: Places) -> None:
        span = times // self._span
        if len(span) >= MANY:
            self._add_many(span, times, places)
            return
        early: list[int] = []
        for entry, (of_span, place) in enumerate(zip(span.tolist(), places.tolist(), strict=True)):
            if of_span <= self._begun:
                early.append(entry)
            elif (entries := self._later.get(of_span)) is None:
                self._later[of_span] = array("I", [place])
            else:
                entries.append(place)
        if early:
            self._soon.append((times[early], places[early]))

    def come(self, clock: int) -> Places:
        """Rows entered for a time before the clock; they are no longer entered. One may come twice."""
        begun = (clock - 1) // self._span
        if begun > self._begun:
            self._begun = begun
            for span in [span for span in self._later if span <= begun]:
                self._begin(self._later.pop(span))
        times, places = self._soon[0]
        if len(self._soon) > 1:
            times, places = (np.concatenate(columns) for columns in zip(*self._soon, strict=True))
            order = np.argsort(times, kind="stable")
            times, places = times[order], places[order]
        count = int(np.searchsorted(times, clock))
        self._soon = [(times[count:], places[count:])]
        return places[:count]

    @property
    def nbytes(self) -> int:
        kept = sum(len(entries) * entries.itemsize for entries in self._later.values())
        return kept + sum(times.nbytes + places.nbytes for times, places in self._soon)

    def _begin(self, entries: "array[int]") -> None:
        places = np.frombuffer(entries, np.uint32).astype(np.int64)
        times = self._time_of(places)
        wanted = times != NEVER
        self.add(times[wanted], places[wanted])

    def _add_many(self, span: Any, times: Times, places: Places) -> None:
        begun = span <= self._begun
        self._soon.append((times[begun], places[begun]))
        span, places = span[~begun], places[~begun]
        order = np.argsort(span, kind="stable")
        edges = np.flatnonzero(np.diff(span[order])) + 1
        for part in np.split(order, edges):
            if len(part):
                entries = self._later.setdefault(int(span[part[0]]), array("I"))
                entries.frombytes(places[part].astype(np.uint32).tobytes())


def _nothing() -> tuple[Times, Places]:
    return np.zeros(0, np.int64), np.zeros(0, np.int64)
