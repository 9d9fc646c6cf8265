"""The one door to Faust: agents read the topics and hand each message to the carrier; nothing else happens here.

Stock Faust acknowledges what it did not do (an exception or a polite stop inside `take()` or `async for` commits the
work at hand). So: raw bytes, `noack()`, an acknowledgement only from the carrier, and the process ends on any surprise.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Coroutine
from typing import Any

import aiokafka
import faust
import faust.transport.drivers.aiokafka as driver
import uvloop

from catalogue.load import load
from clickhouse.client import connect
from clickhouse.tables import TABLES
from contract.codec import Message
from contract.settings import Settings
from contract.telemetry import Telemetry
from streams.carrier import Carrier

log = logging.getLogger("nhip.worker")

FETCH_WAIT_MS = 50
"""Faust's driver waits 1,500 ms for idle partitions and holds busy ones back meanwhile: p99 1,809 ms instead of 376."""


class PromptConsumer(aiokafka.AIOKafkaConsumer):  # type: ignore[misc]
    def __init__(self, *topics: str, **settings: Any) -> None:
        super().__init__(*topics, **{**settings, "fetch_max_wait_ms": FETCH_WAIT_MS})


driver.aiokafka.AIOKafkaConsumer = PromptConsumer


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
        broker_session_timeout=6.0,
        broker_heartbeat_interval=1.5,
        broker_max_poll_interval=300.0,
        datadir=str(settings.var_dir / "faust"),
    )


def attach(app: faust.App, settings: Settings, carrier: Carrier) -> None:
    """The agents, one per topic, written out."""

    async def carry(stream: faust.Stream[bytes]) -> None:
        async for event in stream.noack().events():
            message = event.message
            headers = {name: value for name, value in (message.headers or {}).items() if value is not None}
            stamp = int(message.timestamp * 1000) if message.timestamp else 0
            taken = Message(message.topic, message.partition, message.offset, stamp, event.value or b"", headers)
            await carrier.take(taken, event.ack)

    for topic in (settings.topics.figures, settings.topics.cases):
        source = app.topic(topic, value_type=bytes, value_serializer="raw", key_serializer="raw")
        app.agent(source, name=f"carry-{topic}")(guarded(carry))

    @app.task
    async def _carry() -> None:
        await watched(carrier.carry())

    @app.task
    async def _snapshots() -> None:
        await watched(carrier.keep_snapshots())

    @app.on_partitions_revoked.connect  # type: ignore[untyped-decorator]
    async def _leave(_app: faust.App, revoked: Any, **_: Any) -> None:
        await watched(carrier.leave({(tp.topic, tp.partition) for tp in revoked}))

    @app.on_before_shutdown.connect  # type: ignore[untyped-decorator]
    async def _stop(_app: faust.App, **_: Any) -> None:
        await watched(carrier.leave())
        await app.consumer.commit()


def guarded(agent: Any) -> Any:
    """The agent, but an exception ends the process: Faust would restart the agent and lose what it held."""

    async def run(stream: Any) -> None:
        await watched(agent(stream))

    return run


async def watched(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except asyncio.CancelledError:
        raise
    except BaseException:
        log.critical("the worker cannot go on; nothing more is acknowledged", exc_info=True)
        logging.shutdown()
        os._exit(70)


def run(settings: Settings) -> int:
    """Runs until it is told to stop; the process's exit code."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    catalogue = load(settings.catalogue_dir)
    telemetry = Telemetry(catalogue.feeds, TABLES)
    telemetry.serve(settings.worker_metrics_port)
    app = app_of(settings)
    attach(app, settings, Carrier(settings, catalogue, connect(settings, "writer"), telemetry))
    worker = faust.Worker(app, loglevel="WARNING", redirect_stdouts=False, stdout=sys.stdout, stderr=sys.stderr)
    worker.execute_from_commandline()
    return 0
