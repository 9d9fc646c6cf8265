"""What a finding says: one sentence per rule, in Vietnamese and in English.

A finding is evidence for a question, never a verdict about people: a sentence says what was seen, what was expected
and how sure that is; the innocent explanations stand in its evidence.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from catalogue.calendar import local_date
from contract import text
from streams.detect.base import Context, instant
from streams.explanations import INNOCENT
from streams.storms import STORM

if TYPE_CHECKING:
    from streams.findings import Finding

CERTAIN = frozenset(
    {"hard_bounds", "impossible_move", "finish_before_start", "due_moved_after", "sum_mismatch", "silent"}
)
"""Rules that compare directly; nothing is estimated."""
HIGH, MEDIUM, LOW = "high", "medium", "low"
_CERTAINTY = {HIGH: ("cao", "high"), MEDIUM: ("vừa", "medium"), LOW: ("thấp", "low")}


def sentences(finding: "Finding", context: Context, closed: bool = False) -> tuple[str, str]:
    """The sentence of a finding as it stands, in Vietnamese and English."""
    vi, en = (_sentence(Words(finding, context, lang), closed) for lang in text.LANGUAGES)
    return vi, en


def evidence(finding: "Finding") -> str:
    """What the sentence stands on, as JSON, with the innocent explanations to ask about first."""
    vi, en = INNOCENT[finding.rule]
    found: dict[str, object] = {
        "certainty": certainty(finding),
        "seen": finding.value,
        "expected": [finding.low, finding.high],
        "score": round(finding.score, 3),
        "detail": {name: value for name, value in finding.detail.items() if name != "sum_key"},
        "innocent_vi": vi,
        "innocent_en": en,
    }
    if finding.examples:
        found["cases"] = finding.examples
    return msgspec.json.encode(found).decode()


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
        vi, en = _CERTAINTY[certainty(self.finding)]
        return self.say(f" Độ chắc: {vi}.", f" Certainty: {en}.")


def _decimals(value: float | None, decimals: int) -> int:
    """More decimals than usual where rounding would hide the very thing: 54,939 MW is not 55."""
    if value is None or abs(round(value, decimals) - value) <= 0.001 * abs(value):
        return decimals
    exact = (d for d in range(decimals, decimals + 4) if round(value, d) == value)
    return next(exact, decimals + 3)


def _sentence(words: Words, closed: bool) -> str:
    said = SENTENCES[words.finding.rule](words) + words.sure
    if not closed:
        return said
    if "storm" in words.detail:
        return said + words.say(" Đã gộp vào biến động chung của kết nối.", " Taken into the feed's common movement.")
    if "gathered" in words.detail and words.finding.rule == "silent":
        return said + words.say(" Đã gộp vào tình trạng chung của kết nối.", " Taken into the silence of the feed.")
    return said + words.say(" Đã kết thúc.", " Over now.")


def hard_bounds(w: Words) -> str:
    value = w.figure(w.finding.value)
    said = w.say(
        f"{w.series} {w.when} là {value}, ngoài khoảng có thể có ({w.between}); không được tính vào chỉ tiêu nào.",
        f"{w.series} {w.when} is {value}, outside what is possible ({w.between}); it is kept out of every sum.",
    )
    return said + _slip(w, float(w.detail.get("factor", 0))) + w.times


def soft_bounds(w: Words) -> str:
    if "mark" in w.detail:
        return _level(w)
    value = w.figure(w.finding.value)
    said = w.say(
        f"{w.series} {w.when} là {value}, ngoài khoảng thường gặp ({w.between}); cần hỏi lại nơi gửi.",
        f"{w.series} {w.when} is {value}, outside what is usual ({w.between}); worth asking the sender.",
    )
    return said + w.times


_MARKS = {
    "check": ("cao hơn mực nước lũ kiểm tra", "above the check flood level"),
    "normal": ("cao hơn mực nước dâng bình thường", "above the normal level"),
    "ceiling": ("cao hơn mực nước trần mùa lũ", "above the flood-season ceiling"),
    "dead": ("thấp hơn mực nước chết", "below the dead level"),
}


def _level(w: Words) -> str:
    vi, en = _MARKS[str(w.detail["mark"])]
    mark = float(w.detail["level"])
    value, level = w.figure(w.finding.value), w.figure(mark)
    gap = w.figure(abs((w.finding.value or 0.0) - mark))
    said = w.say(
        f"{w.series} {w.when}: mực nước {value}, {vi} {level} là {gap}.",
        f"{w.series} {w.when}: water at {value}, {gap} {en} of {level}.",
    )
    if w.detail["mark"] == "check":
        return said + w.say(
            " Hoặc số liệu sai, hoặc hồ đang nguy hiểm: cần hỏi ngay.",
            " Either the figure is wrong or the dam is in danger: ask now.",
        )
    return said + w.say(" Đây là sự việc cần theo dõi, không phải lỗi số liệu.", " A fact to watch, not an error.")


def jump(w: Words) -> str:
    value = w.figure(w.finding.value)
    if "falls" in w.detail:
        before = w.figure(w.detail["expected"])
        return w.say(
            f"{w.series} {w.when} là {value}, giảm so với {before} trước đó; số lũy kế không giảm trong năm.",
            f"{w.series} {w.when} is {value}, down from {before}; a running total does not fall within a year.",
        )
    if "gross" in w.detail:
        usual = w.figure(w.detail["expected"])
        said = w.say(
            f"{w.series} {w.when} là {value}, khác hẳn mức thường thấy của chuỗi này, khoảng {usual}.",
            f"{w.series} {w.when} is {value}, far from what this series usually is, about {usual}.",
        )
        return said + _slip(w, float(w.detail["ratio"])) + w.times
    said = w.say(
        f"{w.series} {w.when} là {value}; theo quá khứ của chính chuỗi này, mong đợi {w.between}.",
        f"{w.series} {w.when} is {value}; from the series' own past, {w.between} was expected.",
    )
    return said + w.times


def _slip(w: Words, factor: float) -> str:
    """A hint at a wrong unit of measure or decimal mark, when the value is off by about a power of ten."""
    for power in (1000.0, 1_000_000.0, 10.0, 100.0):
        by = w.number(power)
        if 0.5 <= factor / power <= 2.0:
            how = w.say(f"chia cho {by}", f"divided by {by}")
        elif 0.5 <= factor * power <= 2.0:
            how = w.say(f"nhân với {by}", f"multiplied by {by}")
        else:
            continue
        return w.say(
            f" Nếu {how} thì vừa: có thể nhầm đơn vị đo hoặc dấu thập phân.",
            f" It fits when {how}: perhaps a wrong unit of measure or decimal mark.",
        )
    return ""


def stuck(w: Words) -> str:
    value, times, limit = w.figure(w.finding.value), w.number(w.detail["times"]), w.number(w.detail["limit"])
    since = w.time(int(w.detail["since"]))
    return w.say(
        f"{w.series} giữ nguyên {value} {times} lần liên tiếp từ {since}; chuỗi này thường đổi trước {limit} lần.",
        f"{w.series} has stayed at {value} {times} times in a row since {since}; it usually changes before {limit}.",
    )


def sum_mismatch(w: Words) -> str:
    value, parts, gap = w.figure(w.finding.value), w.figure(w.detail["sum"]), w.figure(w.detail["gap"])
    return (
        w.say(
            f"{w.series} {w.when} là {value}, nhưng tổng các phần là {parts} (chênh {gap}); cho phép {w.between}.",
            f"{w.series} {w.when} is {value}, but its parts add up to {parts} (gap {gap}); {w.between} is allowed.",
        )
        + w.times
    )


def impossible_move(w: Words) -> str:
    before, after = w.state("before"), w.state("state")
    said = w.say(
        f"{w.case} {w.when} chuyển từ {before} sang {after}; bước này không có trong danh mục.",
        f"{w.case} {w.when} went from {before} to {after}; the catalogue has no such step.",
    )
    if "ended_at" in w.detail:
        ended = w.moment("ended_at")
        said += w.say(f" Hồ sơ đã kết thúc lúc {ended}.", f" The case had ended at {ended}.")
    return said + w.times


def finish_before_start(w: Words) -> str:
    return w.say(
        f"{w.case}: thời điểm kết thúc {w.moment('finished_at')} sớm hơn thời điểm bắt đầu {w.moment('started_at')}.",
        f"{w.case}: finished at {w.moment('finished_at')}, before it started at {w.moment('started_at')}.",
    )


def finish_equals_due(w: Words) -> str:
    kind = w.context.catalogue.kinds[w.finding.indicator]
    name, count = w.say(kind.name_vi, kind.name_en), w.number(w.finding.count)
    return w.say(
        f"{name}{w.place}: {count} lần kết thúc trùng khít hạn trả đến từng giây, từ {w.time(w.finding.at)}; "
        "thường thì hiếm khi trùng.",
        f"{name}{w.place}: {count} finished at exactly the due time, to the second, since {w.time(w.finding.at)}; "
        "that is rare by chance.",
    )


def due_moved_after(w: Words) -> str:
    before, after = w.moment("due_before"), w.moment("due_at")
    return (
        w.say(
            f"{w.case}: hạn {before} đã qua thì {w.when} được lùi đến {after}.",
            f"{w.case}: the due time {before} had passed when, {w.when}, it was moved to {after}.",
        )
        + w.times
    )


def silent(w: Words) -> str:
    last = w.time(int(w.detail["last_at"])) if "last_at" in w.detail else text.missing(w.lang)
    due = w.time(w.finding.at)
    if not w.finding.unit:
        count, expected = w.number(w.detail["silent"]), w.number(w.detail["expected"])
        who = w.say(f"kết nối {w.feed} ({count}/{expected} đơn vị)", f"{w.feed} ({count} of {expected} units)")
    else:
        name = w.unit(w.finding.unit)
        who = w.say(f"{name} (kết nối {w.feed})", f"{name} ({w.feed})")
    return w.say(
        f"Không nhận được số liệu từ {who}: mới nhất {last}, đáng lẽ phải có trước {due}.",
        f"Nothing received from {who}: newest {last}, expected before {due}.",
    )


def storm(w: Words) -> str:
    series, places = w.number(w.detail["series"]), w.number(w.detail["places"])
    said = w.say(
        f"{w.feed}: nhiều chuỗi cùng biến động, {series} chuỗi tại {places} nơi từ {w.time(w.finding.at)}; "
        "nhiều khả năng do một nguyên nhân chung.",
        f"{w.feed}: many series move together, {series} in {places} places since {w.time(w.finding.at)}; "
        "most likely from one common cause.",
    )
    if "gross" in w.detail:
        said += w.say(
            " Có chuỗi lệch hàng chục lần: kiểm tra đơn vị đo.",
            " Some are off many times over: check the unit of measure.",
        )
    return said


SENTENCES: dict[str, Callable[[Words], str]] = {
    "hard_bounds": hard_bounds,
    "soft_bounds": soft_bounds,
    "jump": jump,
    "stuck": stuck,
    "sum_mismatch": sum_mismatch,
    "impossible_move": impossible_move,
    "finish_before_start": finish_before_start,
    "finish_equals_due": finish_equals_due,
    "due_moved_after": due_moved_after,
    "silent": silent,
    STORM: storm,
}
