"""Draws a frame for a screen of any size from 80 × 24 up to a wall. Nothing here reads a clock or the store."""

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.layout import Layout
from rich.text import Text

from contract import text
from nhip.board import sections
from nhip.board.frame import Frame, Names
from nhip.board.words import SEVERITIES, STATES, severity_word, state_word, word

_BIG = {
    "0": "█▀█ █ █ ▀▀▀",
    "1": "▀█   █  ▀▀▀", "2": "▀▀█ █▀▀ ▀▀▀", "3": "▀▀█ ▀▀█ ▀▀▀", "4": "█ █ ▀▀█   ▀", "5": "█▀▀ ▀▀█ ▀▀▀",
    "6": "█▀▀ █▀█ ▀▀▀", "7": "▀▀█   █   ▀", "8": "█▀█ █▀█ ▀▀▀", "9": "█▀█ ▀▀█ ▀▀▀", ":": " ▄   ▄     ",
}  # fmt: skip
"""Digits three lines high, for a wall."""


class Situation:
    """What is not in the frame: how old it is by the wall clock, and whether the store answers."""

    def __init__(self, frame_age_s: float = 0.0, away_s: float | None = None, tick_s: float = 2.0) -> None:
        self.frame_age_s = frame_age_s
        self.away_s = away_s
        self.tick_s = tick_s


class Board:
    """A frame as something rich can print; it takes the size of the screen it is printed on."""

    def __init__(self, frame: Frame | None, names: Names, situation: Situation, lang: str = "vi") -> None:
        self._frame, self._names, self._situation, self._lang = frame, names, situation, lang

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width, height = options.max_width, options.height or console.size.height
        if self._frame is None:
            yield _waiting(self._situation, self._lang)
            return
        yield _layout(self._frame, self._names, self._situation, width, height, self._lang)


def _waiting(situation: Situation, lang: str) -> Text:
    line = Text(" NHỊP ", style="bold reverse").append(f"  {word('waiting', lang)}", style="not bold not reverse")
    if situation.away_s is not None:
        line.append(f" · {text.duration(situation.away_s, lang)}", style="not bold not reverse")
    return line


def _layout(frame: Frame, names: Names, situation: Situation, width: int, height: int, lang: str) -> Layout:
    big = height >= 40 and width >= 120
    head = _big_header(frame, situation, lang) if big else _header(frame, situation, width, lang)
    body_height = height - len(head.renderables) - 2
    wide = width >= 140
    finding_lines = max(3, min(len(frame.findings) or 1, body_height // 4))
    room = body_height - finding_lines - 1
    root = Layout()
    root.split_column(
        Layout(head, size=len(head.renderables)),
        Layout(_middle(frame, names, width, room, wide, lang), size=room),
        Layout(_findings(frame, names, width, finding_lines, lang), size=finding_lines + 1),
        Layout(Group(_title("pipeline", "", width, lang), sections.pipeline(frame, width, lang)), size=2),
    )
    return root


def _middle(frame: Frame, names: Names, width: int, height: int, wide: bool, lang: str) -> Layout:
    both = Layout()
    if wide:
        left = width * 9 // 20 if width < 180 else width // 2
        both.split_row(
            Layout(_feeds(frame, names, left - 2, height, lang), size=left),
            Layout(_provinces(frame, width - left, height, lang)),
        )
        return both
    top = min(len(frame.feeds) + 2, (height + 1) // 2)
    both.split_column(
        Layout(_feeds(frame, names, width, top, lang), size=top),
        Layout(_provinces(frame, width, height - top, lang), size=height - top),
    )
    return both


def _feeds(frame: Frame, names: Names, width: int, height: int, lang: str) -> Group:
    counts = frame.states()
    told = " · ".join(f"{counts[s]} {state_word(s, lang)}" for s in STATES if counts.get(s))
    return Group(_title("feeds", told, width, lang), sections.feeds(frame, names, width, height - 1, lang))


def _provinces(frame: Frame, width: int, height: int, lang: str) -> Group:
    columns = 2 if width >= 150 else 1
    _, complete = sections.province_rows(frame, (height - 2) * columns - 1)
    order = word("official_order" if complete else "most_moved", lang)
    return Group(_title("provinces", order, width, lang), sections.provinces(frame, width, height - 1, lang))


def _findings(frame: Frame, names: Names, width: int, lines: int, lang: str) -> Group:
    counts = frame.open_findings
    told = " · ".join(f"{counts[s]} {severity_word(s, lang)}" for s in SEVERITIES if counts.get(s))
    return Group(_title("findings", told, width, lang), sections.findings(frame, names, width, lines, lang))


def _title(key: str, note: str, width: int, lang: str) -> Text:
    line = Text(f"─ {word(key, lang)} ", style="bold cyan", no_wrap=True, overflow="ellipsis")
    if note:
        line.append(f"{note} ", style="not bold default")
    return line.append("─" * max(width - line.cell_len, 0), style="dim")


def _header(frame: Frame, situation: Situation, width: int, lang: str) -> Group:
    line = _line(" NHỊP ", style="bold reverse").append(" ", style="not reverse")
    _marks(line, frame, lang)
    line.append(f" {word('as_of', lang)} ").append(text.clock(frame.newest, lang), style="bold")
    line.append(f"{_day(frame) if width >= 100 else ''} · {word('queried', lang)} ").append(
        text.clock(frame.now, lang), style="bold"
    )
    return Group(line, _trouble(frame, situation, lang) or _oldest(frame, lang))


def _big_header(frame: Frame, situation: Situation, lang: str) -> Group:
    rows = [_line(" "), _line(" "), _line(" ")]
    rows[0].append(" NHỊP ", style="bold reverse").append(" ", style="not reverse")
    _marks(rows[0], frame, lang)
    rows[1].append(f"{word('as_of', lang)} ").append(text.instant(frame.newest, lang), style="bold")
    rows[2].append(f"{word('queried', lang)}")
    digits = [_BIG[c] for c in text.clock(frame.now, lang)]
    for number, row in enumerate(rows):
        row.pad_right(max(44 - row.cell_len, 1))
        row.append(" ".join(d.ljust(11)[4 * number : 4 * number + 3] for d in digits), style="bold")
    return Group(*rows, _trouble(frame, situation, lang) or _oldest(frame, lang))


def _line(start: str = "", style: str = "") -> Text:
    return Text(start, style=style, no_wrap=True, overflow="ellipsis")


def _marks(line: Text, frame: Frame, lang: str) -> None:
    if frame.simulated:
        line.append(f" {word('simulated', lang)} ", style="bold black on yellow").append(" ", style="default")
    if frame.drill:
        line.append(f" {word('drill', lang)} ", style="bold black on cyan").append(" ", style="default")


def _day(frame: Frame) -> str:
    return " " + text.instant(frame.newest).split(" ")[0] if frame.newest else ""


def _oldest(frame: Frame, lang: str) -> RenderableType:
    row = frame.oldest
    if row is None:
        return _line(f"{word('oldest', lang)}: {text.missing(lang)}", style="dim")
    name = text.choose(row.source.name_vi, row.source.name_en, lang)
    return _line(f"{word('oldest', lang)}: {name} {text.instant(row.last_at, lang)}", style="dim")


def _trouble(frame: Frame, situation: Situation, lang: str) -> Text | None:
    """One red line where the board cannot be trusted. A calm board that is frozen is the worst of boards."""
    style = "bold white on red"
    if situation.away_s is not None:
        told = text.duration(situation.away_s, lang)
        return _line(f" ✖ {word('store_away', lang)} · {told} · {word('trying', lang)} ", style)
    if situation.frame_age_s > 10:
        return _line(f" ✖ {word('stale', lang)} · {text.duration(situation.frame_age_s, lang)} ", style)
    if not frame.beat_lost(situation.tick_s):
        return None
    age = frame.pipeline.tick_age_s
    why = word("never", lang) if age is None else f"{word('beat_lost_why', lang)} {text.duration(age, lang)}"
    return _line(f" ✖ {word('beat_lost', lang)} · {why} ", style)
