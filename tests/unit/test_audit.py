"""The check that never stops: it follows what was written lately, and calls lost what check would."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

import nhip.audit
from clickhouse.client import StoreAway, StoreForbids
from clickhouse.queries import load
from contract.errors import SetupError, StoreError
from contract.settings import CHECKOUT, Settings
from contract.telemetry import Telemetry
from nhip.audit import Audit, Rounds, rows_of
from nhip.audit_account import Account
from nhip.audit_metrics import tell
from nhip.canary import MISSING_IS_BAD, PATIENCE_S, Canary, record
from nhip.check_lines import BAD, LOOK, OK, Line, Offsets

NOW_MS = 1_795_000_000_000
Row = dict[str, Any]


def total(**changes: Any) -> Row:
    row: Row = {
        "topic": "nhip.figures", "partition": 3, "first": 0, "mark": 99, "messages": 100, "missing": 0, "records": 50,
        "accepted": 40, "rejected": 7, "duplicates": 3, "late": 1, "unbalanced": 0, "stored_ms": NOW_MS,
    }  # fmt: skip
    return row | changes


def message(offset: int, **changes: Any) -> Row:
    row: Row = {
        "topic": "nhip.figures", "partition": 3, "offset": offset, "records": 2, "accepted": 2, "rejected": 0,
        "duplicates": 0, "late": 0, "kind": "records", "disposition": "stored", "stored_ms": NOW_MS,
    }  # fmt: skip
    return row | changes


class Store:
    """Answers by the name of the query; a list of answers is given one a time."""

    def __init__(self, **rows: Any) -> None:
        ticks = {"now_ms": NOW_MS, "tick_ms": NOW_MS - 1500, "lag_s": 2.5}
        snapshots = {"snapshots": 1, "oldest_s": 9}
        usual = {"check_ledger": [total()], "check_beat": [ticks], "check_snapshots": [snapshots]}
        self.answers = {load(name).sql: found for name, found in (usual | rows).items()}
        self.asked: list[tuple[str, Row]] = []

    def rows(self, sql: str, /, **parameters: Any) -> Sequence[Row]:
        self.asked.append((sql, parameters))
        found = self.answers.get(sql, [])
        rows: Sequence[Row] = found(**parameters) if callable(found) else found
        return rows


def level(lines: list[Line], question: str) -> int:
    return next(line.level for line in lines if line.question == question)


def audit(store: Store, end: int = 200, offsets: Callable[[Settings], Offsets] | None = None) -> Audit:
    return Audit(store, Settings(), offsets or (lambda _: {"nhip.figures": {3: (0, end)}}), again_s=0.0)


def test_the_first_round_reads_the_whole_ledger_and_the_next_what_was_written_since() -> None:
    store = Store(audit_ledger=[message(100), message(101)])
    looked = audit(store)
    looked.round(NOW_MS)
    lines = looked.round(NOW_MS + 60_000)
    assert all(line.level == OK for line in lines if line.question in ("lost", "balance", "stored", "doubled"))
    numbers = {line.question: line.numbers for line in lines}
    assert numbers["balance"]["records"] == 54
    assert numbers["late"]["not_yet"] == 98
    since = [given["since"] for sql, given in store.asked if sql == load("audit_ledger").sql]
    assert since == [NOW_MS - 120_000]
    assert sum(sql == load("check_ledger").sql for sql, _ in store.asked) == 1


def test_what_was_followed_once_is_not_counted_again() -> None:
    account = Account([total()])
    account.follow([message(98), message(99), message(100)])
    account.follow([message(99), message(100), message(101)])
    (row,) = account.rows()
    assert (row["mark"], row["messages"], row["records"]) == (101, 102, 54)


def test_a_hole_that_is_filled_a_moment_later_is_no_loss_and_one_that_stays_is() -> None:
    for there, expected in ((2, OK), (1, BAD)):
        store = Store(audit_ledger=[message(102)], audit_hole=[{"there": there}])
        looked = audit(store)
        looked.round(NOW_MS)
        lines = looked.round(NOW_MS + 60_000)
        assert level(lines, "lost") == expected
        asked = next(given for sql, given in store.asked if sql == load("audit_hole").sql)
        assert (asked["first"], asked["last"]) == (100, 101)


def test_a_partition_that_appears_later_is_followed_from_its_first_message() -> None:
    account = Account([])
    account.follow([message(7), message(8)])
    assert [(row["first"], row["mark"], row["missing"]) for row in account.rows()] == [(7, 8, 0)]
    assert account.holes == []


def test_a_message_that_does_not_add_up_is_told_and_what_was_forwarded_counts_where_it_arrived() -> None:
    account = Account([total()])
    account.follow([message(100, accepted=1), message(101, disposition="forwarded", records=5, accepted=4, rejected=1)])
    (row,) = account.rows()
    assert (row["unbalanced"], row["records"], row["accepted"], row["rejected"]) == (1, 50 + 2 + 1, 40 + 1, 7 + 1)


def test_records_that_are_missing_or_twice_in_the_store_are_bad() -> None:
    wrong = [{"topic": "nhip.figures", "partition": 3, "offset": 100, "accepted": 2, "stored": 1}]
    lines = audit(Store(check_raw=wrong, check_doubled=[{"feed": "power-load", "doubled": 1}])).round(NOW_MS)
    assert level(lines, "stored") == BAD
    assert level(lines, "doubled") == BAD


def test_broken_parts_are_bad() -> None:
    lines = audit(Store(audit_detached=[{"table": "figures", "parts": 1, "reason": "broken"}])).round(NOW_MS)
    assert level(lines, "detached") == BAD


def test_kafka_away_is_part_of_the_answer() -> None:
    def away(_: Settings) -> Offsets:
        raise SetupError("no broker")

    lines = audit(Store(), offsets=away).round(NOW_MS)
    assert level(lines, "kafka") == BAD
    assert level(lines, "balance") == OK


def test_answers_become_rows_with_the_numbers_behind_them() -> None:
    line = Line("beat", LOOK, "Mất nhịp", "Beat lost", {"tick_age_s": 12.5, "where": ["a"], "lag_s": None})
    (row,) = rows_of(NOW_MS, [line]).to_pylist()
    assert (row["question"], row["level"], row["vi"]) == ("beat", LOOK, "Mất nhịp")
    assert row["numbers"] == [("tick_age_s", 12.5)]


def test_a_canary_that_is_found_says_after_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    canary = Canary(Store(audit_canary=[{"seconds": 0.25}]), lambda value, headers: sent.append(value))
    line = canary.round()
    assert (line.level, line.numbers["seconds"], len(sent)) == (OK, 0.25, 1)
    assert "0,25 giây" in line.vi


def test_a_canary_that_stays_away_is_looked_at_and_three_in_a_row_are_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = iter(range(0, 100_000, round(PATIENCE_S) + 1))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(passed)))
    canary = Canary(Store(), lambda value, headers: None)
    levels = [canary.round().level for _ in range(MISSING_IS_BAD)]
    assert levels == [LOOK, LOOK, BAD]
    canary._store = Store(audit_canary=[{"seconds": 1.0}])
    assert canary.round().level == OK
    assert canary.missing == 0


def test_a_canary_says_that_it_is_no_real_figure() -> None:
    (row,) = record("canary-1", NOW_MS, 1).to_pylist()
    assert (row["feed"], row["simulated"], row["value"]) == ("canary", True, 1.0)


def refusing(question: str, error: type[Exception] = StoreError) -> Callable[..., list[Row]]:
    def asked(**_: Any) -> list[Row]:
        raise error(f"ClickHouse refused ({question}): 497")

    return asked


@pytest.mark.parametrize(
    ("name", "questions"),
    [
        ("check_ledger", {"lost", "balance"}),
        ("check_raw", {"stored"}),
        ("check_doubled", {"doubled"}),
        ("audit_detached", {"detached"}),
        ("check_beat", {"beat"}),
        ("check_snapshots", {"snapshots"}),
        ("check_buckets", {"buckets"}),
        ("check_feeds", {"buckets"}),
    ],
)
def test_a_question_that_the_store_refuses_is_red_and_named_and_the_others_are_answered(
    name: str, questions: set[str], caplog: pytest.LogCaptureFixture
) -> None:
    lines = audit(Store(**{name: refusing(name)})).round(NOW_MS)
    levels = {line.question: line.level for line in lines}
    assert {question for question, level in levels.items() if level == BAD} == questions
    assert {"balance", "stored", "doubled", "detached", "beat", "snapshots", "buckets"} <= levels.keys()
    assert all(question in caplog.text for question in questions)
    tell(Telemetry(), lines, 1.0)


def test_after_a_refusal_the_ledger_is_followed_from_where_it_was_left() -> None:
    store = Store(audit_ledger=refusing("audit_ledger"))
    looked = audit(store)
    looked.round(NOW_MS)
    assert level(looked.round(NOW_MS + 60_000), "lost") == BAD
    store.answers[load("audit_ledger").sql] = [message(100)]
    assert level(looked.round(NOW_MS + 120_000), "lost") == OK
    since = [given["since"] for sql, given in store.asked if sql == load("audit_ledger").sql]
    assert since == [NOW_MS - 120_000] * 2


@pytest.mark.parametrize("error", [StoreAway, StoreForbids])
def test_a_store_that_is_away_or_does_not_know_us_ends_the_round(error: type[Exception]) -> None:
    for name in ("check_ledger", "check_raw"):
        with pytest.raises(error):
            audit(Store(**{name: refusing(name, error)})).round(NOW_MS)


class Well:
    """A canary that comes through."""

    seconds, missing = 0.1, 0

    def round(self, stop: Callable[[], bool]) -> Line:
        return Line("canary", OK, "", "")


class Written:
    def __init__(self, error: Exception | None = None) -> None:
        self.tables: list[str] = []
        self._error = error

    def insert(self, table: str, rows: Any) -> None:
        if self._error:
            raise self._error
        self.tables.append(table)


def rounds(store: Store, writer: Written, telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch) -> Rounds:
    monkeypatch.setattr(nhip.audit, "connect", lambda settings, role: store)
    monkeypatch.setattr(nhip.audit, "sender", lambda settings, feed: None)
    found = Rounds(Settings(var=str(CHECKOUT)), telemetry)
    for name, part in (("_canary", Well()), ("_writer", writer), ("_audit", audit(store))):
        monkeypatch.setattr(found, name, part)
    return found


def test_disks_that_cannot_be_seen_are_red_until_they_can_and_end_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    store, writer, telemetry = Store(audit_disks=refusing("audit_disks")), Written(), Telemetry()
    running = rounds(store, writer, telemetry, monkeypatch)
    running._round()
    assert telemetry.value("nhip_check_level", question="disks") == BAD
    assert telemetry.value("nhip_check_level", question="store") == OK
    store.answers[load("audit_disks").sql] = []
    running._round()
    assert telemetry.value("nhip_check_level", question="disks") == OK
    assert writer.tables == ["checks", "checks"]


def test_a_store_that_does_not_know_us_is_told_as_a_store_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    telemetry, writer = Telemetry(), Written(StoreForbids("it does not know the writer"))
    rounds(Store(check_ledger=refusing("check_ledger", StoreForbids)), writer, telemetry, monkeypatch)._round()
    assert telemetry.value("nhip_check_level", question="store") == BAD
