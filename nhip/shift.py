"""`nhip shift`: the handover of a shift, to the terminal, or as a page for the morning meeting.

What nobody took, what is in hand and whose, what a unit is to answer and until when, what was closed and how it turned
out. The same groups in both forms.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from clickhouse.client import connect
from contract import text
from contract.errors import SettingError
from contract.handling import ASKED, CLOSED
from contract.settings import Settings
from nhip.due import moment_typed
from nhip.findings_print import as_of_line
from nhip.findings_read import AsOf, Books, Finding, said_plainly
from nhip.findings_words import contact, head, severity_word, state_word
from nhip.pages import page
from nhip.words import language, say

HOURS = 8.0
SHOWN = 60
"""Of a group; of the rest the number is told."""


PARTS = {
    "untaken": ("Chưa ai nhận", "Nobody's"),
    "held": ("Đang giữ", "In hand"),
    "asked": ("Đang chờ đơn vị", "Waiting for a unit"),
    "closed": ("Đã đóng trong ca", "Closed in this shift"),
}
"""As `desk_shift` has them, in the order of the report."""


class Group(Struct, frozen=True):
    title: str
    found: list[Finding]

    @property
    def total(self) -> int:
        """Those that the store did not list are counted too."""
        return self.found[0].total if self.found else 0


class Shift(Struct, frozen=True):
    since: datetime
    until: datetime
    as_of: AsOf
    found: list[Finding]
    untaken: dict[str, int]
    """By severity; those of the lowest are only counted."""
    then: bool = False
    """As it stood at its end, not as it stands now."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--hours", type=float, default=HOURS, metavar="N", help=f"length of the shift; {HOURS:.0f}")
    parser.add_argument("--until", default="", metavar="TIME", help="its end, '21/11/2026 14:00'; now")
    parser.add_argument("--html", default="", metavar="FILE", help="as a page to print, A4")


def run(settings: Settings, args: argparse.Namespace) -> int:
    until = _moment(args.until) if args.until else datetime.now(UTC)
    then = until < datetime.now(UTC) and bool(args.until)
    if not 0 < args.hours <= 24 * 31:
        raise SettingError(say("--hours: từ 0 đến 744", "--hours: between 0 and 744"))
    with said_plainly(settings):
        shift = read(Books(connect(settings, "reader")), until - timedelta(hours=args.hours), until, then)
    if args.html:
        Path(args.html).write_text(html(shift, language()), encoding="utf-8")
        print(args.html)
    else:
        print("\n".join(lines(shift, language())))
    return 0


def _moment(typed: str) -> datetime:
    if found := moment_typed(" ".join(typed.split()), ("%d/%m/%Y %H:%M",)):
        return found
    raise SettingError(say("--until viết 21/11/2026 14:00", "--until is written 21/11/2026 14:00"))


def read(books: Books, since: datetime, until: datetime, then: bool = False) -> Shift:
    found, untaken = books.shift(since, until, then), books.untaken(until, then)
    return Shift(since, until, books.as_of(), found, untaken, then)


def groups(shift: Shift, lang: str) -> list[Group]:
    return [
        Group(text.choose(*words, lang=lang), [finding for finding in shift.found if finding.part == part])
        for part, words in PARTS.items()
    ]


def title(shift: Shift, lang: str) -> str:
    since, until = text.instant(shift.since, lang), text.instant(shift.until, lang)
    return text.choose(f"Bàn giao ca {since} – {until}", f"Handover of the shift {since} – {until}", lang)


def summary(shift: Shift, lang: str) -> str:
    """The counts of all groups in one line, findings of the lowest severity too."""
    told = [f"{group.title.lower()} {text.number(group.total, 0, lang)}" for group in groups(shift, lang)]
    if light := shift.untaken.get("info", 0):
        name, count = severity_word("info", lang), text.number(light, 0, lang)
        told.append(text.choose(f"{name} chưa ai nhận {count}", f"{name} nobody's {count}", lang))
    return "; ".join(told)


def known(shift: Shift, lang: str) -> str:
    """As of when it is told. Of a shift that is over, handling is that of its end."""
    if not shift.then:
        return as_of_line(shift.as_of, lang)
    until = text.instant(shift.until, lang)
    vi, en = f"Như lúc {until}; mức độ và câu mô tả là mới nhất", f"As of {until}; severity and sentence are the newest"
    return text.choose(vi, en, lang)


def more(finding: Finding, until: datetime, lang: str) -> Iterator[str]:
    """Who is to answer, and how it turned out."""
    if finding.handling == ASKED:
        late = finding.asked_until is not None and finding.asked_until < until
        over = text.choose(" · ĐÃ QUÁ HẠN TRẢ LỜI", " · THE ANSWER IS OVERDUE", lang) if late else ""
        asked, post = text.choose("hỏi", "asked", lang), contact(finding, lang)
        yield f"{asked} {text.instant(finding.asked_at, lang)}: {post}{over}"
    if finding.handling == CLOSED:
        turned = text.choose("kết luận", "it turned out", lang)
        closed = text.choose("đóng lúc", "closed", lang)
        yield (
            f"{turned}: {state_word(finding.label, lang)} ({finding.labelled_by}); "
            f"{closed} {text.instant(finding.ended_at, lang)} ({finding.ended_by})"
        )


def lines(shift: Shift, lang: str) -> Iterator[str]:
    yield title(shift, lang)
    yield known(shift, lang)
    yield summary(shift, lang)
    for group in groups(shift, lang):
        yield ""
        yield f"{group.title} ({text.number(group.total, 0, lang)})"
        for finding in group.found[:SHOWN]:
            yield head(finding, lang)
            yield f"    {finding.sentence(lang)}"
            yield from (f"    {line}" for line in more(finding, shift.until, lang))
        if (more_of := group.total - SHOWN) > 0:
            count = text.number(more_of, 0, lang)
            yield text.choose(f"    … và {count} điểm nữa", f"    … and {count} more", lang)


def html(shift: Shift, lang: str) -> str:
    entries = [
        {
            "title": group.title,
            "total": text.number(group.total, 0, lang),
            "entries": [
                {
                    "severity": finding.severity,
                    "head": head(finding, lang),
                    "sentence": finding.sentence(lang),
                    "more": list(more(finding, shift.until, lang)),
                }
                for finding in group.found[:SHOWN]
            ],
        }
        for group in groups(shift, lang)
    ]
    return page(
        "shift.html",
        lang,
        title=title(shift, lang),
        as_of=known(shift, lang),
        summary=summary(shift, lang),
        simulated=any(finding.simulated for finding in shift.found),
        groups=entries,
    )
