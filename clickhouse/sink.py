"""Rows into the store, exactly once in effect: raw and derived rows first, the ledger last.

What stands above a partition's mark was written by a life that ended before its ledger row. It is looked up by each
table's own key and left out, so that a repeat completes what is there and doubles nothing.
"""

from typing import Any

import pyarrow as pa

from clickhouse.client import Store
from clickhouse.tables import TABLES, pieces, schema

Present = dict[str, dict[tuple[Any, ...], int]]
"""Per table, the keys of rows above the mark, each with its row's offset."""
WRITTEN = ("figures", "case_steps", "rejected", "ticks", "case_buckets", "findings", "feed_states")
"""What messages lead to, in the order of writing; the ledger follows."""


class Sink:
    def __init__(self, store: Store) -> None:
        self._store = store

    def mark(self, topic: str, partition: int) -> int:
        """The highest offset of the partition's ledger, -1 where there is none."""
        sql = "SELECT max(toInt64(offset)), count() FROM ledger WHERE topic = {t:String} AND partition = {p:UInt16}"
        ((highest, count),) = self._store.query(sql, t=topic, p=partition)
        return int(highest) if count else -1

    def above(self, topic: str, partition: int, mark: int) -> Present:
        """What a life that ended early left above the mark; nearly always nothing, which one question tells."""
        present: Present = {}
        for table in self._with_rows_above(topic, partition, mark):
            names = _key(table)
            found = self._store.arrow(
                f"SELECT {', '.join(names)}, toInt64(offset) AS log_offset FROM {table} "
                "WHERE topic = {t:String} AND partition = {p:UInt16} AND toInt64(offset) > {m:Int64}",
                t=topic,
                p=partition,
                m=mark,
            )
            if found.num_rows:
                offsets = found.column("log_offset").to_pylist()
                present[table] = dict(zip(_keys(table, found), offsets, strict=True))
        return present

    def _with_rows_above(self, topic: str, partition: int, mark: int) -> list[str]:
        where = "topic = {t:String} AND partition = {p:UInt16} AND toInt64(offset) > {m:Int64}"
        asked = " UNION ALL ".join(
            f"SELECT '{table}' AS name, count() AS rows FROM {table} WHERE {where}" for table in (*WRITTEN, "ledger")
        )
        return [str(name) for name, rows in self._store.query(asked, t=topic, p=partition, m=mark) if rows]

    def write(self, rows: dict[str, list[pa.Table]], ledger: list[pa.Table], present: list[Present]) -> dict[str, int]:
        """One insert per table and table-partition, then the ledger. Gives how many rows went into each table."""
        written = {}
        for table in WRITTEN:
            given = rows.get(table)
            if given:
                whole = without(table, joined(given), present)
                for piece in pieces(table, whole):
                    self._store.insert(table, piece)
                written[table] = whole.num_rows
        for piece in pieces("ledger", without("ledger", joined(ledger), present)):
            self._store.insert("ledger", piece)
        return written


def joined(tables: list[pa.Table]) -> pa.Table:
    return tables[0] if len(tables) == 1 else pa.concat_tables(tables, promote_options="default").unify_dictionaries()


def without(table: str, rows: pa.Table, present: list[Present]) -> pa.Table:
    """The rows less those that are there already."""
    there = {key for found in present for key in found.get(table, ())}
    if not there:
        return rows
    return rows.filter(pa.array([key not in there for key in _keys(table, rows)]))


def beyond(present: Present, offset: int) -> Present:
    """What of it belongs to messages after this one, which are still to come."""
    rest = {table: {key: at for key, at in keys.items() if at > offset} for table, keys in present.items()}
    return {table: keys for table, keys in rest.items() if keys}


def _key(table: str) -> tuple[str, ...]:
    """What tells rows apart, revisions of one thing included."""
    revision = ("revision",) if "revision" in schema(table).names else ()
    return (*TABLES[table].key, *revision)


def _keys(table: str, rows: pa.Table) -> list[tuple[Any, ...]]:
    """The same values, whether the rows were made here or read from the store."""
    columns = [_plain(rows.column(name), schema(table).field(name).type) for name in _key(table)]
    return list(zip(*(column.to_pylist() for column in columns), strict=True))


def _plain(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """Times as milliseconds, text as text."""
    if pa.types.is_timestamp(kind):
        if pa.types.is_integer(column.type):  # the store gives a DateTime as seconds
            column = column.cast(pa.int64()).cast(pa.timestamp("s", "UTC"))
        return column.cast(pa.timestamp("ms", "UTC")).cast(pa.int64())
    if kind == pa.string():
        # A FixedString comes as bytes.
        return column.cast(pa.binary()).cast(kind) if _is_bytes(column.type) else column.cast(kind)
    return column


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_fixed_size_binary(kind) or pa.types.is_binary(kind))
