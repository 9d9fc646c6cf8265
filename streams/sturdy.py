"""The one door to aiokafka: the driver under Faust, mended where it gave up without a word.

Its reader is a task that nobody waits for. What it does not expect (a connection closed under uvloop, its issue 1038;
an answer in which a bit was flipped on the way) ended that task, and nothing was read any more.
"""

import asyncio
import logging
import time
from typing import Any

import aiokafka
import aiokafka.conn
import aiokafka.consumer.consumer
import aiokafka.consumer.fetcher
from aiokafka.errors import CorruptRecordException, KafkaConnectionError

from streams.watchdog import end

log = logging.getLogger("nhip.worker")
FETCH_WAIT_MS = 50
"""Faust's driver waits 1,500 ms for idle partitions and holds busy ones back meanwhile: p99 1,809 ms instead of 376."""
AGAIN_S = 0.1

DamagedAnswer = CorruptRecordException


class PromptConsumer(aiokafka.AIOKafkaConsumer):  # type: ignore[misc]
    """Waits no longer than we say for idle partitions, knows when it last heard of its group, and never stops reading
    without a word."""

    heard_at = 0.0

    def __init__(self, *topics: str, **settings: Any) -> None:
        super().__init__(*topics, **{**settings, "fetch_max_wait_ms": FETCH_WAIT_MS})

    async def start(self) -> None:
        await super().start()
        self._fetcher._fetch_task.add_done_callback(reading_ended)
        beat = self._coordinator._do_heartbeat

        async def heard() -> bool:
            success = bool(await beat())
            if success:
                self.heard_at = time.monotonic()
            return success

        self._coordinator._do_heartbeat = heard


class SturdyConnection(aiokafka.conn.AIOKafkaConnection):  # type: ignore[misc]
    def send(self, request: Any, expect_response: bool = True) -> Any:
        """uvloop refuses to write to a closed transport with an error that aiokafka does not expect there (its issue
        1038): its fetcher would end, and nothing be read any more."""
        try:
            return super().send(request, expect_response)
        except RuntimeError as error:
            self.close(reason=aiokafka.conn.CloseReason.CONNECTION_BROKEN)
            raise KafkaConnectionError(f"the connection to {self.host}:{self.port} is closed: {error}") from error


class SturdyFetcher(aiokafka.consumer.fetcher.Fetcher):  # type: ignore[misc]
    async def _proc_fetch_request(self, assignment: Any, node_id: Any, request: Any) -> bool:
        """An answer that cannot be made out, or tells of what was not asked for, is asked again: its partitions are
        where they were. If it comes so every time, `Reading` ends us."""
        try:
            return bool(await super()._proc_fetch_request(assignment, node_id, request))
        except Exception as error:
            log.warning("an answer of Kafka's cannot be made out, it is asked again: %r", error)
            await asyncio.sleep(AGAIN_S)
            return False


def reading_ended(task: asyncio.Task[None]) -> None:
    """The reader ends when it is cancelled; else it met what nobody thought of."""
    if not task.cancelled() and (error := task.exception()):
        end(f"the reader of Kafka ended: {error!r}")


vars(aiokafka.conn)["AIOKafkaConnection"] = SturdyConnection
vars(aiokafka.consumer.consumer)["Fetcher"] = SturdyFetcher
