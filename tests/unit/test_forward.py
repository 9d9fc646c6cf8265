"""The inbox's carrier: many messages at a time; each is acknowledged when its records are in their partitions and its
ledger row is in the store."""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import pytest

from contract.codec import Message
from contract.settings import Settings
from contract.telemetry import Telemetry
from streams import forward as forward_module
from streams.forward import Forwarder
from streams.patience import Patience
from tests.fakes import FakeStore, Reader
from tests.messages import NOON, catalogue, figure

INBOX = ("nhip.inbox", 0)


class FakeProducer:
    """Keeps what was sent; `flush` is when Kafka has it."""

    def __init__(self, settings: Settings, linger_ms: int = 0) -> None:
        self.sent: list[bytes] = []
        self.flushed = self.flushes = 0
        self.threads: set[str] = set()
        made.append(self)

    def send(self, topic: str, partition: int, value: bytes, headers: Mapping[str, bytes]) -> None:
        self.sent.append(value)
        self.threads.add(threading.current_thread().name)

    def flush(self) -> None:
        self.flushed = len(self.sent)
        self.flushes += 1


made: list[FakeProducer] = []


@pytest.fixture(autouse=True)
def producers(monkeypatch: pytest.MonkeyPatch) -> None:
    made.clear()
    monkeypatch.setattr(forward_module, "Producer", FakeProducer)
    real = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: real(min(seconds, 0.001)))


def message(offset: int, **different: Any) -> Message:
    value = json.dumps(figure(record_id=str(offset), **different)).encode()
    return Message(*INBOX, offset, NOON + offset, value)


class Inbox:
    def __init__(self, store: FakeStore, kept: list[Message] | None = None) -> None:
        given: Any = store
        self.store, self.kept, self.reader = store, kept or [], Reader()
        self.forwarder = Forwarder(
            Settings(), catalogue(), given, Patience(Telemetry()), self.reader, self._from_kafka
        )
        self.acknowledged: list[int] = []

    async def take(self, *messages: Message) -> None:
        for one in messages:
            await self.forwarder.take(one, self._done(one.offset))

    def _done(self, offset: int) -> Callable[[], None]:
        def acknowledge() -> None:
            assert offset in {row["offset"] for row in self.store.rows("ledger")}
            self.acknowledged.append(offset)

        return acknowledge

    def _from_kafka(self, where: Any, first: int, end: int, has_memory: bool) -> tuple[list[Message], int]:
        return [one for one in self.kept if first <= one.offset < end], end

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not true():
                await asyncio.sleep(0.001)


Scene = Callable[[Inbox], Coroutine[Any, Any, None]]


def play(scene: Scene, store: FakeStore | None = None, **given: Any) -> FakeStore:
    store = store or FakeStore()

    async def through() -> None:
        inbox = Inbox(store, **given)
        carrying = asyncio.create_task(inbox.forwarder.carry())
        try:
            await scene(inbox)
        finally:
            carrying.cancel()

    asyncio.run(through())
    return store


def test_what_waits_is_sent_on_together_and_acknowledged_in_order() -> None:
    async def scene(inbox: Inbox) -> None:
        await inbox.take(*(message(n) for n in range(200)))
        await inbox.until(lambda: inbox.acknowledged == list(range(200)))

    store = play(scene)
    assert made[0].flushed == len(made[0].sent) == 200
    assert made[0].flushes < 10
    assert store.inserts.count("ledger") == made[0].flushes
    assert sum(row["accepted"] for row in store.rows("ledger")) == 200


def test_records_are_placed_and_sent_outside_the_event_loop() -> None:
    async def scene(inbox: Inbox) -> None:
        await inbox.take(message(0))
        await inbox.until(lambda: inbox.acknowledged == [0])

    play(scene)
    assert threading.current_thread().name not in made[0].threads


def test_what_an_earlier_life_sent_on_is_acknowledged_and_not_sent_again() -> None:
    async def first(inbox: Inbox) -> None:
        await inbox.take(message(0), message(1))
        await inbox.until(lambda: inbox.acknowledged == [0, 1])

    async def second(inbox: Inbox) -> None:
        await inbox.take(message(0), message(1), message(2, feed="nowhere"))
        await inbox.until(lambda: inbox.acknowledged == [0, 1, 2])

    store = play(second, play(first))
    assert len(made[1].sent) == 0
    assert sorted(row["offset"] for row in store.rows("ledger")) == [0, 1, 2]
    assert [row["reason"] for row in store.rows("rejected")] == ["unknown_feed"]


@pytest.mark.parametrize("how", ["before", "after"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_store_that_goes_away_is_waited_for_and_nothing_is_doubled(number: int, how: str) -> None:
    store = FakeStore()
    store.fail = {number: how}

    async def scene(inbox: Inbox) -> None:
        await inbox.take(message(0, feed="nowhere"), message(1))
        await inbox.until(lambda: inbox.acknowledged == [0, 1])

    play(scene, store)
    assert len(made[0].sent) == 1
    assert len(store.rows("rejected")) == 1
    assert sorted(row["offset"] for row in store.rows("ledger")) == [0, 1]


def test_messages_missing_before_the_next_are_read_from_kafka_itself() -> None:
    async def scene(inbox: Inbox) -> None:
        await inbox.take(message(3))
        await inbox.until(lambda: inbox.acknowledged == [3])

    store = play(scene, kept=[message(n) for n in range(3)])
    assert sorted(row["offset"] for row in store.rows("ledger")) == [0, 1, 2, 3]


def test_a_flooded_inbox_is_not_read_on_until_it_is_worked_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward_module, "HOLD_BYTES", 10_000)

    async def scene(inbox: Inbox) -> None:
        await inbox.take(*(message(n) for n in range(100)))
        assert inbox.reader.held == {INBOX}
        await inbox.until(lambda: len(inbox.acknowledged) == 100)
        assert inbox.reader.held == set()

    play(scene)


def test_a_partition_that_was_given_back_begins_anew() -> None:
    async def scene(inbox: Inbox) -> None:
        await inbox.take(message(0))
        await inbox.until(lambda: inbox.acknowledged == [0])
        inbox.forwarder.leave({INBOX})
        await inbox.take(message(0), message(1))
        await inbox.until(lambda: inbox.acknowledged == [0, 0, 1])

    assert sorted(row["offset"] for row in play(scene).rows("ledger")) == [0, 1]
