"""Carries messages from partitions through the table into the store, and says when a message may be acknowledged.

Knows neither Faust nor Kafka. One thought runs through it: a message is acknowledged only when its rows, its ledger
row and a snapshot of the state after it are in the store; so whoever takes the partition next finds all it needs.
"""

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import pyarrow as pa

from catalogue.load import Catalogue
from clickhouse.client import Store
from clickhouse.sink import Present, Sink, beyond
from contract.codec import Message
from contract.errors import NhipError
from contract.settings import Settings
from contract.telemetry import Telemetry
from streams.ledger import ledger_rows
from streams.patience import Patience
from streams.pipeline import run
from streams.shard import Shard
from streams.snapshots import Snapshots
from streams.work import Output

log = logging.getLogger("nhip.worker")

Where = tuple[str, int]
"""Topic and partition."""
MOST_QUEUED_BYTES = 64_000_000
BYTES_A_TURN = 4_000_000
"""Of one partition, before the others have their turn."""


class Waiting(msgspec.Struct):
    message: Message
    done: Callable[[], object]
    """Acknowledges it."""


class Lane(msgspec.Struct):
    """One partition: its shard, what waits to be processed, and what waits to be acknowledged."""

    where: Where
    shard: Shard
    mark: int
    """Highest offset in the ledger when the partition came here."""
    snapshot: int
    """Offset of the newest snapshot; -1 for none."""
    present: Present
    queue: deque[Waiting] = msgspec.field(default_factory=deque)
    unacknowledged: deque[Waiting] = msgspec.field(default_factory=deque)
    offset: int = -1
    """Highest offset whose rows are in the store."""
    taken: int = -1
    """Highest offset taken in."""
    ahead: int = 0
    """Turns by which the shard's state is past `offset`: while it is, it is not kept as the state of that offset."""
    snapshot_at: float = -math.inf
    """The first is due at once, so that a worker that is killed again and again gets on all the same."""


class Carrier:
    def __init__(
        self, settings: Settings, catalogue: Catalogue, store: Store, telemetry: Telemetry, generation: int = 1
    ) -> None:
        self._settings, self._catalogue, self._generation = settings, catalogue, generation
        self._telemetry, self._patience = telemetry, Patience(telemetry)
        self._sink, self._snapshots = Sink(store), Snapshots(store, generation)
        self._lanes: dict[Where, Lane] = {}
        self._left: dict[Where, int] = {}
        """Highest offset that had been taken in of a partition when it was given back."""
        self._queued_bytes = 0
        self._work = asyncio.Event()
        self._room = asyncio.Event()
        self._turn = asyncio.Lock()
        self._writing: asyncio.Task[None] | None = None
        """The write of the turn before: the next turn is computed meanwhile, and written when it has ended."""
        self._records = {settings.topics.figures: "figures", settings.topics.cases: "cases"}

    async def take(self, message: Message, done: Callable[[], object]) -> None:
        """Takes a message in; waits while too much is under way, which is what slows Kafka's reader down."""
        lane = await self._lane((message.topic, message.partition))
        if message.offset <= lane.snapshot:
            done()
        if message.offset <= lane.taken or self._left_over(lane, message.offset):
            return
        lane.taken = message.offset
        lane.queue.append(Waiting(message, done))
        self._queued_bytes += len(message.value)
        self._work.set()
        while self._queued_bytes > MOST_QUEUED_BYTES:
            self._room.clear()
            await self._room.wait()

    def _left_over(self, lane: Lane, offset: int) -> bool:
        """What was in Faust's hands when the partition was given back: the next of what was taken then.

        Whoever has the partition now reads it again, and all that was dropped before it. Taking it first would make a
        hole of those.
        """
        fresh = lane.taken == lane.snapshot
        return fresh and offset > lane.taken + 1 and offset == self._left.get(lane.where, offset) + 1

    async def carry(self) -> None:
        """Runs until cancelled. Every exception is the end of the process: nothing may be acknowledged after one."""
        while True:
            await self._work.wait()
            await asyncio.sleep(self._settings.flush_ms / 1000)
            while any(lane.queue for lane in self._lanes.values()):
                async with self._turn:
                    await self._flush()
            async with self._turn:
                await self._written()
            if not any(lane.queue for lane in self._lanes.values()):
                self._work.clear()

    async def keep_snapshots(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            async with self._turn:
                await self._written()
                now = time.monotonic()
                due = [w for w, lane in self._lanes.items() if now - lane.snapshot_at >= self._settings.snapshot_s]
                await self._snapshot(due)

    async def leave(self, partitions: set[Where] | None = None) -> None:
        """Keeps a snapshot of these partitions (or all), acknowledges what it covers, and lets them go."""
        async with self._turn:
            await self._written()
            leaving = [where for where in self._lanes if partitions is None or where in partitions]
            await self._snapshot(leaving)
            for where in leaving:
                lane = self._lanes.pop(where)
                self._left[where] = lane.taken
                self._queued_bytes -= sum(len(waiting.message.value) for waiting in lane.queue)
            self._room.set()

    async def _lane(self, where: Where) -> Lane:
        lane = self._lanes.get(where)
        if lane is None:
            async with self._turn:
                lane = self._lanes.get(where)
                if lane is None:
                    lane = self._lanes[where] = await self._patience.until(lambda: self._open(where))
        return lane

    def _open(self, where: Where) -> Lane:
        """A partition's shard as it was left: the newest snapshot, and the mark up to which rows are in the store."""
        topic, partition = where
        found = self._catalogue.feed_at(self._records[topic], partition)
        if found is None:
            raise NhipError(f"{topic}/{partition} belongs to no feed of the catalogue; give the partition to a feed")
        shard = Shard(self._catalogue, *found, topic, self._generation)
        mark = self._sink.mark(topic, partition)
        snapshot = self._snapshots.load(shard, topic)
        present = self._sink.above(topic, partition, mark)
        lane = Lane(where, shard, mark, snapshot, present, offset=snapshot, taken=snapshot)
        log.info("%s/%s: %s, mark %s, snapshot %s", topic, partition, found[0].id, mark, snapshot)
        return lane

    async def _flush(self) -> None:
        """One turn: some of each partition's queue through the table, then one write for all of them."""
        outputs: list[tuple[Lane, Output]] = []
        rows = 0
        for lane in self._lanes.values():
            batch = self._next(lane)
            if not batch:
                continue
            lane.ahead += 1
            output = self._run(lane, batch)
            if output is None:
                lane.ahead -= 1
            else:
                outputs.append((lane, output))
                rows += sum(entry.records for entry in output.entries.values())
            await asyncio.sleep(0)  # heartbeats and new messages have their turn
            if rows >= self._settings.flush_rows:
                break
        await self._written()
        if outputs:
            self._writing = asyncio.create_task(self._write(outputs))
        if self._queued_bytes <= MOST_QUEUED_BYTES:
            self._room.set()
        # The partition served first goes to the end, so that a busy one cannot keep the others waiting.
        for where in [w for w, lane in self._lanes.items() if any(lane is served for served, _ in outputs)]:
            self._lanes[where] = self._lanes.pop(where)

    async def _written(self) -> None:
        """Returns when nothing is being written; raises what the write ended with."""
        if self._writing is not None:
            await asyncio.shield(self._writing)  # a stop that comes meanwhile waits for it in `leave`
            self._writing = None

    def _next(self, lane: Lane) -> list[Message]:
        batch: list[Message] = []
        size = 0
        while lane.queue and size < BYTES_A_TURN:
            waiting = lane.queue.popleft()
            size += len(waiting.message.value)
            batch.append(waiting.message)
            lane.unacknowledged.append(Waiting(_emptied(waiting.message), waiting.done))
        self._queued_bytes -= size
        return batch

    def _run(self, lane: Lane, batch: list[Message]) -> Output | None:
        """Messages up to the mark only rebuild the state; those above lead to rows. None where all were below."""
        known = [message for message in batch if message.offset <= lane.mark]
        fresh = batch[len(known) :]
        if known:
            run(lane.shard, known, self._settings.max_batch_bytes)
            lane.offset = known[-1].offset
        if not fresh:
            return None
        return run(lane.shard, fresh, self._settings.max_batch_bytes, self._timed)

    async def _write(self, outputs: list[tuple[Lane, Output]]) -> None:
        rows: dict[str, list[pa.Table]] = {}
        for _, output in outputs:
            for table, tables in output.rows.items():
                rows.setdefault(table, []).extend(tables)
        ledger = [ledger_rows(lane.shard, output.entries) for lane, output in outputs]
        tried = False

        def write() -> dict[str, int]:
            nonlocal tried
            present = [lane.present for lane, _ in outputs if lane.present]
            if tried:  # nobody knows how much of the last attempt the store took
                present = [self._sink.above(*lane.where, lane.offset) for lane, _ in outputs]
            tried = True
            return self._sink.write(rows, ledger, present)

        started = time.perf_counter()
        for table, count in (await self._patience.until(write)).items():
            self._telemetry.rows_inserted(table, count, time.perf_counter() - started)
        for lane, output in outputs:
            lane.offset = max(output.entries)
            lane.ahead -= 1
            lane.present = beyond(lane.present, lane.offset)
            self._tell(lane.shard.feed.id, output)

    async def _snapshot(self, partitions: list[Where]) -> None:
        """Snapshots of what moved since the last; then, and only then, its messages are acknowledged."""
        lanes = [self._lanes[where] for where in partitions]
        moved = [lane for lane in lanes if lane.unacknowledged and lane.offset > lane.snapshot and not lane.ahead]
        if moved:
            await self._patience.until(lambda: self._snapshots.save([(lane.shard, lane.offset) for lane in moved]))
        for lane in moved:
            lane.snapshot, lane.snapshot_at = lane.offset, time.monotonic()
            while lane.unacknowledged and lane.unacknowledged[0].message.offset <= lane.snapshot:
                lane.unacknowledged.popleft().done()
            self._telemetry.snapshot_stored(time.time())

    @contextmanager
    def _timed(self, stop: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self._telemetry.stage_done(stop, time.perf_counter() - started)

    def _tell(self, feed: str, output: Output) -> None:
        now_ms = time.time() * 1000
        for entry in output.entries.values():
            self._telemetry.message_taken(feed)
            if entry.kind == "tick":
                self._telemetry.tick_taken()
            if entry.records:
                self._telemetry.records_accepted(feed, entry.accepted)
                self._telemetry.records_duplicate(feed, entry.duplicates)
                self._telemetry.records_late(feed, entry.late)
            if entry.accepted and entry.sent_at is not None and not entry.backfill:
                self._telemetry.batch_queryable(feed, (now_ms - entry.sent_at) / 1000)
        for reason, count in output.refused.items():
            self._telemetry.records_rejected(feed, reason, count)


def _emptied(message: Message) -> Message:
    return msgspec.structs.replace(message, value=b"", headers={})
