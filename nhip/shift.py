"""`nhip shift`: the handover of a shift, to the terminal, or as a page for the morning meeting.

What nobody took, what is in hand and whose, what a unit is to answer and until when, what was closed and how it turned
out. The same groups in both forms.
"""

import argparse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from clickhouse.client import connect
from contract import text
from contract.errors import SettingError
from contract.handling import ASKED, CLOSED, NEW
from contract.settings import Settings
from nhip.due import moment_typed
from nhip.findings_print import as_of_line
from nhip.findings_read import AsOf, Books, Finding, said_plainly
from nhip.findings_words import contact, going_on, marks, severity_sign, severity_word, standing_of, state_word
from nhip.pages import page
from nhip.words import language, say

HOURS = 8.0
SHOWN = 60
"""Of a group; of the rest the number is told."""


class Group(Struct, frozen=True):
    title: str
    found: list[Finding]


class Shift(Struct, frozen=True):
    since: datetime
    until: datetime
    as_of: AsOf
    found: list[Finding]
    untaken: dict[str, int]
    """By severity; those of the lowest are only counted."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--hours", type=float, default=HOURS, metavar="N", help=f"length of the shift; {HOURS:.0f}")
    parser.add_argument("--until", default="", metavar="TIME", help="its end, '21/11/2026 14:00'; now")
    parser.add_argument("--html", default="", metavar="FILE", help="as a page to print, A4")


def run(settings: Settings, args: argparse.Namespace) -> int:
    until = _moment(args.until) if args.until else datetime.now(UTC)
    if not 0 < args.hours <= 24 * 31:
        raise SettingError(say("--hours: từ 0 đến 744", "--hours: between 0 and 744"))
    with said_plainly(settings):
        shift = read(Books(connect(settings, "reader")), until - timedelta(hours=args.hours), until)
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


def read(books: Books, since: datetime, until: datetime) -> Shift:
    return Shift(since, until, books.as_of(), books.shift(since, until), books.untaken())


def groups(shift: Shift, lang: str) -> list[Group]:
    def group(vi: str, en: str, belongs: Callable[[Finding], bool]) -> Group:
        return Group(text.choose(vi, en, lang), [finding for finding in shift.found if belongs(finding)])

    return [
        group("Chưa ai nhận", "Nobody's", lambda finding: finding.handling == NEW),
        group("Đang giữ", "In hand", lambda finding: finding.handling not in (NEW, ASKED, CLOSED)),
        group("Đang chờ đơn vị", "Waiting for a unit", lambda finding: finding.handling == ASKED),
        group("Đã đóng trong ca", "Closed in this shift", lambda finding: finding.handling == CLOSED),
    ]


def title(shift: Shift, lang: str) -> str:
    since, until = text.instant(shift.since, lang), text.instant(shift.until, lang)
    return text.choose(f"Bàn giao ca {since} – {until}", f"Handover of the shift {since} – {until}", lang)


def summary(shift: Shift, lang: str) -> str:
    """The counts of all groups in one line, findings of the lowest severity too."""
    told = [f"{group.title.lower()} {text.number(len(group.found), 0, lang)}" for group in groups(shift, lang)]
    if light := shift.untaken.get("info", 0):
        name, count = severity_word("info", lang), text.number(light, 0, lang)
        told.append(text.choose(f"{name} chưa ai nhận {count}", f"{name} nobody's {count}", lang))
    return "; ".join(told)


def head(finding: Finding, lang: str) -> str:
    since = text.choose("từ", "since", lang)
    words = [severity_word(finding.severity, lang), standing_of(finding, lang), going_on(finding.state, lang)]
    words += [f"{since} {text.instant(finding.severity_at, lang)}", *marks(finding, lang)]
    return f"{severity_sign(finding.severity)} {finding.short}  {' · '.join(words)}"


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
    yield as_of_line(shift.as_of, lang)
    yield summary(shift, lang)
    for group in groups(shift, lang):
        yield ""
        yield f"{group.title} ({text.number(len(group.found), 0, lang)})"
        for finding in group.found[:SHOWN]:
            yield head(finding, lang)
            yield f"    {finding.sentence(lang)}"
            yield from (f"    {line}" for line in more(finding, shift.until, lang))
        if len(group.found) > SHOWN:
            yield text.choose("    … và còn nữa", "    … and more", lang)


def html(shift: Shift, lang: str) -> str:
    entries = [
        {
            "title": group.title,
            "total": text.number(len(group.found), 0, lang),
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
        as_of=as_of_line(shift.as_of, lang),
        summary=summary(shift, lang),
        simulated=any(finding.simulated for finding in shift.found),
        groups=entries,
    )
