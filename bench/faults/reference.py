"""What a log should have led to: the in-memory table over the topics, compared with the store row by row."""

from collections.abc import Iterable

import pyarrow as pa

from bench.faults import rows
from bench.faults.rows import Difference
from catalogue.load import Catalogue
from clickhouse.client import Store
from clickhouse.sink import WRITTEN
from clickhouse.tables import TABLES, schema
from contract.codec import Message
from contract.kafka import Log
from contract.settings import Settings
from streams.memory import Memory, Result

COMPARED = (*WRITTEN, "ledger")
ONCE = ("figures", "case_steps", "finding_actions", "rejected", "ledger")
"""Tables that no message may put two rows of one key into, not even until the next merge."""


def expected(settings: Settings, catalogue: Catalogue) -> Result:
    with Log(settings) as log:
        return result_of(read(log, settings, ("figures", "cases")), catalogue, settings)


def read(log: Log, settings: Settings, kinds: Iterable[str]) -> dict[str, dict[int, list[Message]]]:
    """All that stands in the topics of these kinds, by partition."""
    topics = {kind: settings.topics.of(kind) for kind in kinds}
    return {
        kind: {p: list(log.read(topic, p)) for p, end in log.end_offsets(topic).items() if end}
        for kind, topic in topics.items()
    }


def result_of(messages: dict[str, dict[int, list[Message]]], catalogue: Catalogue, settings: Settings) -> Result:
    memory = Memory(catalogue, settings.topics)
    for kind in ("figures", "cases"):
        for found in messages[kind].values():
            memory.run(found, kind)
    return memory.result()


def differences(store: Store, settings: Settings, result: Result) -> dict[str, Difference]:
    topics = [settings.topics.figures, settings.topics.cases]
    return {table: _difference(store, table, topics, result) for table in COMPARED}


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


def stored(store: Store, table: str, topics: list[str]) -> pa.Table:
    """Rows as readers see them, in the plain form."""
    columns = ", ".join(schema(table).names)
    sql = f"SELECT {columns} FROM {table} FINAL WHERE topic IN {{topics:Array(String)}}"
    return rows.plain(store.arrow(sql, topics=topics), schema(table))


def _difference(store: Store, table: str, topics: list[str], result: Result) -> Difference:
    key = TABLES[table].key
    wanted = rows.newest(rows.plain(result.rows[table], schema(table)), key)
    return rows.difference(wanted, stored(store, table, topics), key)
