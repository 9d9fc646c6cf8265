"""A whole board on a screen of any size from 80 × 24 up to a wall. Nothing here asks or reads a clock."""

from collections.abc import Mapping, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.layout import Layout
from rich.text import Text

from contract import text
from grafana.head import MARKS
from grafana.model import Board, Panel, Row
from nhip.boards import digits, panels
from nhip.boards.ask import Answer
from nhip.boards.words import word

SIDE_BY_SIDE = 140
"""Letters from which on the panels of a row stand beside one another."""
TALL, BROAD = 40, 120
STALE_S = 10.0
TROUBLE = "bold white on red"


class Situation:
    """What no query knows: how old the answers are by the wall clock, and for how long the store has been away."""

    def __init__(self, age_s: float = 0.0, away_s: float | None = None) -> None:
        self.age_s = age_s
        self.away_s = away_s


class Screen:
    """A board's answers as something rich can print; it takes the size of the screen it is printed on."""

    def __init__(self, board: Board, answers: Mapping[str, Answer], situation: Situation, lang: str = "vi") -> None:
        self._board, self._answers, self._situation, self._lang = board, answers, situation, lang

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width, height = options.max_width, options.height or console.size.height
        if not self._answers:
            yield waiting(self._situation, self._lang)
            return
        yield _layout(self._board, self._answers, self._situation, (width, height), self._lang)


def waiting(situation: Situation, lang: str) -> Text:
    line = Text(" NHỊP ", style="bold reverse").append(f"  {word('waiting', lang)}", style="not bold not reverse")
    if situation.away_s is not None:
        line.append(f" · {text.duration(situation.away_s, lang)}", style="not bold not reverse")
    return line


def _layout(
    board: Board, answers: Mapping[str, Answer], situation: Situation, size: tuple[int, int], lang: str
) -> Layout:
    width, height = size
    head = _head(board.rows[0], answers, size, lang)
    blocks = [Layout(Group(*head), size=len(head))]
    if wrong := trouble(answers, situation, lang):
        blocks.append(Layout(wrong, size=1))
    rest = height - sum(block.size or 0 for block in blocks)
    places = _places(board.rows[1:], width)
    least = [_least(place, answers, width, lang) for place in places]
    for shown, lines in zip(places, _shares(places, least, rest), strict=True):
        if lines:
            blocks.append(Layout(_beside(shown, answers, width, lines, lang), size=lines))
    root = Layout()
    root.split_column(*blocks, Layout(Text(" ")))
    return root


def trouble(answers: Mapping[str, Answer], situation: Situation, lang: str) -> Text | None:
    """One red line where the board cannot be trusted. A calm board that is frozen is the worst of boards."""
    if situation.away_s is not None:
        told = text.duration(situation.away_s, lang)
        return Text(f" ✖ {word('store_away', lang)} · {told} · {word('trying', lang)} ", TROUBLE, overflow="ellipsis")
    if situation.age_s > STALE_S:
        return Text(f" ✖ {word('stale', lang)} · {text.duration(situation.age_s, lang)} ", TROUBLE)
    marks = answers.get(MARKS.key)
    if marks and marks.rows and str(marks.rows[0]["text"]).startswith("✖"):
        return Text(f" {marks.rows[0]['text']} ", TROUBLE, overflow="ellipsis")
    return None


def _head(row: Row, answers: Mapping[str, Answer], size: tuple[int, int], lang: str) -> list[Text]:
    """The first row of a board: in two lines, or with large digits beside it where there is room."""
    told = {panel.key: _told(answers[panel.key], lang) for panel in row.panels}
    large = next((panel.key for panel in row.panels if panel.large), "")
    if size[0] < BROAD or size[1] < TALL or not large:
        return _flow([Text(" NHỊP ", style="bold reverse"), *told.values()], size[0])
    clock = str(answers[large].rows[0]["text"]) if answers[large].rows else ""
    beside = digits.lines(clock)
    rest = [line for key, line in told.items() if key != large]
    lines = _flow([Text(" NHỊP ", style="bold reverse"), *rest], size[0] - 42)
    lines += [Text("")] * (3 - len(lines))
    for line, part in zip(lines, beside, strict=False):
        line.pad_right(max(size[0] - 40 - line.cell_len, 1))
        line.append(part, style="bold not reverse not dim")
    return lines


def _told(answer: Answer, lang: str) -> Text:
    """A stat in a line: its title and its text."""
    name = text.choose(*answer.panel.title, lang=lang)
    line = Text(f"{name[:1].lower()}{name[1:]} ", style="dim", no_wrap=True, overflow="ellipsis")
    if not answer.rows:
        return line.append(answer.problem or "–", style="not dim red")
    value = panels.signed(str(answer.rows[0]["text"]), "bold")
    value.stylize("not dim")
    return line.append_text(value)


def _flow(parts: Sequence[Text], width: int) -> list[Text]:
    """Parts one after another, on as many lines as they take."""
    lines = [Text(no_wrap=True, overflow="ellipsis")]
    for part in parts:
        if lines[-1].cell_len and lines[-1].cell_len + part.cell_len + 3 > width:
            lines.append(Text(no_wrap=True, overflow="ellipsis"))
        if lines[-1].cell_len:
            lines[-1].append(" · " if len(lines[-1].plain) > 6 else " ", style="dim")
        lines[-1].append_text(part)
    return lines


def _places(rows: Sequence[Row], width: int) -> list[tuple[Panel, ...]]:
    """A row's panels stand side by side where the screen is broad, else each alone. Stats always share a line."""
    found: list[tuple[Panel, ...]] = []
    for row in rows:
        together = width >= SIDE_BY_SIDE or all(panel.kind == "stat" for panel in row.panels)
        found += [row.panels] if together else [(panel,) for panel in row.panels]
    return found


def _least(place: tuple[Panel, ...], answers: Mapping[str, Answer], width: int, lang: str) -> int:
    """Stats take the lines that they need, anything else no fewer than three."""
    return len(_flow([_told(answers[panel.key], lang) for panel in place], width)) if _slim(place) else 3


def _shares(places: Sequence[tuple[Panel, ...]], wanted: Sequence[int], lines: int) -> list[int]:
    """Lines for each place: what it takes at least, and of the rest by weight. The last are left out first."""
    least = list(wanted)
    while sum(least) > lines and any(least):
        least[max(n for n, own in enumerate(least) if own)] = 0
    spare = lines - sum(least)
    weights = [0 if _slim(place) or not own else _weight(place) for place, own in zip(places, least, strict=True)]
    total = sum(weights) or 1
    return [own + spare * weight // total for own, weight in zip(least, weights, strict=True)]


def _slim(place: tuple[Panel, ...]) -> bool:
    return all(panel.kind == "stat" for panel in place)


def _weight(place: tuple[Panel, ...]) -> int:
    """Things of which there are many want more lines than a course drawn in a line each."""
    of = {"tiles": 6, "table": 5, "bars": 4, "note": 3, "states": 3, "series": 2, "stat": 1}
    return max(of[panel.kind] for panel in place)


def _beside(
    place: tuple[Panel, ...], answers: Mapping[str, Answer], width: int, lines: int, lang: str
) -> RenderableType:
    if _slim(place):
        return Group(*_flow([_told(answers[panel.key], lang) for panel in place], width)[:lines])
    if len(place) == 1:
        return _boxed(answers[place[0].key], width, lines, lang)
    row = Layout()
    total = sum(panel.width for panel in place)
    sizes = [width * panel.width // total for panel in place]
    parts = zip(place, sizes, strict=True)
    row.split_row(*(Layout(_boxed(answers[p.key], size - 2, lines, lang), size=size) for p, size in parts))
    return row


def _boxed(answer: Answer, width: int, lines: int, lang: str) -> RenderableType:
    return Group(panels.title(answer, width, lang), panels.body(answer, width, lines - 1, lang))
