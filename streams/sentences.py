"""What a finding says: one sentence per rule, in Vietnamese and in English.

A finding is evidence for a question, never a verdict about people: a sentence says what was seen, what was expected
and how sure that is; the innocent explanations stand in its evidence.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from contract import text
from streams.detect.base import Context
from streams.explanations import INNOCENT
from streams.storms import STORM
from streams.words import Words, certainty

if TYPE_CHECKING:
    from streams.findings import Finding


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
    return said + _slip(w, float(w.detail.get("factor", 0))) + w.times


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
