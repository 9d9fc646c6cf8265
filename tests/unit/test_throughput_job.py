"""The job of the race: by record and by columns it is the same, and its rules are those of the product's own fold."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from bench.throughput import fold, work
from bench.throughput.columnar import Buckets, Cases, coded, moments
from bench.throughput.endstate import EndState, asked_for, compare
from bench.throughput.feed_job import Form, Records, items
from bench.throughput.fold import FINISHED, Fold
from bench.throughput.history import FEED
from bench.throughput.job import Job, keep_cases
from bench.throughput.messages import json_records
from bench.throughput.work import GIVEN, bucket_table, records_of, step_table
from catalogue.load import Catalogue, load
from clickhouse.tables import schema
from contract.codec import Message, read_tick
from streams.memory import Memory

STEPS = 24_000
BATCH = Form(1_000, STEPS)
SINGLE = Form(1, 400, json=True)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def records(catalogue: Catalogue) -> Records:
    return Records(catalogue, STEPS)


@pytest.fixture(scope="module")
def plain(records: Records) -> list[dict[str, Any]]:
    return [record for batch in records.first(STEPS) for record in json_records(batch)]


def by_columns(batches: list[pa.RecordBatch], rows: int) -> EndState:
    cases, buckets = Cases(), Buckets()
    for batch in (whole.slice(low, rows) for whole in batches for low in range(0, whole.num_rows, rows)):
        at, state = moments(batch.column("event_at")), coded(batch.column("state"), cases.code)
        slot = cases.slot(batch.column("case_id").to_pylist())
        delta = cases.move(slot, state, at, moments(batch.column("due_at")))
        kind, unit = (coded(batch.column(name), buckets.code) for name in ("kind", "unit"))
        buckets.add(kind, unit, at, delta)
    times = [cases.at[name][: len(cases.slots)].tolist() for name in ("started", "ended", "due")]
    states = [cases.states[code] for code in cases.state[: len(cases.slots)]]
    rows_of = zip(states, *times, strict=True)
    sums = {bucket: tuple(values) for bucket, values in buckets.changed().items()}
    return EndState(schema("case_steps").empty_table(), sums, dict(zip(cases.slots, rows_of, strict=True)))


@pytest.mark.parametrize("rows", [1, 977, 6_000])
def test_by_columns_it_is_what_it_is_by_record(records: Records, plain: list[dict[str, Any]], rows: int) -> None:
    shown = records.first(STEPS if rows > 1 else SINGLE.records)
    wanted = asked_for(plain if rows > 1 else [r for batch in shown for r in json_records(batch)])
    found = by_columns(shown, rows)
    assert found.cases == wanted.cases
    assert found.buckets == wanted.buckets


def test_the_products_own_fold_counts_the_same(
    catalogue: Catalogue, records: Records, plain: list[dict[str, Any]]
) -> None:
    memory = Memory(catalogue)
    lanes: dict[int, list[Message]] = {}
    partition = catalogue.feeds[FEED].partition
    for item in items(records, BATCH, ticks=True):
        lane = lanes.setdefault(item.shard, [])
        where = ("nhip.cases", partition + item.shard, len(lane))
        lane.append(Message(*where, 0, item.value, item.headers))
    for lane in lanes.values():
        memory.run(lane, "cases")
    result = memory.result()
    assert result.count("case_steps") == STEPS
    found = {
        (row["kind"], row["unit"], row["width"], round(row["bucket"].timestamp() * 1000)): tuple(  # type: ignore[attr-defined]
            row[name] for name in fold.MEASURES
        )
        for row in result.newest("case_buckets")
    }
    assert {bucket: sums for bucket, sums in found.items() if any(sums)} == asked_for(plain).buckets


def test_the_rules_name_the_states_of_the_catalogue(catalogue: Catalogue) -> None:
    kind = catalogue.kinds["dossier"]
    assert (kind.starts, kind.supplement) == (fold.STARTS, fold.SUPPLEMENT)
    assert {s.id for s in kind.states if s.phase == "ended"} == fold.ENDING
    assert {s.id for s in kind.states if s.result in ("finished", "returned")} == fold.FINISHING


def test_a_second_request_to_supplement_makes_the_case_late_and_the_citizens_time_does_not_count() -> None:
    hour = 3_600_000
    lived = ["accepted", "supplement", "processing", "supplement", "processing", "finished"]
    one = Fold()
    for number, state in enumerate(lived, 1):
        one.take(
            {"case_id": "a", "kind": "k", "unit": "u", "state": state, "event_at": number * hour, "due_at": 99 * hour}
        )
    day = [sums for bucket, sums in one.buckets.items() if bucket[2] == "day"]
    assert day == [[1, 1, 0, 1, 3 * hour]]


def test_a_message_gives_the_same_records_in_either_form(records: Records, plain: list[dict[str, Any]]) -> None:
    def read(form: Form) -> dict[str, Any]:
        found = [record for item in items(records, form, ticks=False) for record in records_of(item.value)]
        return {record["record_id"]: record for record in found}

    single, batches = read(SINGLE), read(BATCH)
    assert batches == {record["record_id"]: record for record in plain}
    assert single == {name: batches[name] for name in single}
    assert len(single) == SINGLE.records


def test_every_message_of_a_size_is_full_but_a_shards_last(records: Records) -> None:
    sizes = [item.rows for item in items(records, BATCH, ticks=False)]
    assert set(sizes) == {1_000}
    assert sum(sizes) == STEPS


def test_ticks_run_ahead_of_the_records_and_the_last_stands_behind_them(records: Records) -> None:
    lane = [item for item in items(records, BATCH, ticks=True) if not item.shard]
    ticks = [tick for item in lane if not item.rows and (tick := read_tick(item.value))]
    newest = int(records.moments[0][STEPS // 4 - 1])
    assert not lane[0].rows
    assert not lane[-1].rows
    assert ticks[-2].at > newest
    assert all(tick.step <= 86_400_000 and tick.at % 60_000 == 0 for tick in ticks)


def test_rows_that_are_missing_too_many_or_other_are_seen(plain: list[dict[str, Any]]) -> None:
    wanted = asked_for(plain[:100])
    assert compare(wanted, asked_for(plain[:100])).count == 0
    assert compare(wanted, asked_for(plain[:99])).steps == 1
    assert compare(wanted, asked_for(plain[:101])).steps == 1
    other = [{**record, "channel": "post" if record["channel"] != "post" else "direct"} for record in plain[:100]]
    assert compare(wanted, asked_for(other)).steps == 100
    assert compare(wanted, asked_for(other)).cases == 0
    sooner = [{**plain[0], "event_at": plain[0]["event_at"] - 1}, *plain[1:100]]
    assert compare(wanted, asked_for(sooner)).steps == 1


def test_a_bucket_or_a_case_that_differs_is_seen(plain: list[dict[str, Any]]) -> None:
    wanted, found = asked_for(plain), asked_for(plain)
    bucket = next(bucket for bucket, sums in found.buckets.items() if sums[FINISHED])
    found.buckets[bucket] = (0, 0, 0, 0, 0)
    found.cases["nobody's"] = ("accepted", 1, 0, 0)
    difference = compare(wanted, found)
    assert (difference.steps, difference.buckets, difference.cases) == (0, 1, 1)
    assert str(difference) == "1 buckets, 1 cases"


def test_rows_are_those_of_the_stores_tables(plain: list[dict[str, Any]]) -> None:
    steps = step_table(plain[:3], [(0, 7, 1), (1, 8, 2), (2, 9, 3)], "job")
    assert steps.schema == schema("case_steps")
    assert steps.select(GIVEN).to_pylist()[0]["case_id"] == plain[0]["case_id"]
    assert steps.column("offset").to_pylist() == [7, 8, 9]
    buckets = bucket_table({("dossier", "H26", "5m", 300_000): [1, 2, 3, 4, 5]}, "job", 6)
    assert buckets.schema == schema("case_buckets")
    (row,) = buckets.to_pylist()
    assert (row["received"], row["duration_ms"], row["online"], row["revision"]) == (1, 5, 0, 6)


def test_a_contender_says_first_and_done_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain: Any) -> None:
    inserted: dict[str, int] = {}

    class NoStore:
        def ping(self) -> bool:
            return True

        def insert(self, table: str, rows: pa.Table) -> None:
            inserted[table] = inserted.get(table, 0) + rows.num_rows

    said: list[str] = []
    monkeypatch.setattr(work, "store", NoStore)
    monkeypatch.setattr(work, "tell", lambda job, word: said.append(word))
    job = Job("t", 50, 20, 20, 0, "g", str(tmp_path / "cases.arrow"), 1, str(tmp_path), "nowhere")
    one = work.Work(job)
    for offset, record in enumerate(plain[:50]):
        one.take(record, 0, offset, 0)
        if one.full:
            one.write()
    assert said == ["first", "done"]
    assert inserted["case_steps"] == 50
    assert one.over


def test_what_a_contender_leaves_is_read_back(tmp_path: Path) -> None:
    from bench.throughput.endstate import kept_cases

    job = msgspec.convert(
        {"topic": "t", "records": 1, "flush_rows": 1, "messages": 1, "log_messages": 1, "group": "g"}
        | {"cases": str(tmp_path / "cases.arrow"), "told": 1, "folder": str(tmp_path), "broker": ""},
        Job,
    )
    times = {"started_at": np.array([1]), "ended_at": np.array([0]), "due_at": np.array([5])}
    keep_cases(job, ["H26-1"], ["accepted"], times)
    assert kept_cases(job.cases) == {"H26-1": ("accepted", 1, 0, 5)}
