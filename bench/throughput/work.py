"""What a contender that takes one record at a time does with it: folds it, and gathers it for the next insert."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

import msgspec
import pyarrow as pa

from bench.throughput.fold import MEASURES, Bucket, Fold, Record
from bench.throughput.job import Job, keep_cases, room, store, tell
from clickhouse.client import Store
from clickhouse.tables import schema
from contract.codec import READING

ARROW_MAGIC = b"\xff\xff\xff\xff"
_EMPTY = {"verdict": "ok", "marks": [], "late": False, "approved_by": "", "document": "", "row": 0}
GIVEN = (
    *("feed", "kind", "unit", "subject", "case_id", "state", "event_at", "due_at", "channel", "attributes"),
    *("record_id", "sent_at", "simulated"),
)

read_json = msgspec.json.Decoder().decode


def records_of(value: bytes) -> list[Record]:
    """The records of a message, one by one, whatever its form."""
    if not value.startswith(ARROW_MAGIC):
        return [read_json(value)]
    batch = pa.ipc.open_stream(value, options=READING).read_next_batch()
    columns = [_plain(batch, name) for name in GIVEN]
    return [dict(zip(GIVEN, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(batch: pa.RecordBatch, name: str) -> list[Any]:
    """A column as plain values, times as ms; one without any value is not sent."""
    if name not in batch.schema.names:
        return [None] * batch.num_rows
    column = batch.column(name)
    return list((column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_pylist())


class Work:
    def __init__(self, job: Job) -> None:
        self.job, self.fold = job, Fold()
        self._store, self.pool = opened()
        self._records: list[Record] = []
        self._places: list[tuple[int, int, int]] = []
        self._taken = self._written = 0
        self._began = False

    def begin(self) -> None:
        """Tells once that the first record is in hand; who unpacks many before it gathers one says so itself."""
        if not self._began:
            self._began = True
            tell(self.job, "first")

    @property
    def full(self) -> bool:
        """Whether it is time for an insert: enough rows, or the last one."""
        return len(self._records) >= self.job.flush_rows or self._taken >= self.job.records

    @property
    def room(self) -> int:
        """How many messages a consumer by hand asks for, so that inserts have the size they should."""
        return room(self.job, len(self._records))

    def take(self, record: Record, partition: int, offset: int, arrived_at: int) -> None:
        self.fold.take(record)
        self.gather(record, partition, offset, arrived_at)

    def gather(self, record: Record, partition: int, offset: int, arrived_at: int) -> None:
        """Keeps a record that is folded for the next insert."""
        self.begin()
        self._taken += 1
        self._records.append(record)
        self._places.append((partition, offset, arrived_at))

    def write(self) -> None:
        """Inserts what was gathered, then the buckets that changed; tells when that was the last."""
        records, places, buckets = self._records, self._places, self.fold.changed
        self._records, self._places, self.fold.changed = [], [], set()
        if not records:
            return
        self._store.insert("case_steps", step_table(records, places, self.job.topic))
        sums = {bucket: self.fold.buckets[bucket] for bucket in buckets}
        self._written += len(records)
        if sums:
            self._store.insert("case_buckets", bucket_table(sums, self.job.topic, self._written))
        if self._written >= self.job.records:
            tell(self.job, "done")

    @property
    def over(self) -> bool:
        return self._written >= self.job.records

    def leave(self) -> NoReturn:
        """Leaves the end state, and ends the process: a framework would wait for ever."""
        cases = self.fold.cases
        times = {name: [getattr(c, name) for c in cases.values()] for name in ("started_at", "ended_at", "due_at")}
        keep_cases(self.job, list(cases), [c.state for c in cases.values()], times)
        os._exit(0)


def opened() -> tuple[Store, ThreadPoolExecutor]:
    """The store, and the one thread for those that write beside their loop; both know each other already."""
    found, pool = store(), ThreadPoolExecutor(1)
    found.ping()
    pool.submit(found.ping).result()
    return found, pool


def step_table(records: list[Record], places: list[tuple[int, int, int]], topic: str) -> pa.Table:
    """Rows of case_steps; nobody but us judges or marks, so verdicts are constants."""
    partitions, offsets, arrived = zip(*places, strict=True)
    n = len(records)
    given: dict[str, Any] = {name: [record[name] for record in records] for name in GIVEN}
    given |= {"partition": partitions, "offset": offsets, "arrived_at": arrived, "topic": [topic] * n}
    given |= {name: [value] * n for name, value in _EMPTY.items()}
    return pa.table([pa.array(given[field.name], field.type) for field in schema("case_steps")], schema("case_steps"))


def bucket_table(sums: dict[Bucket, list[int]], topic: str, revision: int) -> pa.Table:
    """Rows of case_buckets; measures that the job does not ask for are 0."""
    n = len(sums)
    kinds, units, widths, starts = zip(*sums, strict=True)
    given: dict[str, Any] = dict(zip(MEASURES, zip(*sums.values(), strict=True), strict=True))
    given |= {"kind": kinds, "unit": units, "width": widths, "bucket": [start // 1000 for start in starts]}
    constants: dict[str, Any] = {"generation": 1, "feed": "portal-dossiers", "revision": revision, "topic": topic}
    constants |= {"durations": [], "simulated": True}
    columns = []
    for field in schema("case_buckets"):
        values = given.get(field.name)
        columns.append(pa.array([constants.get(field.name, 0)] * n if values is None else values, field.type))
    return pa.table(columns, schema("case_buckets"))
