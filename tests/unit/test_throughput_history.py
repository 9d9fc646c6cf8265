"""The history that the line and the race are run on: deterministic, in order, and as odd as it was asked to be."""

from collections.abc import Iterator
from itertools import islice, pairwise

import numpy as np
import pytest

from bench.throughput.history import BACKWARDS, REFUSED, REPEATED, Portal
from bench.throughput.messages import Group, by_spans, opening, ticks_by_rows
from catalogue.load import Catalogue, load
from contract.codec import Message, read_tick
from producers.simulate.world import DAY, HOUR
from streams.memory import Memory

SCALE = 0.02


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def portal(catalogue: Catalogue, odd: float = 0.0, seed: int = 1) -> Portal:
    made = Portal(catalogue, SCALE, seed=seed, odd=odd)
    made.start_empty()
    return made


def groups(made: Portal, days: int, rows: int = 500) -> Iterator[Group]:
    for day in islice(made.days(), days):
        yield from by_spans(made, day, rows)


def test_the_same_seed_gives_the_same_bytes(catalogue: Catalogue) -> None:
    one, again, other = (
        [item.value for group in groups(portal(catalogue, 0.01, seed), 2) for item in group.items] for seed in (1, 1, 2)
    )
    assert one == again
    assert one != other


def test_steps_come_in_order_of_time_and_each_day_once(catalogue: Catalogue) -> None:
    made = portal(catalogue)
    days = [np.sort(np.concatenate([shard["at"] for shard in day])) for day in islice(made.days(), 4)]
    assert all(len(day) for day in days)
    assert all(before[-1] < after[0] for before, after in pairwise(days))
    for shard in next(made.days()):
        assert (np.diff(shard["at"]) >= 0).all()


def test_a_unit_is_always_in_its_own_shard(catalogue: Catalogue) -> None:
    made = portal(catalogue)
    for number, shard in enumerate(next(made.days())):
        units = {made.plan.units[unit] for unit in np.unique(shard["unit"]).tolist()}
        assert {catalogue.shard_of(made.feed, unit) for unit in units} <= {number}


def test_the_cases_that_are_open_when_it_begins_go_on(catalogue: Catalogue) -> None:
    made = Portal(catalogue, SCALE)
    begun = {(d, u, c) for s in made.opening() for d, u, c in zip(s["day"], s["unit"], s["case"], strict=True)}
    later = {
        (d, u, c)
        for day in islice(made.days(), 45)
        for s in day
        for d, u, c in zip(s["day"], s["unit"], s["case"], strict=True)
    }
    assert len(begun) > 1_000
    assert len(begun & later) > 0.97 * len(begun)


def test_what_is_odd_is_counted_as_the_pipeline_judges_it(catalogue: Catalogue) -> None:
    made = Portal(catalogue, SCALE, odd=0.05)
    memory = Memory(catalogue)
    asked = np.zeros(3, int)
    lanes: dict[int, list[Message]] = {}
    for group in [*opening(made, 500), *groups(made, 2)]:
        asked += group.records, group.repeats, group.refused
        for item in group.items:
            lane = lanes.setdefault(item.shard, [])
            where = ("nhip.cases", made.feed.partition + item.shard, len(lane))
            lane.append(Message(*where, 0, item.value, item.headers))
    for lane in lanes.values():
        memory.run(lane, "cases")
    ledger = memory.result().newest("ledger")
    found = [sum(int(str(row[name])) for row in ledger) for name in ("records", "duplicates", "rejected")]
    assert found == asked.tolist()
    assert asked[1] > 100
    assert asked[2] > 10


def test_the_share_of_odd_records_is_the_one_asked_for(catalogue: Catalogue) -> None:
    odd = np.concatenate([s["odd"] for day in islice(portal(catalogue, 0.1).days(), 3) for s in day])
    shares = [float((odd == sort).mean()) for sort in (REPEATED, BACKWARDS, REFUSED)]
    assert shares == pytest.approx([0.064, 0.018, 0.009], abs=0.006)


def test_no_message_is_larger_than_asked_and_an_hour_is_cut_evenly(catalogue: Catalogue) -> None:
    for group in groups(portal(catalogue), 2, rows=40):
        sizes = [item.rows for item in group.items if item.rows]
        assert max(sizes) <= 40
        assert max(sizes) - min(sizes) <= 1
        assert sum(sizes) == group.records
        assert not group.items[0].rows


def test_a_span_has_its_tick_at_its_end(catalogue: Catalogue) -> None:
    first = next(groups(portal(catalogue), 1))
    tick = read_tick(first.items[0].value)
    assert tick is not None
    assert tick.step == HOUR
    assert tick.at % HOUR == 0


def test_no_tick_is_coarser_than_a_day_however_long_the_holiday() -> None:
    at = np.array([0, 1, 2, 5 * DAY, 5 * DAY + 1])
    ticks = [(row, tick) for row, item in ticks_by_rows(0, at, 3) if (tick := read_tick(item.value))]
    assert all(tick.step <= DAY for _, tick in ticks)
    assert [row for row, _ in ticks] == [0, *[3] * 5, 5]
    assert all(later.at - before.at == later.step or not later.step for (_, before), (_, later) in pairwise(ticks))
