"""Boards drawn in the terminal: they fit every size, keep signs and words, and never look calm when they must not."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from contract import text
from grafana import words
from grafana.boards import BOARDS, board
from grafana.model import Axis, Board, Panel
from nhip.asking import Row
from nhip.boards.ask import Answer, span_ms
from nhip.boards.draw import Screen, Situation
from nhip.boards.panels import spark

NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
SIZES = ((80, 24), (100, 30), (140, 50), (200, 60), (320, 90))


def rows_of(panel: Panel, many: int) -> list[Row]:
    match panel.kind:
        case "stat":
            return [{"text": "09:30:12" if panel.large else f"● {panel.key}"}]
        case "tiles":
            return [{"name": f"Tên {n}", "text": f"▲ {n}"} for n in range(many)]
        case "table":
            return [dict.fromkeys(panel.columns + panel.hidden, f"ô {n}") for n in range(many)]
        case "series":
            numbers = [name for name, _ in panel.lines] or ["value"]
            times = (NOW + timedelta(minutes=5 * n) for n in range(many))
            return [{"time": at, "series": "a", **dict.fromkeys(numbers, float(n))} for n, at in enumerate(times)]
        case "states":
            return [{"time": NOW + timedelta(minutes=n), "series": "Điện", "state": "late"} for n in range(many)]
        case "bars":
            return [{"name": f"Tên {n}", "count": float(n)} for n in range(many)]
    return []


def answers(shown: Board, many: int = 50, **changed: list[Row]) -> dict[str, Answer]:
    return {p.key: Answer(p, changed.get(p.key, rows_of(p, many))) for p in shown.panels}


def drawn(shown: Board, given: dict[str, Answer], size: tuple[int, int], lang: str = "vi", **situation: Any) -> str:
    out = StringIO()
    console = Console(file=out, width=size[0], height=size[1], color_system=None)
    console.print(Screen(shown, given, Situation(**situation), lang), end="")
    return out.getvalue()


@pytest.mark.parametrize("shown", BOARDS, ids=[b.uid for b in BOARDS])
@pytest.mark.parametrize("size", SIZES)
def test_every_board_fits_every_size_exactly(shown: Board, size: tuple[int, int]) -> None:
    for many in (1, 60):
        lines = drawn(shown, answers(shown, many), size).splitlines()
        assert len(lines) == size[1]
        assert max(len(line) for line in lines) <= size[0]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_overview_keeps_its_sections_on_the_smallest_screen(lang: str) -> None:
    overview = board("overview")
    shown = drawn(overview, answers(overview), (80, 24), lang)
    for key in ("feeds", "provinces", "findings"):
        assert text.choose(*overview.panel(key).title, lang=lang)[:40] in shown
    for key in ("as-of", "oldest", "complete", "marks", "counts", "open", "intake"):
        assert f"● {key}" in shown


def test_a_state_is_told_by_a_sign_and_a_word_not_by_colour_alone() -> None:
    overview = board("overview")
    panel = overview.panel("feeds")
    rows = [dict.fromkeys(panel.columns + panel.hidden, "x") | {"state": state} for state in words.STATES]
    shown = drawn(overview, answers(overview, feeds=rows), (200, 60))
    for sign in words.STATES.values():
        assert sign.label("vi") in shown
    for signs in words.MEANINGS.values():
        assert len({sign.sign for sign in signs.values()}) == len(signs)


def test_a_board_whose_store_is_away_says_so_over_the_old_answers() -> None:
    overview = board("overview")
    shown = drawn(overview, answers(overview), (100, 30), away_s=75.0)
    assert "KHO SỐ LIỆU KHÔNG TRẢ LỜI · 1 phút 15 giây" in shown
    assert "Kết nối, xấu nhất trước" in shown
    assert "đang chờ kho số liệu" in drawn(overview, {}, (80, 24), away_s=3.0)


def test_answers_that_do_not_get_newer_are_called_old() -> None:
    overview = board("overview")
    assert "SỐ LIỆU CŨ · 30 giây" in drawn(overview, answers(overview), (80, 24), age_s=30.0)


def test_a_lost_beat_is_a_line_of_its_own() -> None:
    overview = board("overview")
    lost = answers(overview, marks=[{"text": "✖ MẤT NHỊP 20 giây"}])
    assert any(line.strip() == "✖ MẤT NHỊP 20 giây" for line in drawn(overview, lost, (80, 24)).splitlines())
    assert "MẤT NHỊP" not in drawn(overview, answers(overview), (80, 24))


def test_what_a_query_said_instead_of_rows_is_shown() -> None:
    overview = board("overview")
    given = answers(overview)
    given["feeds"] = Answer(overview.panel("feeds"), problem="ClickHouse refused: memory")
    assert "✖ ClickHouse refused: memory" in drawn(overview, given, (140, 50))


def test_no_rows_are_said_in_words() -> None:
    overview = board("overview")
    assert "không có điểm bất thường nào đang mở" in drawn(overview, answers(overview, findings=[]), (140, 50))


def test_the_time_of_the_query_is_large_where_there_is_room() -> None:
    overview = board("overview")
    assert "█▀█" in drawn(overview, answers(overview), (160, 50))
    assert "truy vấn lúc 09:30:12" in drawn(overview, answers(overview), (80, 24))


def test_a_course_is_drawn_from_lowest_to_highest_and_a_gap_stays_a_gap() -> None:
    assert spark([0.0, 1.0, None, 2.0], 10) == "▁▄ █" or spark([0.0, 1.0, None, 2.0], 10) == "▁▅ █"
    assert len(spark([float(n) for n in range(300)], 40)) <= 40
    assert spark([5.0, 5.0], 5) == "▁▁"


def test_a_range_is_read_as_grafana_writes_it() -> None:
    assert span_ms("now-24h") == 86_400_000
    assert span_ms("now-5m") == 300_000


def test_every_kind_of_panel_can_be_drawn() -> None:
    axis = Axis(("nghìn", "thousand"))
    for kind in ("series", "states", "bars", "tiles"):
        panel = Panel(key="x", kind=kind, title=("Tên", "Name"), axis=axis)
        shown = board("overview")
        given = answers(shown) | {"feeds": Answer(panel, rows_of(panel, 5))}
        assert "Tên" in drawn(shown, given, (140, 50))
