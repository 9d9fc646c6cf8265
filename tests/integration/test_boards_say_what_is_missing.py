"""What walls and the head of every board say of what is old, lost, simulated, or cannot be compared."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from catalogue.load import load as load_catalogue
from clickhouse import dimensions
from clickhouse.client import Store
from contract.settings import Settings
from grafana import lists
from tests.board_seeds import AT, Seeds, ago
from tests.databases import writing

pytestmark = pytest.mark.integration

TEN = datetime(2026, 11, 21, 3, tzinfo=UTC)
"""Ten o'clock of the day that is shown, in Viet Nam."""


@pytest.fixture(scope="module")
def writer(engine: Settings) -> Iterator[Store]:
    with writing(engine, "nhip_boards_of_walls") as store:
        dimensions.fill(store, load_catalogue())
        yield store


@pytest.fixture
def seeds(writer: Store) -> Iterator[Seeds]:
    found = Seeds(writer)
    yield found
    found.empty()


def ticked(seeds: Seeds, partition: int, seconds_ago: int) -> None:
    when = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    own = {"partition": partition, "kind": "tick", "disposition": "stored"}
    seeds.put("ledger", **own, sent_at=when, arrived_at=when, clock=when)


def test_without_any_state_nothing_is_called_real(seeds: Seeds) -> None:
    ticked(seeds, 1, 0)
    assert seeds.text("wall-centre", "marks") == "– chưa có"


def test_simulated_data_is_marked_when_the_beat_is_lost_too(seeds: Seeds) -> None:
    seeds.state("power-load", "receiving", AT, AT, simulated=True)
    assert seeds.text("wall-centre", "marks") == "✖ MẤT NHỊP 1 giờ · ◆ MÔ PHỎNG"
    assert seeds.text("wall-centre", "marks", lang="en") == "✖ BEAT LOST 1 h · ◆ SIMULATED"
    ticked(seeds, 1, 0)
    assert seeds.text("wall-centre", "marks") == "◆ MÔ PHỎNG"


def test_the_beat_is_that_of_the_partition_that_lags_most(seeds: Seeds) -> None:
    seeds.state("power-load", "receiving", AT, AT)
    ticked(seeds, 1, 0)
    assert seeds.text("wall-centre", "marks") == "● số liệu thật"
    ticked(seeds, 2, 600)
    assert seeds.text("wall-centre", "marks").startswith("✖ MẤT NHỊP 10 phút · ● số liệu thật")


def all_is_well_but_for(seeds: Seeds, *others: str) -> None:
    for feed in load_catalogue().feeds.values():
        for shard in range(feed.shards if feed.id not in others else 0):
            seeds.state(feed.id, "receiving", AT, AT, shard=shard, due_at=AT + timedelta(hours=1))


def test_connections_are_ranked_by_how_far_they_are_past_their_own_due_time(seeds: Seeds) -> None:
    all_is_well_but_for(seeds, "petitions", "power-load")
    seeds.state("petitions", "receiving", AT, ago(days=30), due_at=AT + timedelta(days=60))
    seeds.state("power-load", "late", AT, ago(hours=1), due_at=ago(minutes=30))
    assert seeds.text("wall-centre", "oldest") == "▲ Công suất hệ thống điện · 1 giờ"


def test_a_connection_that_was_never_heard_comes_before_every_other(seeds: Seeds) -> None:
    all_is_well_but_for(seeds, "signing", "power-load")
    seeds.state("power-load", "late", AT, ago(hours=1), due_at=ago(minutes=30))
    seeds.state("signing", "silent", AT, None)
    assert seeds.text("wall-centre", "oldest") == "✖ Ký số · chưa thấy lần nào"


def test_a_province_that_told_nothing_last_week_cannot_be_compared(seeds: Seeds) -> None:
    for unit, before, now in (("H26", 0, 70), ("H29", 500, 505), ("H17", 500, 100)):
        seeds.bucket("portal-dossiers", "dossier", unit, "5m", TEN, now)
        if before:
            seeds.bucket("portal-dossiers", "dossier", unit, "5m", TEN - timedelta(days=7), before)
    tiles = {row["name"]: row["text"] for row in seeds.shown("wall-centre", "provinces")}
    assert tiles["Hà Nội"] == "– chưa so được · 70"
    assert tiles["Đà Nẵng"] == "▲ giảm mạnh · 100"
    moved = {row["name"]: row["text"] for row in seeds.shown("wall-centre", "moved")}
    assert (moved["Hà Nội"], moved["Đà Nẵng"]) == ("– chưa so được · 70", "▲ −80,0 % · 100")
    rows = {row["unit"]: row["week_ago"] for row in seeds.shown("overview", "provinces")}
    assert (rows["H26"], rows["H29"], rows["H17"]) == ("– chưa so được", "+1,0 %", "▲ −80,0 %")


def test_an_old_figure_has_its_age_on_the_wall(seeds: Seeds) -> None:
    seeds.figure("portal-traffic", "portal-visits", ago(hours=20), 900)
    seeds.figure("online-payment", "payments", ago(minutes=5), 300)
    texts = [row["text"] for row in seeds.shown("wall-portal", "live")]
    assert texts == ["300 giao dịch", "▲ 900 lượt · 20 giờ trước"]


def test_an_old_level_of_a_lake_has_its_age_on_the_wall(seeds: Seeds) -> None:
    seeds.figure("reservoirs", "reservoir-level", ago(hours=20), 210, subject="son-la")
    assert seeds.tile("wall-telemetry", "reservoirs", "Hồ Sơn La").endswith(" · 20 giờ trước")


def test_rain_says_of_how_many_hours_it_is_and_an_alarm_that_is_not_told_is_none(seeds: Seeds) -> None:
    for hours in (0, 1, 2):
        seeds.figure("rain-rivers", "rain-hour", ago(hours=hours, minutes=10), 5, unit="H26")
        seeds.figure("rain-rivers", "rain-hour", ago(hours=hours, minutes=10), 5, unit="H29")
    seeds.figure("rain-rivers", "river-alarm", ago(minutes=10), 2, unit="H29")
    tiles = {row["text"] for row in seeds.shown("wall-telemetry", "rivers")}
    assert {"– chưa có báo động · 15 mm (3/24 giờ)", "▲ BĐ II · 15 mm (3/24 giờ)", "– chưa có báo động"} == tiles


def test_a_tile_of_a_connection_says_its_state_in_words_and_counts_cases_by_their_name(seeds: Seeds) -> None:
    midnight = datetime(2026, 11, 20, 17, tzinfo=UTC)
    for feed, kind in (("document-axis", "document"), ("e-cabinet", "meeting"), ("e-cabinet", "opinion")):
        seeds.state(feed, "receiving", AT, ago(minutes=1))
        seeds.bucket(feed, kind, "G01", "day", midnight, 1200)
    texts = [row["text"] for row in seeds.shown("wall-centre", "feeds")]
    assert "● đang nhận · 1.200 văn bản" in texts
    assert "● đang nhận · 2.400 phiên họp, phiếu" in texts
    rows = {row["feed"]: row["last_value"] for row in seeds.shown("overview", "feeds")}
    assert rows["document-axis"] == "1.200 văn bản hôm nay"
    assert {row["feed"]: row["last_value"] for row in seeds.shown("ops-centre", "feeds")}["document-axis"] == (
        "1.200 văn bản hôm nay"
    )


def test_every_kind_of_case_has_a_word_to_count_it_in() -> None:
    assert set(lists.KINDS) == set(load_catalogue().kinds)
