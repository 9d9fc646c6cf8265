"""A carrier of another generation: it replays beside the live one, and goes on from there, whoever wrote meanwhile."""

import asyncio
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
import pytest

from clickhouse.sink import DERIVED
from clickhouse.tables import TABLES
from contract.codec import Message
from contract.errors import NhipError
from contract.settings import Settings
from contract.telemetry import Telemetry
from contract.topics import Topics
from streams import past
from streams.carrier import Carrier
from streams.missing import nowhere
from streams.pipeline import run
from streams.rebuild import Place, stretches
from tests.fakes import FakeStore
from tests.lives import LOG, SETTINGS, Life, live, reference
from tests.messages import catalogue, shard
from tests.unit.test_rebuild import stored

REPLAYS = msgspec.structs.replace(SETTINGS, replay_from="nhip-g2", generation=2)
NAMES = past.Names(Topics("nhip-g2"), Topics("nhip"))
REPLAYED = re.compile(r"FROM replay_ledger WHERE generation = (\d+) AND .* partition = (\d+) ORDER")
CUTS = range(1, len(LOG))


class Store(FakeStore):
    def query(self, sql: str, /, **given: Any) -> list[tuple[Any, ...]]:
        if " FROM snapshots " in sql:
            kept = [row for row in self.rows("snapshots") if row["generation"] == given["g"]]
            places = {(row["topic"], row["partition"]) for row in kept}
            return [(*p, max(r["offset"] for r in kept if (r["topic"], r["partition"]) == p)) for p in places]
        if found := REPLAYED.search(sql):
            own = [row for row in self.rows("replay_ledger") if row["generation"] == int(found[1])]
            newest = sorted((row for row in own if row["topic"] == given["t"]), key=lambda row: row["offset"])[-1:]
            return [(int(found[2]), row["offset"], int(row["clock"].timestamp()), int(found[1])) for row in newest]
        return super().query(sql, **given)


class AnotherLife(Life):
    """In a generation of its own."""

    def __init__(self, store: FakeStore, generation: int, settings: Settings = SETTINGS) -> None:
        super().__init__(store, settings)
        self.generation = generation

    async def start(self) -> None:
        store: Any = self.store
        missing = nowhere if self._settings.replay_from else None
        telemetry = Telemetry(catalogue().feeds, TABLES)
        self.carrier = Carrier(self._settings, catalogue(), store, telemetry, self.generation, missing=missing)
        self.tasks = [asyncio.create_task(self.carrier.carry()), asyncio.create_task(self.carrier.keep_snapshots())]

    def done(self, offset: int) -> Callable[[], None]:
        return lambda: self.acknowledged.append(offset)

    def lives(self, given: list[Message]) -> list[int]:
        async def through() -> None:
            await self.start()
            try:
                await self.take(given)
                await self.until(lambda: len(self.acknowledged) == len(given))
            finally:
                await self.end()

        asyncio.run(asyncio.wait_for(through(), 30))
        return self.acknowledged


def replay(given: list[Message], upto: int) -> list[Message]:
    """The messages of a replay of this log, as its worker has them."""
    own = shard("cases")
    place = Place("cases", own.place.topic, own.place.partition, own.feed.id)
    messages: list[Message] = []
    after = -1
    for stretch in stretches(*stored([run(own, given)], "cases"), place):
        value, headers = past.written(stretch, place.feed, place.record, after)
        messages.append(Message(NAMES.read.cases, 0, len(messages), 0, value, headers))
        after = stretch.offset
    if after < upto:
        messages.append(Message(NAMES.read.cases, 0, len(messages), 0, b"", past.mark(after, upto)))
    return [NAMES.restored(message) for message in messages]


def seen(store: FakeStore, table: str, generation: int) -> set[str]:
    """What readers see of a generation: the newest row of each key, less where in a log it came from."""
    rows = [row for row in store.rows(table) if row["generation"] == generation]
    newest: dict[Any, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row.get("revision", row["offset"])):
        newest[tuple(row[name] for name in TABLES[table].key)] = row
    without = {"generation", "offset"}
    return {str({name: value for name, value in row.items() if name not in without}) for row in newest.values()}


@cache
def whole() -> FakeStore:
    """Of a run in which nothing was handed over."""
    store = FakeStore()
    live(store)
    return store


@pytest.mark.parametrize("cut", CUTS)
def test_a_replay_writes_derived_rows_alone_and_leaves_the_ledger_to_the_live_run(cut: int) -> None:
    store = Store()
    live(store, LOG[:cut])
    before = {table: store.rows(table) for table in TABLES}
    AnotherLife(store, 2, REPLAYS).lives(replay(LOG[:cut], cut - 1))
    for table in set(TABLES) - {*DERIVED, "replay_ledger", "snapshots"}:
        assert store.rows(table) == before[table]
    for table in DERIVED:
        assert seen(store, table, 2) == seen(store, table, 1)
    assert max(row["offset"] for row in store.rows("replay_ledger")) == cut - 1
    kept = [row for row in store.rows("snapshots") if row["generation"] == 2]
    assert {(row["topic"], max(r["offset"] for r in kept)) for row in kept} == {("nhip.cases", cut - 1)}


@pytest.mark.parametrize("cut", CUTS)
def test_a_live_worker_goes_on_where_the_replay_ended(cut: int) -> None:
    store = Store()
    live(store, LOG[:cut])
    AnotherLife(store, 2, REPLAYS).lives(replay(LOG[:cut], cut - 1))
    AnotherLife(store, 2).lives(LOG[cut:])
    for table in DERIVED:
        assert seen(store, table, 2) == seen(whole(), table, 1)
    assert sorted(map(str, store.rows("case_steps"))) == reference()["case_steps"]
    assert sorted(row["offset"] for row in store.rows("ledger")) == list(range(len(LOG)))


@pytest.mark.parametrize("cut", CUTS)
def test_a_worker_of_the_old_generation_that_did_not_leave_spoils_nothing(cut: int) -> None:
    store = Store()
    live(store, LOG[:cut])
    AnotherLife(store, 2, REPLAYS).lives(replay(LOG[:cut], cut - 1))
    AnotherLife(store, 1).lives(LOG[cut:])  # it slept through the handover, and writes on
    AnotherLife(store, 2).lives(LOG[cut:])
    for table in DERIVED:
        assert seen(store, table, 2) == seen(whole(), table, 1)
    assert sorted(map(str, store.rows("case_steps"))) == reference()["case_steps"]


def test_a_replay_whose_messages_do_not_follow_one_another_ends() -> None:
    messages = replay(LOG, len(LOG) - 1)
    with pytest.raises(NhipError, match="begin it again"):
        AnotherLife(Store(), 2, REPLAYS).lives([msgspec.structs.replace(messages[0], first=3)])
