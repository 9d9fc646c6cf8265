"""The words of a sentence: a finding's names, times and figures in one language."""

from typing import TYPE_CHECKING

from catalogue.calendar import local_date
from contract import text
from streams.detect.base import Context, instant

if TYPE_CHECKING:
    from streams.findings import Finding

CERTAIN = frozenset(
    {"hard_bounds", "impossible_move", "finish_before_start", "due_moved_after", "sum_mismatch", "silent"}
)
"""Rules that compare directly; nothing is estimated."""
HIGH, MEDIUM, LOW = "high", "medium", "low"
CERTAINTY = {HIGH: ("cao", "high"), MEDIUM: ("vừa", "medium"), LOW: ("thấp", "low")}


def certainty(finding: "Finding") -> str:
    """How sure the finding is of what it saw; of why, it never is."""
    if finding.rule in CERTAIN or "gross" in finding.detail or "mark" in finding.detail:
        return HIGH
    if finding.rule == "finish_equals_due":
        return HIGH if finding.count >= 10 else MEDIUM if finding.count >= 3 else LOW
    if finding.rule == "stuck":
        return HIGH if finding.score >= 2 else MEDIUM
    return HIGH if finding.score >= 3 else MEDIUM if finding.score >= 1.5 else LOW


class Words:
    """The parts of a sentence in one language."""

    def __init__(self, finding: "Finding", context: Context, lang: str) -> None:
        self.finding, self.context, self.lang = finding, context, lang
        self.detail = finding.detail

    def say(self, vi: str, en: str) -> str:
        return text.choose(vi, en, self.lang)

    @property
    def feed(self) -> str:
        return self.say(self.context.feed.name_vi, self.context.feed.name_en)

    @property
    def place(self) -> str:
        """` của Tỉnh Lai Châu`, or nothing for the nation."""
        name = self.unit(self.finding.unit)
        return self.say(f" của {name}", f" of {name}") if name else ""

    def unit(self, code: str) -> str:
        unit = self.context.catalogue.units.by_id.get(code)
        if unit is None or unit.level == "national":
            return ""
        return self.say(unit.full_name(local_date(self.finding.at)), unit.name_en)

    @property
    def series(self) -> str:
        """The indicator, its subject and its unit."""
        indicator = self.context.catalogue.indicators[self.finding.indicator]
        subject = self.context.catalogue.subjects.get(self.finding.subject)
        name = self.say(indicator.name_vi, indicator.name_en)
        if subject is not None:
            name += f" ({self.say(subject.name_vi, subject.name_en)})"
        return name + self.place

    @property
    def when(self) -> str:
        if period := self.detail.get("period"):
            return self.say(f"kỳ {period}", f"for {period}")
        return self.say(f"lúc {self.time(self.finding.at)}", f"at {self.time(self.finding.at)}")

    @property
    def case(self) -> str:
        """The kind of case, its number and its unit."""
        kind = self.context.catalogue.kinds[self.finding.indicator]
        number = self.finding.case_id or self.say("(nhiều)", "(many)")
        return f"{self.say(kind.name_vi, kind.name_en)} {number}{self.place}"

    def state(self, name: str) -> str:
        states = self.context.catalogue.kinds[self.finding.indicator].states
        found = next((s for s in states if s.id == self.detail.get(name)), None)
        return f"“{self.say(found.name_vi, found.name_en)}”" if found else self.say("chưa có", "none yet")

    def time(self, at: int) -> str:
        return text.instant(instant(at), self.lang)

    def moment(self, name: str) -> str:
        """A time of the detail, to the second: seconds matter where two times are compared."""
        at = int(self.detail[name])
        return f"{self.time(at)[:10]} {text.clock(instant(at), self.lang)}"

    def figure(self, value: float | str | None) -> str:
        indicator = self.context.catalogue.indicators[self.finding.indicator]
        number = None if value is None else float(value)
        measure = self.context.catalogue.measure(indicator.id, self.lang)
        return text.figure(number, measure, _decimals(number, indicator.decimals), self.lang)

    def number(self, value: float | str | None, decimals: int = 0) -> str:
        return text.number(None if value is None else float(value), decimals, self.lang)

    @property
    def between(self) -> str:
        low, high = self.figure(self.finding.low), self.figure(self.finding.high)
        if self.finding.high is None:
            return self.say(f"từ {low} trở lên", f"{low} and more")
        if self.finding.low is None:
            return self.say(f"đến {high}", f"up to {high}")
        return self.say(f"từ {low} đến {high}", f"from {low} to {high}")

    @property
    def times(self) -> str:
        count = self.number(self.finding.count)
        return self.say(f" Đã thấy {count} lần.", f" Seen {count} times.") if self.finding.count > 1 else ""

    @property
    def sure(self) -> str:
        vi, en = CERTAINTY[certainty(self.finding)]
        return self.say(f" Độ chắc: {vi}.", f" Certainty: {en}.")


def _decimals(value: float | None, decimals: int) -> int:
    """More decimals than usual where rounding would hide the very thing: 54,939 MW is not 55."""
    if value is None or abs(round(value, decimals) - value) <= 0.001 * abs(value):
        return decimals
    exact = (d for d in range(decimals, decimals + 4) if round(value, d) == value)
    return next(exact, decimals + 3)
