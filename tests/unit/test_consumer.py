"""Faust's consumer with our differences: who acknowledges, which partitions rest, how a message is handed over."""

import asyncio
import time
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import faust.transport.drivers.aiokafka as driver
import pytest
from aiokafka.errors import CorruptRecordException
from faust.types import TP

from contract.settings import Settings
from streams.worker import SESSION_S, Consumer, Transport, app_of

ONE, TWO = ("nhip.figures", 1), ("nhip.figures", 2)


@pytest.fixture
def consumer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Without Kafka; `asked` is what the driver was asked for."""
    made: Any = Consumer.__new__(Consumer)
    made._resting, made._covered = set(), {}
    made._committed_offset, made._read_offset = defaultdict(lambda: None), defaultdict(lambda: None)
    made.suspend_flow = asyncio.Event()
    asked: list[tuple[Any, float]] = []

    async def getmany(self: Any, active: Any, timeout: float) -> dict[Any, Any]:
        asked.append((set(active), timeout))
        return {}

    monkeypatch.setattr(driver.Consumer, "_getmany", getmany)
    made.asked = asked
    return made


def committable(consumer: Any) -> dict[TP, int]:
    return dict(consumer._filter_committable_offsets(consumer._filter_tps_with_pending_acks()))


def test_only_the_carrier_acknowledges(consumer: Any) -> None:
    left_out = SimpleNamespace(acked=False, tp=TP(*ONE), offset=7, topic=ONE[0])
    assert consumer.ack(left_out) is False
    assert committable(consumer) == {}
    consumer.acknowledge(ONE, 7)
    assert committable(consumer) == {TP(*ONE): 8}


def test_an_acknowledgement_covers_everything_before_it_and_never_goes_back(consumer: Any) -> None:
    consumer.acknowledge(ONE, 900)
    consumer.acknowledge(ONE, 12)
    assert committable(consumer) == {TP(*ONE): 901}


def test_what_kafka_knows_is_not_told_again(consumer: Any) -> None:
    consumer.acknowledge(ONE, 7)
    consumer._committed_offset[TP(*ONE)] = 8
    assert committable(consumer) == {}
    consumer.acknowledge(ONE, 8)
    assert committable(consumer) == {TP(*ONE): 9}


def test_a_partition_that_is_held_is_not_asked_for_and_the_others_are(consumer: Any) -> None:
    consumer.hold(ONE)
    active = {TP(*ONE), TP(*TWO)}
    asyncio.run(consumer._getmany(active, 1.0))
    consumer.release(ONE)
    asyncio.run(consumer._getmany(active, 1.0))
    assert consumer.asked == [({TP(*TWO)}, 0.1), (active, 1.0)]


def test_an_answer_that_was_damaged_is_asked_for_again_from_what_was_handed_over(
    consumer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the same answer held of other partitions is lost with it: their positions have moved on already."""
    sought: list[tuple[TP, int]] = []

    async def damaged(self: Any, active: Any, timeout: float) -> dict[Any, Any]:
        raise CorruptRecordException(f"Invalid CRC - {ONE}")

    async def in_thread(work: Any) -> None:
        await work()

    fetcher = SimpleNamespace(seek_to=lambda partition, offset: sought.append((partition, offset)))
    reader = SimpleNamespace(_fetcher=fetcher)
    consumer._thread = SimpleNamespace(
        call_thread=in_thread, _ensure_consumer=lambda: reader, assignment=lambda: {TP(*ONE), TP(*TWO)}
    )
    consumer._read_offset[TP(*TWO)] = 41
    monkeypatch.setattr(driver.Consumer, "_getmany", damaged)
    assert asyncio.run(consumer._getmany({TP(*ONE)}, 1.0)) == {}
    assert sought == [(TP(*TWO), 41)]


def test_with_every_partition_held_nothing_is_asked_for(consumer: Any) -> None:
    """The driver takes no partitions for all partitions."""
    consumer.hold(ONE)
    assert asyncio.run(consumer._getmany({TP(*ONE)}, 1.0)) == {}
    assert consumer.asked == []


def test_a_message_that_goes_through_at_once_is_guarded_by_no_task(
    consumer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded: list[Any] = []

    async def guard(self: Any, *given: Any, timeout: Any = None) -> str:
        guarded.append(given)
        for one in given:
            if asyncio.iscoroutine(one):
                one.close()
            else:
                await one
        return "guarded"

    monkeypatch.setattr(driver.Consumer, "wait_first", guard)
    handed: list[int] = []

    async def hand(offset: int, waits: bool) -> None:
        if waits:
            await asyncio.sleep(0)
        handed.append(offset)

    async def through() -> None:
        await consumer.wait_first(hand(1, False), consumer.suspend_flow.wait())
        assert (handed, guarded) == ([1], [])
        assert await consumer.wait_first(hand(2, True), consumer.suspend_flow.wait()) == "guarded"
        assert handed == [1, 2]
        consumer.suspend_flow.set()  # a rebalance has begun: what is not handed over yet is not
        assert await consumer.wait_first(hand(3, False), consumer.suspend_flow.wait()) == "guarded"
        assert handed == [1, 2]

    asyncio.run(through())


def test_the_group_is_sure_for_a_session_after_it_was_heard_of(consumer: Any) -> None:
    kafka = SimpleNamespace(heard_at=time.monotonic() - SESSION_S + 1)
    consumer._thread = SimpleNamespace(_ensure_consumer=lambda: kafka)
    assert consumer.sure()
    kafka.heard_at -= 1
    assert not consumer.sure()


def test_our_app_has_our_consumer_and_does_not_wait_for_tables() -> None:
    app: Any = app_of(Settings())
    assert isinstance(app.transport, Transport)
    assert app.transport.Consumer is Consumer
    assert app.conf.TableManager.__name__ == "Tables"
