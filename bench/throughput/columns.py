"""What a contender that works in columns does with a message: the fold of `columnar.py`, rows for the next insert."""

import os
from typing import Any, NoReturn

import msgspec
import numpy as np
import pyarrow as pa

from bench.throughput.columnar import Buckets, Cases, coded, moments
from bench.throughput.job import Job, keep_cases, room, tell
from bench.throughput.work import ARROW_MAGIC, GIVEN, bucket_table, opened
from clickhouse.tables import schema
from contract.codec import READING
from contract.column import TIME

JSON_ROWS = 5_000
"""Records of one message each are gathered to so many before they become columns."""
_EMPTY = {"verdict": "ok", "late": False, "approved_by": "", "document": ""}
_read_list = msgspec.json.Decoder(list[dict[str, Any]]).decode


class Columns:
    def __init__(self, job: Job) -> None:
        self.job, self.cases, self.buckets = job, Cases(), Buckets()
        self._store, self.pool = opened()
        self._tables: list[pa.Table] = []
        self._single: list[tuple[bytes, int, int, int]] = []
        self._rows = self._taken = self._written = 0

    @property
    def full(self) -> bool:
        return self._rows >= self.job.flush_rows or self._taken >= self.job.records

    @property
    def room(self) -> int:
        return room(self.job, self._rows)

    @property
    def over(self) -> bool:
        return self._written >= self.job.records

    def take(self, value: bytes, partition: int, offset: int, arrived_at: int) -> None:
        if not self._taken:
            tell(self.job, "first")
        if value.startswith(ARROW_MAGIC):
            batch = _whole(pa.ipc.open_stream(value, options=READING).read_next_batch())
            self._taken += batch.num_rows
            self._fold(batch, partition, offset, arrived_at)
            return
        self._single.append((value, partition, offset, arrived_at))
        self._taken += 1
        if len(self._single) >= JSON_ROWS or self._taken >= self.job.records:
            values, *places = zip(*self._single, strict=True)
            self._single = []
            self._fold(_batch(b"[" + b",".join(values) + b"]"), *places)

    def _fold(self, batch: pa.RecordBatch, partition: Any, offset: Any, arrived_at: Any) -> None:
        at = moments(batch.column("event_at"))
        state = coded(batch.column("state"), self.cases.code)
        slot = self.cases.slot(batch.column("case_id").to_pylist())
        delta = self.cases.move(slot, state, at, moments(batch.column("due_at")))
        kind, unit = (coded(batch.column(name), self.buckets.code) for name in ("kind", "unit"))
        self.buckets.add(kind, unit, at, delta)
        self._tables.append(_rows(batch, {"partition": partition, "offset": offset, "arrived_at": arrived_at}))
        self._rows += batch.num_rows

    def write(self) -> None:
        """Inserts what was gathered, then the buckets that changed; tells when that was the last."""
        tables, self._tables, self._rows = self._tables, [], 0
        sums = self.buckets.changed()
        if not tables:
            return
        steps = pa.concat_tables(tables).unify_dictionaries()
        topic = _same(self.job.topic, steps.num_rows)
        names = schema("case_steps").names
        self._store.insert("case_steps", pa.table({n: topic if n == "topic" else steps.column(n) for n in names}))
        self._written += steps.num_rows
        if sums:
            self._store.insert("case_buckets", bucket_table(sums, self.job.topic, self._written))
        if self.over:
            tell(self.job, "done")

    def leave(self) -> NoReturn:
        cases, n = self.cases, len(self.cases.slots)
        states = [cases.states[code] for code in cases.state[:n].tolist()]
        times = {f"{name}_at": cases.at[name][:n] for name in ("started", "ended", "due")}
        keep_cases(self.job, list(cases.slots), states, times)
        os._exit(0)


def _rows(batch: pa.RecordBatch, places: dict[str, Any]) -> pa.Table:
    """A message's rows of case_steps, but for the topic."""
    n = batch.num_rows
    given: dict[str, Any] = {name: batch.column(name) for name in GIVEN}
    for name, kind in (("partition", pa.uint16()), ("offset", pa.uint64()), ("arrived_at", TIME)):
        value = places[name]
        given[name] = pa.array(value, kind) if isinstance(value, tuple) else pa.repeat(pa.scalar(value, kind), n)
    given |= {name: pa.repeat(pa.scalar(value), n) for name, value in _EMPTY.items()}
    given["marks"] = pa.ListArray.from_arrays(pa.array(np.zeros(n + 1, np.int32)), pa.array([], pa.string()))
    given["row"] = pa.array(np.arange(n), pa.uint32())
    return pa.table({name: given[name] for name in schema("case_steps").names if name != "topic"})


def _whole(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A column without any value is not sent."""
    for name in GIVEN:
        if name not in batch.schema.names:
            batch = batch.append_column(name, pa.nulls(batch.num_rows, schema("case_steps").field(name).type))
    return batch


def _batch(value: bytes) -> pa.RecordBatch:
    """Single records as the columns they would have come in."""
    records = _read_list(value)
    fields = [schema("case_steps").field(name) for name in GIVEN]
    columns = [pa.array([record[f.name] for record in records], f.type) for f in fields]
    return pa.RecordBatch.from_arrays(columns, names=list(GIVEN))


def _same(value: str, rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([value]))
