"""Mistakes about when a message may be acknowledged, and whose a partition is.

The product reads again from Kafka whatever lies between its own snapshot and the first message that it is handed. Who
acknowledges too early believes that nothing does; so these mistakes come with that one.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from bench.faults.patches import Patches
from clickhouse.client import Store
from contract.codec import Message
from streams.agents import Agents
from streams.carrier import Carrier
from streams.lanes import Line
from streams.worker import Consumer

Done = Callable[[], object]
Take = Callable[[Carrier, Message, Done], Awaitable[None]]


def nothing() -> None:
    """An acknowledgement that was given already."""


def passes_over_holes(patches: Patches) -> None:
    """Goes on with the first message that comes, wherever the state stands."""

    def hole(self: Line) -> None:
        if self.queue:
            self.next = max(self.next, self.queue[0].message.offset)

    patches.set(Line, "hole", property(hole))


def ack_before_insert(patches: Patches) -> None:
    def around(take: Take) -> Take:
        async def taken(self: Carrier, message: Message, done: Done) -> None:
            done()
            await take(self, message, nothing)

        return taken

    passes_over_holes(patches)
    patches.wrap(Carrier, "take", around)


class Stock:
    """A stream as Faust's documentation reads it: what `take` gave is acknowledged when the next is asked for."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.channel = SimpleNamespace(queue=asyncio.Queue[Any]())  # what lies there `take_events` gives

    def noack(self) -> "Stock":
        return self

    async def events(self) -> AsyncIterator[Any]:
        async for events in self._stream.take_events(256, within=0.1):
            for event in events:
                yield event


def take_with_own_ack(patches: Patches) -> None:
    def around(each: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def read(self: Agents, stream: Any, take: Callable[[Message, Done], Awaitable[None]]) -> None:
            await each(self, Stock(stream), lambda message, _done: take(message, nothing))

        return read

    def ack(self: Consumer, message: Any) -> bool:
        self.acknowledge((message.topic, message.partition), message.offset)
        return True

    passes_over_holes(patches)
    patches.wrap(Agents, "_each", around)
    patches.set(Consumer, "ack", ack)


def commit_before_snapshot(patches: Patches) -> None:
    """Acknowledgements are held here, and given when the store has taken their ledger row."""
    held: dict[tuple[str, int, int], tuple[asyncio.AbstractEventLoop, Done]] = {}

    def taking(take: Take) -> Take:
        async def taken(self: Carrier, message: Message, done: Done) -> None:
            held[(message.topic, message.partition, message.offset)] = asyncio.get_running_loop(), done
            await take(self, message, nothing)

        return taken

    def inserting(insert: Callable[..., None]) -> Callable[..., None]:
        def inserted(self: Any, table: str, columns: pa.Table, *rest: Any, **named: Any) -> None:
            insert(self, table, columns, *rest, **named)
            if table == "ledger":
                places = (columns.column(name).to_pylist() for name in ("topic", "partition", "offset"))
                for place in zip(*places, strict=True):
                    if found := held.pop(place, None):
                        loop, done = found
                        loop.call_soon_threadsafe(done)

        return inserted

    passes_over_holes(patches)
    patches.wrap(Carrier, "take", taking)
    patches.wrap(Store, "insert", inserting)


def keeps_what_it_gave_back(patches: Patches) -> None:
    def around(leave: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def left(self: Carrier, partitions: Any = None) -> None:
            if partitions is None:
                await leave(self)

        return left

    passes_over_holes(patches)
    patches.wrap(Carrier, "leave", around)
