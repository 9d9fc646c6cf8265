"""What it costs to keep and to load the state of that size: whole, and after a while of steps."""

import time
from collections.abc import Callable
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from bench.spike.fold import Memory, Timed
from bench.spike.steps import Population
from catalogue.load import Catalogue
from clickhouse.tables import schema
from streams.shard import Shard
from streams.snapshots import Snapshots

FEED = "portal-dossiers"
SNAPSHOTS = 40
STEPS_BETWEEN = 60_000
"""30 seconds at 2,000 a second."""


class Shelf:
    """In the store's place: rows as they are inserted, and given back."""

    def __init__(self) -> None:
        self.rows = schema("snapshots").empty_table()

    def insert(self, _table: str, rows: pa.Table) -> None:
        self.rows = pa.concat_tables([self.rows, rows])

    def arrow(self, sql: str, **_: Any) -> pa.Table:
        names = [part.split(" AS ")[-1] for part in sql.removeprefix("SELECT ").split(" FROM ")[0].split(", ")]
        return self.rows.select(names)


class Kept(msgspec.Struct, frozen=True):
    what: str
    rows: int
    size: int
    """Bytes, packed."""
    seconds: float
    """Of the longest, where it is about several."""


def keep(memory: Memory, population: Population, catalogue: Catalogue, batch: int) -> list[Kept]:
    shelf, shard = Shelf(), _shard(memory, catalogue)
    snapshots = Snapshots(shelf, 1)  # type: ignore[arg-type]
    first = _timed(lambda: snapshots.save([(shard, 0)]))
    whole = Kept("the first, whole", shelf.rows.num_rows, _size(shelf.rows), first)
    seconds: list[float] = []
    for number in range(SNAPSHOTS):
        for _ in range(STEPS_BETWEEN // batch):
            memory.take(population.steps(batch), Timed())
        seconds.append(_timed(lambda offset=number + 1: snapshots.save([(shard, offset)])))  # type: ignore[misc]
    later = shelf.rows.slice(whole.rows)
    fresh = _shard(Memory(memory.kinds), catalogue)
    loading = _timed(lambda: Snapshots(shelf, 1).load(fresh, fresh.place.topic))  # type: ignore[arg-type]
    needed = int(shelf.rows["back"][-1].as_py()) + 1
    return [
        whole,
        Kept(f"each of {SNAPSHOTS}, {STEPS_BETWEEN:,} steps apart", 1, _size(later) // SNAPSHOTS, max(seconds)),
        Kept("loaded at the end", needed, _size(shelf.rows.slice(shelf.rows.num_rows - needed)), loading),
    ]


def _shard(memory: Memory, catalogue: Catalogue) -> Shard:
    shard = Shard(catalogue, catalogue.feeds[FEED], 0, "nhip.cases")
    shard.seen, shard.case_fold, shard.buckets = memory.seen, memory.cases, memory.buckets
    shard.clock = memory.clock
    return shard


def _size(rows: pa.Table) -> int:
    return int(pc.sum(rows["size"]).as_py() or 0)


def _timed(work: Callable[[], object]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started
