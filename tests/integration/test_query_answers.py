"""What queries of the library answer, on rows that they used to count wrongly."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalogue.load import load as load_catalogue
from clickhouse import dimensions
from clickhouse.client import Store
from clickhouse.queries import load as query
from contract.settings import Settings
from tests.databases import writing
from tests.seeds import figure, put, step

pytestmark = pytest.mark.integration

NOVEMBER = datetime(2026, 11, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def writer(engine: Settings) -> Iterator[Store]:
    with writing(engine, "nhip_query_answers") as store:
        dimensions.fill(store, load_catalogue())
        yield store


@pytest.fixture
def store(writer: Store) -> Iterator[Store]:
    yield writer
    for table in ("figures", "case_steps", "findings", "finding_actions", "ledger"):
        writer.command(f"TRUNCATE TABLE {table} SYNC")


def asked(store: Store, name: str, **given: Any) -> list[dict[str, Any]]:
    one = query(name)
    return list(store.rows(one.sql, **one.values(given)))


def a_finding(store: Store, name: str, at: datetime, **more: Any) -> None:
    own = {"finding_id": name * 32, "feed": "power-load", "rule": "hard_bounds", "severity": "critical"}
    times = {"at": at, "opened_at": at, "severity_at": at}
    put(store, "findings", generation=1, revision=1, state="open", **(own | times | more))


def handled(store: Store, name: str, at: datetime, *steps: str) -> None:
    for number, what in enumerate(steps):
        own = {"finding_id": name * 32, "feed": "power-load", "action_id": f"{number:032x}", "step": what, "actor": "a"}
        put(store, "finding_actions", **own, at=at, arrived_at=at + timedelta(minutes=number), offset=number)


def test_a_false_alarm_that_was_closed_is_a_false_alarm(store: Store) -> None:
    a_finding(store, "d", NOVEMBER)
    handled(store, "d", NOVEMBER, "taken", "false_alarm", "closed")
    (row,) = asked(store, "findings_outcomes")
    assert (row["findings"], row["false_alarms"], row["false_alarms_of_judged_percent"]) == (1, 1, 100.0)


def test_findings_are_counted_on_the_day_they_were_known_and_drills_never(store: Store) -> None:
    a_finding(store, "a", datetime(2025, 12, 1, tzinfo=UTC), opened_at=NOVEMBER, severity_at=NOVEMBER)
    a_finding(store, "b", NOVEMBER, drill=True)
    (row,) = asked(store, "findings_outcomes")
    assert row["findings"] == 1
    assert asked(store, "findings_outcomes", **{"from": "2025-12-01", "to": "2025-12-31"}) == []


def test_a_period_that_begins_at_our_midnight_lies_in_its_year(store: Store) -> None:
    january = datetime(2024, 12, 31, 17, tzinfo=UTC)
    for unit, value in (("VN", 100), ("TW", 10), ("DP", 40)):
        told = {"unit": unit, "period": "C-M2025-01", "vintage": "final", "sent_at": datetime(2025, 2, 8, tzinfo=UTC)}
        figure(store, "public-investment", "public-investment", january, value, **told)
    (row,) = asked(store, "sums_against_parent", **{"from": "2025-01-01", "to": "2025-12-31"})
    assert (row["reported"], row["summed"], row["children"]) == (100, 50, 2)
    assert asked(store, "sums_against_parent", **{"from": "2024-01-01", "to": "2025-01-01"}) == []


def test_a_dossier_is_measured_from_its_start_however_long_ago_and_only_if_it_was_handled(store: Store) -> None:
    due = datetime(2026, 7, 20, tzinfo=UTC)
    step(store, "L1", "accepted", datetime(2026, 7, 1, tzinfo=UTC), due_at=due)
    step(store, "L1", "processing", datetime(2026, 10, 30, tzinfo=UTC), due_at=due)
    step(store, "L1", "finished", datetime(2026, 11, 1, tzinfo=UTC), due_at=due)
    step(store, "L1", "returned", datetime(2026, 11, 2, tzinfo=UTC), due_at=due)
    step(store, "W1", "accepted", NOVEMBER)
    step(store, "W1", "withdrawn", NOVEMBER + timedelta(hours=1))
    step(store, "R1", "accepted", datetime(2026, 9, 1, tzinfo=UTC))
    step(store, "R1", "finished", datetime(2026, 9, 9, tzinfo=UTC))
    step(store, "R1", "returned", NOVEMBER)
    (row,) = asked(store, "durations_against_limit")
    assert (row["finished"], row["over_limit"], row["median_days"], row["median_limit_days"]) == (1, 1, 123.0, 19.0)


def test_what_came_through_the_inbox_is_counted_once(store: Store) -> None:
    own = {"kind": "records", "partition": 1, "arrived_at": datetime.now(UTC)}
    counts = {"records": 62, "accepted": 60, "rejected": 2}
    put(store, "ledger", topic="nhip.inbox", disposition="forwarded", offset=0, **counts, **own)
    counts = {"records": 60, "accepted": 59, "duplicates": 1}
    put(store, "ledger", topic="nhip.figures", disposition="stored", feed="power-load", offset=1, **counts, **own)
    days = asked(store, "ledger_by_day")
    (totals,) = asked(store, "ledger_totals")
    for name in ("records", "accepted", "rejected", "duplicates"):
        assert sum(day[name] for day in days) == totals[name]
    assert (totals["records"], totals["accepted"], totals["rejected"], totals["duplicates"]) == (62, 59, 2, 1)
