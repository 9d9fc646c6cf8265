"""The sections of the board, each fitted into the lines it is given."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from rich.table import Table
from rich.text import Text

from contract import text
from nhip.board.frame import FeedRow, FindingRow, Frame, Names, ProvinceRow
from nhip.board.words import SEVERITIES, STATES, severity_word, state_word, word

_STATE_ORDER = list(STATES)
_WIDE = 64
"""From this width on a section has room for its further columns."""


def feeds(frame: Frame, names: Names, width: int, height: int, lang: str) -> Table:
    """In the catalogue's order where all fit; else those in trouble first, and the rest counted in the title."""
    rows: Sequence[FeedRow] = frame.feeds
    if len(rows) > height - 1:
        rows = sorted(rows, key=lambda row: _STATE_ORDER.index(row.state) if row.state in STATES else 0)[: height - 1]
    wide = width >= _WIDE
    table = _table(width)
    table.add_column(word("feed", lang), ratio=3, no_wrap=True, overflow="ellipsis")
    table.add_column(word("state", lang), width=15, no_wrap=True)
    table.add_column(word("age", lang), width=9, justify="right", no_wrap=True)
    if wide:
        table.add_column(word("units", lang), width=7, justify="right", no_wrap=True)
    table.add_column(
        word("last_value", lang), ratio=2, min_width=17, justify="right", no_wrap=True, overflow="ellipsis"
    )
    for row in rows:
        cells = [_feed_name(row, lang), state(row.state, lang), _age(row.age_s, lang)]
        cells += [_units(row)] if wide else []
        table.add_row(*cells, _value(row, names, lang))
    return table


def state(name: str, lang: str) -> Text:
    sign, _, _, style = STATES.get(name, STATES[""])
    return Text(f"{sign} {state_word(name, lang)}", style=style)


def provinces(frame: Frame, width: int, height: int, lang: str) -> Table:
    """The country first; then every province in official order, or where lines are few those that moved most."""
    columns = 2 if width >= 150 and len(frame.provinces) > height - 2 else 1
    rows, _ = province_rows(frame, (height - 1) * columns - 1)
    shown = [_country(frame.provinces, lang), *rows] if frame.provinces else []
    if columns == 1:
        return _province_table(shown, width, lang)
    middle = (len(shown) + 1) // 2
    both = Table.grid(padding=(0, 2))
    both.add_row(*(_province_table(part, width // 2 - 2, lang) for part in (shown[:middle], shown[middle:])))
    return both


def province_rows(frame: Frame, room: int) -> tuple[list[ProvinceRow], bool]:
    """The provinces shown, and whether they are all of them."""
    if len(frame.provinces) <= room:
        return list(frame.provinces), True
    return sorted(frame.provinces, key=lambda row: -row.moved)[: max(room, 0)], False


def findings(frame: Frame, names: Names, width: int, height: int, lang: str) -> Table | Text:
    if not frame.findings:
        return Text(word("none_open", lang), style="dim")
    table = _table(width, header=False)
    table.add_column(width=14, no_wrap=True)
    table.add_column(width=11, no_wrap=True, style="dim")
    # A sentence may take the lines that would stay empty.
    table.add_column(ratio=1, no_wrap=len(frame.findings) * 2 > height, overflow="ellipsis")
    for row in frame.findings[:height]:
        table.add_row(_severity(row, lang), _when(row.at, frame.now), _sentence(row, lang))
    return table


def pipeline(frame: Frame, width: int, lang: str) -> Text:
    """One line: whether time comes through, how far behind the slowest partition is, what was refused."""
    p = frame.pipeline

    def count(key: str, value: int, style: str = "") -> tuple[str, str]:
        return f"{word(key, lang)} {text.number(value, 0, lang)}", style if value else ""

    tick = [(f"{word('tick', lang)} {_seconds(p.tick_age_s, lang)} {word('ago', lang)}", "")] if width >= 110 else []
    parts = [
        *tick,
        (f"{word('lag', lang)} {_seconds(p.lag_s, lang)}", ""),
        (f"{word('fresh', lang)} {_seconds(p.p99_s, lang, 2)}", "yellow" if (p.p99_s or 0) > 1 else ""),
        count("rejected", p.rejected, "yellow"),
        count("late", p.late, "yellow"),
        count("duplicates", p.duplicates),
        count("records", p.records),
    ]
    line = Text(no_wrap=True, overflow="ellipsis")
    for number, (part, style) in enumerate(parts):
        line.append("" if number == 0 else " · ")
        line.append(part, style=style)
    return line


def _table(width: int, header: bool = True) -> Table:
    return Table(
        box=None, width=width, padding=(0, 1, 0, 0), show_header=header, header_style="dim", expand=True, pad_edge=False
    )


def _feed_name(row: FeedRow, lang: str) -> Text:
    name = Text(text.choose(row.source.name_vi, row.source.name_en, lang))
    if row.source.drill:
        name = Text(f"{word('drill', lang)} ", style="reverse").append(name.plain, style="not reverse")
    if not row.source.record:
        name.append(f" ({word('not_in_catalogue', lang)})", style="yellow")
    return name


def _age(seconds: float | None, lang: str) -> Text:
    if seconds is None:
        return Text(text.missing(lang), style="dim")
    if seconds < 2:
        return Text(word("just_now", lang))
    size = next(unit for unit in (86_400, 3_600, 60, 1) if seconds >= unit)
    return Text(text.duration(seconds // size * size, lang))


def _units(row: FeedRow) -> Text:
    short = row.reporting < row.expected
    return Text(f"{row.reporting}/{row.expected}" if row.expected else "", style="yellow" if short else "dim")


def _value(row: FeedRow, names: Names, lang: str) -> Text:
    source = row.source
    if row.value is not None:
        measure = text.choose(source.measure, source.measure_en or source.measure, lang)
        shown = Text(text.figure(row.value, measure, source.decimals, lang))
        if row.suspect:
            shown.append(" ?", style="yellow")
        if row.value_of:
            of = names.subject(row.value_of, lang) if row.value_of in names.subjects else names.unit(row.value_of, lang)
            shown = Text(f"{of} ", style="dim").append(shown)
        return shown
    if source.record == "cases" and row.received_today is not None:
        return Text(f"{text.number(row.received_today, 0, lang)} {word('today', lang)}")
    return Text(text.missing(lang), style="dim")


def _country(rows: Sequence[ProvinceRow], lang: str) -> ProvinceRow:
    """Sums of what is there; nothing where nothing is."""
    finished, on_time = _sum(rows, lambda r: r.finished), _sum(rows, lambda r: r.on_time)
    return ProvinceRow(
        unit="VN",
        name_vi=word("country"),
        name_en=word("country", "en"),
        received=_sum(rows, lambda r: r.received),
        received_before=_sum(rows, lambda r: r.received_before),
        finished=finished,
        on_time=on_time,
        on_time_of_finished=on_time / finished if finished and on_time is not None else None,
        overdue_open=_sum(rows, lambda r: r.overdue_open),
    )


def _sum(rows: Sequence[ProvinceRow], of: Callable[[ProvinceRow], int | None]) -> int | None:
    there = [value for row in rows if (value := of(row)) is not None]
    return sum(there) if there else None


def _province_table(rows: Sequence[ProvinceRow], width: int, lang: str) -> Table:
    table = _table(width)
    table.add_column(word("province", lang), ratio=1, min_width=10, no_wrap=True, overflow="ellipsis")
    table.add_column(word("received", lang), width=9, justify="right", no_wrap=True)
    table.add_column(word("week_ago", lang), width=13, justify="right", no_wrap=True)
    table.add_column(word("on_time", lang), width=19, justify="right", no_wrap=True)
    table.add_column(word("overdue", lang), width=13, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            Text(text.choose(row.name_vi, row.name_en, lang), style="bold" if row.unit == "VN" else ""),
            _count(row.received, lang),
            _change(row.change, lang),
            _percent(row.on_time_of_finished, lang),
            _count(row.overdue_open, lang),
        )
    return table


def _count(value: int | None, lang: str) -> Text:
    return Text(text.number(value, 0, lang), style="dim" if value is None else "")


def _percent(ratio: float | None, lang: str) -> Text:
    return Text(text.figure(None if ratio is None else 100 * ratio, "%", 1, lang), style="dim" if ratio is None else "")


def _change(ratio: float | None, lang: str) -> Text:
    if ratio is None:
        return Text(text.missing(lang), style="dim")
    sign = "▲ +" if ratio > 0.0005 else "▼ −" if ratio < -0.0005 else "= "
    return Text(sign + text.figure(abs(100 * ratio), "%", 1, lang), style="bold" if abs(ratio) >= 0.25 else "")


def _severity(row: FindingRow, lang: str) -> Text:
    sign, _, _, style = SEVERITIES.get(row.severity, SEVERITIES["info"])
    if row.state != "open":
        return Text(f"✓ {word('closed', lang)}", style="dim")
    return Text(f"{sign} {severity_word(row.severity, lang)}", style=style)


def _when(at: datetime, now: datetime) -> str:
    there = text.local(at)
    return there.strftime("%H:%M") if abs(now - at) < timedelta(hours=20) else there.strftime("%d/%m %H:%M")


def _sentence(row: FindingRow, lang: str) -> Text:
    sentence = Text(style="dim" if row.state != "open" else "")
    if row.drill:
        sentence.append(word("drill", lang), style="reverse").append(" ")
    if row.findings > 1:
        sentence.append(f"(+{text.number(row.findings - 1, 0, lang)} {word('more', lang)}) ", style="bold")
    return sentence.append(text.choose(row.sentence_vi, row.sentence_en, lang) or row.rule)


def _seconds(value: float | None, lang: str, decimals: int = 1) -> str:
    if value is not None and value >= 120:
        return text.duration(value, lang)
    return text.figure(value, word("seconds", lang), decimals, lang)
