"""Two tables compared row by row, column by column, a million rows in seconds.

Rows of one key meet; each value is brought to one form, whichever side it came from (what was made here, or what the
store gives back, which writes a time as seconds and text as bytes).
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Key = tuple[Any, ...]
Numbers = npt.NDArray[np.int64]
BETWEEN = "\x1f"
REAL = b"real"
"""Marks a column that holds the bits of reals."""


class Difference(msgspec.Struct, frozen=True):
    rows: int
    """As they should be."""
    missing: list[Key]
    extra: list[Key]
    other: list[tuple[Key, str, Any, Any]]
    """Key, column, as it should be, as it is."""

    @property
    def count(self) -> int:
        return len(self.missing) + len(self.extra) + len({key for key, *_ in self.other})


def plain(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The columns of the schema, in one form: text, whole numbers, reals by their bits, flags."""
    arrays = [_plain(table.column(field.name), field.type) for field in schema]
    marks = [{REAL: b"1"} if pa.types.is_floating(field.type) else None for field in schema]
    fields = [pa.field(f.name, a.type, metadata=m) for f, a, m in zip(schema, arrays, marks, strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def newest(table: pa.Table, key: Sequence[str]) -> pa.Table:
    """Of rows with one key the last."""
    (number,) = numbered(key, table)
    _, from_behind = np.unique(number[::-1], return_index=True)
    return table.take(pa.array(np.sort(len(number) - 1 - from_behind)))


def difference(wanted: pa.Table, found: pa.Table, key: Sequence[str], compared: Sequence[str] = ()) -> Difference:
    """Both in plain form, no key twice in `wanted`; without `compared` all columns of `wanted` are."""
    of_wanted, of_found = numbered(key, wanted, found)
    once, first = np.unique(of_found, return_index=True)
    missing = np.flatnonzero(~np.isin(of_wanted, once))
    known = np.isin(of_found, of_wanted)
    known[np.setdiff1d(np.arange(len(of_found)), first, assume_unique=True)] = False  # a second one is one too many
    extra = np.flatnonzero(~known)
    _, left, right = np.intersect1d(of_wanted, once, assume_unique=True, return_indices=True)
    right = first[right]
    one, two = wanted.take(pa.array(left)), found.take(pa.array(right))
    other = []
    for name in compared or wanted.column_names:
        places = pa.array(np.flatnonzero(~_equal(one.column(name), two.column(name))))
        there = one.take(places)
        other += [
            (found_key, name, should, does)
            for found_key, should, does in zip(
                keys(there, key), _values(there, name), _values(two.take(places), name), strict=True
            )
        ]
    return Difference(
        len(wanted), keys(wanted.take(pa.array(missing)), key), keys(found.take(pa.array(extra)), key), other
    )


def repeated(table: pa.Table, key: Sequence[str]) -> list[Key]:
    """Keys that stand there more than once."""
    (number,) = numbered(key, table)
    _, first, count = np.unique(number, return_index=True, return_counts=True)
    return keys(table.take(pa.array(first[count > 1])), key)


def keys(table: pa.Table, key: Sequence[str]) -> list[Key]:
    return list(zip(*(table.column(name).to_pylist() for name in key), strict=True))


def numbered(key: Sequence[str], *tables: pa.Table) -> list[Numbers]:
    """For each row a number that stands for its key: the same in all tables."""
    total = sum(len(table) for table in tables)
    number = np.zeros(total, np.int64)
    for name in key:
        values = pa.concat_arrays([_one(table.column(name)) for table in tables])
        codes = pc.dictionary_encode(values, null_encoding="encode").indices.to_numpy(zero_copy_only=False)
        pairs = number * (int(codes.max(initial=0)) + 1) + codes
        number = np.unique(pairs, return_inverse=True)[1].reshape(-1).astype(np.int64)
    edges = np.cumsum([len(table) for table in tables])[:-1]
    return list(np.split(number, edges))


def _one(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):
        return whole.chunk(0) if whole.num_chunks else pa.array([], whole.type)
    return whole


def _equal(left: pa.ChunkedArray, right: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    same = pc.fill_null(pc.equal(left, right), False)
    return np.asarray(pc.or_(same, pc.and_(pc.is_null(left), pc.is_null(right))).to_numpy(), dtype=bool)


def _values(rows: pa.Table, name: str) -> list[Any]:
    column = rows.column(name)
    real = REAL in (rows.schema.field(name).metadata or {})
    return list((_one(column).view(pa.float64()) if real else column).to_pylist())


def _plain(column: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    whole = _one(column)
    if pa.types.is_map(kind):
        items = [None if row is None else sorted(dict(row).items()) for row in whole.to_pylist()]
        return pa.array([None if row is None else repr(row) for row in items], pa.string())
    if pa.types.is_list(kind):
        texts = pa.ListArray.from_arrays(whole.offsets, _text(whole.values)) if whole.null_count == 0 else whole
        return pc.binary_join(texts, BETWEEN)
    if pa.types.is_timestamp(kind):
        return _milliseconds(whole)
    if pa.types.is_floating(kind):
        return whole.cast(pa.float64()).view(pa.int64())
    if pa.types.is_boolean(kind):
        return whole.cast(pa.int64())
    if pa.types.is_integer(kind):
        return whole.cast(pa.uint64() if kind == pa.uint64() else pa.int64())
    return _text(whole)


def _milliseconds(column: pa.Array) -> pa.Array:
    if pa.types.is_integer(column.type):  # the store gives a DateTime as seconds
        return pc.multiply(column.cast(pa.int64()), 1000)
    return column.cast(pa.timestamp("ms", "UTC")).cast(pa.int64())


def _text(column: pa.Array) -> pa.Array:
    given = column.type
    if pa.types.is_dictionary(given):
        return _text(column.dictionary_decode())
    if pa.types.is_fixed_size_binary(given):
        return column.cast(pa.binary()).cast(pa.string())
    return column.cast(pa.string())
