"""Rows are cut along the partitions of the store's tables."""

from datetime import UTC, datetime

import pyarrow as pa

from clickhouse.columns import MILLI, SECOND
from clickhouse.tables import TABLES, pieces


def moments(*months: int) -> pa.Array:
    return pa.array([datetime(2026, month, 28, 23, 59, tzinfo=UTC) for month in months], MILLI)


def test_rows_of_one_month_are_one_piece() -> None:
    rows = pa.table({"at": moments(3, 3, 3), "n": [1, 2, 3]})
    assert pieces("figures", rows) == [rows]


def test_each_month_is_a_piece_in_the_order_in_which_its_rows_came() -> None:
    rows = pa.table({"at": moments(3, 2, 3, 2), "n": [1, 2, 3, 4]})
    assert [piece["n"].to_pylist() for piece in pieces("figures", rows)] == [[2, 4], [1, 3]]


def test_a_month_is_one_of_utc_as_the_store_counts_it() -> None:
    edge = [datetime(2026, 1, 31, 23, 59, 59, 999000, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)]
    assert len(pieces("figures", pa.table({"at": pa.array(edge, MILLI)}))) == 2


def test_before_1970_a_month_is_a_month() -> None:
    edge = [datetime(1969, 12, 1, tzinfo=UTC), datetime(1969, 12, 31, 23, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)]
    assert [piece.num_rows for piece in pieces("figures", pa.table({"at": pa.array(edge, MILLI)}))] == [2, 1]


def test_generation_and_width_cut_as_well_also_when_text_is_dictionary_encoded() -> None:
    bucket = moments(3, 3, 3, 3).cast(SECOND)
    width = pa.chunked_array([pa.array(["5m", "day"]), pa.array(["day", "5m"])])
    generation = pa.array([1, 1, 2, 1], pa.uint32())
    for column in (width, width.dictionary_encode()):
        rows = pa.table({"generation": generation, "width": column, "bucket": bucket, "n": [1, 2, 3, 4]})
        assert sorted(piece["n"].to_pylist() for piece in pieces("case_buckets", rows)) == [[1, 4], [2], [3]]


def test_a_table_without_partitions_is_never_cut() -> None:
    rows = pa.table({"unit": ["a", "b"]})
    assert pieces("units", rows) == [rows]


def test_no_rows_are_no_pieces() -> None:
    assert pieces("figures", pa.table({"at": pa.array([], MILLI)})) == []


def test_partition_and_key_are_columns_of_their_table() -> None:
    for name, table in TABLES.items():
        assert {*table.partition, *table.key} <= set(table.schema.names), name
