"""A store in memory: it keeps what is inserted and answers the few statements that the worker asks."""

import re
import threading
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from clickhouse.client import StoreAway
from clickhouse.tables import TABLES, schema

MARK = re.compile(r"FROM ledger WHERE topic = {t:String} AND partition = (\d+) ORDER BY")
ABOVE = re.compile(r"topic = {(t\d+):String} AND partition = (\d+) AND offset >= (\d+)")
HASHES = re.compile(r" hash IN \(([\d, ]+)\)")
OLD = re.compile(r"topic = '(\S+)' AND feed = '(\S+)' AND shard = (\d+) AND offset < (\d+)")


class FakeStore:
    """Rows per table as they were inserted. `fail` names inserts (counted from 1) that end in StoreAway:
    `before` took nothing, `after` took the rows and lost the answer."""

    def __init__(self) -> None:
        self.tables: dict[str, list[pa.Table]] = {name: [] for name in TABLES}
        self.inserts: list[str] = []
        self.fail: dict[int, str] = {}
        self.statements = 0
        self.commands: list[str] = []
        self._lock = threading.RLock()

    def insert(self, table: str, columns: pa.Table, token: str = "") -> None:
        with self._lock:  # tables of one turn are written at the same time
            self._insert(table, columns)

    def _insert(self, table: str, columns: pa.Table) -> None:
        self.inserts.append(table)
        how = self.fail.pop(len(self.inserts), "")
        if how == "before":
            raise StoreAway("away before anything was taken")
        self.tables[table].append(columns.cast(schema(table)))
        if how == "after":
            raise StoreAway("taken, but the answer was lost")

    def whole(self, table: str) -> pa.Table:
        parts = self.tables[table]
        return pa.concat_tables(parts) if parts else schema(table).empty_table()

    def rows(self, table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.whole(table).to_pylist()
        return found

    def query(self, sql: str, /, **given: Any) -> list[tuple[Any, ...]]:
        """The ends of partitions' ledgers."""
        found = []
        for partition in map(int, MARK.findall(sql)):
            rows = [r for r in self.rows("ledger") if (r["topic"], r["partition"]) == (given["t"], partition)]
            newest = sorted(rows, key=lambda row: row["offset"])[-1:]
            found += [
                (partition, row["offset"], int(row["clock"].timestamp()), row["generation"]) for row in newest
            ]
        return found

    def arrow(self, sql: str, /, **given: Any) -> pa.Table:
        self.statements += 1
        return self._snapshot(sql, given) if " FROM snapshots " in sql else self._above(sql, given)

    def _snapshot(self, sql: str, given: dict[str, Any]) -> pa.Table:
        """As the engine would: rows of equal keys stand until they are merged; some of the columns."""
        rows = [
            {**row, "offset": int(row["offset"])}
            for row in self.rows("snapshots")
            if row["generation"] == given["g"] and row["topic"] in given["t"] and row["feed"] in given["f"]
        ]
        if asked := HASHES.search(sql):
            rows = [row for row in rows if row["hash"] in {int(number) for number in asked[1].split(",")}]
        names = [part.split(" AS ")[-1] for part in sql.removeprefix("SELECT ").split(" FROM ")[0].split(", ")]
        return pa.table({name: pa.array([row[name] for row in rows], self._kind(name)) for name in names})

    def _kind(self, name: str) -> pa.DataType:
        return pa.int64() if name == "offset" else schema("snapshots").field(name).type

    def command(self, sql: str, /, *, in_database: bool = True) -> None:
        """Takes old snapshots out."""
        self.commands.append(sql)
        format_ = int(sql.split("format = ")[1].split()[0])
        old = {(topic, feed, int(shard)): int(below) for topic, feed, shard, below in OLD.findall(sql)}
        kept = [
            row
            for row in self.rows("snapshots")
            if row["format"] != format_ or row["offset"] >= old.get((row["topic"], row["feed"], row["shard"]), 0)
        ]
        self.tables["snapshots"] = [pa.Table.from_pylist(kept, schema("snapshots"))]

    def _above(self, sql: str, given: dict[str, Any]) -> pa.Table:
        table = sql.split(" FROM ")[1].split()[0]
        whole = self.whole(table)
        there = pa.array([False] * len(whole), pa.bool_())
        for topic, partition, least in ABOVE.findall(sql):
            here = pc.and_(pc.equal(whole["topic"], given[topic]), pc.equal(whole["partition"], int(partition)))
            there = pc.or_(there, pc.and_(here, pc.greater_equal(whole["offset"].cast(pa.int64()), int(least))))
        found = whole.filter(there)
        columns, names = [], []
        for part in sql.removeprefix("SELECT ").split(" FROM ")[0].split(", "):
            column, _, name = part.partition(" AS ")
            names.append(name or part)
            columns.append(_as_the_engine_gives_it(_column(found, column)))
        return pa.table(columns, names=names)


def _column(rows: pa.Table, name: str) -> pa.ChunkedArray:
    return rows["offset"].cast(pa.int64()) if name == "toInt64(offset)" else rows[name]


def _as_the_engine_gives_it(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A DateTime comes out of the engine as a bare number of seconds."""
    return column.cast(pa.int64()).cast(pa.uint32()) if column.type == pa.timestamp("s", "UTC") else column


class Reader:
    """Who hands messages over: what it was asked to hold, and whether it is certain of its partitions."""

    def __init__(self) -> None:
        self.held: set[tuple[str, int]] = set()
        self.ever: list[tuple[str, int]] = []
        self.certain = True

    def hold(self, where: tuple[str, int]) -> None:
        self.held.add(where)
        self.ever.append(where)

    def release(self, where: tuple[str, int]) -> None:
        self.held.discard(where)

    def sure(self) -> bool:
        return self.certain
