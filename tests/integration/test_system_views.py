# ruff: noqa: E501  (rows of SQL are read as rows)
"""What the boards of systems read, and the words they say it in, on rows seeded here."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from catalogue.load import load as load_catalogue
from catalogue.periods import KINDS, parse_period, period_at
from clickhouse import dimensions
from clickhouse.client import Store
from contract.settings import Settings
from streams.fold.windows import EDGES_MS
from tests.databases import writing

pytestmark = pytest.mark.integration

AT = datetime(2026, 7, 25, 9, 30, tzinfo=UTC)
"""16:30 of a Saturday in Viet Nam, in the flood season."""
FIGURE = "(feed, indicator, unit, subject, at, period, vintage, value, verdict, record_id, sent_at, topic, partition, offset)"
BUCKET = "(generation, feed, shard, kind, unit, width, bucket, delta, revision, received, finished, on_time, open_end, overdue_open_end, steps)"


@pytest.fixture(scope="module")
def writer(engine: Settings) -> Iterator[Store]:
    with writing(engine, "nhip_system_views") as store:
        dimensions.fill(store, load_catalogue())
        yield store


@pytest.fixture
def store(writer: Store) -> Iterator[Store]:
    """Empty of figures, cases and targets."""
    yield writer
    for table in ("figures", "case_buckets", "targets"):
        writer.command(f"TRUNCATE TABLE {table} SYNC")


class Figures:
    """Rows of `figures`, each a record of its own."""

    def __init__(self, store: Store) -> None:
        self._store, self._number = store, 0

    def add(
        self,
        feed: str,
        indicator: str,
        at: datetime,
        value: float,
        unit: str = "VN",
        subject: str = "",
        period: str = "",
        vintage: str = "",
        verdict: str = "ok",
        sent: datetime | None = None,
    ) -> None:
        self._number += 1
        times = (f"'{moment:%Y-%m-%d %H:%M:%S}'" for moment in (at, sent or at))
        start, told = times
        self._store.command(
            f"INSERT INTO figures {FIGURE} VALUES ('{feed}', '{indicator}', '{unit}', '{subject}', {start}, '{period}', "
            f"'{vintage}', {value}, '{verdict}', 'r{self._number}', {told}, 'f', 1, {self._number})"
        )


def ago(**own: float) -> datetime:
    return AT - timedelta(**own)


def at(view: str, **more: str) -> str:
    told = "".join(f", {name} = '{value}'" for name, value in more.items())
    return f"{view}(at = toDateTime({int(AT.timestamp())}){told})"


def one(store: Store, sql: str) -> dict[str, Any]:
    (row,) = store.rows(sql)
    return row


def newest(store: Store, where: str = "1") -> Sequence[dict[str, Any]]:
    return store.rows(f"SELECT * FROM {at('newest_figures')} WHERE {where} ORDER BY feed, indicator, subject")


def test_an_instant_is_compared_with_the_same_time_a_week_before(store: Store) -> None:
    figures = Figures(store)
    figures.add("power-load", "power-load", ago(minutes=30), 40_000)
    figures.add("power-load", "power-load", ago(minutes=60), 39_000)
    figures.add("power-load", "power-load", ago(days=7, minutes=30), 50_000)
    figures.add("power-load", "power-load", ago(days=6, hours=20), 10_000)
    (row,) = newest(store)
    assert (row["value"], row["value_before"]) == (40_000, 50_000)


def test_a_period_is_compared_with_the_one_before_and_a_day_with_its_weekday(store: Store) -> None:
    figures = Figures(store)
    for month, value in ((4, 30.0), (5, 40.0), (6, 42.0)):
        start = datetime(2026, month - 1, 28, 17, tzinfo=UTC) + timedelta(days=3)
        figures.add("customs", "exports", start, value, period=f"C-M2026-{month:02d}", sent=start + timedelta(days=10))
    for days, value in ((1, 900.0), (2, 880.0), (8, 800.0)):
        start = datetime(2026, 7, 24, 17, tzinfo=UTC) - timedelta(days=days)
        figures.add("power-day", "energy-total", start, value, period=f"C-D2026-07-{25 - days:02d}", sent=start)
    customs, power = newest(store)
    assert (customs["value"], customs["value_before"], customs["period"]) == (42.0, 40.0, "C-M2026-06")
    assert (power["value"], power["value_before"], power["period"]) == (900.0, 800.0, "C-D2026-07-24")


def test_an_impossible_figure_is_left_out_and_said(store: Store) -> None:
    figures = Figures(store)
    figures.add("power-load", "power-load", ago(minutes=60), 40_000)
    figures.add("power-load", "power-load", ago(minutes=30), 4_000_000, verdict="impossible")
    (row,) = newest(store)
    assert (row["value"], row["verdict"]) == (40_000, "impossible")
    line = "figure_line_vi(value, value_before, 0, 'MW', period, verdict, NULL)"
    told = one(store, f"SELECT {line} AS text FROM {at('newest_figures')}")["text"]
    assert told == "✖ 40.000 MW · số mới bị loại"


def test_of_one_period_the_last_release_counts_and_what_was_not_yet_sent_does_not(store: Store) -> None:
    figures = Figures(store)
    start = datetime(2026, 5, 31, 17, tzinfo=UTC)
    figures.add("customs", "exports", start, 41, period="C-M2026-06", vintage="preliminary", sent=ago(days=20))
    figures.add("customs", "exports", start, 40, period="C-M2026-06", vintage="estimate", sent=ago(days=5))
    figures.add("customs", "exports", start, 99, period="C-M2026-06", vintage="final", sent=AT + timedelta(days=1))
    (row,) = newest(store)
    assert (row["value"], row["vintage"]) == (41, "preliminary")


def test_a_figure_older_than_two_cadences_says_its_age(store: Store) -> None:
    Figures(store).add("power-load", "power-load", ago(hours=3), 40_000)
    row = one(store, f"SELECT stale_s, label_vi FROM {at('figures_named')}")
    assert row == {"stale_s": 3 * 3600, "label_vi": "Công suất toàn hệ thống"}


@pytest.mark.parametrize(
    ("height", "level"),
    [(194.0, "critical"), (193.6, "warning"), (193.4, "ok"), (175.0, "warning")],
)
def test_a_reservoir_is_judged_by_the_ceiling_of_the_day(store: Store, height: float, level: str) -> None:
    Figures(store).add("reservoirs", "reservoir-level", ago(minutes=20), height, subject="son-la")
    rows = {row["reservoir"]: row for row in store.rows(f"SELECT * FROM {at('reservoirs_at')}")}
    assert (rows["son-la"]["ceiling"], rows["son-la"]["level"]) == (194.0, level)
    assert (rows["hoa-binh"]["height"], rows["hoa-binh"]["level"]) == (None, "none")
    assert len(rows) == 13


def test_rain_that_is_told_every_half_hour_is_summed_once_an_hour(store: Store) -> None:
    figures = Figures(store)
    for half in range(8):
        figures.add("rain-rivers", "rain-hour", ago(minutes=30 * half), 10, unit="H26")
    figures.add("rain-rivers", "river-alarm", ago(minutes=30), 3, unit="H26")
    rows = {row["unit"]: row for row in store.rows(f"SELECT * FROM {at('rivers_at')}")}
    assert (rows["H26"]["rain_day"], rows["H26"]["hours"], rows["H26"]["level"]) == (40, 4, "critical")
    assert (rows["H29"]["rain_day"], rows["H29"]["level"]) == (None, "none")
    assert len(rows) == 34


def bucket(store: Store, unit: str, day: date, open_end: int, overdue: int, width: str = "day", received: int = 0) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=7)
    store.command(
        f"INSERT INTO case_buckets {BUCKET} VALUES (1, 'petitions', 0, 'petition', '{unit}', '{width}', "
        f"toDateTime({int(start.timestamp())}), 0, 1, {received}, 0, 0, {open_end}, {overdue}, 1)"
    )


def test_what_is_open_stands_on_days_without_steps(store: Store) -> None:
    bucket(store, "H26", date(2026, 7, 20), 5, 1)
    bucket(store, "H26", date(2026, 7, 23), 7, 2)
    bucket(store, "H29", date(2026, 7, 1), 3, 3)
    since = int(ago(days=6).timestamp())
    sql = f"SELECT day, sum(open) AS open, sum(overdue) AS overdue FROM case_open_days(since = toDateTime({since}), at = toDateTime({int(AT.timestamp())}), kind = 'petition') GROUP BY day ORDER BY day"
    told = {row["day"].day: (row["open"], row["overdue"]) for row in store.rows(sql)}
    assert told == {20: (8, 4), 21: (8, 4), 22: (8, 4), 23: (10, 5), 24: (10, 5), 25: (10, 5)}


def test_what_is_open_is_told_with_a_week_before(store: Store) -> None:
    bucket(store, "H26", date(2026, 7, 10), 5, 1)
    bucket(store, "H26", date(2026, 7, 24), 7, 2)
    bucket(store, "H26", date(2026, 7, 27), 9, 9)
    row = one(store, f"SELECT * FROM {at('case_open_at')}")
    assert (row["open"], row["overdue"], row["open_before"], row["overdue_before"]) == (7, 2, 5, 1)


def test_the_reporting_month_so_far_begins_on_the_fifteenth(store: Store) -> None:
    bucket(store, "H26", date(2026, 7, 14), 0, 0, received=100)
    bucket(store, "H26", date(2026, 7, 15), 0, 0, received=10)
    bucket(store, "H26", date(2026, 7, 25), 0, 0, received=1)
    bucket(store, "H26", date(2026, 7, 26), 0, 0, received=1000)
    assert one(store, f"SELECT received FROM {at('case_month', kind='petition')}") == {"received": 11}


def target(store: Store, indicator: str, period: str, at_least: str, at_most: str = "NULL") -> None:
    store.command(f"INSERT INTO targets (indicator, period, unit, at_least, at_most) VALUES ('{indicator}', '{period}', 'VN', {at_least}, {at_most})")


def daily(store: Store, indicator: str) -> str:
    sql = f"SELECT target_vi(target, value, period, decimals, measure_vi) AS text FROM {at('daily_figures')} WHERE indicator = '{indicator}'"
    return str(one(store, sql)["text"])


def test_a_figure_meets_its_target_or_does_not_and_none_is_made_up(store: Store) -> None:
    start = datetime(2026, 3, 31, 17, tzinfo=UTC)
    figures = Figures(store)
    figures.add("growth", "gdp-growth", start, 8.1, period="C-Q2026-2", sent=ago(days=19))
    assert daily(store, "gdp-growth") == "chưa giao"
    target(store, "gdp-growth", "C-Q2026-2", "8.0")
    assert daily(store, "gdp-growth") == "● ≥ 8,00 % (đạt)"
    store.command("TRUNCATE TABLE targets SYNC")
    target(store, "gdp-growth", "C-Q2026-2", "8.2", "9.0")
    assert daily(store, "gdp-growth") == "▲ ≥ 8,20 % ≤ 9,00 % (chưa đạt)"


def test_a_target_of_another_period_is_shown_and_not_judged_by(store: Store) -> None:
    start = datetime(2026, 3, 31, 17, tzinfo=UTC)
    Figures(store).add("growth", "gdp-growth", start, 7.0, period="C-Q2026-2", sent=ago(days=19))
    target(store, "gdp-growth", "C-Q2026-3", "8.0")
    assert daily(store, "gdp-growth") == "≥ 8,00 % (quý 3/2026)"


def test_the_day_of_a_leader_holds_what_is_counted_as_well(store: Store) -> None:
    bucket(store, "H26", date(2026, 7, 24), 7, 2)
    row = one(store, f"SELECT name_vi, value, whole, contact_vi FROM {at('daily_figures')}")
    assert row == {"name_vi": "Quá hạn / mở: Phản ánh, kiến nghị", "value": 2, "whole": 7, "contact_vi": "Trực ban Cổng Dịch vụ công quốc gia"}


def test_reporting_months_are_those_of_the_catalogue(store: Store) -> None:
    rows = store.rows(
        "SELECT toDate('2025-12-01') + number AS day, reporting_month_code(day) AS code, reporting_month_start(day) AS start FROM numbers(400)"
    )
    assert [(row["code"], row["start"]) for row in rows] == [
        (period_at("A-M", row["day"]).code, period_at("A-M", row["day"]).start) for row in rows
    ]


def test_every_kind_of_period_has_words(store: Store) -> None:
    codes = [period_at(kind, date(2026, 10, 20)).code for kind in KINDS]
    assert all(parse_period(code) for code in codes)
    for lang in ("vi", "en"):
        for code in codes:
            text = one(store, f"SELECT period_{lang}('{code}') AS text")["text"]
            assert text != code
            assert "2026" in text
            assert "NN" not in text
    assert one(store, "SELECT period_vi('C-D2026-11-21') AS day, period_vi('C-H2026-10a') AS half, period_vi('X') AS odd") == {
        "day": "21/11/2026",
        "half": "nửa đầu tháng 10/2026",
        "odd": "X",
    }


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("105., 100., 1, 'MW'", "+5,0 %"),
        ("95., 100., 1, 'MW'", "−5,0 %"),
        ("100., 100., 1, 'MW'", "0,0 %"),
        ("8.25, 8.0, 2, '%'", "+0,25 điểm %"),
        ("-1.5, -1.0, 2, 'tỷ USD'", "−0,50 tỷ USD"),
        ("7., 0., 0, 'hồ sơ'", "+7 hồ sơ"),
        ("7., 9., 0, ''", "−2"),
        ("7., NULL, 0, 'MW'", "chưa có"),
        ("NULL, 7., 0, 'MW'", "chưa có"),
    ],
)
def test_a_change_is_said_as_people_say_it(store: Store, asked: str, told: str) -> None:
    assert one(store, f"SELECT change_vi({asked}) AS text") == {"text": told}


def test_a_quantile_is_read_at_the_middle_of_its_bin(store: Store) -> None:
    bins = [0] * (len(EDGES_MS) + 1)
    bins[10], bins[20] = 3, 1
    row = one(store, f"SELECT quantile_s({bins}, 0.5) AS half, quantile_s({bins}, 0.9) AS most, quantile_s({[0] * len(bins)}, 0.5) AS none")
    for value, place in ((row["half"], 10), (row["most"], 20)):
        low, high = EDGES_MS[place - 1] / 1000, EDGES_MS[place] / 1000
        assert value == pytest.approx((low * high) ** 0.5, rel=0.001)
    assert row["none"] is None
