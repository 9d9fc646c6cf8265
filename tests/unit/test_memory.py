"""The table over a log in memory."""

import pyarrow as pa
import pytest

from contract.topics import Topics
from streams.memory import Memory, run
from tests.builders import MINUTE
from tests.messages import NOON, SCHEMAS, arrow, catalogue, figure, step


def batch(records: list[dict[str, object]], record: str) -> pa.RecordBatch:
    return pa.ipc.open_stream(arrow(records, record)).read_all().combine_chunks().to_batches()[0]


FIGURES = batch([figure(), figure(unit="H17")], "figures")
STEPS = batch([step(), step(state="processing", event_at=NOON + 5)], "cases")


def test_batches_and_ticks_become_the_tables_of_the_store() -> None:
    result = run(catalogue(), [("batch", FIGURES), ("tick", NOON), ("batch", STEPS), ("tick", NOON + MINUTE)])
    assert (result.count("figures"), result.count("case_steps"), result.count("rejected")) == (2, 2, 0)
    assert result.count("ticks") == 3  # the second feed's partition came after the first tick
    ledger = result.rows["ledger"].to_pylist()
    assert sorted((row["topic"], row["offset"]) for row in ledger) == [
        ("nhip.cases", 0), ("nhip.cases", 1), ("nhip.figures", 0), ("nhip.figures", 1), ("nhip.figures", 2)
    ]  # fmt: skip


def test_of_a_bucket_written_again_readers_see_the_newest() -> None:
    more = batch([step(case_id="other", event_at=NOON + 7)], "cases")
    log = [("batch", STEPS), ("tick", NOON), ("batch", more), ("tick", NOON + MINUTE)]
    result = run(catalogue(), log)
    five = [row for row in result.newest("case_buckets") if row["width"] == "5m"]
    assert [(row["received"], row["steps"]) for row in five] == [(2, 3)]
    assert result.count("case_buckets") == 4


def test_a_sharded_feeds_batch_lies_in_the_partitions_of_its_shards() -> None:
    feed = catalogue().feeds["portal-dossiers"]
    units = [unit.id for unit in catalogue().units.provinces(feed.first_day.replace(year=2026))]
    steps = batch([step(feed=feed.id, unit=unit, case_id=unit) for unit in units], "cases")
    memory = Memory(catalogue())
    memory.feed([("batch", steps)])
    assert {partition for _, partition in memory.shards} == set(feed.partitions)
    assert memory.result().count("case_steps") == len(units)
    assert memory.result().count("rejected") == 0


def test_topics_of_its_own_stand_in_the_rows() -> None:
    memory = Memory(catalogue(), Topics("replay"))
    memory.feed([("batch", FIGURES)])
    assert set(memory.result().rows["figures"]["topic"].to_pylist()) == {"replay.figures"}


def test_a_partition_of_no_feed_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match="999 of figures"):
        Memory(catalogue()).message("figures", 999, b"[]")


def test_nothing_leads_to_empty_tables_with_their_columns() -> None:
    result = run(catalogue(), [])
    assert all(result.count(table) == 0 for table in result.rows)
    assert result.rows["figures"].num_columns > len(SCHEMAS["figures"].names)
