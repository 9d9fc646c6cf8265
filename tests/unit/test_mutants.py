"""Each planted mistake shows under the fault that must catch it, and nothing shows without a mistake."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest

from bench.faults import mutants, mutants_acks, mutants_rows, points, weave
from bench.faults.mutants import MUTANTS
from bench.faults.patches import Patches
from bench.faults.points import POINTS, Passage
from clickhouse.sink import WRITTEN
from clickhouse.tables import TABLES
from contract.codec import Message
from contract.settings import Settings
from streams.agents import Agents
from streams.past import names_of
from streams.worker import Consumer
from tests.builders import DAY, MINUTE
from tests.fakes import FakeStore
from tests.lives import KilledError, Life
from tests.messages import NOON, batch, log, step, tick

ELSEWHERE = {"none", "worker-kill", "worker-stop", "engine-kill", "store-away"}
ELSEWHERE |= {"producer-kill", "clock-jump", "handover", "worker-zombie"}
"""Kinds of faults that are no points."""
BY_READING = {"take_with_own_ack"}
"""What shows only where Faust hands messages out; here they come straight to the carrier."""
AT_POINTS = [
    (name, kind)
    for name, mutant in MUTANTS.items()
    for kind in mutant.kinds
    if kind in POINTS and name not in BY_READING
]
FIRST = 3
"""Messages that the first life is done with; it ends over the next two."""


def cases(*numbers: int, **rest: Any) -> list[dict[str, Any]]:
    return [step(due_at=NOON + DAY, **{"case_id": str(number), **rest}) for number in numbers]


GIVEN = log(
    [
        NOON,
        cases(1, 2, 3),
        NOON + MINUTE,
        [*cases(4, 5), *cases(1, 2), *cases(6, unit="H99")],  # new, sent again, refused
        cases(1, 4, state="finished", event_at=NOON + 9),
        cases(3, 7, state="finished", event_at=NOON + MINUTE),
        NOON + 2 * MINUTE,
        cases(8),
        NOON + 3 * MINUTE,
    ],
    "cases",
)


class TokenStore(FakeStore):
    """Drops an insert whose token was taken before, as the engine does."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: set[str] = set()

    def insert(self, table: str, columns: pa.Table, token: str = "") -> None:
        if token in self.tokens:
            return
        super().insert(table, columns, token)
        if token:
            self.tokens.add(token)

    def query(self, sql: str, /, **given: Any) -> list[tuple[Any, ...]]:
        for table in mutants_rows.RAW:
            if f" FROM {table} WHERE" in sql and " UNION ALL " not in sql:
                offsets = [row["offset"] for row in self.rows(table)]
                return [(max(offsets, default=0), len(offsets))]
        return super().query(sql, **given)


class Free(Life):
    """A life that nobody watches: it may acknowledge what is not stored. Kafka has the whole log for it."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store, missing=lambda _where, first, end, _has_memory: (GIVEN[first:end], end))

    def done(self, offset: int) -> Callable[[], None]:
        return lambda: self.acknowledged.append(offset)

    async def through(self, *portions: list[Message]) -> None:
        """Takes each portion when the one before is acknowledged and nothing moves any more."""
        for portion in portions:
            await self.take(portion)
            await self.until(lambda last=portion[-1].offset: last in self.acknowledged)  # type: ignore[misc]
            await self.settled()

    async def settled(self) -> None:
        quiet = 0
        while quiet < 30:
            before = len(self.store.inserts)
            await self.until(lambda: True)
            await asyncio.sleep(0.001)
            quiet = quiet + 1 if len(self.store.inserts) == before else 0


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wait is short, and mistakes are planted in the store in memory."""
    real = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: real(min(seconds, 0.001)))
    for module in (mutants_acks, mutants_rows):
        monkeypatch.setattr(module, "Store", TokenStore)


@contextmanager
def planted(name: str) -> Iterator[None]:
    """The mistake of that name; none for ""."""
    with Patches() as patches:
        if name:
            mutants.apply(name, patches)
        yield


def lived(store: FakeStore, *portions: list[Message]) -> Free:
    life = Free(store)

    async def whole() -> None:
        await life.start()
        try:
            await life.through(*portions)
        finally:
            await life.end()

    asyncio.run(asyncio.wait_for(whole(), 30))
    return life


def view(store: FakeStore) -> dict[str, list[str]]:
    """What readers see: of rows of one key the newest."""
    found = {}
    for table in (*WRITTEN, "ledger"):
        newest = {tuple(row[name] for name in TABLES[table].key): row for row in store.rows(table)}
        found[table] = sorted(map(str, newest.values()))
    return found


def stored(*portions: list[Message]) -> dict[str, list[str]]:
    store = TokenStore()
    lived(store, *portions)
    return view(store)


def differing(found: dict[str, list[str]], wanted: dict[str, list[str]]) -> set[str]:
    return {table for table in wanted if found[table] != wanted[table]}


def after_a_kill(point: str, folder: Path) -> dict[str, list[str]]:
    """The first life ends at the point; the second reads on from where Kafka has it."""
    store = TokenStore()
    first = Free(store)

    async def dies() -> None:
        await first.start()
        try:
            await first.through(GIVEN[:FIRST])
            points.arm(folder, point)
            await first.take(GIVEN[FIRST : FIRST + 2])
            await first.settled()
        finally:
            await first.end()

    with Patches() as patches:
        weave.points(patches, Passage(folder, _killed), TokenStore)
        with pytest.raises(KilledError):
            asyncio.run(asyncio.wait_for(dies(), 30))
    assert points.fired(folder) == [point]
    lived(store, GIVEN[max(first.acknowledged) + 1 :])
    return view(store)


def _killed() -> None:
    raise KilledError


def test_there_are_enough_and_each_says_what_must_catch_it() -> None:
    assert len(MUTANTS) >= 10
    for mutant in MUTANTS.values():
        assert mutant.kinds
        assert set(mutant.kinds) <= ELSEWHERE | set(POINTS)
        assert mutant.what
        assert mutant.shown


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mistake_is_planted_and_taken_out_again(name: str) -> None:
    with Patches() as patches:
        mutants.apply(name, patches)
        owners = [(owner, attribute) for owner, attribute, _ in patches._before]
    assert owners
    before = [getattr(owner, attribute) for owner, attribute in owners]
    with mutants.applied(name):
        assert all(getattr(*one) is not was for one, was in zip(owners, before, strict=True))
    assert [getattr(owner, attribute) for owner, attribute in owners] == before


@pytest.mark.parametrize("point", sorted({point for _, point in AT_POINTS}))
def test_without_a_mistake_a_kill_leaves_no_trace(point: str, tmp_path: Path) -> None:
    assert differing(after_a_kill(point, tmp_path), stored(GIVEN)) == set()


@pytest.mark.parametrize(("name", "point"), AT_POINTS)
def test_a_kill_shows_the_mistake(name: str, point: str, tmp_path: Path) -> None:
    wanted = stored(GIVEN)
    with planted(name):
        assert differing(after_a_kill(point, tmp_path), wanted)


@pytest.mark.parametrize(("name", "tables"), [("", set[str]()), ("swallowed_exception", {"case_steps"})])
def test_an_insert_that_fails_shows_that_exceptions_are_swallowed(name: str, tables: set[str]) -> None:
    store = TokenStore()
    store.fail = dict.fromkeys(range(1, 7), "before")
    with planted(name):
        lived(store, GIVEN)
    differ = differing(view(store), stored(GIVEN))
    assert differ >= tables
    assert bool(differ) is bool(tables)


def test_a_sender_that_repeats_shows_that_repeats_are_told_by_offset() -> None:
    wanted = stored(GIVEN)
    with planted("dedup_by_offset"):
        assert differing(stored(GIVEN), wanted) >= {"case_buckets", "ledger"}


@pytest.mark.parametrize(("name", "tables"), [("", set[str]()), ("no_seen_in_snapshot", {"case_buckets", "ledger"})])
def test_a_sender_that_repeats_after_a_stop_shows_that_ids_were_forgotten(name: str, tables: set[str]) -> None:
    store = TokenStore()
    with planted(name):
        lived(store, GIVEN[:FIRST])
        lived(store, GIVEN[FIRST:])
    differ = differing(view(store), stored(GIVEN))
    assert differ >= tables
    assert bool(differ) is bool(tables)


def test_sums_of_floats_show_where_a_log_was_cut() -> None:
    def begun(*numbers: int) -> list[dict[str, Any]]:
        return [step(due_at=NOON, case_id=str(n), event_at=NOON - (n + 1) * 86_399_971) for n in numbers]

    def ended(*numbers: int) -> list[dict[str, Any]]:
        return [step(case_id=str(n), state="finished", event_at=NOON + 5) for n in numbers]

    batches = [begun(*range(9)), begun(*range(9, 18)), ended(*range(9)), ended(*range(9, 18))]
    given = [tick(NOON, 0, "cases"), *(batch(rows, 1 + n, "cases") for n, rows in enumerate(batches))]
    given.append(tick(NOON + MINUTE, 5, "cases"))
    assert stored(given) == stored(given[:4], given[4:])
    with planted("float_sums"):
        assert differing(stored(given), stored(given[:4], given[4:])) == {"case_buckets"}


def test_rows_show_that_the_clock_was_the_walls() -> None:
    wanted = stored(GIVEN)
    with planted("clock_by_wall"):
        assert differing(stored(GIVEN), wanted) >= {"ticks"}


@pytest.mark.parametrize(("name", "tables"), [("", set[str]()), ("keeps_what_it_gave_back", {"case_buckets"})])
def test_a_partition_that_comes_back_shows_that_it_was_gone_on_with_from_memory(name: str, tables: set[str]) -> None:
    store = TokenStore()
    life, other = Free(store), Free(store)

    async def through() -> None:
        for one in (life, other):
            await one.start()
        try:
            await life.through(GIVEN[:FIRST])
            await life.carrier.leave({(GIVEN[0].topic, GIVEN[0].partition)})
            await other.through(GIVEN[FIRST : FIRST + 2])
            await life.through(GIVEN[FIRST + 2 :])
        finally:
            for one in (life, other):
                await one.end()

    with planted(name):
        asyncio.run(asyncio.wait_for(through(), 30))
    assert differing(view(store), stored(GIVEN)) & {"case_buckets"} == tables


class Event:
    """As Faust hands it out; its own `ack` reaches the consumer."""

    def __init__(self, offset: int) -> None:
        self.message, self.value = self, b"{}"
        self.topic, self.partition, self.offset, self.timestamp = "t", 0, offset, 1.0
        self.headers: dict[str, bytes] = {}


class Kafka:
    """What Faust would tell the broker."""

    def __init__(self) -> None:
        self.acknowledged: list[int] = []

    def acknowledge(self, _where: tuple[str, int], offset: int) -> None:
        self.acknowledged.append(offset)


class Stream:
    """As Faust's: `take_events` acknowledges in a `finally`, what comes after `noack` nobody but the reader."""

    def __init__(self, consumer: Kafka) -> None:
        self._events, self._consumer = [Event(offset) for offset in range(3)], consumer
        self.channel = SimpleNamespace(queue=asyncio.Queue())

    def noack(self) -> "Stream":
        return self

    async def events(self) -> Any:
        for event in self._events:
            yield event

    async def take_events(self, most: int, within: float) -> Any:
        try:
            yield self._events
        finally:
            for event in self._events:
                Consumer.ack(cast(Any, self._consumer), event)


@pytest.mark.parametrize(("name", "wanted"), [("", []), ("take_with_own_ack", [0, 1, 2])])
def test_stocks_take_acknowledges_what_was_only_handed_out(name: str, wanted: list[int]) -> None:
    kafka = Kafka()
    agents = Agents.__new__(Agents)
    agents._app, agents._names = SimpleNamespace(consumer=kafka), names_of(Settings())

    async def take(message: Message, done: Callable[[], object]) -> None:
        if message.offset == 1:
            raise KilledError

    async def read() -> None:
        with pytest.raises(KilledError):
            await agents._each(Stream(kafka), take)

    with planted(name):
        asyncio.run(read())
    assert kafka.acknowledged == wanted
