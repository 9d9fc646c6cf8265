"""Boards as declarations and as the JSON made of them, without a store and without a Grafana."""

import json
import re
from typing import Any

import pytest

from contract.settings import CHECKOUT
from contract.text import LANGUAGES
from grafana import files
from grafana.__main__ import DASHBOARDS, wanted
from grafana.boards import BOARDS
from grafana.classic import build, description, in_language, sources, sql_of
from grafana.macros import Range, UnknownMacro, expand
from grafana.model import Board, Panel
from grafana.words import COLUMNS, MEANINGS, NUMBERS, SIGNED

PANELS = [(board, panel) for board in BOARDS for panel in board.panels]
ON_PANELS = pytest.mark.parametrize(("board", "panel"), PANELS, ids=[f"{b.uid}:{p.key}" for b, p in PANELS])
ON_BOARDS = pytest.mark.parametrize("board", BOARDS, ids=[board.uid for board in BOARDS])
LANGS = pytest.mark.parametrize("lang", LANGUAGES)
DIACRITIC = re.compile("[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE)
ENGLISH = re.compile(
    r"\b(the|of|and|by|per|data|state|age|value|unit|units|time|rate|finding|findings|feed|feeds|open|closed|board|"
    r"dossier|dossiers|today|last|week|day|total|lag|rows|received|overdue|share|with|none|yet)\b",
    re.IGNORECASE,
)
NAMES = re.compile(r"\]\([^)]*\)|`[^`]*`|nhip [a-z-]+( [a-z-]+)*|https?://\S+|VNeID|Grafana|ClickHouse|Kafka|Explore")
"""Words that are the same in every language: code, addresses, products."""
PRINTS_ENGLISH = {"short", "locale", "percent", "percentunit", "currencyVND", "sishort", "ms", "s", "m", "h"}
"""Units of Grafana whose numbers have English separators or words."""
WALL_HEIGHT = 28
"""1080 pixels: a row of the grid is 30 high with 8 between."""


def vietnamese(board: Board) -> list[str]:
    """Every text of the Vietnamese board that a person reads, names in code style left out."""
    found = [board.title[0], board.about[0]] + [v.label[0] for v in board.variables]
    found += [row.title[0] for row in board.rows]
    for panel in board.panels:
        found += [panel.title[0], panel.shows[0], panel.todo[0], panel.body[0], panel.empty[0]]
        found += [name[0] for _, name in panel.lines] + ([panel.axis.name[0]] if panel.axis else [])
        found += re.findall(r"\{\{([^|{}]+)\|", panel.sql)
    return [NAMES.sub("", text) for text in found if text]


def test_what_is_committed_is_what_the_declarations_say() -> None:
    assert files.different(DASHBOARDS, wanted(), (".json",)) == [], "run `make boards`"


@ON_BOARDS
def test_twins_have_the_same_structure(board: Board) -> None:
    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shape(inner) for key, inner in value.items() if key not in ("uid", "tags", "url")}
        return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__

    assert shape(build(board, "vi")) == shape(build(board, "en"))


@ON_BOARDS
def test_no_english_stands_on_a_vietnamese_board(board: Board) -> None:
    assert [text for text in vietnamese(board) if ENGLISH.search(text)] == []


@ON_BOARDS
def test_longer_vietnamese_texts_have_their_diacritics(board: Board) -> None:
    assert [text for text in vietnamese(board) if len(text) > 12 and not DIACRITIC.search(text)] == []


def test_headings_of_columns_are_in_both_languages() -> None:
    assert [key for key, words in COLUMNS.items() if not all(words)] == []
    assert [key for key, (vi, _) in COLUMNS.items() if len(vi) > 12 and not DIACRITIC.search(vi)] == []
    assert set(NUMBERS) | SIGNED | MEANINGS.keys() <= COLUMNS.keys()


@ON_BOARDS
def test_a_boards_panels_have_names_and_numbers_of_their_own(board: Board) -> None:
    keys = [panel.key for panel in board.panels]
    assert len(set(keys)) == len(keys)
    assert len({board.number(key) for key in keys}) == len(keys)


def test_uids_and_titles_are_told_apart() -> None:
    built = [build(board, lang) for board in BOARDS for lang in LANGUAGES]
    assert len({one["uid"] for one in built}) == len(built)
    assert len({one["title"] for one in built}) == len(built)
    assert all(len(one["uid"]) <= 40 for one in built)


@ON_BOARDS
def test_rows_fill_the_width(board: Board) -> None:
    assert [sum(panel.width for panel in row.panels) for row in board.rows] == [24] * len(board.rows)


@ON_BOARDS
def test_a_wall_is_one_screen_without_anything_to_choose(board: Board) -> None:
    if board.wall:
        assert board.variables == ()
        assert sum(row.height + (row.title != ("", "")) for row in board.rows) <= WALL_HEIGHT
        assert not any(panel.links for panel in board.panels)


@ON_PANELS
def test_a_panel_says_what_it_shows_where_from_and_what_to_do(board: Board, panel: Panel) -> None:
    if panel.kind == "note":
        assert all(panel.body)
        return
    assert all(panel.title)
    assert all(panel.shows)
    assert all(panel.todo)
    assert sources(panel) or "now()" in panel.sql
    for lang in LANGUAGES:
        assert description(panel, lang).count("\n\n") == 2


@ON_PANELS
def test_a_rate_names_its_denominator_in_its_title(board: Board, panel: Panel) -> None:
    for title, words in ((panel.title[0], ("tỷ lệ", "phần trăm")), (panel.title[1], ("rate", "share", "per cent"))):
        if any(word in title.lower() for word in words):
            assert "/" in title or " trên " in title or " of " in title, title


@ON_PANELS
@LANGS
def test_a_panel_names_a_unit_that_prints_no_english_number(board: Board, panel: Panel, lang: str) -> None:
    drawn = next(p for p in build(board, lang)["panels"] if p.get("id") == board.number(panel.key))
    if panel.kind == "note":
        return
    found = re.findall(r'"unit": "([^"]*)"', json.dumps(drawn["fieldConfig"]))
    assert found, "no unit"
    assert not set(found) & PRINTS_ENGLISH
    assert drawn["fieldConfig"]["defaults"]["decimals"] == 0
    if panel.kind in ("series", "bars"):
        assert panel.axis is not None, "the axis has no name"


@ON_PANELS
def test_a_table_has_a_word_for_every_column(board: Board, panel: Panel) -> None:
    assert (panel.kind == "table") == bool(panel.columns)
    assert [column for column in panel.columns if column not in COLUMNS] == []
    assert [column for column, _ in panel.links if column not in panel.columns] == []


@ON_PANELS
def test_links_lead_to_boards_that_are_there(board: Board, panel: Panel) -> None:
    assert {uid for _, uid in panel.links} <= {one.uid for one in BOARDS}
    linked = re.findall(r"/d/([a-z0-9-]+)", json.dumps([panel.body]))
    assert {uid.rsplit("-", 1)[0] for uid in linked} <= {one.uid for one in BOARDS}
    assert {address for _, address in panel.pages} <= set(panel.hidden)


@ON_BOARDS
@LANGS
def test_links_at_the_top_of_a_board_lead_to_its_own_language_but_for_the_other_twin(board: Board, lang: str) -> None:
    uids = {build(one, each)["uid"] for one in BOARDS for each in LANGUAGES}
    found = {link["url"].removeprefix("/d/") for link in build(board, lang)["links"] if link["type"] == "link"}
    assert found <= uids
    other = "en" if lang == "vi" else "vi"
    assert [uid for uid in found if uid.endswith(f"-{other}")] == ([] if board.wall else [f"{board.uid}-{other}"])


@ON_PANELS
@LANGS
def test_a_query_holds_only_macros_and_variables_that_are_known(board: Board, panel: Panel, lang: str) -> None:
    names = {variable.name: "x" for variable in board.variables}
    assert "{{" not in sql_of(panel, lang)
    expand(sql_of(panel, lang), Range(0, 86_400_000), names)
    if not board.variables:
        with pytest.raises(UnknownMacro):
            expand("SELECT ${unit:sqlstring}", Range(0, 1), names)


@ON_BOARDS
def test_variables_are_sql_with_words(board: Board) -> None:
    for variable in board.variables:
        assert all(variable.label)
        for lang in LANGUAGES:
            expand(in_language(variable.sql, lang), Range(0, 1))


def test_no_declaration_is_longer_than_a_sitting() -> None:
    long = [path.name for path in (CHECKOUT / "grafana").rglob("*.py") if len(path.read_text().splitlines()) > 300]
    assert long == []


def test_no_feed_of_the_catalogue_is_named_on_the_overview() -> None:
    """The 26th feed changes no board: overviews ask for feeds, they list none."""
    from catalogue.load import load

    wall = next(board for board in BOARDS if board.uid == "nhip-wall-centre")
    assert [feed for feed in load().feeds if any(f"'{feed}'" in panel.sql for panel in wall.panels)] == []
