"""What comes when its time has come: held to a list of all entries."""

from array import array

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.fold import agenda
from streams.fold.agenda import NEVER, Agenda
from streams.fold.tally import Tally

SPAN = 10


class Times:
    """A time for each number; an entry is good while the number still has it."""

    def __init__(self) -> None:
        self.now: dict[int, int] = {}
        self.agenda = Agenda(SPAN, lambda places: np.array([self.now.get(p, NEVER) for p in places.tolist()], np.int64))

    def add(self, entries: list[tuple[int, int]]) -> None:
        self.now |= {place: time for time, place in entries}
        times, places = (np.array(column, np.int64) for column in zip(*entries, strict=True))
        self.agenda.add(times, places)

    def come(self, clock: int) -> set[int]:
        """As its users do: what has come is looked at, and counts if its time is still so."""
        found = {place for place in self.agenda.come(clock).tolist() if self.now.get(place, NEVER) < clock}
        for place in found:
            del self.now[place]
        return found


ENTRIES = st.lists(st.tuples(st.integers(-30, 100), st.integers(0, 12)), min_size=1, max_size=12)


@given(st.lists(ENTRIES | st.integers(-40, 120), max_size=25), st.sampled_from([1, 4, 2_000]))
@settings(max_examples=200, deadline=None)
def test_what_is_due_comes_once_however_its_time_moved(acts: list[list[tuple[int, int]] | int], many: int) -> None:
    times, model, clock = Times(), dict[int, int](), -100
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(agenda, "MANY", many)
        for act in acts:
            if isinstance(act, int):
                clock = max(clock, act)
                due = {place for place, time in model.items() if time < clock}
                assert times.come(clock) == due
                model = {place: time for place, time in model.items() if place not in due}
            else:
                times.add(act)
                model |= {place: time for time, place in act}


def test_only_spans_that_have_begun_are_looked_at() -> None:
    asked: list[int] = []

    def noted(places: np.ndarray) -> np.ndarray:
        asked.append(len(places))
        return np.full(len(places), 15)

    entries = Agenda(SPAN, noted)
    entries.add(np.array([15, 15, 95]), np.array([1, 2, 3]))
    assert [entries.come(clock).tolist() for clock in (5, 10, 11, 15)] == [[], [], [], []]
    assert asked == [2]
    assert sorted(entries.come(16).tolist()) == [1, 2]
    assert array("I").itemsize == 4


def test_a_tally_is_a_mapping_that_keeps_pairs_at_nought_and_takes_any_unit() -> None:
    tally = Tally(2)
    assert (dict(tally), len(tally), tally.get((1, 500), 7)) == ({}, 0, 7)
    tally.add(np.array([0, 1, 1]), np.array([3, 700, 3]), np.array([2, 1, 1]))
    tally.add(np.array([1, 0]), np.array([3, 3]), -1)
    assert tally == {(0, 3): 1, (1, 3): 0, (1, 700): 1}
    assert tally.of(np.array([0, 1, 0]), np.array([3, 700, 9_000])).tolist() == [1, 1, 0]
    again = Tally(2)
    again.load(tally.dump())
    assert again == tally
    with pytest.raises(KeyError):
        tally[0, 9]
