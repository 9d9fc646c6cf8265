"""Mistakes about rows: in which order they are written, how it is told what is there already, what a failure means."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from bench.faults.patches import Patches
from clickhouse.client import Store
from clickhouse.sink import Mark, Sink
from streams.snapshots import Snapshots

log = logging.getLogger("nhip.worker")
RAW = ("figures", "case_steps", "rejected")
Write = Callable[..., Any]


class Collected:
    """Stands in for the store while a turn's inserts are gathered; answers questions as the store does."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.inserts: list[tuple[str, pa.Table]] = []

    def insert(self, table: str, columns: pa.Table, *_: Any, **__: Any) -> None:
        self.inserts.append((table, columns))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def _rewritten(patches: Patches, insert_all: Callable[[Any, list[tuple[str, pa.Table]]], None]) -> None:
    """The sink's inserts of a turn, given to `insert_all` as a whole instead of to the store one by one."""

    def around(write: Write) -> Write:
        def written(self: Sink, *given: Any, **named: Any) -> Any:
            store = self._store
            collected = Collected(store)
            with Patches() as meanwhile:
                meanwhile.set(self, "_store", collected)
                meanwhile.set(self, "_hands", None)  # one after another, in the order of the tables
                counts = write(self, *given, **named)
            insert_all(store, collected.inserts)
            return counts

        return written

    patches.wrap(Sink, "write", around)


def no_mark(patches: Patches) -> None:
    patches.set(Sink, "marks", lambda *_: {})
    patches.set(Sink, "above", lambda *_: {})

    def around(load: Callable[..., list[int]]) -> Callable[..., list[int]]:
        def loaded(*given: Any) -> list[int]:
            return [-1] * len(load(*given))

        return loaded

    patches.wrap(Snapshots, "load_many", around)


def mark_over_two_tables(patches: Patches) -> None:
    def marks(self: Sink, topic: str, partitions: Iterable[int], generation: int = 0) -> dict[int, Mark]:
        found: dict[int, Mark] = {}
        for table in RAW:
            sql = f"SELECT partition, toInt64(max(offset)) FROM {table} WHERE topic = {{t:String}} GROUP BY partition"
            for partition, offset in self._store.query(sql, t=topic):
                highest = max(offset, found.get(partition, Mark()).offset)
                found[partition] = Mark(highest, 0, generation)
        return {partition: found[partition] for partition in partitions if partition in found}

    patches.set(Sink, "marks", marks)
    patches.set(Sink, "above", lambda *_: {})


def ledger_first(patches: Patches) -> None:
    def insert_all(store: Any, inserts: list[tuple[str, pa.Table]]) -> None:
        for table, piece in sorted(inserts, key=lambda insert: insert[0] != "ledger"):
            store.insert(table, piece)

    _rewritten(patches, insert_all)


def token_only(patches: Patches) -> None:
    """One insert a partition of the log, named by where it begins: it is dropped where one so named was taken."""

    def insert_all(store: Any, inserts: list[tuple[str, pa.Table]]) -> None:
        for number, (table, piece) in enumerate(inserts):
            for (topic, partition), rows in by_partition(piece):
                first = min(rows.column("offset").to_pylist())
                earlier = sum(before == table for before, _ in inserts[:number])
                store.insert(table, rows, token=f"{table}/{topic}/{partition}/{first}/{earlier}")

    patches.set(Sink, "above", lambda *_: {})
    _rewritten(patches, insert_all)


def by_partition(rows: pa.Table) -> list[tuple[tuple[str, int], pa.Table]]:
    places = np.array(
        [f"{t}/{p}" for t, p in zip(rows["topic"].to_pylist(), rows["partition"].to_pylist(), strict=True)]
    )
    parts = [rows.take(pa.array(np.flatnonzero(places == place))) for place in dict.fromkeys(places.tolist())]
    return [((part["topic"][0].as_py(), part["partition"][0].as_py()), part) for part in parts]


def swallowed_exception(patches: Patches) -> None:
    def around(insert: Callable[..., None]) -> Callable[..., None]:
        def inserted(*given: Any, **named: Any) -> None:
            try:
                insert(*given, **named)
            except Exception as error:
                log.warning("an insert failed: %s", error)

        return inserted

    patches.wrap(Store, "insert", around)
