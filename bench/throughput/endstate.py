"""The end state of a run, compared row by row with what the job asks for: raw steps, buckets, cases."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from bench.throughput.fold import MEASURES, Fold, Record
from bench.throughput.job import TIMES
from bench.throughput.work import GIVEN
from clickhouse.client import Store
from clickhouse.tables import schema

STEPS = pa.schema([schema("case_steps").field(name) for name in GIVEN])
CASE = ("case_id", "state", *TIMES)
BUCKET = ("kind", "unit", "width", "bucket", *MEASURES)
_NONE_MS = 0


class EndState(msgspec.Struct):
    steps: pa.Table
    """In the order of record_id."""
    buckets: dict[tuple[Any, ...], tuple[int, ...]]
    cases: dict[str, tuple[Any, ...]]


class Difference(msgspec.Struct, frozen=True):
    steps: int
    buckets: int
    cases: int

    @property
    def count(self) -> int:
        return self.steps + self.buckets + self.cases

    def __str__(self) -> str:
        found = {name: getattr(self, name) for name in self.__struct_fields__}
        return ", ".join(f"{count} {name}" for name, count in found.items() if count) or "same"


def asked_for(records: Sequence[Record]) -> EndState:
    """By the fold that takes one record at a time."""
    fold = Fold()
    for record in records:
        fold.take(record)
    columns = [pa.array([record[field.name] for record in records], field.type) for field in STEPS]
    cases = {name: (c.state, c.started_at, c.ended_at, c.due_at) for name, c in fold.cases.items()}
    buckets = {bucket: tuple(sums) for bucket, sums in fold.buckets.items()}
    return EndState(pa.table(columns, STEPS).sort_by("record_id"), buckets, cases)


def stored_steps(store: Store) -> pa.Table:
    columns = ", ".join(_plain(field) for field in STEPS)
    return store.arrow(f"SELECT {columns} FROM (SELECT * FROM case_steps ORDER BY record_id)").cast(STEPS)


def _plain(field: pa.Field) -> str:
    """A column without the store's dictionaries."""
    kind = "Array(String)" if pa.types.is_list(field.type) else "String" if field.type == pa.string() else ""
    return f"CAST({field.name} AS {kind}) AS {field.name}" if kind else str(field.name)


def stored_buckets(store: Store) -> dict[tuple[Any, ...], tuple[int, ...]]:
    sums = ", ".join(f"sum({name})" for name in MEASURES)
    any_of = " OR ".join(f"{name} != 0" for name in MEASURES)
    rows = store.query(
        f"SELECT toString(kind), toString(unit), toString(width), toUnixTimestamp(bucket) * 1000, {sums} "
        f"FROM case_buckets FINAL WHERE {any_of} GROUP BY kind, unit, width, bucket"
    )
    return {tuple(row[:4]): tuple(int(value) for value in row[4:]) for row in rows}


def kept_cases(path: str) -> dict[str, tuple[Any, ...]]:
    """What a contender left of its cases."""
    with pa.memory_map(path) as file:
        columns = [pa.ipc.open_file(file).read_all().column(name).to_pylist() for name in CASE]
    return {row[0]: tuple(row[1:]) for row in zip(*columns, strict=True)}


def compare(wanted: EndState, found: EndState) -> Difference:
    return Difference(
        _rows(wanted.steps, found.steps), _mapping(wanted.buckets, found.buckets), _mapping(wanted.cases, found.cases)
    )


def _rows(wanted: pa.Table, found: pa.Table) -> int:
    """Rows that are missing, too many, or other."""
    if bool(wanted.equals(found)):
        return 0
    by_id = [dict(zip(t.column("record_id").to_pylist(), range(t.num_rows), strict=True)) for t in (wanted, found)]
    both = [name for name in by_id[0] if name in by_id[1]]
    alone = int(wanted.num_rows) + int(found.num_rows) - 2 * len(both)
    sides = [t.take(pa.array([places[n] for n in both])) for t, places in zip((wanted, found), by_id, strict=True)]
    other = np.zeros(len(both), bool)
    for name in wanted.column_names:
        left, right = (side.column(name).to_pylist() for side in sides)
        other |= np.fromiter((a != b for a, b in zip(left, right, strict=True)), bool, len(both))
    return alone + int(other.sum())


def _mapping(wanted: Mapping[Any, Any], found: Mapping[Any, Any]) -> int:
    other = sum(bool(found.get(key) != value) for key, value in wanted.items())
    return other + sum(key not in wanted for key in found)
