"""Puts the points of `points.py`, a wrong clock and a loop that stands still into a worker, from outside.

It holds on to what hardly moves: which table the store is given, what the carrier takes and acknowledges, the table of
stops, snapshots kept and fetched.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench.faults.clocks import wrong_time
from bench.faults.patches import Patches
from bench.faults.points import Passage
from clickhouse.client import Store
from contract.codec import Message
from contract.kafka import Producer
from streams import carrier as carrier_module
from streams.carrier import Carrier
from streams.shard import Shard
from streams.snapshots import Snapshots

LOOK_S = 0.05
RAW = frozenset({"figures", "case_steps"})
LAST = frozenset({"ledger", "snapshots"})
"""What ends a turn's inserts."""


def weave(patches: Patches, passage: Passage, var_dir: Path, store: type[Any] = Store) -> None:
    patches.set(time, "time", wrong_time(var_dir))
    points(patches, passage, store)
    patches.wrap(Carrier, "carry", lambda carry: _watched(carry, passage))


def points(patches: Patches, passage: Passage, store: type[Any] = Store) -> None:
    patches.wrap(store, "insert", lambda insert: _inserting(insert, Inserts(passage)))
    patches.wrap(carrier_module, "run", lambda run: _running(run, passage))
    patches.wrap(Carrier, "take", lambda take: _taking(take, passage))
    patches.wrap(Shard, "dump", lambda dump: _after(dump, passage, "in_snapshot"))
    patches.wrap(Snapshots, "load_many", lambda load: _before(load, passage, "taking_over"))
    patches.wrap(Producer, "flush", lambda flush: _after(flush, passage, "after_forward"))


class Inserts:
    """Which points lie around an insert, by what was inserted before it."""

    def __init__(self, passage: Passage) -> None:
        self._passage, self._lock, self._turn = passage, threading.Lock(), threading.Lock()
        self._before: set[str] = set()
        """The tables of the same turn that were inserted into before, in whatever order."""

    @property
    def alone(self) -> AbstractContextManager[object]:
        """Tables of one turn are inserted at the same time; one after another where a kill between two is wanted."""
        return self._turn if self._passage.is_armed("between_tables", "between_pieces") else nullcontext()

    def before(self, table: str) -> None:
        if table == "ledger":
            self._passage.at("before_ledger")
        elif table.startswith("snapshot"):
            self._passage.at("before_snapshot")
        elif self._before:
            self._passage.at("between_pieces" if table in self._before else "between_tables")

    def after(self, table: str) -> None:
        with self._lock:
            self._before = set() if table in LAST else {*self._before, table}
        if table in RAW:
            self._passage.at("after_raw_insert")
        elif table == "ledger":
            self._passage.at("after_ledger")
        elif table.startswith("snapshot"):
            self._passage.at("after_snapshot")


def _inserting(insert: Callable[..., None], inserts: Inserts) -> Callable[..., None]:
    @wraps(insert)
    def inserted(self: Any, table: str, columns: pa.Table, *rest: Any, **named: Any) -> None:
        if not columns.num_rows:
            return
        with inserts.alone:
            inserts.before(table)
            insert(self, table, columns, *rest, **named)
            inserts.after(table)

    return inserted


class Tapped(list[Message]):
    """Messages that pass a point when half of them have been taken."""

    passage: Passage

    def __iter__(self) -> Iterator[Message]:
        for place, message in enumerate(super().__iter__()):
            if place == len(self) // 2:
                self.passage.at("inside_batch")
            yield message


def _running(run: Callable[..., Any], passage: Passage) -> Callable[..., Any]:
    @wraps(run)
    def ran(shard: Shard, messages: Any, *rest: Any, **named: Any) -> Any:
        tapped = Tapped(messages)
        tapped.passage = passage
        return run(shard, tapped, *rest, **named)

    return ran


Take = Callable[[Carrier, Message, Callable[[], object]], Awaitable[None]]


def _taking(take: Take, passage: Passage) -> Take:
    @wraps(take)
    async def taken(self: Carrier, message: Message, done: Callable[[], object]) -> None:
        def acknowledge() -> object:
            passage.at("before_ack")
            answer = done()
            passage.at("between_acks")
            return answer

        await take(self, message, acknowledge)

    return taken


def _after(work: Callable[..., Any], passage: Passage, point: str) -> Callable[..., Any]:
    @wraps(work)
    def worked(*given: Any, **named: Any) -> Any:
        answer = work(*given, **named)
        passage.at(point)
        return answer

    return worked


def _before(work: Callable[..., Any], passage: Passage, point: str) -> Callable[..., Any]:
    @wraps(work)
    def worked(*given: Any, **named: Any) -> Any:
        passage.at(point)
        return work(*given, **named)

    return worked


def _watched(carry: Callable[[Carrier], Awaitable[None]], passage: Passage) -> Callable[[Carrier], Awaitable[None]]:
    """The carrier's loop, beside which somebody looks whether the event loop is to stand still."""

    async def look() -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            if seconds := passage.stop_asked():
                time.sleep(seconds)

    @wraps(carry)
    async def watched(self: Carrier) -> None:
        looking = asyncio.create_task(look())
        try:
            await carry(self)
        finally:
            looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await looking

    return watched
