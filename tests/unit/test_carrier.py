"""The carrier over a store in memory: what is acknowledged is stored, and whatever ends when, nothing is doubled."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from clickhouse.sink import WRITTEN
from clickhouse.tables import TABLES
from contract.codec import Message
from contract.errors import NhipError, StoreError
from contract.settings import Settings
from contract.telemetry import Telemetry
from streams import carrier as carrier_module
from streams.carrier import Carrier
from streams.ledger import ledger_rows
from streams.pipeline import run
from tests.fakes import FakeStore
from tests.messages import MINUTE, NOON, batch, catalogue, figure, log, message, rows, shard, step, tick

SETTINGS = Settings(flush_ms=0, snapshot_s=0.0)


class KilledError(Exception):
    """Stands for the end of the process, wherever it happens."""


class MortalStore(FakeStore):
    """Ends the process at an insert, counted from 1."""

    def __init__(self) -> None:
        super().__init__()
        self.kill: dict[int, str] = {}

    def insert(self, table: str, columns: Any, token: str = "") -> None:
        how = self.kill.pop(len(self.inserts) + 1, "")
        if how == "before":
            self.inserts.append(table)
            raise KilledError(table)
        super().insert(table, columns, token)
        if how:
            raise KilledError(table)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wait is short."""
    real = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: real(min(seconds, 0.001)))


def messages() -> list[Message]:
    """A log that leads to rows in every table of cases: deltas, findings, buckets, a refused record, a repeat."""
    good = [step(due_at=NOON + 1, case_id=str(n)) for n in range(3)]
    late = [step(case_id="late", event_at=NOON - 45 * 86_400_000)]
    wrong = [step(case_id="0", state="registered", event_at=NOON + 9)]
    end = [step(case_id=str(n), state="finished", event_at=NOON + 5) for n in range(3)]
    items = [NOON, good, late, NOON + MINUTE, good, wrong, NOON + MINUTE + 5, end, NOON + 2 * MINUTE, NOON + 3 * MINUTE]
    given = log(items, "cases")
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


class Life:
    """One worker's life over a store: what it was given, and what it acknowledged."""

    def __init__(self, store: FakeStore, settings: Settings = SETTINGS) -> None:
        self.store, self.acknowledged, self.carrier = store, [], None  # type: ignore[var-annotated]
        self._settings = settings

    async def start(self) -> None:
        self.telemetry = Telemetry(catalogue().feeds, TABLES)
        self.carrier = Carrier(self._settings, catalogue(), self.store, self.telemetry)  # type: ignore[arg-type]
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
            await self.carrier.take(one, self.done(one.offset))  # type: ignore[union-attr]

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


def inserts_of_a_whole_life() -> int:
    store = FakeStore()
    live(store)
    return len(store.inserts)


def test_every_message_is_acknowledged_in_order_after_its_ledger_row_and_a_snapshot() -> None:
    store = FakeStore()
    assert live(store).acknowledged == [m.offset for m in LOG]
    assert contents(store) == reference()
    assert store.inserts[-1] == "snapshots"


def test_nothing_is_acknowledged_while_there_is_no_snapshot() -> None:
    life = Life(FakeStore(), Settings(flush_ms=0, snapshot_s=3600.0))

    async def through() -> None:
        await life.start()
        first = LOG[:1]
        await life.take(first)
        await life.until(lambda: life.acknowledged == [0])  # a partition's first snapshot does not wait
        await life.take(LOG[1:])
        await life.until(lambda: len(life.store.rows("ledger")) == len(LOG))
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert life.acknowledged == [0]
        await life.carrier.leave()  # type: ignore[union-attr]
        assert life.acknowledged == [m.offset for m in LOG]
        await life.end()

    asyncio.run(through())


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_store_that_goes_away_at_any_insert_is_waited_for_and_nothing_is_doubled(how: str) -> None:
    for number in range(1, inserts_of_a_whole_life() + 1):
        store = FakeStore()
        store.fail = {number: how, number + 2: how}
        life = live(store)
        assert life.acknowledged == [m.offset for m in LOG]
        assert contents(store) == reference(), number
        assert life.telemetry.value("nhip_store_waiting_seconds") == 0


@pytest.mark.parametrize("bytes_a_turn", [1, 4_000_000], ids=["message by message", "all at once"])
@pytest.mark.parametrize("how", ["before", "after"])
def test_a_worker_killed_at_any_insert_is_followed_by_one_that_completes_its_rows(
    how: str, bytes_a_turn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second life takes what was not acknowledged, in turns of another size than the first."""
    whole = reference()
    for number in range(1, inserts_of_a_whole_life() + 1):
        store = MortalStore()
        store.kill = {number: how}
        monkeypatch.setattr(carrier_module, "BYTES_A_TURN", 4_000_000)
        first = lives_until_killed(store)
        monkeypatch.setattr(carrier_module, "BYTES_A_TURN", bytes_a_turn)
        live(store, LOG[len(first.acknowledged) :])
        assert contents(store) == whole, (number, store.inserts)


def test_messages_at_or_below_the_snapshot_are_acknowledged_and_no_more() -> None:
    store = FakeStore()
    live(store)
    before = list(store.inserts)
    assert live(store).acknowledged == [m.offset for m in LOG]
    assert store.inserts == before


def test_messages_up_to_the_mark_only_bring_the_state_back() -> None:
    store = MortalStore()
    live(store)
    store.tables["snapshots"] = []
    before = len(store.inserts)
    more = tick(NOON + 5 * MINUTE, len(LOG), "cases")
    live(store, [*LOG, more])
    assert contents(store) == reference([*LOG, more])
    assert set(store.inserts[before:]) <= {"ticks", "case_buckets", "findings", "feed_states", "ledger", "snapshots"}


def raises(error: type[BaseException], life: Life, given: list[Message]) -> None:
    async def through() -> None:
        await life.start()
        try:
            await life.take(given)
            await life.until(lambda: False)
        finally:
            await life.end()

    with pytest.raises(error):
        asyncio.run(through())
    assert life.acknowledged == []


def test_a_step_that_fails_raises_out_of_carry_and_nothing_is_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(carrier_module, "run", broken)
    store = FakeStore()
    raises(ZeroDivisionError, Life(store), LOG)
    assert store.inserts == []


def test_a_store_that_refuses_raises_out_of_carry(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise StoreError("no such column")

    store = FakeStore()
    monkeypatch.setattr(store, "insert", refuse)
    raises(StoreError, Life(store), LOG)


def test_a_partition_of_no_feed_is_said_in_words() -> None:
    strange = Message("nhip.cases", 999, 0, 0, b"[]")

    async def through() -> None:
        life = Life(FakeStore())
        await life.start()
        try:
            with pytest.raises(NhipError, match="belongs to no feed"):
                await life.take([strange])
        finally:
            await life.end()

    asyncio.run(through())


def test_a_worker_stopped_while_it_waits_for_the_store_keeps_no_state_that_is_ahead_of_it() -> None:
    """Else the next worker would take the records for repeats, and their rows would never be written."""
    store = FakeStore()
    life = Life(store)

    async def through() -> None:
        await life.start()
        await life.take(LOG[:1])
        await life.until(lambda: life.acknowledged == [0])
        store.fail = dict.fromkeys(range(len(store.inserts) + 1, len(store.inserts) + 500), "before")
        tried = len(store.inserts)
        await life.take(LOG[1:])
        await life.until(lambda: len(store.inserts) > tried + 2)
        await life.end()
        store.fail = {}
        await life.carrier.leave()  # type: ignore[union-attr]

    asyncio.run(asyncio.wait_for(through(), 30))
    assert life.acknowledged == [0]
    live(store, LOG[1:])
    assert contents(store) == reference()


def test_what_was_queued_when_a_partition_left_is_not_acknowledged_and_the_next_one_takes_it() -> None:
    store = FakeStore()
    life = Life(store)

    async def through() -> None:
        await life.start()
        await life.take(LOG[:3])
        await life.until(lambda: len(life.acknowledged) == 3)
        await life.take(LOG[3:])
        await life.carrier.leave({("nhip.cases", 0)})  # type: ignore[union-attr]
        await life.end()

    asyncio.run(through())
    live(store, LOG[len(life.acknowledged) :])
    assert contents(store) == reference()


def both(first: Message, second: Message) -> Coroutine[Any, Any, list[str]]:
    """In which order the partitions of two feeds are served when one has many messages."""
    store = FakeStore()

    async def through() -> list[str]:
        life = Life(store, Settings(flush_ms=0, flush_rows=1, snapshot_s=3600.0))
        await life.start()
        carrier = life.carrier
        assert carrier is not None
        for _ in range(2):  # their lanes are open
            await carrier.take(first, lambda: None)
            await carrier.take(second, lambda: None)
        busy = [batch([step(case_id=str(n))], n + 1, "cases") for n in range(20)]
        for one in busy:
            await carrier.take(one, lambda: None)
        await carrier.take(batch([figure()], 1), lambda: None)
        await life.until(lambda: len(store.rows("ledger")) == 23)
        await life.end()
        return [row["topic"] for row in store.rows("ledger")]

    return through()


def test_a_busy_partition_does_not_keep_the_others_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrier_module, "BYTES_A_TURN", 1)
    served = asyncio.run(both(tick(NOON, 0, "cases"), tick(NOON, 0)))
    figures = [place for place, topic in enumerate(served) if topic == "nhip.figures"]
    assert figures[1] < 8


def test_too_many_bytes_under_way_slow_the_reader_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrier_module, "MOST_QUEUED_BYTES", 1_000)
    store = FakeStore()
    life = live(store)
    assert life.acknowledged == [m.offset for m in LOG]
    assert contents(store) == reference()
