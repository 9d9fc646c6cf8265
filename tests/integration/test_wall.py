# ruff: noqa: E501  (lines of SQL are read as lines)
"""The wall's queries on a small filled store, as a reader asks them; and that the fill is what it says."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest

from bench.fill.plan import SMALL, Size, local_midnight, minute
from bench.fill.run import Fill, filled_until
from bench.wall.queries import values, wall
from bench.wall.run import burst
from catalogue.load import load as load_catalogue
from clickhouse import dimensions
from clickhouse.client import Store, connect
from clickhouse.migrate import migrate
from clickhouse.queries import Query, load
from contract.settings import Settings
from tests.builders import DAY, HOUR

UNTIL = minute(datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
"""A Friday afternoon in Viet Nam."""


def filled(engine: Settings, database: str, size: Size, *ends: int) -> Store:
    settings = msgspec.structs.replace(engine, store_database=database)
    store = connect(settings, "writer")
    migrate(store, settings)
    dimensions.fill(store, load_catalogue())
    for until in ends:
        Fill(store, load_catalogue(), size, until).run()
    return store


@pytest.fixture(scope="module")
def writer(engine: Settings) -> Store:
    return filled(engine, "nhip_wall", SMALL, UNTIL)


@pytest.fixture(scope="module")
def store(engine: Settings, writer: Store) -> Iterator[Store]:
    reader = connect(msgspec.structs.replace(engine, store_database=writer.database), "reader")
    yield reader
    reader.close()
    writer.command(f"DROP DATABASE {writer.database} SYNC", in_database=False)


@pytest.mark.parametrize("query", wall(), ids=lambda query: query.name)
def test_every_query_of_the_wall_has_an_answer_on_a_filled_store(store: Store, query: Query) -> None:
    rows = store.rows(query.sql, **values(query, UNTIL // 1000))
    assert rows
    first = rows[0]
    if "time" in first:
        assert first["time"] is not None
        assert [row["time"] for row in rows] == sorted(row["time"] for row in rows) or "period" in first
    told = [value for row in rows for value in row.values() if not isinstance(value, str)]
    assert any(told)


def test_all_sixty_at_once_have_an_answer(store: Store) -> None:
    found, _ = burst(store, wall(), UNTIL // 1000)
    assert [(one.name, one.error) for one in found if one.error or not one.rows] == []


def test_the_buckets_of_the_fill_count_its_steps(store: Store) -> None:
    sql = load("check_buckets").sql
    assert store.rows(sql, now=UNTIL // 1000) == []
    both = "SELECT sum(steps), sum(received), sum(finished) FROM case_counts WHERE width = {w:String} AND bucket >= {b:DateTime}"
    five, day = (store.query(both, w=width, b=local_midnight(UNTIL - 20 * DAY) // 1000) for width in ("5m", "day"))
    assert five == day
    assert five[0][0] > 5_000


def test_the_ledger_of_the_fill_has_no_hole_and_adds_up(store: Store) -> None:
    assert store.rows("SELECT * FROM ledger_gaps") == []
    sql = "SELECT count() FROM ledger WHERE records != accepted + rejected + duplicates"
    assert store.query(sql) == [(0,)]


def test_views_that_were_made_faster_say_what_the_tables_say(store: Store) -> None:
    (joined,) = store.query(
        "SELECT sum(received), sum(steps), sum(open_end), sum(arraySum(durations)) FROM case_buckets_in_force"
    )
    (apart,) = store.query("SELECT sum(received), sum(steps), sum(open_end), sum(arraySum(durations)) FROM case_counts")
    assert joined == apart
    (days,) = store.query("SELECT sum(received), sum(steps), sum(open_end) FROM case_days")
    assert (
        days == store.query("SELECT sum(received), sum(steps), sum(open_end) FROM case_counts WHERE width = 'day'")[0]
    )


def test_a_store_that_is_filled_in_two_goes_holds_the_same_rows(engine: Settings) -> None:
    tiny = Size(
        scale=0.001, steps_days=6, figures_days=6, least_cadence_s=3_600, buckets_days=3, states_days=2, rejected_days=3,
        findings_days=4, findings_a_day=20, ledger_hours=2,
    )  # fmt: skip
    later = UNTIL + 5 * HOUR
    once = filled(engine, "nhip_fill_once", tiny, later)
    twice = filled(engine, "nhip_fill_twice", tiny, UNTIL, later)
    assert filled_until(once) == filled_until(twice) == later
    since = later - DAY
    for sql in (
        "SELECT count(), groupBitXor(cityHash64(record_id, value)) FROM figures WHERE at >= fromUnixTimestamp64Milli({s:Int64})",
        "SELECT count(), groupBitXor(cityHash64(record_id, state)) FROM case_steps WHERE event_at >= fromUnixTimestamp64Milli({s:Int64})",
        "SELECT sum(received), sum(steps), sum(open_end) FROM case_counts WHERE width = 'day' AND bucket >= fromUnixTimestamp64Milli({s:Int64})",
        "SELECT sum(received), sum(steps) FROM case_counts WHERE width = '5m' AND bucket >= fromUnixTimestamp64Milli({s:Int64})",
        "SELECT count(), groupBitXor(cityHash64(reason, hash)) FROM rejected WHERE arrived_at >= fromUnixTimestamp64Milli({s:Int64})",
    ):
        assert once.query(sql, s=since) == twice.query(sql, s=since), sql
    for one in (once, twice):
        one.command(f"DROP DATABASE {one.database} SYNC", in_database=False)
