"""Waiting for the store without limit: away, slow, full or forbidden is a state to be told of, not an error."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TypeVar

from clickhouse.client import StoreAway, StoreForbids
from contract.telemetry import Telemetry

T = TypeVar("T")
log = logging.getLogger("nhip.worker")
LONGEST_WAIT_S = 1.0


class Patience:
    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry
        self._waiting = 0

    @property
    def waiting(self) -> bool:
        """Whether something is knowingly waited for now: standing still is then no fault of the worker's."""
        return self._waiting > 0

    async def until(self, work: Callable[[], T]) -> T:
        """Runs blocking work in a thread, again and again while the store is away. Heartbeats go on meanwhile."""
        started, wait, failed = time.monotonic(), 0.1, False
        try:
            while True:
                try:
                    done = await asyncio.to_thread(work)
                except (StoreAway, StoreForbids) as away:
                    self._waiting += not failed
                    failed = True
                    self._tell(away, time.monotonic() - started)
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, LONGEST_WAIT_S)
                else:
                    self._telemetry.store_back()
                    return done
        finally:
            self._waiting -= failed

    def _tell(self, away: Exception, waited: float) -> None:
        self._telemetry.store_away(waited)
        if isinstance(away, StoreForbids):
            log.error("waiting %.1f s until somebody puts this right: %s", waited, away)
        else:
            log.warning("waiting for the store, %.1f s: %s", waited, away)
