# ruff: noqa: E501  (lines of SQL are read as lines)
"""The wall's queries on a small filled store, as a reader asks them; and that the fill is what it says."""

import pytest

from bench.fill.plan import Size, local_midnight
from bench.fill.run import filled_until
from bench.wall.queries import values, wall
from bench.wall.run import burst
from clickhouse.client import Store
from clickhouse.queries import Query, load
from contract.settings import Settings
from tests.builders import DAY, HOUR
from tests.databases import FRIDAY, filling


@pytest.mark.parametrize("query", wall(), ids=lambda query: query.name)
def test_every_query_of_the_wall_has_an_answer_on_a_filled_store(filled: Store, query: Query) -> None:
    rows = filled.rows(query.sql, **values(query, FRIDAY // 1000))
    assert rows
    first = rows[0]
    if "time" in first:
        assert first["time"] is not None
        assert [row["time"] for row in rows] == sorted(row["time"] for row in rows) or "period" in first
    told = [value for row in rows for value in row.values() if not isinstance(value, str)]
    assert any(told)


def test_all_sixty_at_once_have_an_answer(filled: Store) -> None:
    found, _ = burst(filled, wall(), FRIDAY // 1000)
    assert [(one.name, one.error) for one in found if one.error or not one.rows] == []


def test_the_buckets_of_the_fill_count_its_steps(filled: Store) -> None:
    sql = load("check_buckets").sql
    assert filled.rows(sql, now=FRIDAY // 1000) == []
    both = "SELECT sum(steps), sum(received), sum(finished) FROM case_counts WHERE width = {w:String} AND bucket >= {b:DateTime}"
    five, day = (filled.query(both, w=width, b=local_midnight(FRIDAY - 20 * DAY) // 1000) for width in ("5m", "day"))
    assert five == day
    assert five[0][0] > 5_000


def test_the_ledger_of_the_fill_has_no_hole_and_adds_up(filled: Store) -> None:
    assert filled.rows("SELECT * FROM ledger_gaps") == []
    sql = "SELECT count() FROM ledger WHERE records != accepted + rejected + duplicates"
    assert filled.query(sql) == [(0,)]


def test_views_that_were_made_faster_say_what_the_tables_say(filled: Store) -> None:
    (joined,) = filled.query(
        "SELECT sum(received), sum(steps), sum(open_end), sum(arraySum(durations)) FROM case_buckets_in_force"
    )
    (apart,) = filled.query("SELECT sum(received), sum(steps), sum(open_end), sum(arraySum(durations)) FROM case_counts")
    assert joined == apart
    (days,) = filled.query("SELECT sum(received), sum(steps), sum(open_end) FROM case_days")
    assert (
        days == filled.query("SELECT sum(received), sum(steps), sum(open_end) FROM case_counts WHERE width = 'day'")[0]
    )


def test_a_store_that_is_filled_in_two_goes_holds_the_same_rows(engine: Settings) -> None:
    tiny = Size(
        scale=0.001, steps_days=6, figures_days=6, least_cadence_s=3_600, buckets_days=3, states_days=2, rejected_days=3,
        findings_days=4, findings_a_day=20, ledger_hours=2,
    )  # fmt: skip
    later = FRIDAY + 5 * HOUR
    with (
        filling(engine, "nhip_fill_once", tiny, later) as once,
        filling(engine, "nhip_fill_twice", tiny, FRIDAY, later) as twice,
    ):
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
