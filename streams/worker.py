"""The one door to Faust: agents read the topics and hand each message to the carrier; nothing else happens here.

Stock Faust acknowledges what it did not do (an exception or a polite stop inside `take()` or `async for` commits the
work at hand). So: raw bytes, `noack()`, an acknowledgement only from the carrier, and the process ends on any surprise.
"""

import asyncio
import logging
import math
import os
import platform
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NoReturn

import aiokafka
import faust
import faust.transport.drivers.aiokafka as driver
import uvloop

from catalogue.load import Catalogue, load
from clickhouse.client import connect
from clickhouse.tables import TABLES
from contract.codec import Message
from contract.kafka import wait_for_broker
from contract.settings import Settings
from contract.telemetry import Telemetry
from contract.topics import Topics
from streams.carrier import Carrier
from streams.forward import Forwarder
from streams.patience import Patience

log = logging.getLogger("nhip.worker")

FETCH_WAIT_MS = 50
"""Faust's driver waits 1,500 ms for idle partitions and holds busy ones back meanwhile: p99 1,809 ms instead of 376."""


class PromptConsumer(aiokafka.AIOKafkaConsumer):  # type: ignore[misc]
    def __init__(self, *topics: str, **settings: Any) -> None:
        super().__init__(*topics, **{**settings, "fetch_max_wait_ms": FETCH_WAIT_MS})


vars(driver)["aiokafka"].AIOKafkaConsumer = PromptConsumer


SELDOM = (
    "nhip.worker.kafka",
    *("aiokafka", "aiokafka.conn", "aiokafka.consumer.fetcher", "aiokafka.consumer.group_coordinator"),
)


class Seldom(logging.Filter):
    """While the broker is away aiokafka says the same thing ten times a second; once in ten seconds is enough."""

    EVERY_S = 10.0

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        last = self._said.get(str(record.msg), -math.inf)
        if record.created - last < self.EVERY_S:
            return False
        self._said[str(record.msg)] = record.created
        return True


Take = Callable[[Message, Callable[[], object]], Awaitable[None]]


def app_of(settings: Settings) -> faust.App:
    return faust.App(
        settings.group,
        broker=f"kafka://{settings.kafka_address}",
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=8 * 1024 * 1024,
        stream_wait_empty=False,
        stream_buffer_maxsize=256,
        broker_commit_interval=1.0,
        broker_commit_every=1_000,
        # A worker that was killed has its partitions back at once under its old name; without it the broker would wait
        # for the session of the dead one to run out. The port tells two workers of one machine apart.
        consumer_group_instance_id=f"{platform.node()}-{settings.worker_metrics_port}",
        broker_session_timeout=6.0,
        broker_heartbeat_interval=1.5,
        broker_max_poll_interval=300.0,
        datadir=str(settings.var_dir / "faust"),
    )


class Agents:
    """What Faust runs: an agent per topic, the carrier's two tasks, and the way out."""

    def __init__(
        self, app: faust.App, settings: Settings, catalogue: Catalogue, carrier: Carrier, forwarder: Forwarder
    ) -> None:
        self._app, self._carrier, self._forwarder = app, carrier, forwarder
        self._of_feeds = {(settings.topics.of(f.record), p) for f in catalogue.feeds.values() for p in f.partitions}

    def attach(self, topics: Topics) -> None:
        for topic, agent in ((topics.figures, self.carry), (topics.cases, self.carry), (topics.inbox, self.forward)):
            source = self._app.topic(topic, value_type=bytes, value_serializer="raw", key_serializer="raw")
            self._app.agent(source, name=f"{agent.__name__}-{topic}")(agent)
        app: Any = self._app  # Faust's own types do not cover what its documentation shows
        app.task(self.write)
        app.task(self.keep_snapshots)
        app.on_partitions_revoked.connect(self.on_revoked, weak=False)
        app.on_before_shutdown.connect(self.on_shutdown, weak=False)

    async def carry(self, stream: faust.StreamT[bytes]) -> None:
        await watched(self._each(stream, self._take))

    async def _take(self, message: Message, done: Callable[[], object]) -> None:
        """What stands in a partition of no feed (a spare one, or one that its feed left) is placed as the inbox's is:
        a stranger's message must not end the worker."""
        of_a_feed = (message.topic, message.partition) in self._of_feeds
        await (self._carrier if of_a_feed else self._forwarder).take(message, done)

    async def forward(self, stream: faust.StreamT[bytes]) -> None:
        await watched(self._each(stream, self._forwarder.take))

    async def _each(self, stream: Any, take: Take) -> None:
        async for event in stream.noack().events():
            await take(_message(event), event.ack)

    async def write(self) -> None:
        await watched(self._carrier.carry())

    async def keep_snapshots(self) -> None:
        await watched(self._carrier.keep_snapshots())

    async def on_revoked(self, _app: faust.App, revoked: Any, **_: Any) -> None:
        partitions = {(tp.topic, tp.partition) for tp in revoked}
        self._forwarder.leave(partitions)
        await watched(self._carrier.leave(partitions))

    async def on_shutdown(self, _app: faust.App, **_: Any) -> None:
        await watched(self._carrier.leave())
        await self._app.consumer.commit()


def _message(event: faust.EventT[bytes]) -> Message:
    message = event.message
    headers = {name: value for name, value in dict(message.headers or {}).items() if value is not None}
    stamp = round(message.timestamp * 1000) if message.timestamp else 0
    return Message(message.topic, message.partition, message.offset, stamp, event.value or b"", headers)


async def watched(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except asyncio.CancelledError:
        raise
    except BaseException:
        log.critical("the worker cannot go on; nothing more is acknowledged", exc_info=True)
        logging.shutdown()
        os._exit(70)


def _kafka_away(telemetry: Telemetry, waited_s: float) -> None:
    telemetry.kafka_away()
    logging.getLogger(SELDOM[0]).warning("waiting for Kafka, %.0f s", waited_s)


def run(settings: Settings) -> NoReturn:
    """Runs until it is told to stop; the process ends with it."""
    for name in SELDOM:
        logging.getLogger(name).addFilter(Seldom())
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    catalogue = load(settings.catalogue_dir)
    telemetry = Telemetry(catalogue.feeds, TABLES)
    telemetry.serve(settings.worker_metrics_port)
    wait_for_broker(settings, lambda waited_s: _kafka_away(telemetry, waited_s))  # Faust would give up
    app = app_of(settings)
    store = connect(settings, "writer")
    carrier = Carrier(settings, catalogue, store, telemetry)
    forwarder = Forwarder(settings, catalogue, store, Patience(telemetry))
    Agents(app, settings, catalogue, carrier, forwarder).attach(settings.topics)
    worker = faust.Worker(app, loglevel="WARNING", redirect_stdouts=False, stdout=sys.stdout, stderr=sys.stderr)
    worker.spinner = None  # it writes a terminal's control characters, and this goes to a log
    worker.execute_from_commandline()
