"""What the carrier does with messages read twice, and with those of partitions that it has given back."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from clickhouse.client import StoreAway
from clickhouse.sink import Where
from contract.codec import Message
from contract.settings import Settings
from contract.telemetry import Telemetry
from streams import carrier
from streams.carrier import Carrier
from tests.fakes import FakeStore, Reader
from tests.messages import NOON, catalogue, figure, log

WHERE = ("nhip.figures", 0)
MESSAGES = log([NOON, [figure(value=50.0)], [figure(value=51.0, event_at=NOON + 1)]])


class Shell:
    """Hands messages over as Faust does and keeps what was acknowledged."""

    def __init__(self, store: FakeStore) -> None:
        settings, given = Settings(flush_ms=0, snapshot_s=3_600.0), cast(Any, store)
        self.reader = Reader()
        self.carrier = Carrier(
            settings, catalogue(), given, Telemetry(), partitions=self.reader, missing=self._from_kafka
        )
        self.acknowledged: list[int] = []
        self.read_again: list[tuple[int, int]] = []
        self.carrying: asyncio.Task[None]

    async def take(self, *messages: Message) -> None:
        for one in messages:
            await self.carrier.take(one, lambda offset=one.offset: self.acknowledged.append(offset))  # type: ignore[misc]

    def _from_kafka(self, where: Where, first: int, end: int, has_memory: bool) -> tuple[list[Message], int]:
        self.read_again.append((first, end))
        return [message for message in MESSAGES if first <= message.offset < end], end

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not true():
                await asyncio.sleep(0.001)


def run(scene: Callable[[Shell, FakeStore], Awaitable[None]], carry_after: float = 0.0) -> FakeStore:
    store = FakeStore()

    async def carry(shell: Shell) -> None:
        await asyncio.sleep(carry_after)
        await shell.carrier.carry()

    async def play() -> None:
        shell = Shell(store)
        shell.carrying = asyncio.create_task(carry(shell))
        await scene(shell, store)
        shell.carrying.cancel()

    asyncio.run(play())
    return store


def offsets(store: FakeStore, table: str) -> list[int]:
    return sorted(row["offset"] for row in store.rows(table))


def test_a_message_read_twice_is_counted_once() -> None:
    async def scene(shell: Shell, store: FakeStore) -> None:
        await shell.take(*MESSAGES, *MESSAGES[1:])
        await shell.until(lambda: len(store.rows("ledger")) == len(MESSAGES))

    store = run(scene)
    assert offsets(store, "ledger") == [m.offset for m in MESSAGES]
    assert sum(row["duplicates"] for row in store.rows("ledger")) == 0


def test_a_message_that_waits_while_its_partition_is_given_back_is_read_again() -> None:
    async def scene(shell: Shell, store: FakeStore) -> None:
        async with shell.carrier._turn:  # the partition is not open yet
            await shell.take(MESSAGES[0])
            leaving = asyncio.create_task(shell.carrier.leave({WHERE}))
            await asyncio.sleep(0)
            await shell.take(MESSAGES[1])  # what the reader had in its hands still comes
        await leaving
        assert shell.acknowledged == []
        await shell.take(*MESSAGES)
        await shell.until(lambda: len(store.rows("ledger")) == len(MESSAGES))

    assert offsets(run(scene), "ledger") == [m.offset for m in MESSAGES]


def test_what_was_in_hand_when_a_partition_was_given_back_is_not_taken_before_its_elders() -> None:
    async def scene(shell: Shell, store: FakeStore) -> None:
        await shell.take(*MESSAGES[:2])  # nothing is written yet
        await shell.carrier.leave({WHERE})
        await shell.take(MESSAGES[2])
        await shell.take(*MESSAGES)
        await shell.until(lambda: len(store.rows("ledger")) == len(MESSAGES))
        assert shell.read_again == [(0, 2)]
        await shell.carrier.leave()
        assert sorted(shell.acknowledged) == [0, 1, 2, 2]

    assert offsets(run(scene, carry_after=0.2), "ledger") == [m.offset for m in MESSAGES]


def test_nothing_is_acknowledged_before_a_snapshot_covers_it() -> None:
    async def scene(shell: Shell, store: FakeStore) -> None:
        await shell.take(*MESSAGES)
        await shell.until(lambda: len(store.rows("ledger")) == len(MESSAGES))
        assert shell.acknowledged == []
        await shell.carrier.leave()
        assert shell.acknowledged == [m.offset for m in MESSAGES]

    assert offsets(run(scene), "snapshots") == [MESSAGES[-1].offset]


def test_a_state_ahead_of_the_store_is_kept_by_no_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped after a turn was computed and before its write began, while the write before it was under way."""

    async def scene(shell: Shell, store: FakeStore) -> None:
        def away(*_: Any, **__: Any) -> None:
            raise StoreAway("away")

        def ahead() -> int:
            return sum(lane.ahead for lane in shell.carrier._lanes.values())

        monkeypatch.setattr(carrier, "TURN_MS", 0.0)
        monkeypatch.setattr(carrier, "LEAST_SHARE_MS", 0.0)
        with monkeypatch.context() as patched:
            patched.setattr(store, "insert", away)
            await shell.take(*MESSAGES)
            await shell.until(lambda: ahead() >= 2)
            shell.carrying.cancel()
            await asyncio.gather(shell.carrying, return_exceptions=True)
        await shell.carrier.leave()
        assert shell.acknowledged == []

    store = run(scene)
    assert offsets(store, "ledger") == [MESSAGES[0].offset]
    assert offsets(store, "snapshots") == []


def test_messages_up_to_the_snapshot_are_acknowledged_at_once_and_change_nothing() -> None:
    async def scene(shell: Shell, store: FakeStore) -> None:
        await shell.take(*MESSAGES)
        await shell.until(lambda: len(store.rows("ledger")) == len(MESSAGES))
        await shell.carrier.leave()
        next_life = Shell(store)
        await next_life.take(*MESSAGES)
        carrying = asyncio.create_task(next_life.carrier.carry())
        await next_life.until(lambda: next_life.acknowledged == [m.offset for m in MESSAGES])
        carrying.cancel()

    assert len(run(scene).rows("figures")) == 2


def test_a_worker_that_slept_through_its_session_writes_nothing_of_what_it_lost() -> None:
    """Others have its partitions; it learns so when it has come to itself."""

    async def scene(shell: Shell, store: FakeStore) -> None:
        await shell.take(MESSAGES[0])
        await shell.until(lambda: len(store.rows("ledger")) == 1)
        shell.reader.certain = False
        await shell.take(*MESSAGES[1:])
        await shell.until(lambda: shell.carrier.patient)
        await shell.carrier.leave({WHERE})
        shell.reader.certain = True
        assert shell.acknowledged == []

    store = run(scene)
    assert offsets(store, "ledger") == [0]
    assert offsets(store, "snapshots") == []
    assert store.rows("figures") == []


def test_a_worker_that_only_waits_for_kafka_to_come_back_goes_on() -> None:
    async def scene(shell: Shell, store: FakeStore) -> None:
        shell.reader.certain = False
        await shell.take(*MESSAGES)
        await shell.until(lambda: shell.carrier.patient)
        assert store.inserts == []
        shell.reader.certain = True
        await shell.until(lambda: len(store.rows("ledger")) == len(MESSAGES))

    assert len(run(scene).rows("figures")) == 2
