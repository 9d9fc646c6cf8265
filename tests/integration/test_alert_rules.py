"""Every rule on the real engine, asked as the reader: quiet on a calm day, firing on a broken one, and over
afterwards."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from alerts import gsm, webhook
from alerts.evaluate import Alert, ask, evaluate
from alerts.message import Bases, Message, long, short
from alerts.model import Rule
from alerts.rules import RULES
from catalogue.load import load
from clickhouse import dimensions
from clickhouse.client import Store, connect
from clickhouse.migrate import migrate
from contract.settings import CHECKOUT, Settings
from grafana import runbooks
from nhip import words
from nhip.alerts_now import look
from nhip.cli import main
from tests.alert_rows import (
    BROKEN,
    CALM,
    CLEARED,
    SILENT_FEEDS,
    Rows,
    a_finding,
    at,
    finding_id,
    row,
    silent_together,
    table_of,
)

ALWAYS = "AlertsAlive"
MOMENTS = {"calm": at("10:00"), "broken": at("11:00"), "cleared": at("12:00")}
NO_TICKS = at("10:30")
"""Between the minutes that the data sets have."""
FIRING: dict[str, set[tuple[tuple[str, str], ...]]] = {
    "FeedSilent": {(("feed", feed),) for feed in SILENT_FEEDS},
    "FeedLost": {(("feed", "customs"),)},
    "FeedsSilentMany": {(("feed", "all"),)},
    "CompletenessLow": {(("feed", "portal-dossiers"),)},
    "FindingCritical": {
        (("family", "hard_bounds"), ("origin", "simulated")),
        (("family", "jump"), ("origin", "drill")),
    },
    "FindingUntaken": {(("family", "hard_bounds"),)},
    "FindingUntakenLong": {(("family", "hard_bounds"),)},
    "FindingsWarning": {(("feed", "visitors"),)},
    "FindingsForReview": {(("unit", "H26"),)},
    "OverdueRising": {(("unit", "H26"),)},
    "FigureBehindTarget": {(("indicator", "gdp-growth-year"),)},
    "DataStandsStill": {(("feed", "all"),)},
}
"""What must fire on the broken day, by some of its labels, and nothing else."""


@pytest.fixture(scope="module")
def stores(engine: Settings) -> Iterator[dict[str, Store]]:
    """Phase -> the store as it stood then, to be read only."""
    writers, found = [], {}
    for phase, parts in (("calm", (CALM,)), ("broken", (CALM, BROKEN)), ("cleared", (CALM, BROKEN, CLEARED))):
        own = msgspec.structs.replace(engine, store_database=f"nhip_alerts_{phase}")
        writer = connect(own, "writer")
        writers.append(writer)
        migrate(writer, own)
        dimensions.fill(writer, load())
        for rows in parts:
            _insert(writer, rows)
        found[phase] = connect(own, "reader")
    yield found
    for writer in writers:
        writer.command(f"DROP DATABASE {writer.database} SYNC", in_database=False)


def _insert(writer: Store, rows: Rows) -> None:
    for table, of_table in rows.items():
        writer.insert(table, table_of(table, of_table))


def firing(store: Store, rule: Rule, moment: datetime) -> list[Alert]:
    return [alert for alert in evaluate(store, rule, moment) if alert.state == "firing"]


def told(alerts: list[Alert], like: set[tuple[tuple[str, str], ...]]) -> set[tuple[tuple[str, str], ...]]:
    """The alerts by the labels that the expected ones are told by."""
    names = {name for found in like for name, _ in found}
    return {tuple(pair for pair in alert.key if pair[0] in names) for alert in alerts}


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.name != ALWAYS], ids=lambda rule: rule.name)
def test_a_rule_is_quiet_on_a_calm_day_fires_on_a_broken_one_and_is_over_afterwards(
    stores: dict[str, Store], rule: Rule
) -> None:
    assert firing(stores["calm"], rule, MOMENTS["calm"]) == []
    moment = NO_TICKS if rule.name == "DataStandsStill" else MOMENTS["broken"]
    expected = FIRING[rule.name]
    assert told(firing(stores["broken"], rule, moment), expected) == expected
    assert firing(stores["cleared"], rule, MOMENTS["cleared"]) == []


def the(name: str) -> Rule:
    return next(rule for rule in RULES if rule.name == name)


def test_the_sign_of_life_always_fires(stores: dict[str, Store]) -> None:
    for phase, moment in MOMENTS.items():
        assert len(firing(stores[phase], the(ALWAYS), moment)) == 1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_key_is_there_each_time_with_the_same_labels(stores: dict[str, Store], rule: Rule) -> None:
    """A label that moves would end one alert and begin another. Findings come and go; what is there is told alike."""
    calm, broken, cleared = (
        {alert.key for alert in evaluate(stores[phase], rule, moment)} for phase, moment in MOMENTS.items()
    )
    assert broken <= cleared, "what fires must be seen again when it is over, with its value"
    if not rule.name.startswith(("FindingCritical", "FindingUntaken")):
        assert calm == broken == cleared


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_alert_says_its_system_unit_and_feed(stores: dict[str, Store], rule: Rule) -> None:
    rows = ask(stores["broken"], rule, MOMENTS["broken"])
    assert rows
    for labels, _ in rows:
        assert {"system", "unit", "feed"} <= set(labels)


def test_what_closed_within_the_hour_is_still_told_and_is_well(stores: dict[str, Store]) -> None:
    found = {
        labels["finding_id"]: value for labels, value in ask(stores["calm"], the("FindingCritical"), MOMENTS["calm"])
    }
    assert found == {finding_id("closed lately"): 0.0}


def test_a_moment_that_has_passed_is_judged_by_what_held_then(stores: dict[str, Store]) -> None:
    """Whether somebody has taken a finding is known of now only."""
    for name in ("FeedSilent", "FeedLost", "CompletenessLow", "FindingsWarning", "FigureBehindTarget"):
        then = told(firing(stores["cleared"], the(name), MOMENTS["broken"]), FIRING[name])
        assert then == (FIRING[name] if name != "FigureBehindTarget" else set()), name


def test_what_somebody_took_calls_nobody_any_more(stores: dict[str, Store]) -> None:
    broken = stores["broken"]
    writer = connect(broken.settings, "writer")
    step = {"feed": "power-load", "finding_id": finding_id("too much"), "action_id": "a" * 32, "step": "taken"}
    times = {"at": at("10:59"), "arrived_at": at("10:59")}
    try:
        writer.insert(
            "finding_actions",
            table_of("finding_actions", [row("finding_actions", actor="truc-ban-1", **step, **times)]),
        )
        for name in ("FindingCritical", "FindingUntaken", "FindingUntakenLong"):
            found = {labels["finding_id"]: value for labels, value in ask(broken, the(name), MOMENTS["broken"])}
            assert found[finding_id("too much")] == 0.0, name
    finally:
        writer.command("TRUNCATE TABLE finding_actions SYNC")
        writer.close()


def test_a_finding_about_a_period_is_no_older_than_when_it_was_known(stores: dict[str, Store]) -> None:
    """Its `at` is the first day of the year."""
    broken = stores["broken"]
    writer = connect(broken.settings, "writer")
    found = a_finding("year", "10:55", feed="grdp", indicator="grdp", unit="H26", rule="jump")
    late = {**found, "at": datetime(2026, 1, 1, tzinfo=UTC)}
    try:
        writer.insert("findings", table_of("findings", [late]))
        assert finding_id("year") in {
            alert.labels["finding_id"] for alert in firing(broken, the("FindingCritical"), MOMENTS["broken"])
        }
        untaken = {alert.labels["finding_id"] for alert in firing(broken, the("FindingUntaken"), MOMENTS["broken"])}
        assert finding_id("year") not in untaken
    finally:
        writer.command(
            f"ALTER TABLE findings DELETE WHERE finding_id = '{finding_id('year')}' SETTINGS mutations_sync = 1"
        )
        writer.close()


SHARDS = (9, 9, 8, 8)
"""Provinces of the dossiers' four shards."""


@pytest.fixture
def told_of_dossiers(stores: dict[str, Store]) -> Iterator[Callable[..., set[str]]]:
    """Silent provinces by shard, each shard's finding critical -> the rules that fire for the feed."""
    calm = stores["calm"]
    writer = connect(calm.settings, "writer")
    names = ("FeedSilent", "FeedLost", "CompletenessLow")

    def told(*silent: int) -> set[str]:
        found = [
            silent_together(f"shard {n}", "9:20", count, of, feed="portal-dossiers")
            for n, (count, of) in enumerate(zip(silent, SHARDS, strict=True))
            if count
        ]
        writer.insert("findings", table_of("findings", found))
        alerts = [alert for name in names for alert in firing(calm, the(name), at("10:20"))]
        return {alert.rule.name for alert in alerts if alert.labels["feed"] == "portal-dossiers"}

    yield told
    ids = ", ".join(f"'{finding_id(f'shard {n}')}'" for n in range(len(SHARDS)))
    writer.command(f"ALTER TABLE findings DELETE WHERE finding_id IN ({ids}) SETTINGS mutations_sync = 1")
    writer.close()


@pytest.mark.parametrize(
    ("silent", "rules"),
    [
        ((9, 0, 0, 0), {"CompletenessLow"}),
        ((9, 8, 0, 0), {"CompletenessLow", "FeedSilent"}),
        ((9, 9, 8, 7), {"CompletenessLow", "FeedSilent"}),
        ((4, 4, 4, 4), {"CompletenessLow", "FeedSilent"}),
        (SHARDS, {"CompletenessLow", "FeedSilent", "FeedLost"}),
    ],
    ids=["one shard", "two shards", "all but one province", "two thirds not back in any", "all"],
)
def test_a_shard_that_is_silent_is_not_the_whole_feed(
    told_of_dossiers: Callable[..., set[str]], silent: tuple[int, ...], rules: set[str]
) -> None:
    assert told_of_dossiers(*silent) == rules


def told_in(store: Store, lang: str) -> list[Message]:
    return [message for group in look(store, MOMENTS["broken"], lang).told for message in group.messages]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_message_is_whole(stores: dict[str, Store], lang: str) -> None:
    bases = Bases("https://nhip.invalid", "https://nhip.invalid/desk")
    messages = told_in(stores["broken"], lang)
    assert len({message.labels["rule"] for message in messages}) > 5
    for message in messages:
        said = long(message, bases, lang)
        assert not re.search(r"\{|\}|\$|None|\bnan\b|no value", said), said
        assert len(short([message], bases, lang)) <= gsm.LIMIT


def test_a_finding_is_told_with_what_it_says_now(stores: dict[str, Store]) -> None:
    messages = told_in(stores["broken"], "vi")
    extras = {message.labels["finding_id"]: message.extras for message in messages if "finding_id" in message.labels}
    assert list(extras[finding_id("too much")]) == [("Điều thấy được", "Công suất quá lớn.")]


def test_what_is_lost_silences_its_indicators_and_many_silent_feeds_are_one_message(stores: dict[str, Store]) -> None:
    found = look(stores["broken"], MOMENTS["broken"], "vi")
    rules = [message.labels["rule"] for group in found.told for message in group.messages]
    assert "FeedsSilentMany" in rules
    assert "FeedSilent" not in rules
    assert "FeedLost" not in rules
    assert found.silenced == len(SILENT_FEEDS) + 2, "the silent ones, the lost one, and what is incomplete"


@pytest.fixture
def broken_day(stores: dict[str, Store], monkeypatch: pytest.MonkeyPatch) -> None:
    """The command asks the broken store."""
    monkeypatch.setattr(words, "_language", "vi")
    for name in ("var", "store_port", "store_database"):
        monkeypatch.setenv(f"NHIP_{name.upper()}", str(getattr(stores["broken"].settings, name)))


@pytest.mark.usefixtures("broken_day")
def test_the_command_prints_and_shortly(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts", "--at", "20/11/2026 11:00"]) == 0
    told = capsys.readouterr().out
    assert "── Gửi tới operations-page\n✖ NGHIÊM TRỌNG · 5 kết nối cùng mất tín hiệu" in told
    assert "── Gửi tới leaders-page\n✖ NGHIÊM TRỌNG · [MÔ PHỎNG] 35 phút chưa ai nhận: " in told
    assert told.rstrip().endswith("13 quy tắc.")
    assert main(["alerts", "--at", "2026-11-20 11:00", "--short", "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(len(line) <= gsm.LIMIT for line in lines)


@pytest.mark.usefixtures("broken_day")
def test_the_command_posts_a_body_for_each_group(capsys: pytest.CaptureFixture[str]) -> None:
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200 if self.path == "/hook" else 500)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        assert main(["alerts", "--at", "2026-11-20 11:00", "--webhook", f"{url}/hook"]) == 0
        told = [message.labels["rule"] for body in bodies for message in webhook.read(body)]
        assert main(["alerts", "--at", "2026-11-20 11:00", "--webhook", f"{url}/broken"]) == 1
        server.shutdown()
    assert {"FindingCritical", "FindingUntaken", "FeedsSilentMany", "OverdueRising"} <= set(told)
    said = capsys.readouterr().err
    assert f"{len(told)} cảnh báo, " in said
    assert "did not take the alerts" in said


@pytest.mark.parametrize("heading", sorted(runbooks.sections((CHECKOUT / "alerts/runbooks.md").read_text())))
def test_the_first_look_of_a_runbook_runs_for_a_reader(stores: dict[str, Store], heading: str) -> None:
    body = runbooks.sections((CHECKOUT / "alerts/runbooks.md").read_text())[heading].body
    (sql,) = re.findall(r"```sql\n(.*?)```", body, re.DOTALL)
    stores["broken"].rows(sql)
