"""Which generation a worker works in, and its part in a handover: it leaves its partitions, waits, and goes on in the
one that is in force then. Kafka goes on taking records meanwhile.

Where the rules' files are others than those it was started with, it ends instead, and is started again with these.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from clickhouse.client import Store
from clickhouse.generations import Standing, standing
from contract.settings import Settings
from contract.version import version
from streams.patience import Patience

log = logging.getLogger("nhip.worker")
LOOK_S, WAIT_S = 2.0, 0.2


class Duty:
    def __init__(
        self,
        ask: Callable[[], Standing],
        patience: Patience,
        work_in: Callable[[int], None],
        version: Callable[[], str] = str,
    ) -> None:
        """`version` is that of the rules as their files are now."""
        self._ask, self._patience, self._work_in = ask, patience, work_in
        self._version, self._started_with = version, version()
        self._generation = 0
        """0: not known yet, or between two."""
        self._known = asyncio.Event()

    @property
    def between(self) -> bool:
        """Whether what comes has to wait until the generation is known."""
        return not self._generation

    async def known(self) -> None:
        """Returns when it is known in which generation what comes now belongs."""
        if not self._generation:
            await self._known.wait()

    async def follow(self, leave: Callable[[], Awaitable[None]], end: Callable[[], None]) -> None:
        """Runs until cancelled."""
        while True:
            standing = await self._patience.until(self._ask)
            if self._generation and (standing.pending or standing.in_force != self._generation):
                log.warning("generation %s is left: another is about to come into force", self._generation)
                self._generation = 0
                self._known.clear()
                await leave()
                if self._version() != self._started_with:
                    log.warning("the rules were changed: the worker ends, to be started with them")
                    end()
                    return
            elif not self._generation and standing.pending is None:
                self._work_in(standing.in_force)
                self._generation = standing.in_force
                self._known.set()
                log.warning("working in generation %s", self._generation)
            await asyncio.sleep(LOOK_S if self._generation else WAIT_S)


def duty_of(settings: Settings, store: Store, patience: Patience, work_in: Callable[[int], None]) -> Duty:
    return Duty(lambda: standing(store), patience, work_in, lambda: version(settings))
