"""What a log should have led to: the in-memory table over the topics, compared with the store row by row."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa

from catalogue.load import Catalogue
from clickhouse.client import Store
from clickhouse.tables import TABLES, schema
from contract.kafka import Log
from contract.settings import Settings
from streams.memory import Memory, Result

COMPARED = ("figures", "case_steps", "rejected", "ticks", "case_buckets", "findings", "feed_states", "ledger")
ONCE = ("figures", "case_steps", "rejected", "ledger")
"""Tables that no message may put two rows of one key into, not even until the next merge."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = dict[str, Any]
Key = tuple[Any, ...]


class Difference(msgspec.Struct, frozen=True):
    rows: int
    """As the log leads to."""
    missing: list[Key]
    extra: list[Key]
    other: list[tuple[Key, str, Any, Any]]
    """Key, column, as it should be, as it is."""

    @property
    def count(self) -> int:
        return len(self.missing) + len(self.extra) + len({key for key, *_ in self.other})


def expected(settings: Settings, catalogue: Catalogue) -> Result:
    memory = Memory(catalogue, settings.topics)
    with Log(settings) as log:
        for record in ("figures", "cases"):
            topic = settings.topics.of(record)
            for partition, end in log.end_offsets(topic).items():
                if end:
                    memory.run(list(log.read(topic, partition)), record)
    return memory.result()


def differences(store: Store, settings: Settings, result: Result) -> dict[str, Difference]:
    topics = [settings.topics.figures, settings.topics.cases]
    return {table: _difference(table, _newest(result, table), _stored(store, table, topics)) for table in COMPARED}


def doubled(store: Store) -> dict[str, int]:
    """Rows too many per table, copies that a merge would take away included."""
    found = {}
    for table in ONCE:
        key = ", ".join(TABLES[table].key)
        ((count,),) = store.query(f"SELECT count() - uniqExact(({key})) FROM {table}")
        found[table] = int(count)
    return found


def behind(store: Store, settings: Settings) -> int:
    """Messages that stand in the topics and not in the ledger."""
    sql = "SELECT topic, partition, max(offset) + 1 FROM ledger GROUP BY topic, partition"
    marks = {(topic, partition): int(mark) for topic, partition, mark in store.query(sql)}
    topics = settings.topics
    with Log(settings) as log:
        return sum(
            end - marks.get((topic, partition), 0)
            for topic in (topics.figures, topics.cases, topics.inbox)
            for partition, end in log.end_offsets(topic).items()
        )


def _newest(result: Result, table: str) -> dict[Key, Row]:
    return _by_key(table, result.newest(table))


def _stored(store: Store, table: str, topics: list[str]) -> dict[Key, Row]:
    columns = ", ".join(schema(table).names)
    sql = f"SELECT {columns} FROM {table} FINAL WHERE topic IN {{topics:Array(String)}}"
    return _by_key(table, store.rows(sql, topics=topics))


def _by_key(table: str, rows: list[Row]) -> dict[Key, Row]:
    fields = list(schema(table))
    plain = [{field.name: _plain(row[field.name], field.type) for field in fields} for row in rows]
    return {tuple(row[name] for name in TABLES[table].key): row for row in plain}


def _plain(value: Any, kind: pa.DataType) -> Any:
    """One form for what Arrow and the store's client give."""
    if value is None:
        return None
    if pa.types.is_map(kind):
        return tuple(sorted(dict(value).items()))
    if pa.types.is_list(kind):
        return tuple(value)
    if isinstance(value, datetime):
        return round((value - EPOCH).total_seconds() * 1000)
    return value.decode() if isinstance(value, bytes) else value


def _difference(table: str, wanted: dict[Key, Row], found: dict[Key, Row]) -> Difference:
    other = [
        (key, name, value, found[key][name])
        for key, row in wanted.items()
        if key in found
        for name, value in row.items()
        if value != found[key][name]
    ]
    missing = [key for key in wanted if key not in found]
    return Difference(len(wanted), missing, [key for key in found if key not in wanted], other)
