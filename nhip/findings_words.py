"""Words about findings and what is done with them, for the terminal, the desk and the report of a shift alike."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from catalogue.load import Catalogue
from catalogue.units import UnitProblem
from contract import text
from contract.handling import NEW, NOT_YOURS, OUTCOMES, STATES, STEPS
from grafana.words import SEVERITIES, VERDICTS
from nhip import findings_may
from nhip.accounts import Account
from nhip.findings_read import Finding, Value
from nhip.words import Spoken


def state_word(state: str, lang: str) -> str:
    return text.choose(*STATES.get(state, (state, state)), lang=lang)


def step_word(step: str, lang: str) -> str:
    return text.choose(*STEPS.get(step, (step, step)), lang=lang)


def outcome_word(outcome: str, lang: str) -> str:
    return text.choose(*OUTCOMES.get(outcome, (outcome, outcome)), lang=lang)


def severity_word(severity: str, lang: str) -> str:
    return text.choose(*SEVERITIES.get(severity, SEVERITIES["info"]).words, lang=lang)


def severity_sign(severity: str) -> str:
    return SEVERITIES.get(severity, SEVERITIES["info"]).sign


def verdict_word(verdict: str, lang: str) -> str:
    """Of a value; what is well needs no word."""
    return "" if verdict == "ok" or verdict not in VERDICTS else text.choose(*VERDICTS[verdict].words, lang=lang)


def going_on(state: str, lang: str) -> str:
    """Of the data, whatever people did with it."""
    if state == "open":
        return text.choose("đang diễn ra", "going on", lang)
    return text.choose("số liệu đã bình thường", "the data is well again", lang)


def marks(finding: Finding, lang: str) -> list[str]:
    """What must be said of simulated data and of drills wherever they are shown."""
    found = [text.choose("MÔ PHỎNG", "SIMULATED", lang)] if finding.simulated else []
    return found + ([text.choose("DIỄN TẬP", "DRILL", lang)] if finding.drill else [])


def times(series: Sequence[Value], lang: str) -> list[str]:
    """When each value was; to the second where they come more than once a minute."""
    fine = any((b.at - a.at).total_seconds() < 60 for a, b in pairwise(series) if not b.period)
    told = [value.period or text.instant(value.at, lang) for value in series]
    if not fine:
        return told
    return [f"{day[:10]} {text.clock(value.at, lang)}" for day, value in zip(told, series, strict=True)]


def standing(handling: str, holder: str, asked_until: datetime | None, lang: str, again: bool = False) -> str:
    """`đã hỏi đơn vị · truc-ban-1 · trả lời trước 21/11/2026 15:00`."""
    parts = [text.choose("chưa ai nhận", "nobody's", lang) if handling == NEW else state_word(handling, lang)]
    parts += [holder] if holder else []
    if asked_until is not None:
        before = text.choose("trả lời trước", "to answer before", lang)
        parts.append(f"{before} {text.instant(asked_until, lang)}")
    if again:
        vi, en = "sau đó lại xảy ra hoặc nặng thêm, chưa ai nhận", "again or graver since, nobody's"
        parts.append(text.choose(vi, en, lang))
    return " · ".join(parts)


def standing_of(finding: Finding, lang: str) -> str:
    return standing(finding.handling, finding.holder, finding.asked_until, lang, finding.again)


def head_words(finding: Finding, lang: str) -> list[str]:
    """How grave it is, who has it and since when; whether it is over; what must be said of it wherever it is shown."""
    over = [] if finding.state == "open" else [going_on(finding.state, lang)]
    since = f"{text.choose('từ', 'since', lang)} {text.instant(finding.severity_at, lang)}"
    return [severity_word(finding.severity, lang), standing_of(finding, lang), since, *over, *marks(finding, lang)]


def head(finding: Finding, lang: str) -> str:
    """The first of a finding's two lines; the second is its sentence."""
    return f"{severity_sign(finding.severity)} {finding.short}  {' · '.join(head_words(finding, lang))}"


def contact(finding: Finding, lang: str) -> str:
    """Whom to ask, in one line; `chưa có` where the file of contacts names nobody."""
    if not finding.post(lang):
        return text.missing(lang)
    told = [(text.choose("điện thoại", "telephone", lang), finding.telephone)]
    told.append((text.choose("thư", "e-mail", lang), finding.email))
    told.append((text.choose("giờ trực", "hours", lang), finding.hours))
    return "; ".join([finding.post(lang), *(f"{word} {value}" for word, value in told if value)])


def why_not(outcome: str, step: str, finding: Finding, account: Account) -> tuple[str, str]:
    """Why a step was not taken, and what may be done instead, in both languages."""
    vi, en = (_why_not(outcome, step, finding, account, lang) for lang in text.LANGUAGES)
    return vi, en


def _why_not(outcome: str, step: str, finding: Finding, account: Account, lang: str) -> str:
    wanted = step_word(step, lang)
    vi, en = f"{finding.holder} đang giữ", f"{finding.holder} has it"
    if outcome != NOT_YOURS:
        vi, en = (standing(finding.handling, finding.holder, None, one, finding.again) for one in text.LANGUAGES)
    said = text.choose(f"không {wanted} được: {vi}", f"cannot {wanted}: {en}", lang)
    open_ = ", ".join(step_word(one, lang) for one in findings_may.steps(finding, account))
    return said + (text.choose(f"; có thể: {open_}", f"; possible: {open_}", lang) if open_ else "")


class Names:
    """What is called how by the catalogue, and values as their indicator is printed."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def figure(self, finding: Finding, value: float | None, lang: str) -> str:
        known = self._catalogue.indicators.get(finding.indicator)
        if known is None:
            return text.number(value, 0, lang)
        return text.figure(value, self._catalogue.measure(known.id, lang), known.decimals, lang)

    def band(self, finding: Finding, lang: str) -> str:
        """What was expected: `từ 0 MW đến 1.000 MW`."""
        low, high = (self.figure(finding, value, lang) for value in (finding.low, finding.high))
        if finding.low is None and finding.high is None:
            return text.missing(lang)
        if finding.low is None:
            return text.choose(f"đến {high}", f"up to {high}", lang)
        if finding.high is None:
            return text.choose(f"từ {low}", f"from {low}", lang)
        return text.choose(f"từ {low} đến {high}", f"from {low} to {high}", lang)

    def unit(self, unit: str, lang: str) -> str:
        known = self._catalogue.units.by_id.get(unit)
        return unit if known is None else text.choose(known.name_vi, known.name_en, lang)

    def case_state(self, finding: Finding, state: str, lang: str) -> str:
        kind = self._catalogue.kinds.get(finding.indicator)
        known = None if kind is None else kind.state(state)
        return state if known is None else text.choose(known.name_vi, known.name_en, lang)

    def unit_meant(self, typed: str) -> str:
        """A unit's id, in whatever spelling it was typed; empty for none."""
        if not typed:
            return ""
        found = self._catalogue.units.resolve(typed, datetime.now(UTC).date())
        if isinstance(found, UnitProblem):
            raise Spoken(f"không có đơn vị {typed!r}", f"there is no unit {typed!r}")
        return found.id

    def feed(self, feed: str, lang: str) -> str:
        known = self._catalogue.feeds.get(feed)
        return feed if known is None else text.choose(known.name_vi, known.name_en, lang)
