"""What the carrier does with messages read twice, and with those of partitions that it has given back."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from clickhouse.client import StoreAway
from contract.codec import Message
from contract.settings import Settings
from contract.telemetry import Telemetry
from streams import carrier
from streams.carrier import Carrier
from tests.fakes import FakeStore
from tests.messages import NOON, catalogue, figure, log

WHERE = ("nhip.figures", 0)
MESSAGES = log([NOON, [figure(value=50.0)], [figure(value=51.0, event_at=NOON + 1)]])


class Shell:
    """Hands messages over as Faust does and keeps what was acknowledged."""

    def __init__(self, store: FakeStore) -> None:
        settings = Settings(flush_ms=0, snapshot_s=3_600.0)
        self.carrier = Carrier(settings, catalogue(), store, Telemetry())  # type: ignore[arg-type]
        self.acknowledged: list[int] = []
        self.carrying: asyncio.Task[None]

    async def take(self, *messages: Message) -> None:
        for one in messages:
            await self.carrier.take(one, lambda offset=one.offset: self.acknowledged.append(offset))  # type: ignore[misc]

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
        async with shell.carrier._turn:  # the partition is not open yet, and this message waits for its turn
            waiting = asyncio.create_task(shell.take(MESSAGES[0]))
            await asyncio.sleep(0)
            leaving = asyncio.create_task(shell.carrier.leave({WHERE}))
            await asyncio.sleep(0)
        await asyncio.gather(waiting, leaving)
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

        monkeypatch.setattr(carrier, "BYTES_A_TURN", 1)
        with monkeypatch.context() as patched:
            patched.setattr(store, "insert", away)
            await shell.take(*MESSAGES)
            await shell.until(lambda: ahead() == 2)
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
        assert next_life.acknowledged == [m.offset for m in MESSAGES]

    assert len(run(scene).rows("figures")) == 2
