"""Rows into the store: what stands above the mark is left out, and the ledger is written last."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pytest

from clickhouse.client import StoreAway
from clickhouse.sink import WRITTEN, Mark, Sink, Source, beyond
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


def source(topic: str) -> Source:
    return Source((topic, 0), topic.replace("nhip.", "drill-"), ("dossier",) if topic == "nhip.cases" else ())


def write(store: FakeStore, given: Output, ledger: pa.Table, mark: int = -2) -> dict[str, int]:
    with ThreadPoolExecutor(3) as hands:
        sink = Sink(store, hands)  # type: ignore[arg-type]
        topic = ledger["topic"][0].as_py()
        above = {} if mark == -2 else sink.above([(source(topic), Mark(mark))])
        return sink.write(given.rows, [ledger], list(above.values()))


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
    assert sink.marks("nhip.cases", [0]) == {}
    write(store, *output())
    marks = sink.marks("nhip.cases", [0, 1])
    assert {partition: mark.offset for partition, mark in marks.items()} == {0: 5}
    assert marks[0].clock == (NOON + 3 * MINUTE) // 1000
    assert sink.marks("nhip.figures", [0]) == {}


def test_what_stood_above_the_mark_matters_until_its_message_has_come() -> None:
    store = FakeStore()
    write(store, *output())
    found = Sink(store).above([(source("nhip.cases"), Mark())])  # type: ignore[arg-type]
    present = found["nhip.cases", 0]
    assert {"case_steps", "ticks", "ledger", "feed_states", "case_buckets", "rejected"} <= set(present)
    later = beyond(present, 3)
    assert {offset for keys in later.values() for offset in keys.values()} == {4, 5}
    assert "case_steps" not in later
    assert beyond(present, 5) == {}


def test_what_stands_above_the_marks_is_asked_for_all_partitions_at_once() -> None:
    store = FakeStore()
    write(store, *output("cases"))
    write(store, *output("figures"))
    before = store.statements
    sources = [(source("nhip.cases"), Mark(3)), (source("nhip.figures"), Mark(-1)), (Source(("nhip.inbox", 0)), Mark())]
    found = Sink(store).above(sources)  # type: ignore[arg-type]
    assert set(found) == {("nhip.cases", 0), ("nhip.figures", 0)}
    assert min(offset for keys in found["nhip.cases", 0].values() for offset in keys.values()) == 4
    assert min(offset for keys in found["nhip.figures", 0].values() for offset in keys.values()) == 0
    assert store.statements - before == len(WRITTEN) + 1


def test_no_insert_of_a_turn_is_left_under_way_when_one_of_them_fails() -> None:
    """It could else land after the same rows were looked up and written again."""
    slow = threading.Event()

    class Uneven(FakeStore):
        def insert(self, table: str, columns: pa.Table, token: str = "") -> None:
            if table == "rejected":
                slow.wait(5)
            else:
                slow.set()
            super().insert(table, columns, token)

    store = Uneven()
    store.fail = {1: "before"}
    with pytest.raises(StoreAway):
        write(store, *output())
    assert "rejected" in store.inserts
    assert "ledger" not in store.inserts
