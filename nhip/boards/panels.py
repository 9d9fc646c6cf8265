"""One panel in the terminal, fitted into the width and the lines it is given. Nothing here asks or reads a clock."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from contract import text
from grafana import words
from grafana.model import Panel, Words
from nhip.asking import Row
from nhip.boards.ask import Answer

TILE = 34
"""Letters that a tile wants."""
BLOCKS = " ▁▂▃▄▅▆▇█"
NAME = 14
"""Letters that the column which names a line keeps, whatever else is shortened."""
LONG = frozenset({"sentence", "text", "evidence", "note"})
"""Columns that take what room is left."""


def title(answer: Answer, width: int, lang: str) -> Text:
    line = _line(f"─ {said(answer.panel.title, lang)} ", "bold cyan")
    return line.append("─" * max(width - line.cell_len, 0), style="dim")


def body(answer: Answer, width: int, height: int, lang: str) -> RenderableType:
    panel = answer.panel
    if answer.problem:
        return _line(f"✖ {answer.problem}", "red")
    if panel.kind == "note":
        return Markdown(said(panel.body, lang))
    if not answer.rows:
        return _line(said(panel.empty, lang) or text.missing(lang), "dim")
    draw = {"stat": _stat, "tiles": _tiles, "table": _table, "series": _series, "states": _states, "bars": _bars}
    return draw[panel.kind](panel, answer.rows, width, height, lang)


def said(both: Words, lang: str) -> str:
    return text.choose(*both, lang=lang)


def signed(value: str, plain: str = "") -> Text:
    """A text in the style of the sign that it begins with."""
    sign = words.SIGNS.get(value[:1])
    return Text(value, style=sign.style if sign else plain, no_wrap=True, overflow="ellipsis")


def _line(value: str, style: str = "") -> Text:
    return Text(value, style=style, no_wrap=True, overflow="ellipsis")


def _stat(panel: Panel, rows: Sequence[Row], width: int, height: int, lang: str) -> RenderableType:
    return signed(str(rows[0]["text"]), "bold")


def _tiles(panel: Panel, rows: Sequence[Row], width: int, height: int, lang: str) -> RenderableType:
    """Down the columns, as many columns as the lines need and the width allows."""
    columns = max(1, min(width // TILE, -(-len(rows) // max(height, 1))))
    size = width // columns
    lines = min(height, -(-len(rows) // columns))
    grid = [rows[n * lines : (n + 1) * lines] for n in range(columns)]
    drawn = []
    for at in range(lines):
        line = Text(no_wrap=True)
        for column in grid:
            line.append_text(_tile(column[at], size) if at < len(column) else Text(""))
        drawn.append(line)
    return Group(*drawn)


def _tile(row: Row, size: int) -> Text:
    value = signed(str(row["text"]))
    value.truncate(size - 8, overflow="ellipsis")
    name = Text(str(row["name"]))
    name.truncate(max(size - value.cell_len - 3, 4), overflow="ellipsis")
    tile = name.append(" ").append_text(value)
    tile.pad_right(max(size - tile.cell_len, 0))
    return tile


def _table(panel: Panel, rows: Sequence[Row], width: int, height: int, lang: str) -> RenderableType:
    table = Table(box=None, width=width, padding=(0, 1, 0, 0), header_style="dim", expand=True, pad_edge=False)
    first = next((c for c in panel.columns if c in LONG), panel.columns[0])
    for column in panel.columns:
        side: Literal["left", "right"] = "right" if column in words.NUMBERS else "left"
        ratio = 1 if column == first else None
        heading = words.heading(column, lang)
        least = NAME if column == first else None
        table.add_column(heading, justify=side, no_wrap=True, overflow="ellipsis", ratio=ratio, min_width=least)
    for row in rows[: max(height - 1, 1)]:
        table.add_row(*(_cell(column, row[column], lang) for column in panel.columns))
    return table


def _cell(column: str, value: Any, lang: str) -> Text:
    meaning = words.MEANINGS.get(column, {}).get(str(value))
    if meaning:
        return Text(meaning.label(lang), style=meaning.style)
    shown = "" if value is None else str(value)
    return Text(shown, style="dim") if shown == text.missing(lang) else signed(shown)


def _series(panel: Panel, rows: Sequence[Row], width: int, height: int, lang: str) -> RenderableType:
    found = []
    for name, values in _lines_of(panel, rows, lang)[:height]:
        known = [value for value in values if value is not None]
        last = text.number(known[-1] if known else None, _decimals(known), lang)
        line = _line(f"{name} ").append(last, style="bold")
        line.append(f" {said(panel.axis.name, lang)} " if panel.axis else " ", style="dim")
        found.append(line.append(spark(values, max(width - line.cell_len, 8)), style="cyan"))
    return Group(*found)


def _lines_of(panel: Panel, rows: Sequence[Row], lang: str) -> list[tuple[str, list[float | None]]]:
    if panel.lines:
        return [(said(name, lang), [row[column] for row in rows]) for column, name in panel.lines]
    ordered = sorted(rows, key=lambda row: str(row["series"]))
    return [(name, [row["value"] for row in own]) for name, own in groupby(ordered, key=lambda row: str(row["series"]))]


def _decimals(values: Sequence[float]) -> int:
    """So many that small numbers can be told apart; the panels of a board are scaled for whole ones."""
    most = max((abs(value) for value in values), default=0.0)
    return 0 if most >= 100 else 1 if most >= 10 else 2


def spark(values: Sequence[float | None], width: int) -> str:
    """The course of a series in a line: the highest of what falls into each letter; a gap is a gap."""
    size = max(1, -(-len(values) // width))
    parts = [[v for v in values[n : n + size] if v is not None] for n in range(0, len(values), size)]
    highest = [max(part) if part else None for part in parts]
    known = [value for value in highest if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    span = (high - low) or 1.0
    return "".join(" " if v is None else BLOCKS[1 + round((v - low) / span * 7)] for v in highest)


def _states(panel: Panel, rows: Sequence[Row], width: int, height: int, lang: str) -> RenderableType:
    """The newest state of each line, and a sign for each step before it."""
    found = []
    ordered = sorted(rows, key=lambda row: (str(row["series"]), _moment(row)))
    for name, own in groupby(ordered, key=lambda row: str(row["series"])):
        states = [str(row["state"]) for row in own]
        sign = words.STATES.get(states[-1])
        line = _line(f"{name} ").append(sign.label(lang) if sign else states[-1], style=sign.style if sign else "")
        room = max(width - line.cell_len - 1, 0)
        signs = (words.STATES[state].sign if state in words.STATES else "?" for state in states[-room:])
        found.append(line.append(" ").append("".join(signs), style="dim"))
    return Group(*found[:height])


def _moment(row: Row) -> datetime:
    moment = row["time"]
    assert isinstance(moment, datetime)
    return moment


def _bars(panel: Panel, rows: Sequence[Row], width: int, height: int, lang: str) -> RenderableType:
    label, number, *_ = rows[0]
    values = [float(row[number] or 0.0) for row in rows[:height]]
    most = max((abs(value) for value in values), default=0.0) or 1.0
    table = Table(box=None, width=width, padding=(0, 1, 0, 0), show_header=False, expand=True, pad_edge=False)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=2)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, ratio=3)
    for row, value in zip(rows, values, strict=False):
        bar = "█" * round(abs(value) / most * width * 0.4)
        table.add_row(str(row[label]), text.number(value, _decimals(values), lang), Text(bar, style="cyan"))
    return table
