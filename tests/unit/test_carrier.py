"""The carrier over a store in memory: what is acknowledged is stored, and whatever ends when, nothing is doubled."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from contract.codec import Message
from contract.errors import NhipError, StoreError
from contract.settings import Settings
from streams import carrier as carrier_module
from streams.pipeline import run
from tests.builders import MINUTE
from tests.fakes import FakeStore, Reader
from tests.lives import LOG, Life, MortalStore, contents, live, lives_until_killed, reference
from tests.messages import NOON, batch, figure, step, tick


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wait is short."""
    real = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: real(min(seconds, 0.001)))


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
        await life.carrier.leave()
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


def message_by_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn takes one message of each partition."""
    monkeypatch.setattr(carrier_module, "TURN_MS", 0.0)
    monkeypatch.setattr(carrier_module, "LEAST_SHARE_MS", 0.0)


@pytest.mark.parametrize("turns", ["message by message", "all at once"])
@pytest.mark.parametrize("how", ["before", "after"])
def test_a_worker_killed_at_any_insert_is_followed_by_one_that_completes_its_rows(
    how: str, turns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second life takes what was not acknowledged, in turns of another size than the first."""
    whole = reference()
    for number in range(1, inserts_of_a_whole_life() + 1):
        store = MortalStore()
        store.kill = {number: how}
        first = lives_until_killed(store)
        with monkeypatch.context() as patched:
            if turns == "message by message":
                message_by_message(patched)
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


def test_a_partition_that_is_to_rest_while_it_takes_in_what_is_stored_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of such messages nothing is written, so no write that ends can tell whoever waits for it to be still."""
    store = MortalStore()

    def slow(*given: Any) -> Any:
        time.sleep(0.05)
        return run(*given)

    live(store)
    store.tables["snapshots"] = []
    message_by_message(monkeypatch)
    monkeypatch.setattr(carrier_module, "run", slow)
    often = Settings(flush_ms=0, snapshot_s=0.12)
    assert live(store, settings=often).acknowledged == [m.offset for m in LOG]


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
    life = Life(store, Settings(flush_ms=0, snapshot_s=3600.0))

    async def through() -> None:
        await life.start()
        await life.take(LOG[:1])
        await life.until(lambda: life.acknowledged == [0])
        await life.take(LOG[1:2])
        await life.until(lambda: len(store.rows("ledger")) == 2)
        store.fail = dict.fromkeys(range(len(store.inserts) + 1, len(store.inserts) + 500), "before")
        tried = len(store.inserts)
        await life.take(LOG[2:])
        await life.until(lambda: len(store.inserts) > tried + 2)
        await life.end()
        store.fail = {}
        await life.carrier.leave()

    asyncio.run(asyncio.wait_for(through(), 30))
    live(store, LOG[len(life.acknowledged) :])
    assert contents(store) == reference()


def test_what_was_queued_when_a_partition_left_is_not_acknowledged_and_the_next_one_takes_it() -> None:
    store = FakeStore()
    life = Life(store)

    async def through() -> None:
        await life.start()
        await life.take(LOG[:3])
        await life.until(lambda: len(life.acknowledged) == 3)
        await life.take(LOG[3:])
        await life.carrier.leave({("nhip.cases", 0)})
        await life.end()

    asyncio.run(through())
    live(store, LOG[len(life.acknowledged) :])
    assert contents(store) == reference()


def served(first: Message, second: Message) -> Coroutine[Any, Any, list[str]]:
    """In which order the messages of two feeds are served when one has many."""
    store = FakeStore()

    async def through() -> list[str]:
        life = Life(store, Settings(flush_ms=0, flush_rows=1, snapshot_s=3600.0))
        await life.start()
        await life.take([first, second])
        await life.until(lambda: len(store.rows("ledger")) == 2)  # their lanes are open
        await life.take([batch([step(case_id=str(n))], n + 1, "cases") for n in range(20)])
        await life.take([batch([figure()], 1)])
        await life.until(lambda: len(store.rows("ledger")) == 23)
        await life.end()
        return [row["topic"] for row in store.rows("ledger")]

    return through()


def test_a_busy_partition_does_not_keep_the_others_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    message_by_message(monkeypatch)
    order = asyncio.run(served(tick(NOON, 0, "cases"), tick(NOON, 0)))
    figures = [place for place, topic in enumerate(order) if topic == "nhip.figures"]
    assert figures[1] < 5


def test_a_partition_of_which_too_much_waits_is_not_read_on_and_the_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrier_module, "HOLD_BYTES", 5_000)
    reader, store = Reader(), FakeStore()
    life = Life(store, partitions=reader)

    async def through() -> None:
        await life.start()
        await life.take([batch([figure()])])
        for one in LOG:
            while ("nhip.cases", 0) in reader.held:
                await life.until(lambda: ("nhip.cases", 0) not in reader.held)
            await life.take([one])
        await life.until(lambda: len(life.acknowledged) == len(LOG) + 1)
        await life.end()

    asyncio.run(asyncio.wait_for(through(), 30))
    assert set(reader.ever) == {("nhip.cases", 0)}
    assert not reader.held
    assert {row["topic"] for row in store.rows("ledger")} == {"nhip.cases", "nhip.figures"}


def test_a_small_partition_is_served_in_the_same_turn_as_one_that_floods(monkeypatch: pytest.MonkeyPatch) -> None:
    """The flood gets what the others leave over, and no more than a turn's time."""
    monkeypatch.setattr(carrier_module, "TURN_MS", 10.0)
    store = FakeStore()
    life = Life(store, Settings(flush_ms=0, flush_rows=50_000, snapshot_s=3600.0))

    async def through() -> None:
        await life.start()
        await life.take([tick(NOON, 0, "cases"), tick(NOON, 0)])
        await life.until(lambda: len(store.rows("ledger")) == 2)
        await life.take([batch([step(case_id=f"{m}-{n}") for n in range(50)], m + 1, "cases") for m in range(200)])
        await life.take([batch([figure()], 1)])
        await life.until(lambda: any(r["topic"] == "nhip.figures" and r["offset"] == 1 for r in store.rows("ledger")))
        before = sum(row["topic"] == "nhip.cases" for row in store.rows("ledger"))
        await life.end()
        assert before < 200

    asyncio.run(asyncio.wait_for(through(), 30))
