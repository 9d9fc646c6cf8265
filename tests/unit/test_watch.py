"""The board: what it says at every size, and that it never looks calm when it must not."""

import re
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import msgspec
import pytest
from rich.console import Console

from clickhouse.queries import library, load, parse
from contract.settings import Settings
from nhip.board import read
from nhip.board.draw import Board, Situation
from nhip.board.frame import FeedRow, FindingRow, Frame, Names, Pipeline, ProvinceRow, Source
from nhip.board.words import SEVERITIES, STATES, WORDS
from nhip.watch import Bell, Latest, line_of

NOW = datetime(2026, 11, 21, 2, 30, 12, tzinfo=UTC)
LOAD = Source("power-load", "Phụ tải hệ thống điện", "Power system load", "figures", "power-load", "MW")
SIZES = ((80, 24), (100, 30), (140, 50), (200, 60), (320, 90))


def frame(**changes: Any) -> Frame:
    provinces = tuple(
        ProvinceRow(f"H{n:02d}", f"Tỉnh {n}", f"Province {n}", 1000 + n, 1000, 900, 800, 800 / 900, 0.9, 12)
        for n in range(1, 35)
    )
    feeds = [
        FeedRow(LOAD, "receiving", NOW - timedelta(seconds=12), 12.0, 54939.0, reporting=1, expected=1, simulated=True)
    ]
    for number in range(24):
        source = Source(f"f{number}", f"Kết nối số {number}", f"Connection {number}", "figures")
        state = list(STATES)[number % 6]
        feeds.append(FeedRow(source, state, NOW - timedelta(minutes=number), 60.0 * number))
    finding = FindingRow(
        "jump",
        "VN",
        "power-load",
        "critical",
        "open",
        False,
        3,
        9,
        NOW,
        "Phụ tải gấp 1.000 lần",
        "Load 1,000 times",
        ids=("a",),
    )
    pipeline = Pipeline(1.5, 2.0, 100, 12345, 12300, 40, 5, 7, 0.24)
    plain = Frame(NOW, NOW, tuple(feeds), provinces, (finding,), {"critical": 1}, pipeline)
    return msgspec.structs.replace(plain, **changes)


def drawn(given: Frame | None, width: int = 80, height: int = 24, lang: str = "vi", **situation: Any) -> str:
    out = StringIO()
    console = Console(file=out, width=width, height=height, color_system=None)
    console.print(Board(given, Names(), Situation(**situation), lang), end="")
    return out.getvalue()


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_board_fills_every_size_exactly_and_keeps_its_sections(width: int, height: int, lang: str) -> None:
    text = drawn(frame(), width, height, lang)
    lines = text.splitlines()
    assert len(lines) == height
    assert max(len(line) for line in lines) <= width
    for key in ("feeds", "provinces", "findings", "pipeline"):
        assert WORDS[key][lang == "en"] in text


def test_a_figure_is_printed_the_vietnamese_way_with_its_unit() -> None:
    assert "54.939 MW" in drawn(frame(), 140, 50)
    assert "54,939 MW" in drawn(frame(), 140, 50, "en")


def test_a_state_is_told_by_a_sign_and_a_word_not_by_colour_alone() -> None:
    text = drawn(frame(), 200, 60)
    for state in ("silent", "late", "receiving", "maintenance", "not_due", "off_hours"):
        sign, vi, _, _ = STATES[state]
        assert f"{sign} {vi}" in text
    assert len({sign for sign, *_ in STATES.values()}) == len(STATES)
    assert len({sign for sign, *_ in SEVERITIES.values()}) == len(SEVERITIES)


def test_a_connection_in_trouble_is_shown_first_where_lines_are_few() -> None:
    text = drawn(frame(), 80, 24)
    assert "✖ mất tín hiệu" in text
    assert "○ chưa đến kỳ" not in text
    assert "5 mất tín hiệu" not in text  # the title counts them all
    assert "4 mất tín hiệu" in text


def test_what_is_missing_is_said_to_be_missing_and_never_zero() -> None:
    empty = Frame(NOW, None, (FeedRow(LOAD),), (ProvinceRow("H26", "Đồng Nai", "Dong Nai"),))
    text = drawn(empty, 140, 50)
    for line in text.splitlines():
        if "Phụ tải" in line or "Đồng Nai" in line:
            assert "chưa có" in line
            assert not re.search(r"(?<![.\d])0(?![.\d:])", line)


def test_the_beat_is_lost_when_ticks_are_older_than_three_of_them_and_five_seconds() -> None:
    calm = frame(pipeline=msgspec.structs.replace(frame().pipeline, tick_age_s=10.9))
    lost = frame(pipeline=msgspec.structs.replace(frame().pipeline, tick_age_s=11.1))
    assert "MẤT NHỊP" not in drawn(calm)
    assert "MẤT NHỊP · không có nhịp từ 11 giây" in drawn(lost)
    assert "MẤT NHỊP" in drawn(frame(pipeline=Pipeline()))


def test_a_board_whose_store_is_away_says_so_over_the_old_frame() -> None:
    text = drawn(frame(), away_s=75.0)
    assert "KHO SỐ LIỆU KHÔNG TRẢ LỜI · 1 phút 15 giây" in text
    assert "KẾT NỐI" in text
    assert "đang chờ kho số liệu" in drawn(None, away_s=3.0)


def test_a_frame_that_does_not_get_newer_is_called_old() -> None:
    assert "SỐ LIỆU CŨ · 30 giây" in drawn(frame(), frame_age_s=30.0)


def test_simulated_data_is_marked() -> None:
    assert "MÔ PHỎNG" in drawn(frame())
    real = tuple(msgspec.structs.replace(row, simulated=False) for row in frame().feeds)
    assert "MÔ PHỎNG" not in drawn(frame(feeds=real))


def test_provinces_that_moved_most_are_shown_when_lines_are_few_and_all_in_order_when_not() -> None:
    moved = list(frame().provinces)
    moved[20] = msgspec.structs.replace(moved[20], received=200)
    few, many = drawn(frame(provinces=tuple(moved)), 80, 24), drawn(frame(provinces=tuple(moved)), 200, 60)
    assert "biến động nhiều nhất" in few
    assert "▼ −80,0 %" in few
    assert "thứ tự chính thức" in many
    assert many.index("Tỉnh 1 ") < many.index("Tỉnh 17 ") < many.index("Tỉnh 34 ")


def test_a_small_province_is_not_louder_for_being_small() -> None:
    small = ProvinceRow("H01", "", "", received=3, received_before=2)
    large = ProvinceRow("H29", "", "", received=6000, received_before=8000)
    assert small.change == pytest.approx(0.5)
    assert large.moved > small.moved


def test_rates_of_the_country_are_sums_and_not_means_of_rates() -> None:
    rows = (
        ProvinceRow("A", "", "", 100, 100, finished=100, on_time=50),
        ProvinceRow("B", "", "", 10, 10, finished=10, on_time=10),
    )
    assert "54,5 %" in drawn(frame(provinces=rows), 140, 50)


def test_findings_of_one_rule_in_one_unit_are_one_line() -> None:
    assert "(+2 điểm cùng loại) Phụ tải gấp 1.000 lần" in drawn(frame(), 140, 50)


def test_the_bell_rings_once_for_a_new_critical_finding_and_not_for_old_ones() -> None:
    bell = Bell()
    first = frame()
    second = frame(findings=(msgspec.structs.replace(first.findings[0], ids=("a", "b")),))
    assert [bell.is_due(f) for f in (first, first, second, second, first)] == [False, False, True, False, False]


def test_ages_follow_a_clock_that_runs_fast_and_the_wall_clock_where_time_is_real_or_stands_still() -> None:
    minute = NOW.replace(second=0)
    assert read.time_of_data(NOW, minute) == NOW
    assert read.time_of_data(NOW, NOW + timedelta(days=9)) == NOW + timedelta(days=9)
    assert read.time_of_data(NOW, NOW - timedelta(minutes=9)) == NOW
    assert read.time_of_data(NOW, None) == NOW


class Store:
    """Answers each query of the library with canned rows."""

    def __init__(self, **rows: list[dict[str, Any]]) -> None:
        self.by_sql = {load(name).sql: found for name, found in rows.items()}
        self.error: Exception | None = None

    def rows(self, sql: str, /, **parameters: Any) -> Sequence[dict[str, Any]]:
        if self.error:
            raise self.error
        return self.by_sql.get(sql, [])


NOW_MS = int(NOW.timestamp() * 1000)
PIPELINE = {
    "now_ms": NOW_MS, "tick_ms": NOW_MS - 1500, "lag_s": 2.5, "messages": 9, "records": 50, "accepted": 49,
    "rejected": 1, "duplicates": 0, "late": 0, "p50_s": 0.1, "p99_s": 0.2,
}  # fmt: skip


def state_row(feed: str, state: str, seconds_ago: int) -> dict[str, Any]:
    last = NOW_MS - 1000 * seconds_ago
    clock = NOW_MS // 60_000 * 60
    return {
        "feed": feed, "state": state, "clock_s": clock, "last_ms": last, "due_ms": None, "reporting": 1, "expected": 1,
        "simulated": True,
    }  # fmt: skip


def test_a_drill_is_on_the_board_only_while_it_runs() -> None:
    names = Names((Source("drill-figures", "Diễn tập", "Drill", "figures", drill=True),))
    running = Store(board_pipeline=[PIPELINE], board_feeds=[state_row("drill-figures", "receiving", 5)])
    over = Store(board_pipeline=[PIPELINE], board_feeds=[state_row("drill-figures", "silent", 3600)])
    assert [row.source.id for row in read.frame(running, names).feeds] == ["drill-figures"]
    assert "DIỄN TẬP" in drawn(read.frame(running, names))
    assert read.frame(over, names).feeds == ()


def test_a_connection_that_was_never_heard_of_stands_on_the_board_all_the_same() -> None:
    found = read.frame(Store(board_pipeline=[PIPELINE]), Names((LOAD,)))
    assert [(row.state, row.age_s) for row in found.feeds] == [("", None)]


def test_a_feed_that_is_not_in_the_catalogue_is_shown_and_marked() -> None:
    found = read.frame(Store(board_pipeline=[PIPELINE], board_feeds=[state_row("x", "receiving", 5)]), Names())
    assert "x (ngoài danh mục)" in drawn(found, 140, 50)


def test_the_board_survives_a_store_that_goes_away_and_comes_back() -> None:
    store = Store(board_pipeline=[PIPELINE])
    latest = Latest(lambda: store, Names((LOAD,)))
    latest.ask()
    store.error = ConnectionError("gone")
    latest.ask()
    shown, situation = latest.now(2.0)
    assert shown is not None
    assert situation.away_s is not None
    store.error = None
    latest.ask()
    assert latest.now(2.0)[1].away_s is None


def test_the_asking_thread_ends_when_told() -> None:
    latest = Latest(lambda: Store(board_pipeline=[PIPELINE]), Names())
    stop = threading.Event()
    thread = threading.Thread(target=latest.keep_asking, args=(stop,))
    thread.start()
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def test_without_a_terminal_one_line_says_how_things_stand() -> None:
    line = line_of(frame(), Situation(tick_s=Settings().tick_s), "vi")
    assert "25 kết nối: 4 mất tín hiệu" in line
    assert "tươi p99 0,24 giây" in line
    assert "đang mở: 1 NGHIÊM TRỌNG" in line
    assert "\n" not in line
    assert "KHÔNG TRẢ LỜI" in line_of(None, Situation(away_s=4.0), "vi")


def test_every_query_of_the_library_has_a_title_in_both_languages_an_owner_and_declared_parameters() -> None:
    queries = library()
    assert len(queries) > 10
    for query in queries:
        used = set(re.findall(r"\{(\w+):", query.sql))
        assert used == {parameter.name for parameter in query.parameters}, query.name
        assert ";" not in query.sql, query.name
        assert "SETTINGS" not in query.sql, query.name  # a reader may not change them


def test_a_query_file_without_a_title_is_refused() -> None:
    with pytest.raises(ValueError, match=r"x\.sql: the head needs one line"):
        parse("x", "-- title_vi: chỉ một\nSELECT 1")
