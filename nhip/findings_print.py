"""Findings in the terminal: the list, and one with all that is known of it. Plain lines, for a pipe as for a screen."""

from collections.abc import Iterator, Sequence

from contract import text
from contract.handling import DONE
from nhip import findings_may
from nhip.accounts import Account
from nhip.findings_act import UNREAD, Told
from nhip.findings_read import AsOf, Done, Finding, Sheet
from nhip.findings_words import (
    Names,
    contact,
    going_on,
    head,
    marks,
    outcome_word,
    severity_sign,
    severity_word,
    standing,
    standing_of,
    state_word,
    step_word,
    times,
    verdict_word,
)

TYPED = {
    "taken": "take {}",
    "taken_over": "take-over {}",
    "asked": "ask {} --until 2h",
    "corrected": "label {} corrected",
    "confirmed": "label {} confirmed",
    "false_alarm": "label {} false-alarm",
    "new_trend": "label {} new-trend",
    "closed": "close {}",
    "reopened": "reopen {}",
}
"""How each step is typed."""


def as_of_line(as_of: AsOf, lang: str) -> str:
    told = text.choose("Số liệu tính đến", "Data as of", lang)
    slowest = text.choose("kết nối chậm nhất", "slowest connection", lang)
    return f"{told} {text.instant(as_of.newest, lang)} ({slowest} {text.instant(as_of.oldest, lang)})"


def listed(found: Sequence[Finding], total: int, as_of: AsOf, lang: str) -> Iterator[str]:
    yield as_of_line(as_of, lang)
    if not found:
        yield text.choose("Không có điểm bất thường nào như vậy.", "There is no such finding.", lang)
    for finding in found:
        yield head(finding, lang)
        yield f"    {finding.sentence(lang)}"
    if total > len(found):
        more = text.number(total - len(found), 0, lang)
        yield text.choose(f"… và {more} điểm nữa (--rows)", f"… and {more} more (--rows)", lang)


def one(sheet: Sheet, names: Names, account: Account | None, lang: str) -> Iterator[str]:
    """`account` is who reads it: the steps that are open to them are told as they are typed."""
    finding = sheet.finding
    words = [severity_word(finding.severity, lang), going_on(finding.state, lang), *marks(finding, lang)]
    yield f"{severity_sign(finding.severity)} {finding.id}  {' · '.join(words)}"
    yield finding.sentence(lang)
    yield from _facts(finding, names, lang)
    yield from _values(sheet, names, lang)
    yield from _steps(sheet, names, lang)
    yield f"{text.choose('Xử lý', 'Handling', lang)}: {standing_of(finding, lang)}"
    yield from (f"  {history_line(done, lang)}" for done in sheet.history)
    yield f"{text.choose('Đầu mối', 'Contact', lang)}: {contact(finding, lang)}"
    if account is not None:
        for step in findings_may.steps(finding, account):
            yield f"  {step_word(step, lang)}: nhip findings {TYPED[step].format(finding.short)} --as {account.id}"


def _facts(finding: Finding, names: Names, lang: str) -> Iterator[str]:
    def line(vi: str, en: str, told: str) -> str:
        return f"{text.choose(vi, en, lang)}: {told}"

    if finding.value is not None:
        seen, band = names.figure(finding, finding.value, lang), names.band(finding, lang)
        yield line("Thấy", "Seen", f"{seen}; {text.choose('mong đợi', 'expected', lang)} {band}")
    where = " · ".join(word for word in (names.feed(finding.feed, lang), names.unit(finding.unit, lang)) if word)
    yield line("Nơi", "Where", where)
    known, grave = text.instant(finding.opened_at, lang), text.instant(finding.severity_at, lang)
    yield line("Biết từ", "Known since", f"{known}; {text.choose('mức này từ', 'so grave since', lang)} {grave}")
    if innocent := finding.innocent(lang):
        yield line("Có thể vì", "Perhaps", "; ".join(innocent))


def _values(sheet: Sheet, names: Names, lang: str) -> Iterator[str]:
    for when, value in zip(times(sheet.series, lang), sheet.series, strict=True):
        here = "►" if value.at == sheet.finding.at else " "
        verdict = f"  {verdict_word(value.verdict, lang)}".rstrip()
        yield f"  {here} {when}  {names.figure(sheet.finding, value.value, lang)}{verdict}"


def _steps(sheet: Sheet, names: Names, lang: str) -> Iterator[str]:
    for step in sheet.steps:
        due = f"  {text.choose('hạn', 'due', lang)} {text.instant(step.due_at, lang)}" if step.due_at else ""
        yield f"    {text.instant(step.event_at, lang)}  {names.case_state(sheet.finding, step.state, lang)}{due}"


def history_line(done: Done, lang: str) -> str:
    words = [f"{done.number}.", text.instant(done.arrived_at, lang), done.actor, step_word(done.step, lang)]
    if done.due is not None:
        words.append(f"({text.choose('trả lời trước', 'to answer before', lang)} {text.instant(done.due, lang)})")
    if done.note:
        words.append(f"“{done.note}”")
    if done.outcome != DONE:
        words.append(f"✖ {outcome_word(done.outcome, lang)}")
    return " ".join(words)


def told_line(finding: Finding, step: str, told: Told, lang: str) -> str:
    """What became of a step, as whoever took it reads it."""
    wanted = step_word(step, lang)
    if told.outcome == UNREAD:
        return text.choose(
            f"▲ {finding.short}: {wanted} đã vào Kafka nhưng bộ xử lý chưa ghi; bước này có hiệu lực khi bộ xử lý chạy "
            "lại, theo đúng thứ tự trong Kafka",
            f"▲ {finding.short}: {wanted} stands in Kafka, but the worker has not recorded it; it takes effect when "
            "the worker runs again, in the order of the log",
            lang,
        )
    if told.done:
        now = standing(told.held.state, told.held.holder, None, lang)
        return f"✓ {finding.short}: {wanted} · {now} ({text.number(told.seconds, 1, lang)} s)"
    said = text.choose("đã có bước khác đến trước", "another step came first", lang)
    now = f"{state_word(told.held.state, lang)} · {told.held.holder}"
    return f"✖ {finding.short}: {wanted}: {said}; {outcome_word(told.outcome, lang)}: {now}"
