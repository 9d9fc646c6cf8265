"""Numbered rows: they keep their numbers while they grow, are freed and used again, and say what changed."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.parts import Joined, cut, everything, taken
from streams.rows import Rows, distinct
from streams.state import pack, unpack

NUMBERS = st.lists(st.integers(1, 1 << 40), min_size=1, max_size=30, unique=True)
ACT = (
    st.tuples(st.just("add"), NUMBERS)
    | st.tuples(st.just("put"), NUMBERS)
    | st.tuples(st.just("free"), st.lists(st.integers(0, 200), max_size=8, unique=True))
    | st.tuples(st.just("keep"), st.integers(20, 3_000))
)


def words(numbers: list[int]) -> np.ndarray:
    return np.array([[number, -number, number * 3] for number in numbers], np.int64)


@given(st.lists(ACT, max_size=30))
@settings(max_examples=200, deadline=None)
def test_rows_are_what_was_put_there_and_parts_of_them_give_them_back(acts: list[tuple[str, Any]]) -> None:
    rows, model = Rows(3, 1), dict[int, int]()
    parts, sweep = list[bytes](), everything({"t": rows})
    for act, given_ in acts:
        if act == "add":
            places = rows.add(words(given_))
            assert not set(places.tolist()) & model.keys()
            model |= dict(zip(places.tolist(), given_, strict=True))
        elif act == "put":
            there = list(model)[: len(given_)]
            rows.put(np.array(there, np.int64), words(given_[: len(there)]).reshape(-1, 3))
            model |= dict(zip(there, given_, strict=False))
        elif act == "free":
            gone = [place for place in given_ if place in model]
            rows.free(np.array(gone, np.int64))
            model = {place: number for place, number in model.items() if place not in gone}
        else:
            now, sweep = taken(sweep, {"t": rows}, given_)
            parts.append(pack({"t": cut({"t": rows}, now, changed=True)}))
            rows.settled()
            assert not len(rows.changed())
    assert len(rows) == len(model)
    assert rows.used().tolist() == sorted(model)
    assert rows.get(rows.used()).tolist() == words([model[place] for place in sorted(model)]).reshape(-1, 3).tolist()
    now, left = taken(sweep, {"t": rows}, 1 << 40)
    assert not left
    joined = Joined()
    for part in (*parts, pack({"t": cut({"t": rows}, now, changed=True)})):
        joined.add(unpack(part)["t"])
    again = joined.whole()["t"]
    assert (again.at[: again.size] == rows.at[: rows.size]).all()
    assert (again.size, len(again), len(again.changed())) == (rows.size, len(rows), 0)


def test_a_row_of_eight_words_lies_in_one_line_of_the_cache() -> None:
    rows = Rows(8)
    for _ in range(4):
        assert rows.at.ctypes.data % 64 == 0
        rows.add(np.ones((1_500, 8), np.int64))


def test_each_number_once_and_in_order() -> None:
    assert distinct(np.array([5, 1, 5, 3, 1])).tolist() == [1, 3, 5]
    assert distinct(np.zeros(0, np.int64)).tolist() == []
