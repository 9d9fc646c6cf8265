"""A worker ends where it was asked to, and whatever the point, the next one completes what is there."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from bench.faults import clocks, points, weave
from bench.faults.patches import Patches
from bench.faults.points import POINTS, Passage
from clickhouse.client import Store
from streams.carrier import Carrier
from tests.fakes import FakeStore
from tests.lives import LOG, KilledError, Life, contents, live, reference

AROUND_THE_INBOX = {"after_forward"}
IN_CASES = [point for point in POINTS if point not in AROUND_THE_INBOX]


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wait is short."""
    real = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: real(min(seconds, 0.001)))


def killed() -> None:
    raise KilledError


def test_a_point_that_is_not_armed_is_passed(tmp_path: Path) -> None:
    Passage(tmp_path, killed).at("before_ledger")
    assert points.fired(tmp_path) == []


def test_an_armed_point_ends_the_worker_at_the_nth_time_once(tmp_path: Path) -> None:
    passage = Passage(tmp_path, killed)
    passage.at("before_ledger")
    points.arm(tmp_path, "before_ledger", nth=2)
    passage.at("before_ledger")
    passage.at("after_ledger")
    with pytest.raises(KilledError):
        passage.at("before_ledger")
    assert points.fired(tmp_path) == ["before_ledger"]
    assert points.armed(tmp_path) == []
    passage.at("before_ledger")


def test_counting_starts_anew_with_each_order(tmp_path: Path) -> None:
    passage = Passage(tmp_path, killed)
    points.arm(tmp_path, "before_ledger", nth=2)
    passage.at("before_ledger")
    assert points.disarm(tmp_path) == ["before_ledger"]
    (tmp_path / "holds the inode").touch()
    points.arm(tmp_path, "before_ledger", nth=2)
    passage.at("before_ledger")
    with pytest.raises(KilledError):
        passage.at("before_ledger")


def test_of_two_workers_at_an_armed_point_one_ends(tmp_path: Path) -> None:
    one, other = Passage(tmp_path, killed), Passage(tmp_path, killed)
    points.arm(tmp_path, "before_ledger")
    with pytest.raises(KilledError):
        one.at("before_ledger")
    other.at("before_ledger")
    assert points.fired(tmp_path) == ["before_ledger"]


def test_a_point_that_is_none_cannot_be_armed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no point 'before_lunch'; there are inside_batch, "):
        points.arm(tmp_path, "before_lunch")


def test_a_point_passed_costs_next_to_nothing(tmp_path: Path) -> None:
    points.arm(tmp_path, "after_ledger")
    passage = Passage(tmp_path)
    started = time.process_time()
    for _ in range(10_000):
        passage.at("before_ack")
    assert time.process_time() - started < 0.5


def test_the_process_ends_by_a_signal_that_cannot_be_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: sent.append((pid, number)))
    points.die()
    assert sent == [(os.getpid(), 9)]


@pytest.mark.parametrize("point", IN_CASES)
@pytest.mark.parametrize("nth", [1, 2])
def test_a_worker_that_ends_at_any_point_is_followed_by_one_that_completes_its_rows(
    point: str, nth: int, tmp_path: Path
) -> None:
    store = FakeStore()
    life = Life(store)

    async def through() -> None:
        await life.start()
        try:
            for one in LOG:
                await life.take([one])
                await life.until(lambda offset=one.offset: offset in life.acknowledged)  # type: ignore[misc]
        finally:
            await life.end()

    with Patches() as patches:
        weave.points(patches, Passage(tmp_path, killed), FakeStore)
        points.arm(tmp_path, point, nth)
        if (point, nth) == ("taking_over", 2):
            asyncio.run(asyncio.wait_for(through(), 30))  # one partition comes once
        else:
            with pytest.raises(KilledError):
                asyncio.run(asyncio.wait_for(through(), 30))
            assert points.fired(tmp_path) == [point]
        points.disarm(tmp_path)
        rest = LOG[len(life.acknowledged) :]
        if rest:
            live(store, rest)
    assert contents(store) == reference()


def test_a_stop_of_the_event_loop_happens_once_in_the_loop(tmp_path: Path) -> None:
    stood: list[float] = []

    async def idle(_self: Carrier) -> None:
        for _ in range(500):
            await asyncio.sleep(0.001)
            if stood:
                return

    async def through() -> None:
        points.block(tmp_path, 20.0)
        await carry(Any)  # type: ignore[arg-type]

    carry = weave._watched(idle, Passage(tmp_path))
    with Patches() as patches:
        patches.set(time, "sleep", stood.append)
        asyncio.run(through())
    assert stood == points.blocked(tmp_path) == [20.0]


def test_a_wall_clock_jumps_and_is_put_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = clocks.wrong_time(tmp_path)
    assert abs(wrong() - time.time()) < 1.0
    for seconds in (-7200.0, 86_400.0, 0.0):
        clocks.set_offset(tmp_path, seconds)
        deadline = time.monotonic() + 5.0
        while abs(wrong() - time.time() - seconds) > 1.0 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert abs(wrong() - time.time() - seconds) < 1.0


def test_a_senders_clock_is_its_own(tmp_path: Path) -> None:
    clock = clocks.Clock(tmp_path, "permits")
    clocks.set_offset(tmp_path, 3600.0, "permits")
    assert abs(clock.now() - time.time() - 3600.0) < 1.0
    assert clocks.offset(tmp_path) == 0.0


def test_everything_is_put_back(tmp_path: Path) -> None:
    before = (time.time, Store.insert, Carrier.take, Carrier.carry)
    with Patches() as patches:
        weave.weave(patches, Passage(tmp_path), tmp_path)
        assert (time.time, Store.insert, Carrier.take, Carrier.carry) != before
    assert (time.time, Store.insert, Carrier.take, Carrier.carry) == before
