"""The map of 128-bit ids, held to what a dict does."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import idmap
from streams.admit.identity import ids_of, ids_of_digests
from streams.idmap import IdMap, Ids, first_of_each, first_places
from streams.rows import Rows

SMALL = st.integers(1, 40)
"""Few halves, all of one home or its neighbours: chains of probes and equal first halves are the rule."""
KEYS = st.tuples(SMALL.map(lambda n: n * 1024), st.integers(0, 3)) | st.tuples(st.integers(1, 2**64 - 1), SMALL)


def as_ids(keys: list[tuple[int, int]]) -> Ids:
    return np.array(keys, np.uint64).reshape(-1, 2)


class Known:
    """Rows found by their ids, and the dict that says what must be found."""

    def __init__(self) -> None:
        self.rows = Rows(3)
        self.map, self.model = IdMap(self.rows), dict[tuple[int, int], int]()

    def add(self, keys: list[tuple[int, int]]) -> None:
        new = list(dict.fromkeys(key for key in keys if key not in self.model))
        words = np.zeros((len(new), 3), np.int64)
        words[:, :2] = as_ids(new).view(np.int64)
        places = self.rows.add(words)
        self.map.add(as_ids(new), places)
        self.model |= dict(zip(new, places.tolist(), strict=True))

    def forget(self, keys: list[tuple[int, int]]) -> None:
        gone = {key: self.model.pop(key) for key in keys if key in self.model}
        self.rows.free(np.array(list(gone.values()), np.int64))

    def check(self, asked: list[tuple[int, int]]) -> None:
        assert self.map.find(as_ids(asked)).tolist() == [self.model.get(key, -1) for key in asked]


BATCH = st.tuples(st.lists(KEYS, max_size=60), st.lists(KEYS, max_size=30))


@given(st.lists(BATCH, max_size=12), st.sampled_from([1, 20_000]))
@settings(max_examples=150, deadline=None)
def test_it_finds_what_a_dict_finds(batches: list[tuple[list[tuple[int, int]], list[tuple[int, int]]]], a: int) -> None:
    known = Known()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(idmap, "AT_ONCE", a)
        patched.setattr(idmap, "FEWEST", 1)
        for new, gone in batches:
            known.add(new)
            known.check([*new, *gone, (7, 7), (1024, 9)])
            known.forget(gone)
            known.check([*new, *gone])
    known.check(list(known.model))
    assert len(known.rows) == len(known.model)


def test_it_grows_with_what_it_holds_and_no_call_moves_more_than_a_little(monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[int] = []
    move = IdMap._move

    def noted(own: IdMap, entries: int) -> None:
        moved.append(entries)
        move(own, entries)

    monkeypatch.setattr(IdMap, "_move", noted)
    known = Known()
    keys = [tuple(key) for key in ids_of(pa.array([str(n) for n in range(120_000)])).tolist()]
    for start in range(0, len(keys), 1_000):
        known.add(keys[start : start + 1_000])
        known.check([*keys[start : start + 1_000 : 100], *keys[: start : 5_000], (7, 7)])
    assert sum(number > 0 for number in moved) > 3
    assert max(moved) == idmap.AT_ONCE


def test_what_is_forgotten_and_comes_again_takes_no_more_room() -> None:
    known = Known()
    keys = [tuple(key) for key in ids_of(pa.array([str(n) for n in range(300_000)])).tolist()]
    sizes = []
    for start in range(0, len(keys), 10_000):
        known.add(keys[start : start + 10_000])
        known.forget(keys[max(start - 40_000, 0) : start - 30_000] if start >= 40_000 else [])
        sizes.append(known.map.nbytes)
    assert known.rows.size <= 60_000
    assert max(sizes) <= 4 * sizes[6]
    known.check([*keys[-20_000::100], *keys[:100_000:1_000]])


def test_an_id_whose_first_half_is_nought_is_still_an_id() -> None:
    known = Known()
    known.add([(hi, lo) for hi, lo in ids_of_digests(np.array([[0, 0], [0, 0x0101010101010101]], np.uint64)).tolist()])
    assert len(known.rows) == 2
    known.check(list(known.model))


def test_nothing_is_found_and_added_without_complaint() -> None:
    known = Known()
    known.add([])
    known.check([])


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2)), max_size=30))
def test_ids_that_are_all_different_are_told_without_a_list(keys: list[tuple[int, int]]) -> None:
    first = first_of_each(as_ids(keys))
    assert (list(range(len(keys))) if first is None else first.tolist()) == [keys.index(key) for key in keys]


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2)), max_size=30))
def test_each_row_knows_where_its_id_came_first(keys: list[tuple[int, int]]) -> None:
    order, first = first_places(as_ids(keys))
    assert first.tolist() == [keys.index(key) for key in keys]
    grouped = [keys[place] for place in order]
    assert all(a == b or b not in grouped[: n + 1] for n, (a, b) in enumerate(pairwise(grouped)))
