"""A newer version reads what today's left; today's goes on from its own older snapshots when it comes back."""

import asyncio

import pytest

from bench.faults import upgrade
from bench.faults.patches import Patches
from contract.codec import Message
from streams.snapshots import READS
from streams.state import FORMAT
from tests.fakes import FakeStore
from tests.lives import LOG, Life, contents, reference

NEXT = max(READS) + 1


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wait is short."""
    real = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: real(min(seconds, 0.001)))


def lived(store: FakeStore, given: list[Message], asked: list[tuple[int, int]]) -> None:
    """Takes the messages until all are acknowledged; Kafka has the whole log, and it is noted what was asked of it."""

    def missing(_where: object, first: int, end: int, _has_memory: bool) -> tuple[list[Message], int]:
        asked.append((first, end))
        return LOG[first:end], end

    life = Life(store, missing=missing)

    async def through() -> None:
        await life.start()
        try:
            await life.take(given)
            await life.until(lambda: given[-1].offset in life.acknowledged)
        finally:
            await life.end()

    asyncio.run(asyncio.wait_for(through(), 30))


def formats(store: FakeStore) -> list[int]:
    return [row["format"] for row in store.rows("snapshots")]


def test_a_newer_version_takes_over_and_todays_comes_back() -> None:
    store = FakeStore()
    asked: list[tuple[int, int]] = []
    lived(store, LOG[:4], asked)
    with Patches() as patches:
        upgrade.another_format(patches, NEXT)
        lived(store, LOG[4:6], asked)
        lived(store, LOG[6:8], asked)
    assert asked == []
    assert set(formats(store)) == {FORMAT, NEXT}
    lived(store, LOG[8:], asked)
    assert asked == [(4, 8)]  # what only the newer version's snapshots hold is made again
    assert formats(store)[-1] == FORMAT
    assert contents(store) == reference()


@pytest.mark.parametrize("number", READS)
def test_a_format_that_todays_version_reads_is_no_other(number: int) -> None:
    with Patches() as patches, pytest.raises(ValueError, match="give another number"):
        upgrade.another_format(patches, number)
