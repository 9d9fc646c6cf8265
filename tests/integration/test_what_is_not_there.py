"""Views say what is not there: the silent, the old, the not yet sent, the impossible and drills are no calm figures."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalogue.load import load as load_catalogue
from clickhouse import dimensions
from clickhouse.client import Store
from contract.settings import Settings
from tests.databases import writing
from tests.seeds import bucket, feed_state, figure, put

pytestmark = pytest.mark.integration

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
TODAY = datetime(2026, 11, 20, 17, tzinfo=UTC)
TEN = datetime(2026, 11, 21, 3, tzinfo=UTC)
"""Ten in the morning of the same day in Viet Nam."""
OCTOBER = datetime(2026, 9, 30, 17, tzinfo=UTC)
TABLES = ("figures", "case_buckets", "feed_states", "findings", "finding_severities")


@pytest.fixture(scope="module")
def writer(engine: Settings) -> Iterator[Store]:
    with writing(engine, "nhip_not_there") as store:
        dimensions.fill(store, load_catalogue())
        yield store


@pytest.fixture
def store(writer: Store) -> Iterator[Store]:
    yield writer
    for table in TABLES:
        writer.command(f"TRUNCATE TABLE {table} SYNC")


def ago(**own: float) -> datetime:
    return AT - timedelta(**own)


def seen(store: Store, view: str, where: str = "1", at: datetime = AT, kind: str = "") -> list[dict[str, Any]]:
    given = f"at = toDateTime({int(at.timestamp())})" + (f", kind = '{kind}'" if kind else "")
    return list(store.rows(f"SELECT * FROM {view}({given}) WHERE {where}"))


def only(store: Store, view: str, where: str = "1", at: datetime = AT, kind: str = "") -> dict[str, Any]:
    (row,) = seen(store, view, where, at, kind)
    return row


def test_dossiers_of_a_drill_count_in_no_sum(store: Store) -> None:
    for feed, received in (("portal-dossiers", 100), ("drill-cases", 1000)):
        bucket(store, feed, "H26", "5m", TEN, received)
        bucket(store, feed, "H26", "day", TODAY, received, open_end=received, overdue_open_end=received // 10)
    province = only(store, "provinces_today", "unit = 'H26'", kind="dossier")
    assert (province["received"], province["overdue_open"]) == (100, 10)
    assert only(store, "case_today", kind="dossier")["received"] == 100
    assert only(store, "case_month", kind="dossier")["received"] == 100
    assert [row["open"] for row in seen(store, "case_open_at")] == [100]
    assert [row["open_now"] for row in store.rows("SELECT * FROM case_open_now")] == [100]
    checked = store.rows("SELECT sum(received) AS received FROM case_buckets_in_force WHERE width = 'day'")
    assert checked == [{"received": 1100}]


def test_a_connection_that_nobody_reads_is_silent_whatever_it_said_last(store: Store) -> None:
    feed_state(store, "power-load", "receiving", ago(hours=6), ago(hours=6))
    feed_state(store, "ndxp", "receiving", ago(minutes=4), ago(minutes=4))
    states = {row["feed"]: row for row in seen(store, "feed_states_at")}
    stuck = states["power-load"]
    assert (stuck["state"], stuck["reporting"], stuck["expected"]) == ("silent", 0, 1)
    assert (states["ndxp"]["state"], states["ndxp"]["reporting"]) == ("receiving", 1)
    assert only(store, "feed_states_at", "feed = 'power-load'", at=ago(hours=6))["state"] == "receiving"


@pytest.mark.parametrize(("hours", "age_s"), [(20, 20 * 3600), (72, None)])
def test_a_connection_that_has_been_gone_is_silent_and_for_a_day_has_its_age(
    store: Store, hours: int, age_s: int | None
) -> None:
    feed_state(store, "power-load", "silent", ago(hours=hours), ago(hours=hours))
    row = only(store, "feeds_at", "feed = 'power-load'")
    assert (row["state"], row["age_s"], row["reporting"], row["expected"]) == ("silent", age_s, 0, 1)


def test_every_connection_of_the_catalogue_has_a_state_and_drills_are_awaited_by_nobody(store: Store) -> None:
    states = {row["feed"]: row for row in seen(store, "feed_states_at")}
    assert set(states) == {feed.id for feed in load_catalogue().feeds.values() if feed.system != "drill"}
    assert {row["state"] for row in states.values()} == {"silent"}
    assert (states["portal-dossiers"]["reporting"], states["portal-dossiers"]["expected"]) == (0, 34)
    feed_state(store, "drill-figures", "not_due", ago(hours=6), ago(hours=6))
    assert only(store, "feed_states_at", "feed = 'drill-figures'")["state"] == "not_due"


def test_one_shard_that_stands_still_makes_its_connection_silent(store: Store) -> None:
    feed = max(load_catalogue().feeds.values(), key=lambda feed: feed.shards)
    assert feed.shards > 1
    for shard in range(1, feed.shards):
        feed_state(store, feed.id, "receiving", AT, AT, shard=shard)
    assert only(store, "feed_states_at", f"feed = '{feed.id}'")["state"] == "silent"
    feed_state(store, feed.id, "receiving", AT, AT, shard=0)
    assert only(store, "feed_states_at", f"feed = '{feed.id}'")["state"] == "receiving"


def test_what_was_never_heard_has_no_age_and_no_number_of_dossiers(store: Store) -> None:
    feed_state(store, "signing", "silent", AT, None, reporting=0)
    row = only(store, "feeds_at", "feed = 'signing'")
    assert (row["state"], row["last_at"], row["age_s"]) == ("silent", None, None)
    assert only(store, "feeds_at", "feed = 'portal-dossiers'")["received_today"] is None
    bucket(store, "portal-dossiers", "H26", "day", TODAY, 0)
    assert only(store, "feeds_at", "feed = 'portal-dossiers'")["received_today"] == 0


def test_the_figure_of_a_connection_is_the_version_in_force_of_what_was_sent_by_then(store: Store) -> None:
    releases = (("estimate", 42.5, 9), ("final", 44.0, 10), ("estimate", 40.0, 11))
    for vintage, value, day in releases:
        sent = datetime(2026, 11, day, tzinfo=UTC)
        figure(store, "customs", "exports", OCTOBER, value, period="C-M2026-10", vintage=vintage, sent_at=sent)
    assert only(store, "feeds_at", "feed = 'customs'")["value"] == 44.0
    assert only(store, "feeds_at", "feed = 'customs'", at=datetime(2026, 11, 9, 12, tzinfo=UTC))["value"] == 42.5
    early = datetime(2026, 10, 20, 2, tzinfo=UTC)
    assert only(store, "feeds_at", "feed = 'customs'", at=early)["value"] is None


def test_a_province_that_fell_silent_has_fallen_by_all_of_it(store: Store) -> None:
    for unit, received in (("H26", 500), ("H29", 500)):
        bucket(store, "portal-dossiers", unit, "5m", TEN - timedelta(days=7), received)
    assert only(store, "provinces_today", "unit = 'H26'", kind="dossier")["received"] is None
    bucket(store, "portal-dossiers", "H29", "5m", TEN, 505)
    silent = only(store, "provinces_today", "unit = 'H26'", kind="dossier")
    assert (silent["received"], silent["finished"], silent["change"]) == (0, 0, -1)
    assert silent["moved"] < -4
    assert only(store, "provinces_today", "unit = 'H17'", kind="dossier")["received"] is None


def test_what_is_overdue_is_that_of_the_moment_that_is_looked_at(store: Store) -> None:
    for days, overdue in ((20, 5), (0, 900)):
        day = TODAY - timedelta(days=days)
        bucket(store, "portal-dossiers", "H26", "day", day, 1, open_end=1000, overdue_open_end=overdue)
    for at, overdue in ((AT, 900), (ago(days=20), 5)):
        assert only(store, "provinces_today", "unit = 'H26'", at, "dossier")["overdue_open"] == overdue


def test_rain_of_last_night_is_no_rain_of_this_hour_and_an_unknown_alarm_is_not_calm(store: Store) -> None:
    figure(store, "rain-rivers", "rain-hour", ago(hours=20), 55.0, unit="H26")
    figure(store, "rain-rivers", "river-alarm", ago(hours=3), 2, unit="H26")
    row = only(store, "rivers_at", "unit = 'H26'")
    assert (row["rain_hour"], row["alarm"], row["level"]) == (None, None, "none")
    assert (row["rain_day"], row["hours"], row["stale_s"]) == (55, 1, 3 * 3600)
    figure(store, "rain-rivers", "river-alarm", ago(minutes=30), 0, unit="H26")
    assert [only(store, "rivers_at", "unit = 'H26'")[name] for name in ("level", "stale_s")] == ["ok", None]


def test_the_height_of_a_lake_tells_its_age(store: Store) -> None:
    figure(store, "reservoirs", "reservoir-level", ago(hours=20), 190.0, subject="son-la")
    assert only(store, "reservoirs_at", "reservoir = 'son-la'")["stale_s"] == 20 * 3600
    figure(store, "reservoirs", "reservoir-level", ago(minutes=5), 190.0, subject="son-la")
    assert only(store, "reservoirs_at", "reservoir = 'son-la'")["stale_s"] is None


def test_an_old_instant_is_compared_with_its_own_time_a_week_before(store: Store) -> None:
    figure(store, "power-load", "power-load", ago(hours=5), 30_000)
    figure(store, "power-load", "power-load", ago(days=7), 45_000)
    figure(store, "power-load", "power-load", ago(days=7, hours=5), 31_000)
    row = only(store, "newest_instants")
    assert (row["value"], row["value_before"], row["at_before"]) == (30_000, 31_000, ago(days=7, hours=5))
    assert row["stale_s"] == 5 * 3600


def test_an_impossible_correction_is_the_value_neither_then_nor_now(store: Store) -> None:
    told = {"period": "C-M2026-10"}
    figure(store, "customs", "exports", OCTOBER, 42.0, vintage="estimate", sent_at=ago(days=10), **told)
    wrong = {"vintage": "correction", "verdict": "impossible", "sent_at": ago(days=1)}
    figure(store, "customs", "exports", OCTOBER, -4200.0, **wrong, **told)
    names = ("value_then", "verdict_then", "value_now", "vintage_now", "verdict_now")
    for as_of, verdict_then in (("2026-11-16 16:30:00", "ok"), ("2026-11-21 16:30:00", "impossible")):
        (row,) = store.rows(f"SELECT * FROM figures_then_and_now(as_of = '{as_of}')")
        assert [row[name] for name in names] == [42.0, verdict_then, 42.0, "estimate", "impossible"]


def test_a_finding_is_told_with_since_when_people_could_see_how_grave_it_is(store: Store) -> None:
    own = {"finding_id": "e" * 32, "feed": "power-load", "rule": "hard_bounds", "severity": "critical", "state": "open"}
    times = {"at": ago(hours=5), "opened_at": ago(hours=5), "severity_at": ago(minutes=2), "stored_at": ago(minutes=1)}
    put(store, "findings", generation=1, revision=1, **own, **times)
    (told,) = store.rows("SELECT severity_at, seen_at FROM findings_told")
    (untaken,) = store.rows("SELECT severity_at, seen_at FROM findings_untaken(now = '2026-11-22 00:00:00')")
    assert told == untaken
    assert told["severity_at"] == ago(minutes=2)
    assert told["seen_at"] >= told["severity_at"]
