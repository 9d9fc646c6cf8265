"""Carries the inbox, and what strays into a partition of no feed: each message's records to their partitions, then its
ledger row, then its acknowledgement.
"""

import asyncio
import logging
from collections.abc import Callable

from catalogue.load import Catalogue
from clickhouse.client import Store
from clickhouse.sink import Sink
from contract.codec import Message
from contract.kafka import Producer
from contract.settings import Settings
from streams.inbox import Onward, place
from streams.keep import from_dicts, gather
from streams.patience import Patience
from streams.work import Entry, Output

log = logging.getLogger("nhip.worker")


class Forwarder:
    """One message at a time: the inbox is for the few who cannot do better."""

    def __init__(self, settings: Settings, catalogue: Catalogue, store: Store, patience: Patience) -> None:
        self._settings, self._catalogue = settings, catalogue
        self._sink, self._patience = Sink(store), patience
        self._producer: Producer | None = None
        self._marks: dict[tuple[str, int], int] = {}
        self._turn = asyncio.Lock()
        """Agents of several topics come here; the producer is for one at a time."""

    async def take(self, message: Message, done: Callable[[], object]) -> None:
        async with self._turn:
            await self._place(message)
        done()

    async def _place(self, message: Message) -> None:
        where = (message.topic, message.partition)
        mark = self._marks.get(where)
        if mark is None:
            mark = await self._patience.until(lambda: self._sink.mark(message.topic, message.partition))
        if message.offset > mark:
            placed = place(message, self._catalogue, self._settings.max_batch_bytes)
            await asyncio.to_thread(self._send, placed.onward)
            output = Output(entries={message.offset: placed.entry})
            output.reject(placed.refused)
            gather(output)
            ledger = from_dicts("ledger", [_row(placed.entry)])
            # What an earlier life, or an attempt that was not answered, left of it is looked up each time.
            above = mark
            await self._patience.until(
                lambda: self._sink.write(
                    output.rows, [ledger], [self._sink.above(message.topic, message.partition, above)]
                )
            )
        self._marks[where] = max(mark, message.offset)

    def leave(self, partitions: set[tuple[str, int]]) -> None:
        for partition in partitions:
            self._marks.pop(partition, None)

    def _send(self, onward: list[Onward]) -> None:
        if self._producer is None:
            self._producer = Producer(self._settings, linger_ms=0)
        for one in onward:
            topic = self._settings.topics.of(one.record)
            self._producer.send(topic, one.partition, one.value, one.headers)
        self._producer.flush()


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
    }
