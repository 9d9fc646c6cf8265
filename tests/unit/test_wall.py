"""The wall's 60 queries as files, their times, and what the live run sends."""

import re
from datetime import UTC, datetime

import msgspec
import pytest

from bench.live.phases import phases
from bench.live.records import SHARES, counts, lanes
from bench.wall.queries import COUNT, FOLDER, values, wall
from bench.wall.run import quantiles
from clickhouse.queries import Query, parse
from contract.codec import TICK_HEADERS, encode, record_headers, tick_body
from contract.topics import CONTENT_TYPE, JSON
from streams.memory import Memory, Result
from tests.builders import at
from tests.messages import catalogue

NOON = at("2026-11-20 12:00")
MINUTE_MS = 60_000
ROUNDS = 32


def test_there_are_sixty_queries() -> None:
    assert len(wall()) == COUNT == 60


@pytest.mark.parametrize("query", wall(), ids=lambda query: query.name)
def test_a_query_says_which_panel_it_feeds_and_uses_every_parameter_that_it_names(query: Query) -> None:
    assert re.search(r"^-- panel: .+ · .+$", query.sql, re.MULTILINE), query.name
    assert " · " in query.owner
    used = set(re.findall(r"\{(\w+):\w+\}", query.sql))
    assert used == {parameter.name for parameter in query.parameters}


@pytest.mark.parametrize("query", wall(), ids=lambda query: query.name)
def test_no_query_asks_the_clock_of_the_store(query: Query) -> None:
    """A board has a time range of its own; `now()` would ignore it."""
    assert not re.search(r"\bnow(64)?\(|today\(\)|yesterday\(\)", query.sql)


def test_a_board_s_range_becomes_two_instants() -> None:
    query = parse("q", (FOLDER / "dossiers_trend_5m.sql").read_text(encoding="utf-8"))
    assert values(query, 1_795_253_412) == {"from": str(1_795_253_412 - 86_400), "to": "1795253412"}


def test_quantiles_of_nothing_are_no_numbers() -> None:
    assert all(one != one for one in quantiles([]))
    assert quantiles([1.0, 2.0, 3.0])[3] == 3.0


def test_the_run_s_phases_are_those_that_are_promised() -> None:
    warm, first, second, third, last = phases(2_000, 120.0)
    assert warm.bar_ms == 0.0
    assert (first.rate, first.every_ms, first.bar_ms) == (2_000, 250.0, 300.0)
    assert (second.rate, second.per_message, second.bar_ms) == (10_000, 100, 1_000.0)
    assert (third.rate, third.per_message, third.bar_ms) == (1_000, 1, 1_000.0)
    assert last.burst


def test_the_lanes_give_exactly_what_is_asked_and_share_it_alike() -> None:
    found = lanes(catalogue(), NOON)
    given = [counts(found, 500, round_) for round_ in range(60)]
    assert {sum(one) for one in given} == {500}
    dossiers = [
        sum(column) for lane, column in zip(found, zip(*given, strict=True), strict=True) if lane.feed.shards > 1
    ]
    assert sum(dossiers) == pytest.approx(60 * 500 * SHARES["portal-dossiers"], rel=0.02)


@pytest.fixture(scope="module")
def played() -> Result:
    """The live run's records through the table of stops, in memory."""
    memory = Memory(catalogue())
    for lane in lanes(catalogue(), NOON):
        where = lane.feed.record, lane.partition
        memory.message(*where, tick_body(NOON), TICK_HEADERS)
        for second in range(ROUNDS):
            now = NOON + second * 1_000 + 500
            batch = lane.batch(lane.take(20, now))
            memory.message(*where, encode(batch), record_headers(lane.feed.id, lane.feed.record, batch.num_rows))
            (one,) = lane.take(1, now + 100)
            memory.message(*where, msgspec.json.encode(one), {CONTENT_TYPE: JSON.encode()})
            if second == ROUNDS // 2:
                memory.message(*where, tick_body(NOON + MINUTE_MS), TICK_HEADERS)
    return memory.result()


def test_what_the_live_run_sends_is_taken(played: Result) -> None:
    ledger = played.rows["ledger"].to_pylist()
    sent = sum(row["records"] for row in ledger)
    lanes_ = len(lanes(catalogue(), NOON))
    assert sent == sum(row["accepted"] for row in ledger) == lanes_ * ROUNDS * 21
    assert played.count("rejected") == 0


def test_what_the_live_run_sends_is_calm(played: Result) -> None:
    """All detectors run; a storm of findings would be measured instead of the pipeline."""
    found = played.newest("findings")
    assert len(found) <= 5, {(row["rule"], row["feed"]) for row in found}
    moved = {row["state"] for row in played.rows["case_steps"].to_pylist()}
    assert {"accepted", "processing", "finished", "returned"} <= moved
    assert datetime.fromtimestamp(NOON / 1000, UTC).year == 2026
