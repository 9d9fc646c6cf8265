"""Lives of a worker's carrier over a store in memory: they take a log, and end when the test says so."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from clickhouse.sink import WRITTEN, Where
from clickhouse.tables import TABLES
from contract.codec import Message
from contract.settings import Settings
from contract.telemetry import Telemetry
from streams.carrier import Carrier
from streams.ledger import ledger_rows
from streams.missing import Read
from streams.partitions import Partitions
from streams.pipeline import run
from tests.builders import MINUTE
from tests.fakes import FakeStore
from tests.messages import NOON, an_action, catalogue, control, log, message, rows, shard, step

SETTINGS = Settings(flush_ms=0, snapshot_s=0.0)


class KilledError(Exception):
    """Stands for the end of the process, wherever it happens."""


class MortalStore(FakeStore):
    """Ends the process at an insert, counted from 1."""

    def __init__(self) -> None:
        super().__init__()
        self.kill: dict[int, str] = {}

    def _insert(self, table: str, columns: Any) -> None:
        how = self.kill.pop(len(self.inserts) + 1, "")
        if how == "before":
            self.inserts.append(table)
            raise KilledError(table)
        super()._insert(table, columns)
        if how:
            raise KilledError(table)


def messages() -> list[Message]:
    """A log that leads to rows in every table of cases: deltas, findings, buckets, actions, a refused record, a
    repeat."""
    good = [step(due_at=NOON + 1, case_id=str(n)) for n in range(3)]
    late = [step(case_id="late", event_at=NOON - 45 * 86_400_000)]
    wrong = [step(case_id="0", state="registered", event_at=NOON + 9)]
    end = [step(case_id=str(n), state="finished", event_at=NOON + 5) for n in range(3)]
    items: list[Any] = [
        NOON,
        good,
        late,
        NOON + MINUTE,
        good,
        wrong,
        NOON + MINUTE + 5,
        end,
        NOON + 2 * MINUTE,
        NOON + 3 * MINUTE,
    ]
    given = log(items, "cases")
    given.append(control(an_action(feed="drill-cases"), offset=len(given), record="cases"))
    return [*given, message([{"x": 1}], len(given), "cases")]


LOG = messages()


def reference(given: list[Message] = LOG, record: str = "cases") -> dict[str, list[str]]:
    """The rows that the table in memory gives."""
    own = shard(record)
    output = run(own, given)
    found = {table: sorted(map(str, rows(output, table))) for table in WRITTEN}
    return {**found, "ledger": sorted(map(str, ledger_rows(own, output.entries).to_pylist()))}


def contents(store: FakeStore) -> dict[str, list[str]]:
    return {table: sorted(map(str, store.rows(table))) for table in (*WRITTEN, "ledger")}


def nothing_missing(where: Where, first: int, end: int, has_memory: bool) -> tuple[list[Message], int]:
    raise AssertionError(f"{where}: {first} to {end} are missing")


class Life:
    """One worker's life over a store: what it was given, and what it acknowledged."""

    def __init__(
        self,
        store: FakeStore,
        settings: Settings = SETTINGS,
        partitions: Partitions | None = None,
        missing: Read | None = None,
    ) -> None:
        self.store, self._settings, self._partitions, self._missing = store, settings, partitions, missing
        self.acknowledged: list[int] = []

    carrier: Carrier

    async def start(self) -> None:
        self.telemetry = Telemetry(catalogue().feeds, TABLES)
        store: Any = self.store
        self.carrier = Carrier(
            self._settings,
            catalogue(),
            store,
            self.telemetry,
            partitions=self._partitions,
            missing=self._missing or nothing_missing,
        )
        self.tasks = [asyncio.create_task(self.carrier.carry()), asyncio.create_task(self.carrier.keep_snapshots())]

    def done(self, offset: int) -> Callable[[], None]:
        def acknowledge() -> None:
            in_ledger = {row["offset"] for row in self.store.rows("ledger")}
            newest = max((row["offset"] for row in self.store.rows("snapshots")), default=-1)
            assert offset in in_ledger
            assert newest >= offset
            self.acknowledged.append(offset)

        return acknowledge

    async def take(self, given: list[Message]) -> None:
        for one in given:
            await self.carrier.take(one, self.done(one.offset))

    async def until(self, reached: Callable[[], bool]) -> None:
        """Waits; what ends the process is raised here."""
        for _ in range(5_000):
            for task in self.tasks:
                if task.done():
                    await task
            if reached():
                return
            await asyncio.sleep(0.001)
        raise AssertionError("it never came to that")

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def live(store: FakeStore, given: list[Message] = LOG, settings: Settings = SETTINGS) -> Life:
    """Takes all messages and waits until all are acknowledged; what ends the process is raised."""
    life = Life(store, settings)

    async def through() -> None:
        await life.start()
        try:
            await life.take(given)
            await life.until(lambda: len(life.acknowledged) == len(given))
        finally:
            await life.end()

    asyncio.run(asyncio.wait_for(through(), 30))
    return life


def lives_until_killed(store: FakeStore, given: list[Message] = LOG) -> Life:
    life = Life(store)

    async def through() -> None:
        await life.start()
        try:
            await life.take(given)
            await life.until(lambda: len(life.acknowledged) == len(given))
        finally:
            await life.end()

    with pytest.raises(KilledError):
        asyncio.run(asyncio.wait_for(through(), 30))
    return life
