"""The runbooks as a board: a panel a heading of alerts/runbooks.md, so that the link in an alert opens where the reader
already is. Both languages have the Vietnamese text."""

import re

import msgspec

from grafana.model import Board, Panel, Row, Words

UID = "nhip-runbooks"
_SECTION = re.compile(r"^## (\w+) · ([^\n]+) · ([^\n]+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
LINES_A_UNIT = 1.2
"""Lines of text in a unit of a panel's height, as far as a wide screen goes; what is longer is scrolled."""


class Section(msgspec.Struct, frozen=True):
    title: Words
    body: str


def sections(markdown: str) -> dict[str, Section]:
    """`## Name · tiêu đề · title` -> what stands under it, in the order of the file."""
    return {name: Section((vi, en), body.strip()) for name, vi, en, body in _SECTION.findall(markdown)}


def board(markdown: str) -> Board:
    return Board(
        uid=UID,
        folder="platform",
        title=("Sổ tay xử lý cảnh báo", "Runbooks of the alerts (in Vietnamese)"),
        about=(
            "Mỗi cảnh báo một mục: ý nghĩa, xem trước, nguyên nhân, việc cần làm, khi nào bỏ qua, gọi ai.",
            "A heading for each alert: meaning, first look, causes, what to do, when to ignore, whom to call.",
        ),
        rows=tuple(_row(name, section) for name, section in sections(markdown).items()),
        refresh="",
    )


def _row(name: str, section: Section) -> Row:
    height = max(6, round(len(section.body.splitlines()) / LINES_A_UNIT))
    vi, en = section.title
    title = (f"{vi} ({name})", f"{en} ({name})")
    return Row(height, (Panel(key=name, kind="note", title=title, body=(section.body, section.body), width=24),))
