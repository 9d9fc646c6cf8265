"""Waiting for the store without limit: away, slow or full is an expected state, and it is said."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TypeVar

from clickhouse.client import StoreAway
from contract.telemetry import Telemetry

T = TypeVar("T")
log = logging.getLogger("nhip.worker")
LONGEST_WAIT_S = 5.0


class Patience:
    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry

    async def until(self, work: Callable[[], T]) -> T:
        """Runs blocking work in a thread, again and again while the store is away. Heartbeats go on meanwhile."""
        started, wait = time.monotonic(), 0.1
        while True:
            try:
                done = await asyncio.to_thread(work)
            except StoreAway as away:
                waited = time.monotonic() - started
                self._telemetry.store_away(waited)
                log.warning("waiting for the store, %.1f s: %s", waited, away)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT_S)
            else:
                self._telemetry.store_back()
                return done
