"""What boards count: a case once however often it is told, a missing number as missing, never too short a past."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from catalogue.load import load as load_catalogue
from clickhouse import dimensions
from clickhouse.client import Store
from contract.settings import Settings
from tests.board_seeds import AT, Seeds, ago
from tests.databases import writing

pytestmark = pytest.mark.integration

FRIDAY = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
"""16:30 in Viet Nam."""
YESTERDAY = datetime(2026, 11, 19, 17, tzinfo=UTC)
"""Midnight at which a day began there."""


@pytest.fixture(scope="module")
def writer(engine: Settings) -> Iterator[Store]:
    with writing(engine, "nhip_boards_count") as store:
        dimensions.fill(store, load_catalogue())
        yield store


@pytest.fixture
def seeds(writer: Store) -> Iterator[Seeds]:
    found = Seeds(writer)
    yield found
    found.empty()


def document(seeds: Seeds, unit: str, **states: datetime) -> None:
    for state, at in states.items():
        seeds.step("document-axis", "document", unit, f"D-{unit}", state, at)


def test_a_unit_that_speaks_once_a_quarter_is_not_silent_for_it(seeds: Seeds) -> None:
    seeds.state("egov-tasks", "receiving", AT, ago(days=1))
    seeds.step("egov-tasks", "task", "G01", "T1", "assigned", ago(days=40))
    seeds.step("egov-tasks", "task", "G02", "T2", "assigned", ago(days=105))
    for unit, days in (("G01", 40), ("G02", 105)):
        (row,) = [r for r in seeds.shown("unit", "connections", unit=unit) if r["feed"] == "egov-tasks"]
        assert row["state"] != "silent", days
        (of_feed,) = [r for r in seeds.shown("feed", "units", feed="egov-tasks") if r["unit"] == unit]
        assert (of_feed["state"], of_feed["records"]) == (row["state"], "1")


def test_a_unit_without_anything_online_has_its_rank_among_those_that_have(seeds: Seeds) -> None:
    for unit, online in (("H26", 0), ("H29", 50), ("H17", 60)):
        seeds.bucket("portal-dossiers", "dossier", unit, "day", YESTERDAY, 100, online=online)
        seeds.bucket("document-axis", "document", unit, "day", YESTERDAY, 100)
    kinds = {row["kind_name"]: row["online"] for row in seeds.shown("unit", "kinds", unit="H26")}
    assert kinds == {"Hồ sơ thủ tục hành chính": "0,0 %", "Văn bản trên Trục liên thông": "chưa có"}
    peers = [row for row in seeds.shown("unit", "peers", unit="H26") if row["measure"].startswith("trực tuyến")]
    assert [(row["last_value"], row["rank"]) for row in peers] == [("0,0 %", "3 / 3")]


def test_a_document_waits_from_when_it_arrived_and_one_that_never_did_does_not(seeds: Seeds) -> None:
    day_before = FRIDAY - timedelta(hours=30)
    document(seeds, "G01", sent=day_before, arrived=FRIDAY - timedelta(minutes=10))
    document(seeds, "G02", sent=day_before)
    document(seeds, "G03", sent=day_before, arrived=day_before)
    rows = seeds.shown("ops-documents", "unacknowledged", at=FRIDAY)
    assert [(row["unit"], row["longest"]) for row in rows] == [("G03", "1 ngày 6 giờ")]


@pytest.mark.parametrize("days_later", [1, 2])
def test_what_arrived_on_a_friday_has_not_waited_a_working_day_on_the_weekend(seeds: Seeds, days_later: int) -> None:
    document(seeds, "G01", sent=FRIDAY, arrived=FRIDAY - timedelta(hours=8))
    document(seeds, "G02", sent=FRIDAY, arrived=FRIDAY - timedelta(hours=20))
    rows = seeds.shown("ops-documents", "unacknowledged", at=FRIDAY + timedelta(days=days_later))
    assert [row["unit"] for row in rows] == ["G02"]


def test_a_document_goes_each_leg_once_and_is_accepted_when_it_is_handled(seeds: Seeds) -> None:
    seeds.step("document-axis", "document", "G04", "D4", "sent", FRIDAY - timedelta(hours=5))
    for hours in (4, 3, 2):
        seeds.step("document-axis", "document", "G04", "D4", "handling", FRIDAY - timedelta(hours=hours))
    (leg,) = seeds.shown("ops-documents", "ways", at=FRIDAY)
    assert (leg["documents"], leg["longest"]) == ("1", "1 giờ")
    (urgent,) = seeds.shown("ops-documents", "urgent", at=FRIDAY)
    assert (urgent["sent"], urgent["accepted"], urgent["median"]) == ("1", "100,0 %", "1 giờ")


def test_a_dossier_that_was_accepted_twice_is_one_and_a_returned_one_is_finished(seeds: Seeds) -> None:
    for hours, state in enumerate(("accepted", "supplement", "accepted", "processing", "returned")):
        more = {"due_at": ago(hours=19), "channel": "online", "subject": "x"}
        seeds.step("portal-dossiers", "dossier", "H26", "C1", state, ago(hours=20 - hours), **more)
    (used,) = seeds.shown("ops-procedures", "used")
    assert (used["received"], used["online"], used["refused_share"]) == ("1", "100,0 %", "0,0 %")
    (subject,) = seeds.shown("ops-portal", "subjects")
    assert (subject["dossiers"], subject["finished"], subject["late_share"]) == ("1", "1", "100,0 %")


def test_what_came_through_the_inbox_is_taken_in_once_and_has_no_beat_of_its_own(seeds: Seeds) -> None:
    own = {"kind": "records", "records": 60, "accepted": 60, "sent_at": ago(minutes=5), "arrived_at": ago(minutes=5)}
    seeds.put("ledger", topic="nhip.inbox", disposition="forwarded", **own)
    seeds.put("ledger", topic="nhip.figures", disposition="stored", feed="power-load", clock=ago(minutes=5), **own)
    tick = {"kind": "tick", "disposition": "stored", "arrived_at": ago(seconds=30), "clock": ago(seconds=30)}
    seeds.put("ledger", topic="nhip.figures", **tick)
    steps_of_72_s = seeds.shown("platform", "intake")
    assert round(sum(row["accepted"] for row in steps_of_72_s) * 72) == 60
    beats = {row["topic"]: row["oldest_beat"] for row in seeds.shown("platform", "ledger")}
    assert beats == {"nhip.inbox": "–", "nhip.figures": "● 30 giây"}


def test_where_nothing_was_counted_what_a_province_told_cannot_be_compared(seeds: Seeds) -> None:
    told = {"unit": "H26", "period": "A-M2026-11", "vintage": "final", "sent_at": ago(days=2)}
    seeds.figure("reporting-services", "reported-received", datetime(2026, 10, 14, 17, tzinfo=UTC), 5000, **told)
    (row,) = seeds.shown("ops-reporting", "counted")
    assert (row["reported"], row["counted"], row["difference"]) == ("5.000", "chưa có", "– chưa so được")


def test_the_open_cases_of_a_small_province_can_be_read_as_those_of_the_country(seeds: Seeds) -> None:
    for unit, open_end in (("H26", 1_400), ("H29", 230_000)):
        more = {"open_end": open_end, "overdue_open_end": 430}
        seeds.bucket("portal-dossiers", "dossier", unit, "day", YESTERDAY, 1, **more)
    small = {row["series"]: row["value"] for row in seeds.shown("ops-portal", "open-days", unit="H26")}
    assert small == {"đang mở × 10": 140, "trong đó quá hạn × 10": 43}
    country = {row["series"]: row["value"] for row in seeds.shown("ops-portal", "open-days", lang="en")}
    assert country == {"open × 1,000": 231.4, "of these overdue × 1,000": 0.86}


def test_everything_in_a_link_is_the_default_of_a_board_of_one_thing(seeds: Seeds) -> None:
    assert seeds.text("unit", "who", unit="*") == seeds.text("unit", "who", unit="H26")
    assert seeds.shown("feed", "units", feed="*") == seeds.shown("feed", "units", feed="portal-dossiers")
