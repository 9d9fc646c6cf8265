# ruff: noqa: E501  (rows of SQL are read as rows)
"""Views, library and board through the real engine, as the reader's client sees them, on rows seeded here."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pyarrow.parquet as parquet
import pytest

from clickhouse.client import Store, connect
from clickhouse.migrate import migrate
from clickhouse.queries import Query, library, load
from contract.errors import StoreError
from contract.settings import Settings
from grafana.boards import board
from nhip import export
from nhip.boards.ask import ask_all, moment_ms
from nhip.check import verdict
from nhip.sql import ask

NOW = datetime.now(UTC).replace(microsecond=0)
LOCAL_MIDNIGHT = (NOW + timedelta(hours=7)).replace(hour=0, minute=0, second=0) - timedelta(hours=7)

ARRIVED = f"'{NOW:%Y-%m-%d %H:%M:%S}'"
"""Of every message here: a record has its message's time of arrival."""

FIGURES = """
INSERT INTO figures (feed, indicator, unit, at, period, vintage, value, verdict, record_id, sent_at, arrived_at, simulated,
    topic, partition, offset)
VALUES
    ('investment', 'vdt', 'G12', '2020-01-01', 'C-M2020-01', 'estimate', 100, 'ok', 'a', '2020-01-30', {arrived}, 0, 'f', 1, 0),
    ('investment', 'vdt', 'G12', '2020-01-01', 'C-M2020-01', 'preliminary', 90, 'ok', 'b', '2020-02-28', {arrived}, 0, 'f', 1, 1),
    ('investment', 'vdt', 'G12', '2020-01-01', 'C-M2020-01', 'preliminary', 90, 'ok', 'b', '2020-02-28', {arrived}, 0, 'f', 1, 1),
    ('investment', 'vdt', 'G12', '2020-01-01', 'C-M2020-01', 'estimate', 70, 'ok', 'c', '2020-03-30', {arrived}, 0, 'f', 1, 2),
    ('investment', 'vdt', 'G12', '2020-02-01', 'C-M2020-02', 'estimate', 0, 'ok', 'd', '2020-02-28', {arrived}, 0, 'f', 1, 3),
    ('investment', 'vdt', 'G12', '2020-02-01', 'C-M2020-02', 'correction', 5, 'suspect', 'e', '2020-03-30', {arrived}, 0, 'f', 1, 4)
""".replace("{arrived}", ARRIVED)
_BUCKET = "(generation, feed, shard, kind, unit, width, bucket, delta, revision, received, finished, on_time, overdue, steps, open_end)"


@pytest.fixture(scope="module")
def settings(engine: Settings) -> Settings:
    return msgspec.structs.replace(engine, store_database="nhip_board")


@pytest.fixture(scope="module")
def store(settings: Settings) -> Iterator[Store]:
    writer = connect(settings, "writer")
    migrate(writer, settings)
    _seed(writer)
    reader = connect(settings, "reader")
    yield reader
    reader.close()
    writer.close()


def _seed(writer: Store) -> None:
    for statement in (FIGURES, *_buckets(), *_live()):
        writer.command(statement)


def _buckets() -> tuple[str, ...]:
    today, week = (int(t.timestamp()) for t in (LOCAL_MIDNIGHT, LOCAL_MIDNIGHT - timedelta(days=7)))
    yesterday = today - 86_400
    day = "1, 'portal-dossiers', {shard}, 'dossier', 'H26', '{width}', toDateTime({at}), {delta}, {revision}, {counts}"
    rows = (
        day.format(shard=0, width="day", at=yesterday, delta=0, revision=1, counts="9, 9, 9, 0, 9, 3"),
        day.format(shard=0, width="day", at=yesterday, delta=0, revision=2, counts="10, 8, 6, 2, 20, 4"),
        day.format(shard=1, width="day", at=yesterday, delta=0, revision=1, counts="5, 2, 2, 0, 7, 1"),
        day.format(shard=1, width="day", at=yesterday, delta=77, revision=1, counts="1, 0, 0, 0, 1, 0"),
        day.format(shard=0, width="5m", at=today, delta=0, revision=1, counts="6, 4, 3, 1, 10, 4"),
        day.format(shard=0, width="5m", at=week, delta=0, revision=1, counts="3, 2, 2, 0, 5, 4"),
        day.format(
            shard=0,
            width="5m",
            at=int(NOW.timestamp()) // 300 * 300 - 7 * 86_400,
            delta=0,
            revision=1,
            counts="50, 0, 0, 0, 0, 0",
        ),
        f"2, 'portal-dossiers', 0, 'dossier', 'H26', 'day', toDateTime({yesterday}), 0, 1, 999, 0, 0, 0, 0, 0",
    )
    units = "INSERT INTO units (unit, name_vi, name_en, level, position, valid_from) VALUES "
    return (
        f"INSERT INTO case_buckets {_BUCKET} VALUES " + ", ".join(f"({row})" for row in rows),
        units
        + "('H26', 'Hà Nội', 'Ha Noi', 'province', 1, '2000-01-01'), ('H17', 'Đà Nẵng', 'Da Nang', 'province', 2, '2000-01-01')",
    )


def _live() -> tuple[str, ...]:
    ledger = "INSERT INTO ledger (topic, partition, offset, feed, kind, disposition, records, accepted, rejected, duplicates, sent_at, arrived_at)"
    states = "INSERT INTO feed_states (generation, feed, shard, clock, state, last_at, reporting, expected, simulated, topic, partition, offset)"
    finding = "INSERT INTO findings (generation, finding_id, revision, rule, severity, state, feed, unit, at, sentence_vi, sentence_en)"
    figure = (
        "INSERT INTO figures "
        "(feed, indicator, unit, at, value, verdict, record_id, sent_at, arrived_at, topic, partition, offset)"
    )
    return (
        f"{ledger} SELECT 'f', 1, number, 'investment', 'records', 'stored', 2, [1, 1, 1, 1, 1][number + 1], 1, 0, "
        f"now64(3) - 1, {ARRIVED} FROM numbers(5)",
        f"{ledger} SELECT 'f', 2, number, '', 'tick', 'stored', 0, 0, 0, 0, now64(3), {ARRIVED} FROM numbers(3)",
        f"{ledger} VALUES ('f', 3, 0, 'power-load', 'records', 'stored', 2, 2, 0, 0, now64(3) - 2, {ARRIVED})",
        f"{states} VALUES (1, 'power-load', 0, toStartOfMinute(now()), 'receiving', now64(3) - 5, 1, 1, 1, 'f', 3, 1), "
        "(1, 'power-load', 1, toStartOfMinute(now()), 'late', now64(3) - 9, 1, 2, 1, 'f', 3, 1)",
        f"{finding} SELECT 1, lower(hex(MD5(toString(number)))), 1, 'jump', ['critical', 'warning'][number % 2 + 1], 'open', "
        "'power-load', 'VN', now64(3) - number, 'câu', 'sentence' FROM numbers(6)",
        f"{finding} SELECT 1, lower(hex(MD5('0'))), 2, 'jump', 'critical', 'closed', 'power-load', 'VN', at, 'câu', 'sentence' "
        "FROM findings WHERE finding_id = lower(hex(MD5('0')))",
        f"{figure} VALUES ('power-load', 'power-load', 'VN', now64(3) - 3, 54939, 'ok', 'p1', now64(3), {ARRIVED}, 'f', 3, 0), "
        f"('power-load', 'power-load', 'VN', now64(3) - 1, 9e9, 'impossible', 'p2', now64(3), {ARRIVED}, 'f', 3, 0)",
        "INSERT INTO rejected (topic, partition, offset, row, feed, reason, arrived_at) VALUES ('f', 1, 0, 1, 'investment', 'nan', now64(3))",
        "INSERT INTO feeds (feed, name_vi, name_en, system, record, cadence_s, headline, headline_days) VALUES "
        "('power-load', 'Phụ tải', 'Load', 'command-centre', 'figures', 1800, 'power-load', 1)",
        "INSERT INTO indicators (indicator, name_vi, measure, measure_en) VALUES ('power-load', 'Phụ tải', 'MW', 'MW')",
    )


def _one(store: Store, sql: str) -> dict[str, object]:
    (row,) = store.rows(sql)
    return row


@pytest.mark.parametrize("query", library(), ids=lambda query: query.name)
def test_every_query_of_the_library_runs_with_its_defaults_for_a_reader(store: Store, query: Query) -> None:
    store.rows(query.sql, **query.values({}))


def test_the_figure_in_force_is_of_the_highest_release_then_the_newest_by_the_sender(store: Store) -> None:
    rows = store.rows(
        "SELECT period, value, vintage, versions FROM figures_in_force WHERE unit = 'G12' ORDER BY period"
    )
    assert [(r["value"], r["vintage"], r["versions"]) for r in rows] == [
        (90.0, "preliminary", 3),
        (5.0, "correction", 2),
    ]


def test_what_was_known_on_a_day_does_not_know_the_future(store: Store) -> None:
    def known(day: str) -> list[float]:
        return [row["value"] for row in store.rows(load("known_on_a_day").sql, day=day, feed="investment", unit="G12")]

    assert known("2020-01-29") == []
    assert known("2020-01-31") == [100.0]
    assert known("2020-03-01") == [90.0, 0.0]
    assert known("2020-04-01") == [90.0, 5.0]
    received = "SELECT count() AS n FROM figures_received_as_of(as_of = '2025-12-31 00:00:00') WHERE unit = 'G12'"
    assert _one(store, received)["n"] == 0


def test_a_ministrys_revisions_come_in_release_order_and_a_copy_is_no_revision(store: Store) -> None:
    rows = store.rows(load("revisions_of_a_unit").sql, unit="G12", indicator="vdt")
    told = [(r["period"], r["version"], r["value_before"], r["value"], r["change_ratio"]) for r in rows]
    assert told == [
        ("C-M2020-01", 1, None, 100.0, None),
        ("C-M2020-01", 2, 100.0, 90.0, pytest.approx(-0.1)),
        ("C-M2020-01", 3, 90.0, 70.0, pytest.approx(-2 / 9)),
        ("C-M2020-02", 1, None, 0.0, None),
        ("C-M2020-02", 2, 0.0, 5.0, None),
    ]


def test_buckets_are_the_newest_revision_of_every_shard_and_what_came_late(store: Store) -> None:
    row = _one(store, "SELECT * FROM case_days WHERE unit = 'H26'")
    assert (row["received"], row["finished"], row["on_time"], row["open_end"]) == (16, 10, 8, 5)
    assert (row["on_time_of_received"], row["on_time_of_finished"]) == (0.5, 0.8)
    assert _one(store, "SELECT open_now FROM case_open_now WHERE unit = 'H26'")["open_now"] == 5


def test_a_rate_without_a_denominator_is_missing_and_not_zero(store: Store) -> None:
    row = _one(store, "SELECT sum(received) / nullIf(sum(received), 0) AS r FROM case_days WHERE unit = 'none'")
    assert row["r"] is None


def test_the_administrative_month_begins_on_the_fifteenth(store: Store) -> None:
    periods = {row["period"] for row in store.rows("SELECT period FROM case_periods WHERE unit = 'H26'")}
    day = (LOCAL_MIDNIGHT - timedelta(days=1) + timedelta(hours=7)).date()
    month = day.month + (day.day >= 15)
    year, month = (day.year + 1, 1) if month == 13 else (day.year, month)
    iso = day.isocalendar()
    expected = {
        f"A-M{year}-{month:02d}", f"A-Q{year}-{(month + 2) // 3}", f"A-H{year}-{1 if month <= 6 else 2}", f"A-Y{year}",
        f"A-W{iso.year}-{iso.week:02d}",
    }  # fmt: skip
    assert periods == expected | ({f"A-N{year}"} if month <= 9 else set())


def test_on_time_names_both_denominators(store: Store) -> None:
    row, *_ = store.rows(
        load("on_time_by_province").sql, **{"from": "2020-01-01", "to": "2099-12-31", "kind": "dossier"}
    )
    assert (row["on_time_of_received_percent"], row["on_time_of_finished_percent"], row["name"]) == (
        50.0,
        80.0,
        "Hà Nội",
    )


def test_a_province_is_compared_with_last_week_up_to_the_same_five_minutes(store: Store) -> None:
    at = int((LOCAL_MIDNIGHT + timedelta(minutes=7)).timestamp())
    rows = store.rows(f"SELECT * FROM provinces_today(at = toDateTime({at}), kind = 'dossier') ORDER BY unit DESC")
    assert [(r["name_vi"], r["received"], r["received_before"]) for r in rows] == [
        ("Hà Nội", 6, 3),
        ("Đà Nẵng", None, None),
    ]


def test_a_feed_is_as_bad_as_its_worst_shard(store: Store) -> None:
    row = _one(store, "SELECT * FROM feed_states_now WHERE feed = 'power-load'")
    assert (row["state"], row["reporting"], row["expected"], row["shards"]) == ("late", 2, 3, 2)


def test_the_overview_says_what_was_seeded(store: Store) -> None:
    overview = board("overview")
    answers = ask_all(store, overview, int(datetime.now(UTC).timestamp() * 1000), "vi", {})
    assert [(a.panel.key, a.problem) for a in answers.values() if a.problem] == []
    (feed,) = answers["feeds"].rows
    shown = (feed["feed_name"], feed["state"], feed["reporting_text"], feed["last_value"])
    assert shown == ("Phụ tải", "late", "2/3", "54.939 MW")
    assert [(row["severity"], row["sentence"]) for row in answers["findings"].rows][:2] == [
        ("critical", "(+1) câu"),
        ("warning", "(+2) câu"),
    ]
    text = {key: answers[key].rows[0]["text"] for key in ("counts", "open", "intake", "marks", "complete")}
    assert text["counts"] == "▲ 1: 0 mất tín hiệu, 1 chậm, 0 đang nhận"
    assert text["open"] == "✖ 2 nghiêm trọng, 3 cảnh báo, 0 thông tin"
    assert "từ chối 5," in text["intake"]
    assert text["complete"] == "✖ 2 / 3"
    assert "MÔ PHỎNG" in text["marks"] or "MẤT NHỊP" in text["marks"]


def test_the_time_of_data_is_the_walls_while_its_clock_does_not_run_ahead(store: Store) -> None:
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    assert moment_ms(store, now_ms) == now_ms
    ((clock,),) = store.query("SELECT toUnixTimestamp(max(clock)) * 1000 FROM feed_states")
    assert moment_ms(store, clock - 600_000) == clock


def test_rejections_are_counted_by_reason_and_feed(store: Store) -> None:
    row = _one(store, load("rejected_by_reason").sql.replace("{days:UInt32}", "7"))
    assert (row["connection"], row["reason"], row["records"]) == ("investment", "nan", 1)


def test_check_proves_the_seeded_ledger_and_finds_a_hole(store: Store, settings: Settings) -> None:
    def offsets(end: int) -> dict[str, dict[int, tuple[int, int]]]:
        return {"f": {1: (0, 5), 2: (0, end), 3: (0, 1)}}

    good = {line.question: line.level for line in verdict(store, settings, lambda _: offsets(3), 0.0).lines}
    assert [good[q] for q in ("lost", "balance", "stored", "doubled", "late")] == [0, 0, 0, 0, 0]
    writer = connect(settings, "writer")
    writer.command(
        "INSERT INTO ledger (topic, partition, offset, kind, disposition) VALUES ('f', 2, 5, 'tick', 'stored')"
    )
    writer.close()
    bad = {line.question: line for line in verdict(store, settings, lambda _: offsets(6), 0.0).lines}
    assert bad["lost"].numbers["missing"] == 2
    gap = _one(store, "SELECT * FROM ledger_gaps")
    assert (gap["partition"], gap["first_missing"], gap["last_missing"]) == (2, 3, 4)


def test_every_view_has_a_comment_and_its_columns_have_too(store: Store) -> None:
    views = store.rows("SELECT name, comment FROM system.tables WHERE database = currentDatabase() AND engine = 'View'")
    assert len(views) > 10
    assert [v["name"] for v in views if " · " not in v["comment"]] == []
    bare = (
        "SELECT table, name FROM system.columns WHERE database = currentDatabase() AND comment = '' "
        "AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase())"
    )
    assert store.rows(bare) == []


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises((StoreError, ConnectionError)):
        store.command("INSERT INTO rejected (topic) VALUES ('x')")


def test_an_answer_can_be_saved_with_its_times(store: Store, tmp_path: Path) -> None:
    table = ask(store, "\\q known_on_a_day day=2020-04-01 feed=investment;")
    target = tmp_path / "known.parquet"
    export.save(table, "parquet", target)
    assert str(parquet.read_table(target)["sent_at"][0].as_py()).startswith("2020-02-28")
    row = ask(
        store, "SELECT bucket, toDate(bucket) AS day, 1 :: UInt32 AS n FROM case_buckets_in_force WHERE width = 'day'"
    )
    midnight = LOCAL_MIDNIGHT - timedelta(days=1)
    assert row.to_pylist() == [{"bucket": midnight, "day": midnight.date(), "n": 1}]
