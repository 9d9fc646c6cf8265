"""Messages that are missing before the next: read from Kafka itself, in their order; or, where it has them no longer,
the end of the worker with words. Nothing is ever skipped."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from clickhouse.sink import Where
from contract.codec import Message
from contract.settings import Settings
from streams import missing
from streams.missing import Gone, Read
from tests.fakes import FakeStore
from tests.lives import LOG, Life, contents, live, reference
from tests.messages import NOON, tick


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    real = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: real(min(seconds, 0.001)))


class Kept:
    """What Kafka still has, given out a few at a time."""

    def __init__(self, messages: list[Message] = LOG, piece: int = 1000) -> None:
        self._messages, self._piece = messages, piece
        self.asked: list[tuple[int, int, bool]] = []

    def __call__(self, where: Where, first: int, end: int, has_memory: bool) -> tuple[list[Message], int]:
        self.asked.append((first, end, has_memory))
        found = [message for message in self._messages if first <= message.offset < end][: self._piece]
        return found, found[-1].offset + 1 if len(found) == self._piece else end


def a_life_over(store: FakeStore, given: list[Message], kept: Read) -> Life:
    life = Life(store, missing=kept)

    async def through() -> None:
        await life.start()
        try:
            await life.take(given)
            await life.until(lambda: len(life.acknowledged) == len(given))
        finally:
            await life.end()

    asyncio.run(asyncio.wait_for(through(), 30))
    return life


def stored_but_for_snapshots_after(offset: int) -> FakeStore:
    """A store in which all of the log stands; its snapshots later than the offset are gone."""
    store = FakeStore()
    for end in range(1, len(LOG) + 1):
        live(store, LOG[:end])
    tables = store.tables["snapshots"]
    store.tables["snapshots"] = [table for table in tables if max(table["offset"].to_pylist()) <= offset]
    return store


@pytest.mark.parametrize("piece", [1, 2, 1000])
@pytest.mark.parametrize("newest", [-1, 0, 4])
def test_a_snapshot_older_than_what_was_acknowledged_is_brought_up_to_date_from_kafka(newest: int, piece: int) -> None:
    store, kept = stored_but_for_snapshots_after(newest), Kept(piece=piece)
    more = tick(NOON + 300_000, len(LOG), "cases")
    a_life_over(store, [more], kept)
    assert contents(store) == reference([*LOG, more])
    assert kept.asked[0] == (newest + 1, len(LOG), True)


def test_a_hole_between_two_messages_is_filled_before_the_second_is_taken() -> None:
    store, kept = FakeStore(), Kept()
    given = [message for message in LOG if message.offset not in (3, 4, 7)]
    life = a_life_over(store, given, kept)
    assert contents(store) == reference()
    assert kept.asked == [(3, 5, True), (7, 8, True)]
    assert life.acknowledged == [message.offset for message in given]


def test_offsets_that_hold_no_message_are_passed_over() -> None:
    """A transaction's markers take offsets of their own."""
    store, kept = FakeStore(), Kept([])
    moved = [Message(m.topic, m.partition, m.offset + 5, m.arrived_at, m.value, m.headers) for m in LOG]
    life = a_life_over(store, moved, kept)
    assert kept.asked == [(0, 5, False)]
    assert life.acknowledged == [message.offset for message in moved]


def test_what_kafka_has_no_longer_ends_the_worker_and_nothing_is_acknowledged() -> None:
    def gone(where: Where, first: int, end: int, has_memory: bool) -> Any:
        raise Gone("nhip.cases/0: messages 1 to 3 are needed")

    store = FakeStore()
    life = Life(store, Settings(flush_ms=0, snapshot_s=3600.0), missing=gone)

    async def through() -> None:
        await life.start()
        await life.take(LOG[4:])
        with pytest.raises(Gone, match="1 to 3"):
            await life.until(lambda: False)
        await life.end()

    asyncio.run(asyncio.wait_for(through(), 30))
    assert life.acknowledged == []
    assert store.inserts == []


class FakeLog:
    def __init__(self, first_kept: int, messages: list[Message]) -> None:
        self._first, self._messages = first_kept, messages

    def beginning_offsets(self, topic: str) -> dict[int, int]:
        return {0: self._first}

    def read(self, topic: str, partition: int, start: int, stop: int) -> Iterator[Message]:
        yield from (message for message in self._messages if start <= message.offset < stop)


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Read]:
    def opened(first_kept: int) -> Read:
        @contextmanager
        def log(*_: Any) -> Iterator[FakeLog]:
            yield FakeLog(first_kept, [message for message in LOG if message.offset >= first_kept])

        monkeypatch.setattr(missing, "Log", log)
        return missing.reader(Settings(), lambda waited_s: None)

    return opened


def test_messages_are_read_up_to_the_end_or_a_piece_at_a_time(
    kafka: Callable[..., Read], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = kafka(0)
    found, known_to = read(("nhip.cases", 0), 2, 6, True)
    assert ([message.offset for message in found], known_to) == ([2, 3, 4, 5], 6)
    monkeypatch.setattr(missing, "PIECE_BYTES", len(LOG[2].value) + 1)
    found, known_to = read(("nhip.cases", 0), 2, 9, True)
    assert ([message.offset for message in found], known_to) == ([2, 3], 4)


def test_messages_that_kafka_deleted_are_named_with_what_to_do(kafka: Callable[..., Read]) -> None:
    with pytest.raises(Gone, match=r"nhip\.cases/0: messages 2 to 4 .* Replay the feed .*NHIP_RETAIN_KAFKA_HOURS"):
        kafka(5)(("nhip.cases", 0), 2, 9, True)
    with pytest.raises(Gone, match="messages 2 to 3 "):
        kafka(9)(("nhip.cases", 0), 2, 4, True)


def test_a_partition_that_nobody_ever_took_begins_where_kafka_begins(kafka: Callable[..., Read]) -> None:
    found, known_to = kafka(5)(("nhip.cases", 0), 0, 7, False)
    assert ([message.offset for message in found], known_to) == ([5, 6], 7)
