"""The words of boards, fixed once: headings of columns, states, severities, in Vietnamese and English.

A sign and a word say what a colour says, so that nobody has to tell colours apart. Colours are those of Okabe and Ito.
"""

import msgspec

from contract import text
from grafana import headings
from grafana.model import Words

BLUE, ORANGE, RED, GREEN, GREY, PURPLE, SKY = (
    "#0072B2",
    "#E69F00",
    "#D55E00",
    "#009E73",
    "#8C8C8C",
    "#CC79A7",
    "#56B4E9",
)
SERIES = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED, "#F0E442")
"""Of lines, in turn."""


class Sign(msgspec.Struct, frozen=True):
    """How a value of a closed list is shown: a sign, a word, a colour on boards and a style in the terminal."""

    sign: str
    words: Words
    colour: str
    style: str

    def label(self, lang: str) -> str:
        return f"{self.sign} {text.choose(*self.words, lang=lang)}"


STATES = {
    "silent": Sign("✖", ("mất tín hiệu", "silent"), RED, "bold red"),
    "late": Sign("▲", ("chậm", "late"), ORANGE, "yellow"),
    "receiving": Sign("●", ("đang nhận", "receiving"), BLUE, "green"),
    "maintenance": Sign("◇", ("bảo trì", "maintenance"), PURPLE, "cyan"),
    "not_due": Sign("○", ("chưa đến kỳ", "not due"), GREY, "dim"),
    "off_hours": Sign("–", ("ngoài giờ", "off hours"), GREY, "dim"),
}
"""Of a connection, the worst first."""

SEVERITIES = {
    "critical": Sign("✖", ("NGHIÊM TRỌNG", "CRITICAL"), RED, "bold red"),
    "warning": Sign("▲", ("cảnh báo", "warning"), ORANGE, "yellow"),
    "info": Sign("·", ("thông tin", "info"), GREY, "dim"),
    "closed": Sign("✓", ("đã đóng", "closed"), GREY, "dim"),
}
"""Of a finding; one that is closed has none any more."""

LEVELS = {
    "critical": Sign("✖", ("nghiêm trọng", "critical"), RED, "bold red"),
    "warning": Sign("▲", ("cần xem", "to be looked at"), ORANGE, "yellow"),
    "ok": Sign("●", ("bình thường", "normal"), BLUE, "green"),
    "provisional": Sign("◌", ("tạm tính", "provisional"), GREY, "dim"),
    "none": Sign("–", (text.MISSING, text.MISSING_EN), GREY, "dim"),
}
"""What a query says of a figure in its column `level`."""

VERDICTS = {
    "ok": Sign("●", ("bình thường", "plausible"), BLUE, "green"),
    "suspect": Sign("▲", ("nghi vấn", "suspect"), ORANGE, "yellow"),
    "impossible": Sign("✖", ("không thể có", "impossible"), RED, "bold red"),
}

MEANINGS = {"state": STATES, "severity": SEVERITIES, "level": LEVELS, "verdict": VERDICTS}
"""Columns whose values are of a closed list; on boards and in the terminal they are shown by sign and word."""

MARKED = Sign("◆", ("MÔ PHỎNG", "SIMULATED"), ORANGE, "bold black on yellow")

SIGNS = {MARKED.sign: MARKED} | {sign.sign: sign for signs in MEANINGS.values() for sign in signs.values()}
"""A text that begins with one of these has its colour."""

COLUMNS: dict[str, Words] = {
    "name": ("tên", "name"),
    "text": ("giá trị", "value"),
    "feed_name": ("kết nối", "connection"),
    "state": ("trạng thái", "state"),
    "age": ("tuổi", "age"),
    "last_value": ("giá trị mới nhất", "last value"),
    "reporting_text": ("đơn vị", "units"),
    "level": ("mức", "level"),
    "severity": ("mức độ", "severity"),
    "verdict": ("đánh giá", "verdict"),
    "unit_name": ("đơn vị", "unit"),
    "since": ("từ lúc", "since"),
    "sentence": ("điều thấy được", "what was seen"),
    "received": ("tiếp nhận", "received"),
    "week_ago": ("so tuần trước", "on last week"),
    "on_time": ("đúng hạn/giải quyết", "on time/finished"),
    "overdue": ("đang quá hạn", "overdue, open"),
} | headings.OF_SYSTEMS
"""Headings of tables. A query names its columns by these keys."""

NUMBERS = headings.NUMBERS | {
    "age",
    "last_value",
    "reporting_text",
    "received",
    "week_ago",
    "on_time",
    "overdue",
    "text",
}
"""Columns that stand to the right."""

SIGNED = headings.SIGNED | {"week_ago", "last_value"}
"""Columns of text that begin with a sign where something is to be seen."""

WIDTHS = {
    **{"age": 90, "change": 110, "due": 150, "level": 150, "severity": 160, "since": 150},
    **{"state": 150, "target": 120, "verdict": 130},
}
"""Of columns whose texts are short, in pixels; names and sentences share what is left."""


def heading(column: str, lang: str) -> str:
    return text.choose(*COLUMNS[column], lang=lang)


def shown(column: str, value: str, lang: str) -> str:
    """A value as it is read: by sign and word where its column is of a closed list."""
    sign = MEANINGS.get(column, {}).get(value)
    return sign.label(lang) if sign else value
