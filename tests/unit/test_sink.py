"""Rows into the store: what stands above the mark is left out, and the ledger is written last."""

from typing import Any

import pyarrow as pa
import pytest

from clickhouse.client import StoreAway
from clickhouse.sink import WRITTEN, Sink, beyond
from clickhouse.tables import TABLES, schema
from streams.ledger import ledger_rows
from streams.pipeline import run
from streams.work import Output
from tests.builders import MINUTE
from tests.fakes import FakeStore
from tests.messages import NOON, figure, log, message, rows, shard, step


def output(record: str = "cases") -> tuple[Output, pa.Table]:
    """A log that leads to rows in every table but the other record type's."""
    bad = message([{"x": 1}], 5, record)
    good = (
        [step(due_at=NOON + 1), step(case_id="2", state="processing")] if record == "cases" else [figure(value=5_000.0)]
    )
    fresh = shard(record)
    result = run(fresh, [*log([NOON, good, NOON + MINUTE, NOON + 2 * MINUTE, NOON + 3 * MINUTE], record), bad])
    return result, ledger_rows(fresh, result.entries)


def write(store: FakeStore, given: Output, ledger: pa.Table, mark: int = -2) -> dict[str, int]:
    sink = Sink(store)  # type: ignore[arg-type]
    topic = ledger["topic"][0].as_py()
    present = [] if mark == -2 else [sink.above(topic, 0, mark)]
    return sink.write(given.rows, [ledger], present)


def contents(store: FakeStore) -> dict[str, list[Any]]:
    return {table: sorted(map(str, store.rows(table))) for table in TABLES}


@pytest.mark.parametrize("record", ["figures", "cases"])
def test_the_ledger_is_written_last_and_every_row_is_there(record: str) -> None:
    store = FakeStore()
    given, ledger = output(record)
    written = write(store, given, ledger)
    assert store.inserts[-1] == "ledger"
    assert "ledger" not in store.inserts[:-1]
    for table in WRITTEN:
        assert len(store.rows(table)) == len(rows(given, table)) == written.get(table, 0)
    counted = {table: sum(dict(row["written"]).get(table, 0) for row in store.rows("ledger")) for table in WRITTEN}
    assert counted == {table: written.get(table, 0) for table in WRITTEN}


def test_every_written_table_is_known_by_a_key_with_its_offset() -> None:
    for table in (*WRITTEN, "ledger"):
        assert {"topic", "partition", "offset"} <= set(schema(table).names)
        assert TABLES[table].key


@pytest.mark.parametrize("how", ["before", "after"])
@pytest.mark.parametrize("record", ["figures", "cases"])
def test_a_life_that_ended_at_any_insert_is_completed_and_nothing_is_doubled(record: str, how: str) -> None:
    given, ledger = output(record)
    whole = FakeStore()
    write(whole, given, ledger)
    for number in range(1, len(whole.inserts) + 1):
        store = FakeStore()
        store.fail = {number: how}
        with pytest.raises(StoreAway):
            write(store, given, ledger)
        write(store, given, ledger, mark=-1)
        assert contents(store) == contents(whole)


def test_the_mark_is_the_highest_offset_of_the_partitions_ledger() -> None:
    store = FakeStore()
    sink = Sink(store)  # type: ignore[arg-type]
    assert sink.mark("nhip.cases", 0) == -1
    write(store, *output())
    assert (sink.mark("nhip.cases", 0), sink.mark("nhip.cases", 1), sink.mark("nhip.figures", 0)) == (5, -1, -1)


def test_what_stood_above_the_mark_matters_until_its_message_has_come() -> None:
    store = FakeStore()
    write(store, *output())
    present = Sink(store).above("nhip.cases", 0, -1)  # type: ignore[arg-type]
    assert {"case_steps", "ticks", "ledger", "feed_states", "case_buckets", "rejected"} <= set(present)
    later = beyond(present, 3)
    assert {offset for keys in later.values() for offset in keys.values()} == {4, 5}
    assert "case_steps" not in later
    assert beyond(present, 5) == {}
