"""What Faust runs: an agent per topic, the tasks of carrier and forwarder, and the way out.

Nothing of Faust's is imported here: the app and its streams come from `streams/worker.py`.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from functools import partial
from typing import Any, NoReturn

from catalogue.load import Catalogue
from clickhouse.sink import Where
from contract.codec import Message
from contract.settings import Settings
from contract.topics import Topics
from streams.carrier import Carrier
from streams.duty import Duty
from streams.forward import Forwarder
from streams.lanes import Done
from streams.missing import Gone
from streams.past import names_of
from streams.reading import KafkaEnds, Reading
from streams.watchdog import EXIT, EXIT_GONE, Watchdog, Work

log = logging.getLogger("nhip.worker")

STOP_S, GIVE_BACK_S = 3.5, 15.0
"""How long a stop, and a partition that another worker gets, wait for a store that is away."""
Take = Callable[[Message, Done], Awaitable[None]]


def at_hand(app: Any, stream: Any) -> Iterator[Any]:
    """What lies in the agent's queue already: Faust would give one at each turn of the event loop, and those are few
    when there is much to do. As Faust does, it leaves out what came before a rebalance."""
    queue = stream.channel.queue
    while not queue.empty():
        event = queue.get_nowait()
        if app.flow_control.is_active() and event.message.generation_id == app.consumer_generation_id:
            yield event


class Agents:
    def __init__(
        self,
        app: Any,
        settings: Settings,
        catalogue: Catalogue,
        carrier: Carrier,
        forwarder: Forwarder,
        duty: Duty | None = None,
    ) -> None:
        """Without a duty it works in one generation for ever."""
        self._app, self._carrier, self._forwarder, self._duty = app, carrier, forwarder, duty
        self._names = names_of(settings)
        self._of_feeds = {(settings.topics.of(f.record), p) for f in catalogue.feeds.values() for p in f.partitions}
        self._watchdog = Watchdog({"feeds": self._of_carrier, "inbox": self._of_forwarder})
        self._reading = Reading(KafkaEnds(settings), self._to_be_read, lambda: carrier.reached())
        self._going: asyncio.Task[None] | None = None

    def attach(self, topics: Topics) -> None:
        read = [(topics.figures, self.carry), (topics.cases, self.carry)]
        for topic, agent in read if self._names.replays else [*read, (topics.inbox, self.forward)]:
            source = self._app.topic(topic, value_type=bytes, value_serializer="raw", key_serializer="raw")
            self._app.agent(source, name=f"{agent.__name__}-{topic}")(agent)
        app = self._app
        for task in (self.write, self.keep_snapshots, self.send_on, self.beat, self.follow):
            app.task(task)
        app.on_partitions_assigned.connect(self.on_assigned, weak=False)
        app.on_partitions_revoked.connect(self.on_revoked, weak=False)
        app.on_before_shutdown.connect(self.on_shutdown, weak=False)

    async def carry(self, stream: Any) -> None:
        await watched(self._each(stream, self._take))

    async def _take(self, message: Message, done: Done) -> None:
        """What stands in a partition of no feed (a spare one, or one that its feed left) is placed as the inbox's is:
        a stranger's message must not end the worker."""
        if self._duty is not None:
            await self._duty.known()
        of_a_feed = (message.topic, message.partition) in self._of_feeds
        await (self._carrier if of_a_feed else self._forwarder).take(message, done)

    async def forward(self, stream: Any) -> None:
        await watched(self._each(stream, self._forwarder.take))

    async def _each(self, stream: Any, take: Take) -> None:
        async for event in stream.noack().events():
            await self._hand(event, take)
            for other in at_hand(self._app, stream):
                await self._hand(other, take)

    async def _hand(self, event: Any, take: Take) -> None:
        message = message_of(event)
        done = partial(self._app.consumer.acknowledge, (message.topic, message.partition), message.offset)
        await take(self._names.restored(message), done)

    async def write(self) -> None:
        await watched(self._carrier.carry())

    async def keep_snapshots(self) -> None:
        await watched(self._carrier.keep_snapshots())

    async def send_on(self) -> None:
        await watched(self._forwarder.carry())

    async def follow(self) -> None:
        if self._duty is not None:
            await watched(self._duty.follow(self._left, self.stop))

    async def _left(self) -> None:
        """For a handover: what is stored is kept in snapshots; what waits is read again from Kafka itself."""
        await self._carrier.leave()
        await self._app.consumer.commit()

    async def beat(self) -> None:
        self._watchdog.start()
        self._reading.start()
        while True:
            self._watchdog.beat()
            await asyncio.sleep(0.25)

    def _to_be_read(self) -> dict[Where, int | None]:
        """What Faust should be reading, with the last offset of each; while something else is waited for, nothing."""
        waits = self._carrier.patient or self._forwarder.patient or (self._duty is not None and self._duty.between)
        return {} if waits else dict(self._app.consumer.read())

    def _of_carrier(self) -> Work:
        return Work(self._carrier.moved, self._carrier.waits, self._carrier.patient)

    def _of_forwarder(self) -> Work:
        return Work(self._forwarder.moved, self._forwarder.waits, self._forwarder.patient)

    async def on_assigned(self, app: Any, assigned: Any, **_: Any) -> None:
        log.warning("share-out %s of the group: %s partitions", app.consumer_generation_id, len(assigned))

    async def on_revoked(self, _app: Any, revoked: Any, **_: Any) -> None:
        partitions = {self._names.as_live((tp.topic, tp.partition)) for tp in revoked}
        self._forwarder.leave(partitions)
        await watched(self._give_back(partitions, GIVE_BACK_S))

    async def on_shutdown(self, _app: Any, **_: Any) -> None:
        """Faust ends of its own accord only when something is wrong with it; else `go` comes first."""
        reason = self._app.crash_reason
        log.critical("Faust has ended; nothing more is acknowledged: %r", reason, exc_info=reason)
        _exit(EXIT)

    def stop(self) -> None:
        """The process ends, in order, within seconds. What waits is dropped: nobody was told of it."""
        self._going = self._going or asyncio.ensure_future(watched(self._go()))

    async def _go(self) -> None:
        if self._carrier.moved or self._carrier.waits:
            self._app.consumer.stop_flow()
            self._forwarder.leave()
            await self._give_back(None, STOP_S)
        _exit(0)

    async def _give_back(self, partitions: set[Where] | None, limit_s: float) -> None:
        """With a snapshot, and the acknowledgement that follows, unless the store is away for so long."""
        try:
            async with asyncio.timeout(limit_s):
                await self._carrier.leave(partitions)
                await self._app.consumer.commit()
        except TimeoutError:
            log.warning("given back without a snapshot: the store did not answer in %.1f s", limit_s)


def message_of(event: Any) -> Message:
    message = event.message
    headers = {name: value for name, value in dict(message.headers or {}).items() if value is not None}
    stamp = round(message.timestamp * 1000) if message.timestamp else 0
    return Message(message.topic, message.partition, message.offset, stamp, event.value or b"", headers)


async def watched(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except asyncio.CancelledError:
        raise
    except Gone as gone:
        log.critical("%s", gone)
        _exit(EXIT_GONE)
    except BaseException:
        log.critical("the worker cannot go on; nothing more is acknowledged", exc_info=True)
        _exit(EXIT)


def _exit(code: int) -> NoReturn:
    logging.shutdown()
    os._exit(code)
