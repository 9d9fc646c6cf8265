"""What boards say is open: real or a drill, taken or not, known since when, whatever period it is about."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from catalogue.load import load as load_catalogue
from clickhouse import dimensions
from clickhouse.client import Store
from contract.settings import Settings
from tests.alert_rows import finding_id
from tests.board_seeds import AT, Seeds, ago
from tests.databases import writing

pytestmark = pytest.mark.integration

SEPTEMBER = datetime(2026, 8, 31, 17, tzinfo=UTC)
OPEN_TABLES = (
    *(("wall-centre", "findings"), ("overview", "findings"), ("ops-economy", "findings"), ("ops-centre", "findings")),
    *(("findings", "open"), ("findings", "newest")),
)


@pytest.fixture(scope="module")
def writer(engine: Settings) -> Iterator[Store]:
    with writing(engine, "nhip_boards_of_findings") as store:
        dimensions.fill(store, load_catalogue())
        yield store


@pytest.fixture
def seeds(writer: Store) -> Iterator[Seeds]:
    found = Seeds(writer)
    yield found
    found.empty()


def test_the_banner_shows_the_newest_critical_finding_that_nobody_took_with_its_day(seeds: Seeds) -> None:
    seeds.finding("load", ago(days=3))
    seeds.finding("taken", ago(hours=1))
    seeds.acted("taken", "taken", ago(minutes=50))
    assert seeds.text("wall-centre", "banner") == "✖ 18/11/2026 16:30 · Câu về load."
    assert seeds.text("findings", "untaken").startswith("✖ 1 · 3 ngày")
    seeds.acted("load", "taken", ago(minutes=40))
    assert seeds.text("wall-centre", "banner") == "● không có"


def test_a_drill_is_no_alarm_on_a_wall_and_says_that_it_is_one(seeds: Seeds) -> None:
    seeds.finding("drill", ago(hours=1), drill=True, feed="drill-figures", indicator="drill-value", unit="H26")
    assert seeds.text("wall-centre", "banner") == "● không có"
    for board in ("overview", "ops-daily"):
        assert seeds.text(board, "open").startswith("● 0 nghiêm trọng, 0 cảnh báo")
    assert seeds.shown("findings", "by-unit") == seeds.shown("findings", "by-rule") == []
    assert seeds.text("findings", "untaken") == "● không có"
    assert [row["text"][0] for row in seeds.shown("findings", "by-lane")] == ["●"] * 3
    assert len(seeds.shown("findings", "open")) == 1, "as what it is"
    seeds.finding("warned", ago(hours=2), severity="warning")
    real, drill = seeds.shown("wall-centre", "findings")
    assert (real["sentence"], drill["sentence"]) == ("Câu về warned.", "DIỄN TẬP · Câu về drill.")


@pytest.mark.parametrize(("board", "panel"), OPEN_TABLES)
def test_a_finding_about_a_month_is_open_however_long_ago_the_month_began(seeds: Seeds, board: str, panel: str) -> None:
    seeds.finding("exports", ago(days=2), at=SEPTEMBER, severity="warning", feed="customs", indicator="exports")
    (row,) = seeds.shown(board, panel)
    assert "exports" in row["sentence"]
    assert row["since"].startswith("19/11"), "when it was known, not when the month began"


def test_a_finding_about_a_month_is_counted_on_the_day_on_which_it_was_known(seeds: Seeds) -> None:
    seeds.finding("exports", ago(hours=2), at=SEPTEMBER, severity="warning", feed="customs", indicator="exports")
    for board in ("overview", "ops-daily"):
        assert "1 cảnh báo" in seeds.text(board, "open")
    assert seeds.text("findings", "new-today").startswith("● 1 ")
    (day,) = seeds.shown("findings", "by-rule")
    assert (day["time"].day, day["value"]) == (20, 1), "midnight of the 21st in Viet Nam"


def test_a_finding_about_a_year_is_open_when_the_year_is_long_over(seeds: Seeds) -> None:
    known = datetime(2026, 2, 10, tzinfo=UTC)
    year = {"at": datetime(2024, 12, 31, 17, tzinfo=UTC), "feed": "reporting-year", "unit": "H26"}
    seeds.finding("year", known, **year, severity="warning", indicator="reported-received-year")
    assert len(seeds.shown("findings", "open", at=known + timedelta(days=19))) == 1
    assert len(seeds.shown("known", "findings", as_of="2026-03-01 09:00")) == 1
    assert len(seeds.shown("unit", "findings", at=known + timedelta(days=19), unit="H26")) == 1


def test_what_was_not_yet_known_at_a_moment_is_on_no_board_of_it(seeds: Seeds) -> None:
    seeds.finding("exports", ago(days=2), at=SEPTEMBER, severity="warning", feed="customs", indicator="exports")
    for board, panel in OPEN_TABLES:
        assert seeds.shown(board, panel, at=ago(days=3)) == []


def test_every_row_leads_to_a_sheet_in_whose_range_its_series_lies(seeds: Seeds) -> None:
    seeds.finding("exports", ago(days=2), at=SEPTEMBER, severity="warning", feed="customs", indicator="exports")
    for board, panel in (("ops-economy", "findings"), ("known", "findings"), ("findings", "open")):
        (row,) = seeds.shown(board, panel)
        assert int(row["from_ms"]) < SEPTEMBER.timestamp() * 1000 < int(row["to_ms"]), board


def test_the_bell_knows_every_critical_finding_of_a_line(seeds: Seeds) -> None:
    for number in range(30):
        seeds.finding(f"n{number:02}", ago(hours=1), finding_id=f"{number:032x}", subject=f"s{number}")
    (row,) = seeds.shown("overview", "findings")
    assert len(row["finding_ids"].split()) == 30
    assert row["sentence"].startswith("(+29) ")


def test_the_wait_for_a_taker_is_counted_from_when_it_was_seen_to_be_critical(seeds: Seeds) -> None:
    seeds.finding("grew", ago(hours=5), severity_at=ago(minutes=2), stored_at=ago(minutes=2))
    assert seeds.text("findings", "untaken") == "✖ 1 · 2 phút"


def test_a_sheet_says_since_when_a_finding_is_known(seeds: Seeds) -> None:
    seeds.finding("exports", AT - timedelta(days=2), at=SEPTEMBER, feed="customs", indicator="exports")
    told = seeds.text("finding", "since", finding_id=finding_id("exports"))
    assert told == "● 19/11/2026 16:30 · 2 ngày"


def test_a_sheet_without_an_id_is_that_of_the_gravest_that_was_known_last_and_no_drill(seeds: Seeds) -> None:
    seeds.finding("drill", ago(minutes=1), drill=True, feed="drill-figures", indicator="drill-value", unit="H26")
    seeds.finding("load", ago(hours=3))
    seeds.finding("exports", ago(hours=2), at=SEPTEMBER, feed="customs", indicator="exports")
    (row,) = seeds.shown("finding", "take")
    assert row["command"].endswith(finding_id("exports"))
