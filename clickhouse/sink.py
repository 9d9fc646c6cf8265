"""Rows into the store, exactly once in effect: raw and derived rows first, the ledger last.

What stands above a partition's mark was written by a life that ended before its ledger row. It is looked up by each
table's own key and left out, so that a repeat completes what is there and doubles nothing.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from clickhouse.client import Store
from clickhouse.tables import TABLES, pieces, schema

Present = dict[str, set[tuple[Any, ...]]]
"""Keys of rows above the mark, per table."""
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
        """What a life that ended early left above the mark."""
        present: Present = {}
        for table in (*WRITTEN, "ledger"):
            names = _key(table)
            found = self._store.arrow(
                f"SELECT {', '.join(names)} FROM {table} "
                "WHERE topic = {t:String} AND partition = {p:UInt16} AND toInt64(offset) > {m:Int64}",
                t=topic,
                p=partition,
                m=mark,
            )
            if found.num_rows:
                present[table] = set(_keys(table, found))
        return present

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
    there = set().union(*(found.get(table, set()) for found in present))
    if not there:
        return rows
    return rows.filter(pa.array([key not in there for key in _keys(table, rows)]))


def _key(table: str) -> tuple[str, ...]:
    """What tells rows apart, revisions of one thing included."""
    revision = ("revision",) if "revision" in schema(table).names else ()
    return (*TABLES[table].key, *revision)


def _keys(table: str, rows: pa.Table) -> list[tuple[Any, ...]]:
    columns = []
    for name in _key(table):
        kind = schema(table).field(name).type
        column = rows.column(name)
        if pa.types.is_timestamp(kind):
            column = pc.cast(column.cast(pa.timestamp("ms", "UTC")), pa.int64())
        elif kind == pa.string():
            column = (
                column.cast(pa.binary()).cast(pa.string())
                if pa.types.is_fixed_size_binary(column.type)
                else column.cast(pa.string())
            )
        columns.append(column.to_pylist())
    return list(zip(*columns, strict=True))
