"""What a board is: rows of panels, each with its words in two languages and its SQL. Values only.

In SQL `$lang` stands for the language (`name_$lang`, `figure_$lang(…)`) and `{{không có|none}}` for a word in both;
Grafana's macros and variables stand as they are (`macros.py` knows which). A query gives texts that are ready to be
read, and beside them the raw numbers. The moment looked at is `$__toTime`: now, or the end of the range that a reader
chose.
"""

from typing import Literal

import msgspec

Words = tuple[str, str]
"""Vietnamese, English."""
Kind = Literal["note", "stat", "tiles", "table", "series", "states", "bars"]


class Axis(msgspec.Struct, frozen=True):
    """An axis is scaled so that whole numbers below a thousand are enough, and its name says by how much: Grafana would
    print `54,939` where a Vietnamese reader sees 54.9."""

    name: Words
    least: float | None = None
    most: float | None = None


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """One panel.

    What `sql` must give, by kind: `stat` one row with the column `text`; `tiles` rows of `name` and `text`; `table`
    its `columns`, each with its word in `words.COLUMNS`, then the `hidden` ones; `series` `time`, then a column of
    numbers a line, or `series` and `value`; `states` `time`, `series`, `state`; `bars` one column of text, then
    numbers. `note` has none: `body` is Markdown.
    """

    key: str
    """Names the panel within its board, and gives it its number there for ever (`Board.number`)."""
    kind: Kind
    title: Words
    """Of a rate it names the denominator."""
    shows: Words = ("", "")
    todo: Words = ("", "")
    """What it shows, and what to do when it looks wrong. Where it comes from is read from the SQL."""
    sql: str = ""
    body: Words = ("", "")
    width: int = 6
    """Of 24."""
    columns: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    """Of `table`: what is drawn, and the raw numbers and codes beside it that are not; together the whole result."""
    axis: Axis | None = None
    lines: tuple[tuple[str, Words], ...] = ()
    """Of `series` with a column a line: the column, and the line's name."""
    band: tuple[str, str] | None = None
    """Of `series`: the columns of the lower and the upper bound, drawn as a filled band."""
    dots: tuple[str, ...] = ()
    """Of `series`: lines that are drawn as points, because their values stand alone."""
    links: tuple[tuple[str, str], ...] = ()
    """Of `table`: the column that is a link, and the board it leads to; the columns `unit`, `feed`, `finding_id` of the
    row go along as that board's variables of the same name. The time range goes along; to the sheet of a finding, where
    the row has the hidden `from_ms` and `to_ms`, those do."""
    pages: tuple[tuple[str, str], ...] = ()
    """Of `table`: the column that is a link out of Grafana, and the hidden column whose text is its address."""
    large: bool = False
    """Text as large as the panel allows, to be read from five metres."""
    since: str = ""
    """A range of its own that ends with the board's (`now-30d`), for what is told by the day on a board of hours. Where
    a reader chose a range by dates, Grafana takes that."""
    budget_ms: int = 0
    """What its query may take; 0: what its board allows (200 ms on a wall, else a second)."""
    empty: Words = ("", "")
    """What stands in the place of no rows, where no rows is an answer (`không có điểm bất thường nào đang mở`)."""


class Row(msgspec.Struct, frozen=True):
    height: int
    """In Grafana's units of 30 pixels; 1080 of them make 36 rows, less what a kiosk's frame takes."""
    panels: tuple[Panel, ...]
    title: Words = ("", "")
    """Where given, a heading stands above."""


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """A choice at the top of a board. `sql` gives value and text; without it, a box to type into."""

    name: str
    label: Words
    sql: str = ""
    default: str = ""
    default_text: Words = ("", "")
    all: Words = ("", "")
    """The word for `all`; its value is the empty text, which queries take for no filter."""


def panel_number(key: str) -> int:
    """A panel's number, as links and alerts name it: a hash of its key, so that moving panels changes no link."""
    digest = 0
    for letter in key.encode():
        digest = (digest * 31 + letter) % 9973
    return digest + 1


class Board(msgspec.Struct, frozen=True, kw_only=True):
    uid: str
    """Without the language, which is added: `nhip-wall-centre` is `nhip-wall-centre-vi` and `-en`."""
    folder: str
    title: Words
    about: Words
    """For whom, and how to read it."""
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...] = ()
    owner: Words = ("Bộ phận vận hành Nhịp", "Operators of Nhịp")
    refresh: str = "1m"
    since: str = "now-24h"
    wall: bool = False
    """One screen, no variables, nothing to click."""

    @property
    def panels(self) -> tuple[Panel, ...]:
        return tuple(panel for row in self.rows for panel in row.panels)

    def number(self, key: str) -> int:
        return panel_number(key)

    def panel(self, key: str) -> Panel:
        for panel in self.panels:
            if panel.key == key:
                return panel
        raise KeyError(f"board {self.uid} has no panel {key}; it has {', '.join(p.key for p in self.panels)}")

    def budget_ms(self, panel: Panel) -> int:
        return panel.budget_ms or (200 if self.wall else 1000)
