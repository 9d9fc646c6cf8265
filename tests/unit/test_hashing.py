"""Digests made of many rows at once are those of the library, which makes them one by one."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import hashing
from streams.admit.identity import identity
from streams.hashing import Digests, digests, hexed, text_digests, unhexed

QUICK = settings(max_examples=60, deadline=None)


def hexes(found: Digests) -> list[str]:
    return [text.as_py() for text in hexed(found)]


@pytest.mark.parametrize("width", range(3, 17))
@pytest.mark.parametrize("rows", [0, 1, hashing.FEW - 1, hashing.FEW, 4_097])
def test_rows_of_numbers_have_the_librarys_digest(width: int, rows: int) -> None:
    table = np.random.default_rng(width).integers(0, 2**64, (rows, width), np.uint64)
    table[:, 0] = 7
    columns = [table[:, place] for place in range(width)]
    columns[0] = np.array([7], np.uint64)  # the same in every row: one will do
    expected = [xxhash.xxh3_128_hexdigest(row.tobytes()) for row in table]
    assert hexes(digests(columns, rows)) == expected


def test_numbers_of_any_kind_count_by_their_bytes() -> None:
    rows = hashing.FEW
    columns: list[Any] = [np.arange(rows) - 5, np.linspace(-1, 1, rows), np.arange(rows, dtype=np.uint64)]
    expected = [xxhash.xxh3_128_hexdigest(b"".join(column[row].tobytes() for column in columns)) for row in range(rows)]
    assert hexes(digests(columns, rows)) == expected


TEXTS = st.none() | st.text(max_size=9) | st.text("ab1-", min_size=10, max_size=140)


@given(st.lists(TEXTS, max_size=60), st.booleans())
@QUICK
def test_texts_have_the_librarys_digest(texts: list[str | None], many: bool) -> None:
    given = texts * hashing.FEW if many else texts
    column = pa.array(["x", *given], pa.string()).slice(1)
    assert hexes(text_digests(column)) == [xxhash.xxh3_128_hexdigest((text or "").encode()) for text in given]


HEX = ["0" * 32, "f" * 32, "0123456789abcdef" * 2, "A" * 32, "0" * 31, "", "é" * 16, "mine"]


@given(st.lists(st.sampled_from(HEX)))
@QUICK
def test_only_32_lower_case_hex_digits_are_a_digest_themselves(texts: list[str]) -> None:
    found, are_digests = unhexed(pa.array(["x", *texts], pa.string()).slice(1))
    assert are_digests.tolist() == [len(text) == 32 and set(text) <= set("0123456789abcdef") for text in texts]
    assert [text for text, is_one in zip(hexes(found), are_digests, strict=True) if is_one] == [
        text for text, is_one in zip(texts, are_digests, strict=True) if is_one
    ]


def test_the_senders_id_stands_where_there_is_one_and_the_computed_one_elsewhere() -> None:
    own = digests([np.arange(3), np.arange(3.0), np.arange(3)], 3)
    some, none = identity(pa.array(["mine", None, ""]), own, own), identity(None, own, own)
    assert some.texts(slice(0, 3)).to_pylist() == ["mine", *hexes(own)[1:]]
    assert some.texts(np.array([0, 2])).to_pylist() == ["mine", hexes(own)[2]]
    assert none.texts(slice(1, 3)).to_pylist() == hexes(own)[1:]
    assert (some.ids[1:] == none.ids[1:]).all()
    assert (some.ids[0] != none.ids[0]).any()
    assert (some.body == none.body).all()


def test_a_computed_id_that_comes_back_from_the_store_is_the_same_record() -> None:
    own = digests([np.arange(3), np.arange(3), np.arange(3)], 3)
    computed = identity(None, own, own)
    again = identity(computed.texts(slice(0, 3)), digests([np.zeros(3)] * 3, 3), own)
    assert (again.ids == computed.ids).all()
    assert again.texts(slice(0, 3)).to_pylist() == computed.texts(slice(0, 3)).to_pylist()


def test_no_id_is_the_one_that_marks_an_empty_place() -> None:
    nothing = np.zeros((2, 2), np.uint64)
    assert (identity(None, nothing, nothing).ids[:, 0] != 0).all()
    assert (identity(pa.array(["0" * 32] * 2), nothing, nothing).ids[:, 0] != 0).all()
