"""Carries messages from partitions through the table into the store, and says when a message may be acknowledged.

Knows neither Faust nor Kafka. One thought runs through it: a message is acknowledged only when its rows, its ledger
row and a snapshot of the state after it are in the store; so whoever takes the partition next finds all it needs.

Nobody waits but whose partition it is: one of which too much waits is not read on for a while, a turn gives each its
share of time, and what has to be loaded or read again is so beside the others.
"""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from catalogue.load import Catalogue
from clickhouse.client import Store
from clickhouse.sink import Sink, Where
from contract.codec import Message
from contract.settings import Settings
from contract.telemetry import Telemetry
from streams.beside import Beside
from streams.keeping import Keeping
from streams.lanes import Done, Lane, Waiting, nothing
from streams.missing import Read, reader
from streams.opening import Opening
from streams.partitions import Alone, Partitions
from streams.patience import Patience
from streams.pipeline import run
from streams.snapshots import Snapshots
from streams.work import Output
from streams.writing import Ran, Writing, tell

MOST_QUEUED_BYTES = 64_000_000
"""Of all partitions; beyond it those with more than a little are not read on."""
HOLD_BYTES = 6_000_000
"""Of one partition."""
TURN_MS = 100.0
"""What a turn takes of the table's time; shared by the partitions that wait, the small ones first."""
LEAST_SHARE_MS = 5.0
LINGER_S = 0.01
"""What comes with a first message is taken with it."""
SNAPSHOTS_AT_ONCE = 16
LOOK_S = 0.5
"""How often it is looked which snapshots are due."""
HANDS = 3
"""Inserts of one turn at the same time."""


class Carrier:
    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        store: Store,
        telemetry: Telemetry,
        generation: int = 1,
        partitions: Partitions | None = None,
        missing: Read | None = None,
    ) -> None:
        """`missing` reads messages from Kafka itself."""
        self._settings, self._telemetry, self._partitions = settings, telemetry, partitions or Alone()
        self._missing = missing or reader(settings, lambda waited_s: telemetry.kafka_away())
        self._patience, self._store = Patience(telemetry), store
        self._keeping = Keeping(Snapshots(store, generation), self._patience, telemetry)
        sink = Sink(store, ThreadPoolExecutor(HANDS, "insert"), replays=bool(settings.replay_from))
        self._opening = Opening(settings, catalogue, sink, self._keeping.snapshots, self._patience, generation)
        self._writer = Writing(sink, self._opening, self._patience, telemetry, self._partitions.sure, self._tell)
        self._lanes: dict[Where, Lane] = {}
        self._closed: list[Lane] = []
        """Those that came since the last opening."""
        self._weight = 0
        self._work = asyncio.Event()
        self._turn = asyncio.Lock()
        self._writing: asyncio.Task[None] | None = None
        """The write of the turn before: the next turn is computed meanwhile, and written when it has ended."""
        self._table = ThreadPoolExecutor(1, "table")
        self._running: asyncio.Future[list[Ran]] | None = None
        self._beside = Beside(self._work.set)
        self.moved = 0
        """Grows with everything that gets done."""

    @property
    def waits(self) -> bool:
        """Whether anything is to be done."""
        return self._writing is not None or any(lane.queue for lane in self._lanes.values())

    @property
    def patient(self) -> bool:
        """Whether it stands still knowingly."""
        return self._patience.waiting or self._writer.unsure or any(lane.filling for lane in self._lanes.values())

    def reached(self) -> dict[Where, int]:
        """The offset that each partition will take next."""
        return {where: lane.next for where, lane in list(self._lanes.items()) if lane.ready}

    def work_in(self, generation: int) -> None:
        """The generation of what is derived from now on; every partition has been left before."""
        self._keeping.snapshots = Snapshots(self._store, generation)
        self._opening.work_in(generation, self._keeping.snapshots)

    async def take(self, message: Message, done: Done) -> None:
        """Takes a message in. Never waits: what one partition has too much of must not keep the others' messages."""
        where = (message.topic, message.partition)
        lane = self._lanes.get(where)
        if lane is None:
            lane = self._lanes[where] = self._opening.lane(where)
            self._closed.append(lane)
        waiting = Waiting(message, done)
        lane.add(waiting)
        self._weight += waiting.weight
        if not lane.held and lane.weight > self._much:
            lane.held = True
            self._partitions.hold(where)
        self._work.set()

    @property
    def _much(self) -> int:
        """How much may wait of one partition."""
        return HOLD_BYTES if self._weight <= MOST_QUEUED_BYTES else HOLD_BYTES // 16

    async def carry(self) -> None:
        """Runs until cancelled. Every exception is the end of the process: nothing may be acknowledged after one."""
        began = 0.0
        while True:
            await self._work.wait()
            await asyncio.sleep(max(LINGER_S, began + self._settings.flush_ms / 1000 - time.monotonic()))
            began = time.monotonic()
            if self._closed:
                closed, self._closed = self._closed, []
                self._beside.do(self._open(closed))
            async with self._turn:
                busy = await self._take_turn()
                if not busy:
                    await self._written()
            self._beside.check()
            if not busy and not self._closed and not any(lane.waits for lane in self._lanes.values()):
                self._work.clear()

    async def keep_snapshots(self) -> None:
        """A few at a time; the other partitions are carried on meanwhile."""
        look_s = min(max(self._settings.snapshot_s, 0.01), LOOK_S)
        while True:
            await asyncio.sleep(look_s)
            oldest_first = sorted(self._lanes.values(), key=lambda lane: lane.snapshot_at)
            latest = time.monotonic() - self._settings.snapshot_s
            due = [lane for lane in oldest_first if lane.unkept and lane.snapshot_at <= latest]
            if due:
                await self._keeping.rest(due[:SNAPSHOTS_AT_ONCE])
                self.moved += 1
                self._work.set()

    async def leave(self, partitions: set[Where] | None = None) -> None:
        """Keeps a snapshot of these partitions (or all), acknowledges what it covers, and lets them go.

        What waits is dropped: nobody was told of it, and whoever has the partition next reads it.
        """
        leaving = [lane for where, lane in self._lanes.items() if partitions is None or where in partitions]
        for lane in leaving:
            lane.leaving = True
            self._drop(lane)
        try:
            async with self._turn:
                if self._running is not None:
                    await asyncio.wait([self._running])
                await self._written()
            await self._keeping.leave(leaving)
        finally:
            for lane in leaving:
                self._drop(lane)
                if self._lanes.get(lane.where) is lane:
                    del self._lanes[lane.where]
                    self._partitions.release(lane.where)

    def _drop(self, lane: Lane) -> None:
        self._weight -= lane.weight
        lane.drop()

    async def _open(self, lanes: list[Lane]) -> None:
        await self._written()  # of a partition that was given back and came again, all that was under way has landed
        await self._opening.open(lanes, self._opened)

    def _opened(self, lane: Lane) -> None:
        self.moved += 1
        self._work.set()

    async def _take_turn(self) -> bool:
        """Some of each partition's queue through the table, then one write for all of them; whether anything was done.

        Goes on while the write before is under way and there is much to do: larger writes are cheaper.
        """
        turn: list[Ran] = []
        busy = False
        while await self._pass(turn):
            busy = True
            rows = sum(entry.records for _, output in turn for entry in output.entries.values())
            if rows >= self._settings.flush_rows or self._writing is None or self._writing.done():
                break
            if sum(lane.cost_ms for lane in self._lanes.values() if lane.waits) < TURN_MS / 2:
                break
        await self._written()
        if turn:
            self._writing = asyncio.create_task(self._write(turn))
        for lane in self._lanes.values():
            if lane.held and lane.weight < self._much / 4:
                lane.held = False
                self._partitions.release(lane.where)
        return busy

    async def _pass(self, turn: list[Ran]) -> bool:
        """Each partition that waits has its share of the time; what the small ones leave over the large ones get."""
        waiting = sorted((lane for lane in self._lanes.values() if lane.waits), key=lambda lane: lane.cost_ms)
        left_ms, plan = TURN_MS, []
        for place, lane in enumerate(waiting):
            if (hole := lane.hole) is not None:
                lane.filling = True
                self._beside.do(self._fill(lane, *hole))
                continue
            before = lane.weight
            batch = lane.take(max(left_ms / (len(waiting) - place), LEAST_SHARE_MS))
            weight = before - lane.weight
            self._weight -= weight
            left_ms -= weight / lane.pace
            lane.acknowledge(lane.snapshot)
            if batch:
                lane.ahead += 1
                plan.append((lane, batch, weight))
        if plan:
            # In a thread: messages come in and heartbeats go out meanwhile, however long it takes.
            self._running = asyncio.get_running_loop().run_in_executor(self._table, self._run, plan)
            turn += await asyncio.shield(self._running)
            self._keeping.landed.set()  # of what was stored before there is nothing to be written
        self.moved += len(plan)
        return bool(waiting)

    def _run(self, plan: list[tuple[Lane, list[Message], int]]) -> list[Ran]:
        """Messages up to the mark only rebuild the state; those above lead to rows."""
        most, ran = self._settings.max_batch_bytes, []
        for lane, batch, weight in plan:
            started = time.perf_counter()
            known = [message for message in batch if message.offset <= lane.mark]
            fresh = batch[len(known) :]
            if known:
                run(lane.shard, known, most)
                lane.offset = known[-1].offset
            if fresh:
                ran.append((lane, run(lane.shard, fresh, most, self._timed)))
            else:
                lane.ahead -= 1
            lane.learn(weight, (time.perf_counter() - started) * 1000)
        return ran

    async def _fill(self, lane: Lane, first: int, end: int) -> None:
        """What is missing before a partition's next message, from Kafka itself."""
        found, known_to = await asyncio.to_thread(self._missing, lane.where, first, end, lane.has_memory)
        lane.filling = False
        if not lane.leaving:
            before = lane.weight
            lane.put_first((Waiting(message, nothing) for message in found), known_to)
            self._weight += lane.weight - before
            self._work.set()

    async def _written(self) -> None:
        """Returns when nothing is being written; raises what the write ended with."""
        if (writing := self._writing) is not None:
            await asyncio.shield(writing)  # a stop that comes meanwhile waits for it in `leave`
            if self._writing is writing:
                self._writing = None

    async def _write(self, turn: list[Ran]) -> None:
        await self._writer.write(turn)
        self.moved += 1
        self._keeping.landed.set()

    @contextmanager
    def _timed(self, stop: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self._telemetry.stage_done(stop, time.perf_counter() - started)

    def _tell(self, feed: str, output: Output) -> None:
        tell(self._telemetry, feed, output)
