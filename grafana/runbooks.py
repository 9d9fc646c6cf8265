"""The runbooks as a board: a panel a heading of alerts/runbooks.md, so that the link in an alert opens where the reader
already is. Both languages have the Vietnamese text."""

import re

from grafana.model import Board, Panel, Row

UID = "nhip-runbooks"
_SECTION = re.compile(r"^## (\w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
LINES_A_UNIT = 1.2
"""Lines of text in a unit of a panel's height, as far as a wide screen goes; what is longer is scrolled."""


def sections(markdown: str) -> dict[str, str]:
    """Heading -> what stands under it, in the order of the file."""
    return {heading: body.strip() for heading, body in _SECTION.findall(markdown)}


def board(markdown: str) -> Board:
    return Board(
        uid=UID,
        folder="platform",
        title=("Sổ tay xử lý cảnh báo", "Runbooks of the alerts (in Vietnamese)"),
        about=(
            "Mỗi cảnh báo một mục: ý nghĩa, xem trước, nguyên nhân, việc cần làm, khi nào bỏ qua, gọi ai.",
            "A heading for each alert: meaning, first look, causes, what to do, when to ignore, whom to call.",
        ),
        rows=tuple(_row(heading, body) for heading, body in sections(markdown).items()),
        refresh="",
    )


def _row(heading: str, body: str) -> Row:
    height = max(6, round(len(body.splitlines()) / LINES_A_UNIT))
    return Row(height, (Panel(key=heading, kind="note", title=(heading, heading), body=(body, body), width=24),))
