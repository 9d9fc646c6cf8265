"""A critical finding through the real Kafka, worker and engine: taken, refused to another, asked, labelled, closed."""

import argparse
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bench.faults.reference import differences, doubled, expected
from catalogue import contacts
from catalogue.load import FOLDER, load
from clickhouse.client import connect
from clickhouse.contacts import fill
from contract import actions, topics
from contract.codec import TICK_HEADERS, tick_body
from contract.handling import DONE, NOT_NOW
from contract.settings import Settings
from nhip import contacts as contacts_command
from nhip import findings, findings_act, shift
from nhip.accounts import OPERATOR, Account, Accounts
from nhip.check import verdict
from nhip.findings_act import UNREAD, Acting, NotPossible, Wish
from nhip.findings_read import Books, Finding, Wanted
from nhip.local import ports
from tests.integration.installation import Installation, installed

FEED = load().feeds["drill-figures"]
A, B = Account("truc-ban-1", OPERATOR, ""), Account("truc-ban-2", OPERATOR, "")
CONTROL = {topics.KIND: b"control", topics.SCHEMA: actions.SCHEMA.encode()}


@pytest.fixture(scope="module")
def installation(kafka: Settings, engine: Settings) -> Iterator[Installation]:
    """With a worker that has found something critical in three provinces."""
    with installed(engine, "taken", snapshot_s=1.0) as one:
        one.start()
        wrong(one, "H26", "H17", "H29")
        yield one


def wrong(one: Installation, *units: str) -> None:
    """Figures of the drill a million times too large, and a minute that tells of them."""
    topic, now = one.settings.topics.figures, int(time.time() * 1000)
    one.send(topic, 0, tick_body(now), **TICK_HEADERS)
    for unit in units:
        given = {
            "feed": FEED.id,
            "unit": unit,
            "indicator": "drill-value",
            "value": 5e8,
            "event_at": now,
            "sent_at": now,
        }
        one.send(topic, 0, msgspec.json.encode({**given, "simulated": True}))
    one.caught_up()
    sql = """SELECT count() FROM findings_in_force
        WHERE severity = 'critical' AND state = 'open' AND unit IN {u:Array(String)}"""
    one.until(lambda: one.one(sql, u=list(units)) == (len(units),), "the findings")


@pytest.fixture
def books(installation: Installation) -> Books:
    return Books(connect(installation.settings, "reader"))


@pytest.fixture
def acting(installation: Installation, books: Books) -> Acting:
    return Acting(installation.settings, installation.catalogue, books)


def critical(books: Books, unit: str) -> Finding:
    ((found,), _) = books.listed(Wanted(severity="critical", unit=unit))
    return books.one(found.id)


def typed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    findings.add_arguments(parser)
    return parser.parse_args(words)


def test_a_finding_is_taken_by_one_refused_to_the_other_asked_labelled_and_closed(
    installation: Installation, books: Books, acting: Acting, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = msgspec.structs.replace(installation.settings, var=str(tmp_path), account="truc-ban-1")
    for account in (A, B):
        Accounts(settings).add(account.id, OPERATOR)
    seen_by_both = critical(books, "H26")

    def run(*words: str) -> int:
        return findings.run(settings, typed(*words))

    assert run("take", seen_by_both.short) == 0
    assert "đã nhận · truc-ban-1" in capsys.readouterr().out
    told = acting.act(seen_by_both, Wish("taken", B))
    assert (told.outcome, told.held.holder) == (NOT_NOW, "truc-ban-1"), "B's page was older than A's step"
    with pytest.raises(NotPossible, match="đã nhận · truc-ban-1"):
        run("take", seen_by_both.short, "--as", "truc-ban-2")
    with pytest.raises(NotPossible, match="truc-ban-1 đang giữ"):
        run("label", seen_by_both.short, "confirmed", "--as", "truc-ban-2")
    assert run("ask", seen_by_both.short, "--until", "2h", "--note", "xin số liệu gốc") == 0
    assert books.listed(Wanted(handling="asked"))[0][0].asked_until > datetime.now(UTC)  # type: ignore[operator]
    assert run("label", seen_by_both.short, "corrected") == 0
    assert run("close", seen_by_both.short, "--as", "truc-ban-2") == 0
    capsys.readouterr()
    history = [(done.step, done.actor, done.outcome) for done in books.history(seen_by_both)]
    assert history == [
        ("taken", "truc-ban-1", DONE),
        ("taken", "truc-ban-2", NOT_NOW),
        ("asked", "truc-ban-1", DONE),
        ("corrected", "truc-ban-1", DONE),
        ("closed", "truc-ban-2", DONE),
    ]
    ledger = """SELECT count(), sum(records), sum(accepted), sum(written['finding_actions'])
        FROM ledger FINAL WHERE kind = 'control'"""
    assert installation.one(ledger) == (5, 5, 5, 5), "each an audited row"
    run("show", seen_by_both.short)
    shown = capsys.readouterr().out
    assert "đã đóng · truc-ban-1" in shown
    assert "2. " in shown
    assert "✖ không hợp với trạng thái lúc đó" in shown
    assert seen_by_both.id not in {finding.id for finding in books.listed(Wanted())[0]}
    assert seen_by_both.id in {finding.id for finding in books.listed(Wanted(all=True))[0]}


def test_a_critical_finding_calls_the_next_level_until_it_is_taken(
    installation: Installation, books: Books, acting: Acting
) -> None:
    finding = critical(books, "H17")
    seen = "SELECT seen_at FROM findings_untaken(now = now64(3)) WHERE finding_id = {id:String}"
    (seen_at,) = installation.one(seen, id=finding.id)

    def level(minutes: int) -> int:
        now = (seen_at + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S")
        sql = f"SELECT max(level) FROM findings_untaken(now = '{now}') WHERE finding_id = {{id:String}}"
        return int(installation.one(sql, id=finding.id)[0])

    assert [level(minutes) for minutes in (0, 14, 15, 29, 30)] == [1, 1, 2, 2, 3]
    acting.act(finding, Wish("taken", A))
    assert level(30) == 0


def test_bad_control_records_are_rejected_rows_and_the_log_goes_on(installation: Installation) -> None:
    topic = installation.settings.topics.figures
    bad = [b"{", b'{"step": "taken"}', b'[{"name": "Nguyen Van A"}]', b""]
    headers = {name.replace("-", "_"): value for name, value in CONTROL.items()}
    offsets = installation.send(topic, 0, *bad, **headers)
    installation.caught_up()
    sql = """SELECT offset, reason, concat(field, toString(fields)) FROM rejected
        WHERE topic = {t:String} AND offset IN {o:Array(UInt64)}"""
    found = {offset: (reason, kept) for offset, reason, kept in installation.store.query(sql, t=topic, o=offsets)}
    assert [found[offset][0] for offset in offsets] == ["not_json", "missing_field", "unknown_field", "empty"]
    assert "Nguyen" not in str(found)


def test_what_is_sent_while_the_worker_is_away_takes_effect_in_the_order_of_the_log(
    installation: Installation, books: Books, acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = critical(books, "H29")
    installation.kill()
    monkeypatch.setattr(findings_act, "WORKER_S", 0.5)
    assert acting.act(finding, Wish("taken", B)).outcome == UNREAD
    assert acting.act(finding, Wish("taken", A)).outcome == UNREAD
    installation.start()
    installation.caught_up()
    assert [(done.actor, done.outcome) for done in books.history(finding)] == [
        ("truc-ban-2", DONE),
        ("truc-ban-1", NOT_NOW),
    ]
    installation.kill()
    installation.start()
    installation.caught_up()
    assert len(books.history(finding)) == 2


def test_kafka_away_is_said_within_seconds(
    installation: Installation, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings_act, "KAFKA_S", 0.5)
    nowhere = msgspec.structs.replace(installation.settings, kafka_port=ports.free())
    finding = critical(books, "H29")
    started = time.monotonic()
    with pytest.raises(ConnectionError, match="coi như chưa thực hiện"):
        Acting(nowhere, installation.catalogue, books).act(
            finding, Wish("asked", B, datetime.now(UTC) + timedelta(hours=1))
        )
    assert time.monotonic() - started < 10


def test_the_contact_is_joined_when_a_finding_is_shown_and_a_shift_is_handed_over(
    installation: Installation, books: Books, acting: Acting, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, problems = contacts.examine(installation.catalogue, FOLDER, "contacts.example.toml")
    assert problems == []
    assert fill(installation.store, installation.catalogue, given)
    assert not fill(installation.store, installation.catalogue, given), "it is there already"
    finding = critical(books, "H29")
    assert finding.post_vi == "Trực ban diễn tập"
    assert critical(books, "H17").telephone == "0000"
    acting.act(finding, Wish("asked", B, datetime.now(UTC) + timedelta(hours=1)))
    page = tmp_path / "shift.html"
    args = argparse.Namespace(hours=8.0, until="", html="")
    assert shift.run(installation.settings, args) == 0
    printed = capsys.readouterr().out
    assert "Đang chờ đơn vị (1)" in printed
    assert "Trực ban diễn tập; điện thoại 0000" in printed
    assert "Đã đóng trong ca (1)" in printed
    shift.run(installation.settings, argparse.Namespace(hours=8.0, until="", html=str(page)))
    assert "Trực ban diễn tập" in page.read_text(encoding="utf-8")
    nobody = msgspec.structs.replace(installation.settings, catalogue=str(_catalogue(tmp_path)))
    assert contacts_command.run(nobody, argparse.Namespace(action="load")) == 1, "there is no file"


def _catalogue(tmp_path: Path) -> Path:
    """The catalogue without anybody's contacts."""
    folder = tmp_path / "catalogue"
    for file in [*FOLDER.glob("*.toml"), *FOLDER.glob("*/*.toml")]:
        if not file.name.startswith("contacts"):
            (folder / file.relative_to(FOLDER)).parent.mkdir(parents=True, exist_ok=True)
            (folder / file.relative_to(FOLDER)).write_bytes(file.read_bytes())
    return folder


def test_the_store_is_what_the_log_gives_and_the_books_balance(installation: Installation) -> None:
    installation.caught_up()
    result = expected(installation.settings, installation.catalogue)
    assert result.count("finding_actions") > 7
    found: dict[str, Any] = differences(installation.store, installation.settings, result)
    assert {table: one.count for table, one in found.items() if one.count} == {}
    assert not any(doubled(installation.store).values())
    levels = {line.question: line.level for line in verdict(installation.store, installation.settings).lines}
    assert [levels[question] for question in ("lost", "balance", "stored", "doubled")] == [0, 0, 0, 0]
