"""Columns to bytes: what was asked for, all of it, and nothing of the batch it was cut from."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from contract.codec import encode

LISTS = st.lists(st.none() | st.lists(st.text(max_size=3), max_size=3), min_size=1, max_size=12)


def batch(lists: list[list[str] | None]) -> pa.RecordBatch:
    columns = {"number": pa.array(range(len(lists))), "marks": pa.array(lists, pa.list_(pa.string()))}
    return pa.RecordBatch.from_pydict(columns)


def decoded(value: bytes) -> pa.RecordBatch:
    return pa.ipc.open_stream(value).read_next_batch()


@given(LISTS, st.data())
def test_a_part_of_a_batch_is_read_as_that_part(lists: list[list[str] | None], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(lists) - 1))
    part = batch(lists).slice(first, data.draw(st.integers(1, len(lists) - first)))
    found = decoded(encode(part))
    assert found["number"].to_pylist() == part["number"].to_pylist()
    if "marks" in found.schema.names:
        assert found["marks"].to_pylist() == part["marks"].to_pylist()
    else:
        assert set(part["marks"].to_pylist()) == {None}


def test_a_part_with_empty_lists_carries_no_items_of_the_whole() -> None:
    whole = batch([[], ["x" * 50]] * 5_000)
    assert len(encode(whole.slice(2, 1))) < 2 * len(encode(whole.slice(3, 1)))
    assert len(encode(whole.slice(3, 1))) < 2_000
