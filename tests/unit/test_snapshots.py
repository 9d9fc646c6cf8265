"""Snapshots in parts: whatever was kept when, what is loaded is the state as it was; what is damaged is passed over."""

import logging
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clickhouse.client import StoreAway
from clickhouse.tables import schema
from contract.codec import Message
from streams import snapshots
from streams.chains import whole
from streams.fold import cases, groups, windows
from streams.pipeline import run
from streams.shard import Shard
from streams.snapshots import Snapshots
from streams.state import FORMAT, pack, unpack
from tests.builders import DAY, HOUR, MINUTE
from tests.fakes import FakeStore
from tests.messages import NOON, batch, rows, shard, step, tick, with_a_unit_in_front

TOPIC = "nhip.cases"
STATES = ["accepted", "processing", "supplement", "finished", "returned"]


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a few rows, so that a sweep takes many snapshots."""
    monkeypatch.setattr(snapshots, "PIECE_BYTES", 500)
    monkeypatch.setattr(snapshots, "CLEAN_S", float("inf"))


class World:
    """A shard that takes a log and is kept now and then; its rows by message."""

    def __init__(self) -> None:
        self.store, self.log = FakeStore(), list[Message]()
        self.shard, self.snapshots = shard("cases"), self.keeper()

    def keeper(self) -> Snapshots:
        return Snapshots(self.store, 1)  # type: ignore[arg-type]

    @property
    def offset(self) -> int:
        return len(self.log) - 1

    def take(self, message: Message) -> list[str]:
        self.log.append(message)
        return written(run(self.shard, [message]))

    def steps(self, *numbers: int, state: str = "accepted", hour: int = 0) -> list[str]:
        at, due = NOON + hour * HOUR, NOON + 5 * HOUR
        given = [step(case_id=f"H26-{n}", state=state, event_at=at, due_at=due) for n in numbers]
        return self.take(batch(given, len(self.log), "cases"))

    def tick(self, moment: int) -> list[str]:
        return self.take(tick(moment, len(self.log), "cases"))

    def keep(self) -> None:
        self.snapshots.save([(self.shard, self.offset)])

    def loaded(self) -> tuple[Shard, int]:
        fresh = shard("cases")
        return fresh, self.keeper().load(fresh, TOPIC)

    def reborn(self) -> None:
        """Another worker goes on from the newest snapshot: the log from there on, its own keeping of snapshots."""
        self.shard, self.snapshots = shard("cases"), self.keeper()
        start = self.snapshots.load(self.shard, TOPIC) + 1
        run(self.shard, self.log[start:])

    def kept(self) -> list[dict[str, Any]]:
        return self.store.rows("snapshots")

    def replace(self, rows: list[dict[str, Any]]) -> None:
        self.store.tables["snapshots"] = [pa.Table.from_pylist(rows, schema("snapshots"))]


def written(output: Any) -> list[str]:
    return [f"{table} {row}" for table in sorted(output.rows) for row in map(str, rows(output, table))]


def lived() -> World:
    """Some life, kept after each message: sweeps have begun and ended."""
    world = World()
    world.tick(NOON)
    world.keep()
    for round_ in range(12):
        world.steps(*range(round_ * 3, round_ * 3 + 5), state=STATES[round_ % 3], hour=round_)
        world.keep()
        world.tick(NOON + (round_ + 1) * HOUR)
        world.keep()
    return world


NUMBERS = st.lists(st.integers(0, 30), min_size=1, max_size=6)
ACT = (
    st.tuples(st.just("steps"), NUMBERS, st.sampled_from(STATES))
    | st.tuples(st.just("tick"), st.sampled_from([MINUTE, HOUR, DAY, 2 * DAY, 45 * DAY]))
    | st.tuples(st.sampled_from(["keep", "keep", "reborn"]))
)


@given(st.lists(ACT, max_size=40), st.sampled_from([200, 2_000, 100_000]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_at_any_snapshot_the_state_is_as_it_was(acts: list[tuple[Any, ...]], piece: int) -> None:
    world, whole, clock = World(), shard("cases"), NOON
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(snapshots, "PIECE_BYTES", piece)
        for act, *rest in acts:
            if act == "keep" and world.log:
                world.keep()
                loaded, offset = world.loaded()
                assert offset == world.offset
                assert loaded.dump() == world.shard.dump()
            elif act == "reborn":
                world.reborn()
            elif act == "steps":
                hour = (clock - NOON) // HOUR
                assert world.steps(*rest[0], state=rest[1], hour=hour) == written(run(whole, world.log[-1:]))
            elif act == "tick":
                clock += rest[0]
                assert world.tick(clock) == written(run(whole, world.log[-1:]))


def test_all_rows_are_in_a_few_snapshots_and_a_large_shard_is_never_kept_whole_at_once() -> None:
    world = lived()
    swept = [link["back"] for link in world.kept() if link["ends"]]
    assert 0 < max(swept) < 40
    assert len(set(swept)) > 5


def test_a_snapshot_costs_what_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "PIECE_BYTES", 100_000)
    world = World()
    world.tick(NOON)
    world.steps(*range(20_000))
    world.keep()
    first = sum(row["size"] for row in world.kept())
    count = len(world.kept())
    assert count > 10
    world.steps(7, 19_999, state="processing", hour=1)
    world.keep()
    (row,) = world.kept()[count:]
    assert row["size"] < first / 50
    assert world.loaded()[0].dump() == world.shard.dump()


def test_only_the_last_row_of_a_first_snapshot_makes_it_one() -> None:
    world = World()
    world.tick(NOON)
    world.steps(*range(60))
    world.keep()
    made = world.kept()
    assert [row["ends"] for row in made] == [False] * (len(made) - 1) + [True]
    world.replace(made[:-1])
    assert world.loaded()[1] == -1


@pytest.mark.parametrize("lost", [True, False])
def test_a_row_that_is_lost_or_damaged_leads_to_the_last_good_snapshot(
    lost: bool, caplog: pytest.LogCaptureFixture
) -> None:
    world = lived()
    made = world.kept()
    at = len(made) - 3
    damaged = {**made[at], "body": made[at]["body"][:-9] + b"\x07" + made[at]["body"][-8:]}
    world.replace([*made[:at], *([] if lost else [damaged]), *made[at + 1 :]])
    fresh, offset = world.loaded()
    good = {row["offset"] for row in made[:at] if row["ends"]}
    again = {row["offset"] for row in made[at + 1 :] if row["ends"] and row["back"] <= len(made) - at}
    assert offset in good | again
    assert offset < made[-1]["offset"] or made[-1]["back"] < 2
    run(fresh, world.log[offset + 1 :])
    assert fresh.dump() == world.shard.dump()
    assert ("is damaged" in caplog.text) is not lost


def test_each_row_may_be_lost_and_what_is_loaded_is_true() -> None:
    world = lived()
    made = world.kept()
    for gone in range(len(made)):
        world.replace(made[:gone] + made[gone + 1 :])
        fresh, offset = world.loaded()
        run(fresh, world.log[offset + 1 :])
        assert fresh.dump() == world.shard.dump(), gone


def test_after_a_loss_it_goes_on_from_the_last_good_one() -> None:
    world = lived()
    made = world.kept()
    world.replace(made[:-1])
    world.reborn()
    world.steps(1, 2, state="finished", hour=30)
    world.keep()
    assert world.kept()[-1]["previous"] in {row["hash"] for row in made[:-1]} | {0}
    fresh, offset = world.loaded()
    assert (offset, fresh.dump()) == (world.offset, world.shard.dump())


def test_a_body_that_came_damaged_is_asked_for_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    world = lived()
    bodies, asked = Snapshots._bodies, list[int]()

    def first_time_damaged(own: Snapshots, *given: Any) -> dict[int, bytes]:
        found = bodies(own, *given)
        asked.append(len(found))
        return found if len(asked) > 1 else {hash_: body[:-1] for hash_, body in found.items()}

    monkeypatch.setattr(Snapshots, "_bodies", first_time_damaged)
    assert world.loaded()[1] == world.offset
    assert len(asked) == 2


@pytest.mark.parametrize("how", ["before", "after"])
def test_what_failed_is_kept_again_and_comes_out_the_same(how: str) -> None:
    world = lived()
    world.steps(5, state="processing", hour=20)
    world.store.fail = {len(world.store.inserts) + 1: how}
    with pytest.raises(StoreAway):
        world.keep()
    world.keep()
    fresh, offset = world.loaded()
    assert (offset, fresh.dump()) == (world.offset, world.shard.dump())


def test_a_worker_taken_for_dead_that_keeps_snapshots_too_does_no_harm() -> None:
    world = lived()
    taken_for_dead, old_keeper, old_offset = world.shard, world.snapshots, world.offset
    world.reborn()
    for hour in range(30, 36):
        world.steps(hour, hour + 1, hour=hour)
        world.keep()
        if hour % 2:
            run(taken_for_dead, world.log[old_offset + 1 : world.offset])
            old_offset = world.offset - 1
            old_keeper.save([(taken_for_dead, old_offset)])
        fresh, offset = world.loaded()
        assert (offset, fresh.dump()) == (world.offset, world.shard.dump())


def test_many_shards_are_loaded_with_two_questions() -> None:
    world, topics = lived(), ["a", "b", "c"]
    for topic in topics:
        world.snapshots.save([(world.shard, world.offset)], topic=topic)
    fresh = [shard("cases") for _ in (*topics, "of nothing")]
    before = world.store.statements
    found = world.keeper().load_many([*zip(fresh, topics, strict=False), (fresh[-1], "of nothing")])
    assert found == [world.offset] * 3 + [-1]
    assert world.store.statements - before == 2
    assert all(one.dump() == world.shard.dump() for one in fresh[:3])


def test_what_is_kept_in_another_place_leaves_the_own_as_it_is() -> None:
    world = lived()
    world.steps(40, 41, hour=14)
    world.snapshots.save([(world.shard, world.offset)], topic="elsewhere")
    assert world.loaded()[1] == world.offset - 1
    world.keep()
    assert world.loaded()[0].dump() == world.shard.dump()
    there = shard("cases")
    keeper = world.keeper()
    assert keeper.load(there, "elsewhere") == world.offset
    run(there, [tick(NOON + 40 * HOUR, world.offset + 1, "cases")])
    keeper.save([(there, world.offset + 1)], topic="elsewhere")
    assert keeper.load(shard("cases"), "elsewhere") == world.offset + 1


def test_what_two_sweeps_do_not_need_is_taken_out_and_other_formats_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    world.tick(NOON)
    monkeypatch.setattr(snapshots, "FORMAT", 9)
    world.keep()
    monkeypatch.setattr(snapshots, "FORMAT", FORMAT)
    monkeypatch.setattr(snapshots, "CLEAN_S", 0.0)
    world.reborn()
    counts = []
    for hour in range(1, 60):
        world.steps(hour, hour + 1, state=STATES[hour % 2], hour=hour)
        world.keep()
        counts.append(len(world.kept()))
        fresh, offset = world.loaded()
        assert (offset, fresh.dump()) == (world.offset, world.shard.dump())
    assert max(counts) < 45
    assert {row["format"] for row in world.kept()} == {9, FORMAT}
    assert len({state[0].hash for state in _states(world)}) >= 2


def _states(world: World) -> list[Any]:
    (links,) = world.keeper()._links([(world.shard, TOPIC)]).values()
    return whole(links)


def test_each_version_goes_on_from_what_it_can_read(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    world = lived()
    first = world.offset
    monkeypatch.setattr(snapshots, "FORMAT", 9)
    monkeypatch.setattr(snapshots, "READS", (9, FORMAT))
    world.reborn()
    for hour in range(20, 25):
        world.steps(hour, hour=hour)
        world.keep()
    assert world.loaded()[1] == world.offset
    monkeypatch.undo()
    fresh, offset = world.loaded()
    assert offset == first
    assert "another version" in caplog.text
    run(fresh, world.log[first + 1 :])
    assert fresh.dump() == world.shard.dump()


def test_a_snapshot_of_the_first_format_is_taken_over_and_kept_whole_in_todays() -> None:
    world = lived()
    old = {**world.kept()[-1], "format": 1, "body": as_format_1(world.shard), "hash": 0, "previous": 0, "back": 0}
    world.replace([{**old, "offset": 3}, {**old, "ends": True}])
    fresh, offset = world.loaded()
    assert offset == world.offset
    assert written(run(fresh, [tick(NOON + 90 * HOUR, offset + 1, "cases")])) == world.tick(NOON + 90 * HOUR)
    world.reborn()
    world.steps(3, 4, state="finished", hour=91)
    world.keep()
    assert [row["format"] for row in world.kept()][2:] == [FORMAT] * (len(world.kept()) - 2)
    fresh, offset = world.loaded()
    assert (offset, fresh.dump()) == (world.offset, world.shard.dump())


def test_snapshots_go_on_across_a_catalogue_that_gains_a_unit() -> None:
    """Parts of one chain number their units differently."""
    world = lived()
    grown = with_a_unit_in_front()

    def newer() -> Shard:
        return Shard(grown, grown.feeds["drill-cases"], 0, TOPIC)

    after = newer()
    keeper = world.keeper()
    assert keeper.load(after, TOPIC) == world.offset
    for hour in range(20, 24):
        message = batch([step(case_id=f"H26-{hour}", event_at=NOON + hour * HOUR)], len(world.log), "cases")
        ours, theirs = run(after, [message]), world.take(message)
        assert written(ours) == theirs
        keeper.save([(after, world.offset)])
        fresh = newer()
        assert world.keeper().load(fresh, TOPIC) == world.offset
        assert fresh.dump() == after.dump()
    assert {after.units[unit] for _, unit in after.case_fold.open} == {"H26"}


def as_format_1(one: Shard) -> bytes:
    """The state of a shard as the first version wrote it."""
    part = unpack(one.dump())
    rest = part["rest"]
    at = one.case_fold.rows.get(one.case_fold.rows.used())
    small, tiny = at.view(np.int16), at.view(np.int8)
    bucket = one.buckets.rows.at[: one.buckets.rows.size]
    kind, unit, width = groups.read_key(bucket[:, windows.KEY])
    ids = {name: {n: rows.at[: rows.size] for n, rows in s.tables.items()} for name, s in _seen(one).items()}
    waits = np.maximum(-at[:, cases.ENDED], 0)
    columns = {
        "hi": at[:, 0].view(np.uint64),
        "lo": at[:, 1].view(np.uint64),
        "kind": tiny[:, cases.KIND].astype(np.int16),
        "unit": small[:, cases.UNIT].astype(np.int32),
        "state": small[:, cases.STATE].copy(),
        "started_at": at[:, cases.STARTED].copy(),
        "due_at": at[:, cases.DUE].copy(),
        "ended_at": np.maximum(at[:, cases.ENDED], 0),
        "paused_at": waits,
        "paused_ms": at[:, cases.PAUSED_MS].copy(),
        "last_at": at[:, cases.LAST].copy(),
        "supplements": tiny[:, cases.REQUESTS].astype(np.int16),
        "overdue": tiny[:, cases.OVERDUE] != 0,
    }
    state = {
        **{name: rest[name] for name in ("clock", "step", "simulated", "last_at", "detection", "findings")},
        **{name: _ids_of_format_1(tables, rest[name]) for name, tables in ids.items()},
        "units": part["units"],
        "kinds": part["kinds"],
        "buckets": {
            "buckets": np.column_stack([kind, unit, width, bucket[:, windows.START]]),
            "measures": bucket[:, windows.MEASURED].copy(),
            "durations": bucket.view(np.int32)[:, 2 * windows.DURATIONS :].copy(),
            "gauges": bucket[:, windows.GAUGES].copy(),
            "simulated": bucket[:, windows.SIMULATED] != 0,
            "dirty": rest["buckets"]["changed"].tolist(),
            "trimmed": rest["buckets"]["trimmed"],
        },
        "cases": {"at": columns, "due": np.zeros((0, 2), np.int64), **rest["cases"]},
    }
    return pack(state)


def _seen(one: Shard) -> dict[str, Any]:
    return {"seen": one.seen, "released": one.released}


def _ids_of_format_1(tables: dict[str, Any], rest: dict[str, Any]) -> dict[str, Any]:
    young, old = tables[str(rest["number"])], tables[str(rest["number"] - 1)]
    return {
        "young": young[:, :2].copy().view(np.uint64),
        "young_body": young[:, 2].copy(),
        "old": old[:, :2].copy().view(np.uint64),
        "old_body": old[:, 2].copy(),
        "since": rest["since"],
    }
