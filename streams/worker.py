"""The one door to Faust: agents read the topics and hand each message to the carrier; nothing else happens here.

Stock Faust acknowledges what it did not do (an exception or a polite stop inside `take()` or `async for` commits the
work at hand, and so does a message that it leaves out at a rebalance). So: raw bytes, `noack()`, an acknowledgement
only from the carrier, and the process ends on any surprise.
"""

import asyncio
import logging
import platform
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, NoReturn

import faust
import faust.tables
import faust.transport.drivers.aiokafka as driver
import uvloop
from faust.types import TP

from catalogue.load import load
from clickhouse.client import connect
from clickhouse.sink import Where
from clickhouse.tables import TABLES
from contract.kafka import wait_for_broker
from contract.settings import Settings
from contract.telemetry import Telemetry
from streams.agents import Agents
from streams.carrier import Carrier
from streams.duty import duty_of
from streams.forward import Forwarder
from streams.handing import handed_over
from streams.missing import nowhere
from streams.past import Names, names_of
from streams.patience import Patience
from streams.seldom import SELDOM, Seldom
from streams.sturdy import DamagedAnswer, PromptConsumer
from streams.watchdog import end

log = logging.getLogger("nhip.worker")
FETCH_BYTES = 1_048_576
"""Of one partition at a time (a larger message comes alone): nobody's flood fills a whole answer of the broker."""
SESSION_S = 6.0
SWITCH_S = 0.001
"""How soon a thread that computes lets the event loop have its turn."""
vars(driver)["aiokafka"].AIOKafkaConsumer = PromptConsumer


class Consumer(driver.Consumer):
    """Faust's, with three differences: who acknowledges, which partitions rest, and how a message is handed over."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._resting: set[TP] = set()
        self._covered: dict[TP, int] = {}
        """The offset after the last acknowledged message."""

    def ack(self, message: Any) -> bool:
        """Faust's own, which would count what it leaves out as done: nothing comes of it."""
        return False

    def acknowledge(self, where: Where, offset: int) -> None:
        """The carrier's, in the order of the log: everything up to here is done."""
        partition = TP(*where)
        self._covered[partition] = max(self._covered.get(partition, 0), offset + 1)

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        return iter(list(self._covered))

    def _new_offset(self, tp: TP) -> int | None:
        return self._covered.get(tp)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        await super().on_partitions_revoked(revoked)
        for partition in revoked:
            self._covered.pop(partition, None)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        self._thread._ensure_consumer().heard_at = time.monotonic()
        await super().on_partitions_assigned(assigned, generation_id)

    def sure(self) -> bool:
        return bool(time.monotonic() - self._thread._ensure_consumer().heard_at < SESSION_S)

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Faust's own look for partitions that stand still, which takes a quiet one for a fault; ours is `Reading`."""

    def read(self) -> dict[Where, int | None]:
        """The last offset read of each partition that is to be read now."""
        return {(tp.topic, tp.partition): self._read_offset[tp] for tp in self.assignment() - self._resting}

    def hold(self, where: Where) -> None:
        """Faust's own pause would throw away what has been fetched already."""
        self._resting.add(TP(*where))

    def release(self, where: Where) -> None:
        self._resting.discard(TP(*where))

    async def _getmany(self, active_partitions: Any, timeout: float) -> Any:
        if not self._resting:
            return await self._whole(active_partitions, timeout)
        wanted = {partition for partition in active_partitions if partition not in self._resting}
        if not wanted:
            await asyncio.sleep(0.02)
            return {}
        return await self._whole(wanted, min(timeout, 0.1))

    async def _whole(self, wanted: Any, timeout: float) -> Any:
        """What was damaged on its way is asked for once more; if it is so in the log itself, `Reading` ends us."""
        try:
            return await super()._getmany(wanted, timeout)
        except DamagedAnswer as error:
            log.warning("an answer of Kafka's was damaged, it is asked again: %s", error)
            await self._thread.call_thread(self._read_again)
            return {}

    async def _read_again(self) -> None:
        """From what was handed over last, for what came with the damaged is lost with it. That one comes twice, which
        is no harm; of a partition that is new here Faust has noted not the last one but the next."""
        fetcher = self._thread._ensure_consumer()._fetcher
        for partition in self.assignment():
            if (last := self._read_offset[partition]) is not None:
                fetcher.seek_to(partition, last)

    async def wait_first(self, *coros: Any, timeout: Any = None) -> Any:
        """Faust guards the handing over of each message with four tasks, so that a rebalance can break it off. Where
        it goes through at once, as it nearly always does, there is nothing to break off."""
        if len(coros) == 2 and asyncio.iscoroutine(coros[0]) and not self.suspend_flow.is_set():
            rest = handed_over(coros[0])
            if rest is None:
                coros[1].close()
                return None
            coros = (rest, coros[1])
        return await super().wait_first(*coros, timeout=timeout)


class Transport(driver.Transport):
    Consumer = Consumer


class Tables(faust.tables.TableManager):
    """There are none; Faust's own waits a second for them."""

    async def on_start(self) -> None:
        await self._update_channels()
        await self.recovery.start()


def app_of(settings: Settings) -> faust.App:
    app = faust.App(
        settings.group,
        broker=f"kafka://{settings.kafka_address}",
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=FETCH_BYTES,
        stream_wait_empty=False,
        stream_buffer_maxsize=4_096,
        broker_commit_interval=1.0,
        # A worker that was killed has its partitions back at once under its old name; without it the broker would wait
        # for the session of the dead one to run out. The port tells two workers of one machine apart.
        consumer_group_instance_id=f"{platform.node()}-{settings.worker_metrics_port}",
        broker_session_timeout=SESSION_S,
        broker_heartbeat_interval=1.5,
        broker_rebalance_timeout=20.0,
        broker_max_poll_interval=300.0,
        datadir=str(settings.var_dir / "faust"),
        TableManager=Tables,
    )
    app.transport = Transport(app.conf.broker_consumer, app, app.loop)
    return app


class Reader:
    """Faust's consumer, as carrier and forwarder see it; it comes to be after them."""

    def __init__(self, app: faust.App, names: Names) -> None:
        self._app: Any = app
        self._names = names

    def hold(self, where: Where) -> None:
        self._app.consumer.hold(self._names.as_read(where))

    def release(self, where: Where) -> None:
        self._app.consumer.release(self._names.as_read(where))

    def sure(self) -> bool:
        return bool(self._app.consumer.sure())


class Worker(faust.Worker):
    """Faust's own way out takes seconds and acknowledges on it; ours is taken first."""

    def __init__(self, agents: Agents, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._agents = agents
        self.spinner = None  # it writes a terminal's control characters, and this goes to a log

    def _on_sigterm(self) -> None:
        self._agents.stop()

    _on_sigint = _on_sigterm


def _kafka_away(telemetry: Telemetry, waited_s: float) -> None:
    telemetry.kafka_away()
    logging.getLogger(SELDOM[0]).warning("waiting for Kafka, %.0f s", waited_s)


def _thread_ended(given: threading.ExceptHookArgs) -> None:
    """Python would print it and go on, without what the thread did."""
    name = given.thread.name if given.thread else "?"
    log.critical("thread %s", name, exc_info=given.exc_value)
    end(f"the thread {name} ended: {given.exc_type.__name__}: {given.exc_value}")


def run(settings: Settings) -> NoReturn:
    """Runs until it is told to stop; the process ends with it."""
    threading.excepthook = _thread_ended
    for name in SELDOM:
        logging.getLogger(name).addFilter(Seldom())
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    sys.setswitchinterval(SWITCH_S)
    catalogue = load(settings.catalogue_dir)
    telemetry = Telemetry(catalogue.feeds, TABLES)
    telemetry.serve_for(settings, "worker_metrics_port")
    wait_for_broker(settings, lambda waited_s: _kafka_away(telemetry, waited_s))  # Faust would give up
    app = app_of(settings)
    store, names = connect(settings, "writer"), names_of(settings)
    reader, missing = Reader(app, names), nowhere if names.replays else None
    carrier = Carrier(settings, catalogue, store, telemetry, settings.generation, reader, missing)
    forwarder = Forwarder(settings, catalogue, store, Patience(telemetry), reader)
    duty = None if settings.generation else duty_of(settings, store, Patience(telemetry), carrier.work_in)
    agents = Agents(app, settings, catalogue, carrier, forwarder, duty)
    agents.attach(names.read)
    worker = Worker(agents, app, loglevel="WARNING", redirect_stdouts=False, stdout=sys.stdout, stderr=sys.stderr)
    worker.execute_from_commandline()
