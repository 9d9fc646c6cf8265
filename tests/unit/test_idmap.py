"""The map of 128-bit ids, held to what a dict does."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.idmap import IdMap, Ids, first_places, ids_from, ids_of

SMALL = st.integers(1, 40)
"""Few halves, all of one home or its neighbours: chains of probes and equal first halves are the rule."""
KEYS = st.tuples(SMALL.map(lambda n: n * 1024), st.integers(0, 3)) | st.tuples(st.integers(1, 2**64 - 1), SMALL)


def as_ids(keys: list[tuple[int, int]]) -> Ids:
    return np.array(keys, np.uint64).reshape(-1, 2)


@given(st.lists(st.lists(st.tuples(KEYS, st.integers(0, 2**62)), max_size=60), max_size=12))
@settings(max_examples=150, deadline=None)
def test_it_finds_what_a_dict_finds(batches: list[list[tuple[tuple[int, int], int]]]) -> None:
    ours, model = IdMap(), dict[tuple[int, int], int]()
    for batch in batches:
        new = {key: value for key, value in batch if key not in model}
        changed = {key: value for key, value in batch if key in model}
        ours.add(as_ids(list(new)), np.array(list(new.values()), np.int64))
        ours.put(as_ids(list(changed)), np.array(list(changed.values()), np.int64))
        model.update(new | changed)
        asked = [key for key, _ in batch] + [(7, 7), (1024, 9)]
        assert ours.find(as_ids(asked)).tolist() == [model.get(key, -1) for key in asked]
    assert len(ours) == len(model)
    ids, values = ours.items()
    assert {(hi, lo): value for (hi, lo), value in zip(ids.tolist(), values.tolist(), strict=True)} == model


def test_it_grows_with_what_it_holds() -> None:
    ours = IdMap()
    for start in range(0, 20_000, 4_000):
        ids = ids_of([str(number).encode() for number in range(start, start + 4_000)])
        ours.add(ids, np.arange(start, start + 4_000))
    assert len(ours) == 20_000
    assert ours.find(ids_of([b"0", b"19999", b"20000"])).tolist() == [0, 19_999, -1]


def test_an_id_whose_first_half_is_nought_is_still_an_id() -> None:
    ids = ids_from(bytes(16) + bytes(8) + b"\x01" * 8)
    ours = IdMap()
    ours.add(ids, np.array([3, 4]))
    assert ours.find(ids).tolist() == [3, 4]


def test_nothing_is_found_and_added_without_complaint() -> None:
    ours = IdMap()
    ours.add(ids_of([]), np.array([], np.int64))
    assert ours.find(ids_of([])).tolist() == []
    assert ours.items()[0].shape == (0, 2)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2)), max_size=30))
def test_each_row_knows_where_its_id_came_first(keys: list[tuple[int, int]]) -> None:
    order, first = first_places(as_ids(keys))
    assert first.tolist() == [keys.index(key) for key in keys]
    grouped = [keys[place] for place in order]
    assert all(a == b or b not in grouped[: n + 1] for n, (a, b) in enumerate(pairwise(grouped)))
