"""Carries the inbox, and what strays into a partition of no feed: each message's records to their partitions, then its
ledger row, then its acknowledgement.

Many messages at a time, and in a thread: whoever floods the inbox must not slow down those who know their partition.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from catalogue.load import Catalogue
from clickhouse.client import Store
from clickhouse.sink import Mark, Present, Sink, Source, Where, beyond
from contract.codec import Message
from contract.kafka import Producer
from contract.settings import Settings
from streams.inbox import Placed, place
from streams.keep import from_dicts, gather
from streams.lanes import Done, Line, Waiting
from streams.missing import Read, reader
from streams.partitions import Alone, Partitions
from streams.patience import Patience
from streams.work import Entry, Output

T = TypeVar("T")
HOLD_BYTES = 2_000_000
"""Of one partition: more waits in Kafka."""
TURN_MS = 100.0
REST = 1.0
"""Seconds of rest for each second of work, while more waits: the other half belongs to the feeds' own partitions."""


class Forwarder:
    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        store: Store,
        patience: Patience,
        partitions: Partitions | None = None,
        missing: Read | None = None,
    ) -> None:
        self._settings, self._catalogue = settings, catalogue
        self._sink, self._patience, self._partitions = Sink(store), patience, partitions or Alone()
        self._missing = missing or reader(settings, lambda waited_s: None)
        self._producer: Producer | None = None
        self._thread = ThreadPoolExecutor(1, "forward")
        """The producer is for one thread."""
        self._lines: dict[Where, Line] = {}
        self._work = asyncio.Event()
        self._asking = False
        self.moved = 0

    @property
    def waits(self) -> bool:
        return any(line.queue for line in self._lines.values())

    @property
    def patient(self) -> bool:
        """Whether it waits for Kafka or the store, which may be away."""
        return self._asking or self._patience.waiting

    async def take(self, message: Message, done: Done) -> None:
        """Takes a message in; never waits."""
        where = (message.topic, message.partition)
        line = self._lines.setdefault(where, Line(where))
        line.add(Waiting(message, done))
        if line.weight > HOLD_BYTES and not line.held:
            line.held = True
            self._partitions.hold(where)
        self._work.set()

    async def carry(self) -> None:
        """Runs until cancelled. Every exception is the end of the process."""
        while True:
            await self._work.wait()
            self._work.clear()
            started = time.monotonic()
            for line in list(self._lines.values()):
                if line.queue and not line.leaving:
                    await self._carry(line)
            if self.waits:
                self._work.set()
                await asyncio.sleep(REST * (time.monotonic() - started))

    def leave(self, partitions: set[Where] | None = None) -> None:
        for where in [where for where in self._lines if partitions is None or where in partitions]:
            line = self._lines.pop(where)
            line.leaving = True
            line.drop()
            self._partitions.release(where)

    async def _carry(self, line: Line) -> None:
        """Some of what waits of one partition."""
        if not line.ready:
            line.mark, line.present = await self._patience.until(lambda: self._known(line.where))
            line.next, line.ready = line.mark + 1, True
        if (hole := line.hole) is not None:
            found, known_to = await self._of_kafka(self._missing, line.where, *hole, line.has_memory)
            line.put_first((Waiting(message, lambda: None) for message in found), known_to)
        before, started = line.weight, time.perf_counter()
        batch = line.take(TURN_MS)
        weight = before - line.weight
        if batch:
            await self._forward(line, batch)
            line.mark = batch[-1].offset
            line.learn(weight, (time.perf_counter() - started) * 1000)
        line.acknowledge(line.mark)
        if line.held and line.weight < HOLD_BYTES / 4:
            line.held = False
            self._partitions.release(line.where)
        self.moved += 1

    async def _forward(self, line: Line, batch: list[Message]) -> None:
        placed = await self._of_kafka(self._sent, batch)
        output = Output(entries={one.entry.message.offset: one.entry for one in placed})
        output.reject([refused for one in placed for refused in one.refused])
        gather(output)
        ledger = from_dicts("ledger", [_row(one.entry) for one in placed])
        tried = False

        def write() -> None:
            nonlocal tried
            present = self._above(line.where, Mark(line.mark)) if tried else line.present
            tried = True
            self._sink.write(output.rows, [ledger], [present])

        await self._patience.until(write)
        line.present = beyond(line.present, batch[-1].offset)

    async def _of_kafka(self, work: Callable[..., T], *given: Any) -> T:
        self._asking = True
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)
        finally:
            self._asking = False

    def _known(self, where: Where) -> tuple[int, Present]:
        """The partition's mark, and what a life that ended early left above it."""
        mark = self._sink.marks(where[0], [where[1]]).get(where[1], Mark())
        return mark.offset, self._above(where, mark)

    def _above(self, where: Where, mark: Mark) -> Present:
        return self._sink.above([(Source(where, generation=0), mark)]).get(where, {})

    def _sent(self, batch: list[Message]) -> list[Placed]:
        """Each record in its partition, acknowledged by Kafka."""
        placed = [place(message, self._catalogue, self._settings.max_batch_bytes) for message in batch]
        if self._producer is None:
            self._producer = Producer(self._settings, linger_ms=5)
        for one in placed:
            for onward in one.onward:
                topic = self._settings.topics.of(onward.record)
                self._producer.send(topic, onward.partition, onward.value, onward.headers)
        self._producer.flush()
        return placed


def _row(entry: Entry) -> dict[str, object]:
    message = entry.message
    return {
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
        "feed": "",
        "kind": "records",
        "disposition": "forwarded",
        "records": entry.records,
        "accepted": entry.accepted,
        "rejected": entry.rejected,
        "duplicates": 0,
        "late": 0,
        "written": list(entry.written.items()),
        "backfill": False,
        "clock": 0,
        "sent_at": message.arrived_at,
        "arrived_at": message.arrived_at,
        "generation": 0,
    }
