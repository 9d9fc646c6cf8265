"""What the code inserts is what the migrated engine has, and every column says what it means."""

import re
from collections.abc import Iterator

import pyarrow as pa
import pytest

from clickhouse.client import Store
from clickhouse.columns import MILLI, SECOND
from clickhouse.tables import TABLES
from contract.settings import Settings
from tests.databases import writing

pytestmark = pytest.mark.integration

PLAIN = {
    "String": pa.string(),
    "FixedString(32)": pa.string(),
    "Bool": pa.bool_(),
    "Float64": pa.float64(),
    "Int64": pa.int64(),
    "UInt8": pa.uint8(),
    "UInt16": pa.uint16(),
    "UInt32": pa.uint32(),
    "UInt64": pa.uint64(),
    "Date32": pa.date32(),
    "DateTime('UTC')": SECOND,
    "DateTime64(3, 'UTC')": MILLI,
}
FILLED_BY_THE_STORE = {"stored_at", "precedence"}
BYTES = {("snapshots", "body")}
"""Text for the engine, which knows no other kind of bytes."""


@pytest.fixture(scope="module")
def store(engine: Settings) -> Iterator[Store]:
    with writing(engine, f"{engine.store_database}_drift") as store:
        yield store


def arrow_type(kind: str) -> pa.DataType:
    """The Arrow type that a column of the engine is filled with."""
    if kind in PLAIN:
        return PLAIN[kind]
    outer, inner = kind.removesuffix(")").split("(", 1)
    match outer:
        case "LowCardinality" | "Nullable":
            return arrow_type(inner)
        case "SimpleAggregateFunction":
            return arrow_type(inner.partition(", ")[2])
        case "Array":
            return pa.list_(arrow_type(inner))
        case "Map":
            key, value = re.split(r",\s+(?![^(]*\))", inner)
            return pa.map_(arrow_type(key), arrow_type(value))
    raise AssertionError(f"no Arrow type is set down for {kind}")


def columns(store: Store, table: str) -> list[tuple[str, str]]:
    sql = "SELECT name, type FROM system.columns WHERE database = {d:String} AND table = {t:String} ORDER BY position"
    return [(name, kind) for name, kind in store.query(sql, d=store.database, t=table)]


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_table_has_the_columns_that_are_inserted_in_their_order(store: Store, table: str) -> None:
    found = [(name, kind) for name, kind in columns(store, table) if name not in FILLED_BY_THE_STORE]
    schema = TABLES[table].schema
    assert [name for name, _ in found] == schema.names
    for name, kind in found:
        if (table, name) not in BYTES:
            assert arrow_type(kind) == schema.field(name).type, f"{table}.{name} is {kind}"
        assert kind.startswith("Nullable(") == schema.field(name).nullable, f"{table}.{name} is {kind}"


@pytest.mark.parametrize("table", sorted(TABLES))
def test_partition_and_key_are_as_set_down(store: Store, table: str) -> None:
    sql = """SELECT partition_key, sorting_key FROM system.tables WHERE database = {d:String} AND name = {t:String}"""
    [(partition, key)] = store.query(sql, d=store.database, t=table)
    assert tuple(re.findall(r"\w+", partition.replace("toYYYYMM", ""))) == TABLES[table].partition
    assert tuple(key.split(", ")) == TABLES[table].key


def test_every_table_is_set_down(store: Store) -> None:
    sql = "SELECT name FROM system.tables WHERE database = {d:String} AND engine LIKE '%MergeTree'"
    assert {name for (name,) in store.query(sql, d=store.database)} == {*TABLES, "migrations"}


def test_every_column_says_what_it_means_in_vietnamese_first(store: Store) -> None:
    sql = """
    SELECT c.table, c.name, c.comment FROM system.columns AS c
    JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
    WHERE c.database = {d:String} AND (t.engine LIKE '%MergeTree' OR c.comment != '')
    """
    bad = [f"{t}.{c}: {comment!r}" for t, c, comment in store.query(sql, d=store.database) if not two_tongues(comment)]
    assert not bad


def two_tongues(comment: str) -> bool:
    vietnamese, _, english = comment.partition(" · ")
    return bool(vietnamese.strip() and english.strip())


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_row_of_every_table_comes_back_as_it_went_in(store: Store, table: str) -> None:
    schema = TABLES[table].schema
    row = pa.Table.from_pylist([{field.name: sample(field.type) for field in schema}], schema=schema)
    try:
        store.insert(table, row)
        names = ", ".join(f"`{name}`" for name in schema.names)
        (back,) = store.rows(f"SELECT {names} FROM {table} LIMIT 1") if table != "generations" else row.to_pylist()
        given = row.to_pylist()[0]
        assert {k: plain(v) for k, v in back.items()} == {k: plain(v) for k, v in given.items()}
    finally:
        if table != "generations":
            store.command(f"TRUNCATE TABLE {table} SYNC")


def plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode()
    return dict(value) if isinstance(value, list) and value and isinstance(value[0], tuple) else value


def sample(kind: pa.DataType) -> object:
    if pa.types.is_timestamp(kind):
        return 1_795_253_412_000 if kind.unit == "ms" else 1_795_253_412
    if pa.types.is_date(kind):
        return 20_000
    if pa.types.is_map(kind):
        return [("a", sample(kind.item_type))]
    if pa.types.is_list(kind):
        return [sample(kind.value_type)]
    if pa.types.is_binary(kind):
        return b"x" * 32
    if pa.types.is_string(kind):
        return "đ" * 16
    return True if pa.types.is_boolean(kind) else 7
