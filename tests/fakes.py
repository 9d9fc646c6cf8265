"""A store in memory: it keeps what is inserted and answers the few statements that the worker asks."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from clickhouse.client import StoreAway
from clickhouse.tables import TABLES, schema


class FakeStore:
    """Rows per table as they were inserted. `fail` names inserts (counted from 1) that end in StoreAway:
    `before` took nothing, `after` took the rows and lost the answer."""

    def __init__(self) -> None:
        self.tables: dict[str, list[pa.Table]] = {name: [] for name in TABLES}
        self.inserts: list[str] = []
        self.fail: dict[int, str] = {}
        self.statements = 0

    def insert(self, table: str, columns: pa.Table, token: str = "") -> None:
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
        if " UNION ALL " in sql:
            tables = [part.split(" FROM ")[1].split()[0] for part in sql.split(" UNION ALL ")]
            return [(table, self._above(f"SELECT offset FROM {table}", given).num_rows) for table in tables]
        assert sql.startswith("SELECT max(toInt64(offset)), count() FROM ledger")
        offsets = [r["offset"] for r in self.rows("ledger") if (r["topic"], r["partition"]) == (given["t"], given["p"])]
        return [(max(offsets, default=0), len(offsets))]

    def arrow(self, sql: str, /, **given: Any) -> pa.Table:
        self.statements += 1
        return self._snapshot(given) if " FROM snapshots " in sql else self._above(sql, given)

    def _snapshot(self, given: dict[str, Any]) -> pa.Table:
        rows = [
            row
            for row in self.rows("snapshots")
            if (row["topic"], row["feed"], row["shard"], row["generation"])
            == (given["t"], given["f"], given["s"], given["g"])
        ]
        newest = sorted(rows, key=lambda row: row["offset"])[-1:]
        return pa.Table.from_pylist(newest, schema("snapshots")).select(["offset", "format", "body"])

    def _above(self, sql: str, given: dict[str, Any]) -> pa.Table:
        table = sql.split(" FROM ")[1].split()[0]
        whole = self.whole(table)
        here = pc.and_(pc.equal(whole["topic"], given["t"]), pc.equal(whole["partition"], given["p"]))
        found = whole.filter(pc.and_(here, pc.greater(whole["offset"].cast(pa.int64()), given["m"])))
        columns, names = [], []
        for part in sql.removeprefix("SELECT ").split(" FROM ")[0].split(", "):
            name = part.split(" AS ")[-1]
            column = found["offset"].cast(pa.int64()) if name != part else found[part]
            names.append(name)
            columns.append(_as_the_engine_gives_it(column))
        return pa.table(columns, names=names)


def _as_the_engine_gives_it(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A DateTime comes out of the engine as a bare number of seconds."""
    return column.cast(pa.int64()).cast(pa.uint32()) if column.type == pa.timestamp("s", "UTC") else column
