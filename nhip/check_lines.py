"""The questions of `nhip check`, one function each: what was asked of the store, and the answer in words."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from contract import text
from contract.settings import Settings
from grafana.words import STATES
from nhip.asking import Reader, Row, ask

OK, LOOK, BAD = 0, 1, 2
"""Well; nothing lost or doubled, yet something is late or silent; lost, doubled, or it cannot be proved."""
BEHIND_S = 60.0
"""A partition with unread messages whose newest ledger row was written longer ago than this does not move."""
_SNAPSHOT_TIMES = 10
"""A snapshot this many times older than it should be is late."""

Offsets = Mapping[str, Mapping[int, tuple[int, int]]]
"""Topic -> partition -> (first offset kept, offset of the next message)."""
Spans = Sequence[tuple[int, int]]
"""From, and to before, in ms since 1970."""
EVER: Spans = ((0, 4_102_444_800_000),)


class Line(msgspec.Struct, frozen=True):
    """One question, its answer, and the numbers behind it."""

    question: str
    level: int
    vi: str
    en: str
    numbers: dict[str, Any] = {}
    refused: bool = False
    """There is no answer: the store did not take the question."""


def continuity(ledger: Sequence[Row], offsets: Offsets) -> list[Line]:
    """Every offset that Kafka gave a message, from the first to the mark, has its ledger row."""
    by_place = {(row["topic"], int(row["partition"])): row for row in ledger}
    holes = [(f"{row['topic']}/{row['partition']}", int(row["missing"])) for row in ledger if int(row["missing"])]
    pending = 0
    behind: list[str] = []
    for topic, partitions in offsets.items():
        for partition, (first, end) in partitions.items():
            row = by_place.get((topic, partition))
            start = first if row is None else int(row["mark"]) + 1
            place = f"{topic}/{partition}"
            if row is not None and int(row["first"]) > first:
                holes.append((place, int(row["first"]) - first))
            if first > start:
                holes.append((place, first - start))  # Kafka let them go before they were read
            if start > end:
                holes.append((place, start - end))  # the log is shorter than what was read from it
            unread = max(end - max(start, first), 0)
            pending += unread
            if unread and row is not None and time.time() - int(row["stored_ms"]) / 1000 > BEHIND_S:
                behind.append(place)
    return [_holes(ledger, holes), _pending(pending, behind)]


def _holes(ledger: Sequence[Row], holes: Sequence[tuple[str, int]]) -> Line:
    messages = sum(int(row["messages"]) for row in ledger)
    missing = sum(count for _, count in holes)
    numbers = {"messages": messages, "partitions": len(ledger), "missing": missing, "where": [p for p, _ in holes]}
    if holes:
        where = ", ".join(f"{place} ({count})" for place, count in holes[:3])
        return Line(
            "lost",
            BAD,
            f"Mất bản tin: sổ cái và Kafka lệch nhau {text.number(missing)} bản tin, ở {where}.",
            f"Messages are missing: the ledger and Kafka differ by {text.number(missing, 0, 'en')}, at {where}.",
            numbers,
        )
    return Line(
        "lost",
        OK,
        f"Sổ cái liên tục: {text.number(messages)} bản tin trên {len(ledger)} phân vùng, không thiếu vị trí nào.",
        f"The ledger is continuous: {text.number(messages, 0, 'en')} messages on {len(ledger)} partitions, no hole.",
        numbers,
    )


def _pending(pending: int, behind: Sequence[str]) -> Line:
    numbers = {"not_yet": pending, "behind": list(behind)}
    if behind:
        where = ", ".join(behind[:3])
        return Line(
            "late",
            LOOK,
            f"Chậm: còn {text.number(pending)} bản tin chưa đọc; hơn một phút không tiến ở {where}.",
            f"Late: {text.number(pending, 0, 'en')} messages not read yet; no progress for over a minute at {where}.",
            numbers,
        )
    return Line(
        "late",
        OK,
        f"Chưa đọc tới: {text.number(pending)} bản tin đang trên đường.",
        f"Not yet read: {text.number(pending, 0, 'en')} messages on their way.",
        numbers,
    )


def balance(ledger: Sequence[Row]) -> Line:
    """records = accepted + rejected + duplicates, for every message."""
    total = {
        key: sum(int(row[key]) for row in ledger)
        for key in ("records", "accepted", "rejected", "duplicates", "late", "unbalanced")
    }
    bad = total["unbalanced"]

    def told(lang: str, words: tuple[str, str, str, str]) -> str:
        numbers = [text.number(total[key], 0, lang) for key in ("records", "accepted", "rejected", "duplicates")]
        parts = [f"{n} {w}" for n, w in zip(numbers, words, strict=True)]
        return f"{parts[0]} = {' + '.join(parts[1:])}"

    vi = told("vi", ("bản ghi", "được nhận", "bị từ chối", "gửi lại"))
    en = told("en", ("records", "accepted", "rejected", "repeats"))
    if bad:
        return Line(
            "balance",
            BAD,
            f"{text.number(bad)} bản tin không cộng khớp: {vi}.",
            f"{bad} messages do not add up: {en}.",
            total,
        )
    return Line("balance", OK, f"Mọi bản tin cộng khớp: {vi}.", f"Every message adds up: {en}.", total)


def stored(store: Reader, again_s: float, spans: Spans = EVER) -> Line:
    """What is written between two looks at the tables may seem wrong once; it does not seem wrong twice."""

    def look() -> set[tuple[str, int, int, int, int]]:
        rows = [row for since, until in spans for row in ask(store, "check_raw", since=since, until=until)]
        return {(r["topic"], int(r["partition"]), int(r["offset"]), int(r["accepted"]), int(r["stored"])) for r in rows}

    wrong = _twice(look, again_s)
    lost = sum(max(accepted - stored, 0) for *_, accepted, stored in wrong)
    extra = sum(max(stored - accepted, 0) for *_, accepted, stored in wrong)
    numbers = {"messages": len(wrong), "lost": lost, "extra": extra}
    if not wrong:
        return Line(
            "stored",
            OK,
            "Mọi bản ghi được nhận đều có trong kho, theo từng bản tin.",
            "Every accepted record is in the store, message by message.",
            numbers,
        )
    where = ", ".join(f"{topic}/{partition}@{offset}" for topic, partition, offset, *_ in sorted(wrong)[:3])
    return Line(
        "stored",
        BAD,
        f"Kho khác sổ cái ở {len(wrong)} bản tin: thiếu {text.number(lost)}, thừa {text.number(extra)}; {where}.",
        f"The store differs from the ledger in {len(wrong)} messages: {lost} missing, {extra} too many; {where}.",
        numbers,
    )


def doubled(store: Reader, spans: Spans = EVER) -> Line:
    """Within each span: a repeat beyond it falls on its first copy in the raw tables, whose key ends in the id."""
    found: dict[str, int] = {}
    for since, until in spans:
        for row in ask(store, "check_doubled", since=since, until=until):
            found[row["feed"]] = found.get(row["feed"], 0) + int(row["doubled"])
    if not found:
        return Line(
            "doubled",
            OK,
            "Không bản ghi nào xuất hiện hai lần.",
            "No record appears twice.",
            {"doubled": 0, "feeds": {}},
        )
    total, where = sum(found.values()), ", ".join(f"{feed} ({n})" for feed, n in list(found.items())[:3])
    return Line(
        "doubled",
        BAD,
        f"Trùng: {text.number(total)} bản ghi xuất hiện hơn một lần: {where}.",
        f"Doubled: {total} records appear more than once: {where}.",
        {"doubled": total, "feeds": found},
    )


def buckets(store: Reader, at: datetime, steady: bool, again_s: float) -> Line:
    """While no time comes through, nobody writes buckets: what is missing from them then is late, not lost."""

    def look() -> set[tuple[str, str, bool]]:
        rows = ask(store, "check_buckets", now=int(at.timestamp()))
        return {(row["kind"], str(row["day"]), int(row["buckets"]) > int(row["at_most"])) for row in rows}

    wrong = sorted(_twice(look, again_s))
    if not wrong:
        return Line(
            "buckets",
            OK,
            "Chỉ số hồ sơ bảy ngày qua khớp với các bước đã nhận.",
            "Case indicators of the last seven days agree with the steps in the store.",
            {"days": []},
        )
    days = [f"{kind} {day}" for kind, day, _ in wrong]
    level = BAD if steady or any(more for *_, more in wrong) else LOOK
    where = ", ".join(days[:3])
    return Line(
        "buckets",
        level,
        f"Chỉ số hồ sơ không khớp với các bước đã nhận: {where}.",
        f"Case indicators do not agree with the steps in the store: {where}.",
        {"days": days},
    )


def _twice(look: Callable[[], set[Any]], again_s: float) -> set[Any]:
    wrong = look()
    if wrong:
        time.sleep(again_s)
        wrong &= look()
    return wrong


def times(store: Reader) -> tuple[datetime, datetime | None, list[Row]]:
    states = list(ask(store, "check_feeds"))
    clock = max((int(row["clock_s"]) for row in states), default=0)
    return datetime.now(UTC), datetime.fromtimestamp(clock, UTC) if clock else None, states


def beat(store: Reader, settings: Settings) -> Line:
    row = ask(store, "check_beat")[0]
    age = None if row["tick_ms"] is None else (int(row["now_ms"]) - int(row["tick_ms"])) / 1000
    limit = 3 * settings.tick_s + 5.0
    if age is None or age > limit:
        vi = "chưa thấy nhịp nào trong một giờ qua" if age is None else f"nhịp cuối cách đây {text.duration(age)}"
        en = "no tick in the last hour" if age is None else f"the last tick was {text.duration(age, 'en')} ago"
        return Line("beat", LOOK, f"Mất nhịp: {vi}.", f"Beat lost: {en}.", {"tick_age_s": age})
    lag = row["lag_s"] or 0.0
    return Line(
        "beat",
        OK,
        f"Nhịp đều: nhịp cuối cách đây {text.number(age, 1)} giây, phân vùng chậm nhất {text.number(lag, 1)} giây.",
        f"The beat is steady: last tick {text.number(age, 1, 'en')} s ago, slowest partition {lag:.1f} s.",
        {"tick_age_s": age, "lag_s": lag},
    )


def snapshots(store: Reader, settings: Settings) -> Line:
    row = ask(store, "check_snapshots")[0]
    age, limit = row["oldest_s"], _SNAPSHOT_TIMES * settings.snapshot_s
    numbers = {"snapshots": int(row["snapshots"]), "oldest_s": age}
    if age is not None and age > limit:
        vi = f"Bản chụp trạng thái cũ nhất đã {text.duration(age)}; khởi động lại sẽ lâu hơn."
        en = f"The oldest snapshot is {text.duration(age, 'en')} old; a restart will take longer."
        return Line("snapshots", LOOK, vi, en, numbers)
    vi = f"Bản chụp trạng thái: {numbers['snapshots']}, cũ nhất {text.duration(age)}."
    en = f"Snapshots: {numbers['snapshots']}, the oldest {text.duration(age, 'en')}."
    return Line("snapshots", OK, vi, en, numbers)


def detached(store: Reader) -> Line:
    """Parts that the engine found broken when it opened them: their rows are no longer read."""
    found = {row["table"]: int(row["parts"]) for row in ask(store, "audit_detached")}
    numbers = {"parts": sum(found.values()), "tables": found}
    if not found:
        return Line("detached", OK, "Không phần dữ liệu nào bị hỏng.", "No part of the data is broken.", numbers)
    where = ", ".join(f"{table} ({count})" for table, count in found.items())
    vi = f"Phần dữ liệu hỏng đã bị gạt ra: {where}; phát lại từ Kafka hoặc lấy bản sao lưu."
    en = f"Broken parts were put aside: {where}; replay from Kafka or restore a copy."
    return Line("detached", BAD, vi, en, numbers)


def silence(states: Sequence[Row]) -> Line:
    """Connections that are silent or late by their own cadence."""
    by_state = {state: [row["feed"] for row in states if row["state"] == state] for state in ("silent", "late")}
    if not any(by_state.values()):
        return Line(
            "silent", OK, "Không kết nối nào chậm hay mất tín hiệu.", "No connection is late or silent.", {**by_state}
        )

    def told(lang: str) -> str:
        words = {state: text.choose(*STATES[state].words, lang=lang) for state in by_state}
        return "; ".join(f"{words[s]}: {', '.join(feeds)}" for s, feeds in by_state.items() if feeds)

    return Line("silent", LOOK, f"Kết nối {told('vi')}.", f"Connections {told('en')}.", {**by_state})


def refused(question: str, error: Exception) -> Line:
    """Of one question alone: what cannot be asked cannot be proved."""
    line = away(question, "Kho từ chối câu hỏi này", "The store refused this question", error)
    return msgspec.structs.replace(line, refused=True)


def away(question: str, vi: str, en: str, error: Exception) -> Line:
    reason = " ".join(str(error).split())[:200]
    return Line(question, BAD, f"{vi}: {reason}", f"{en}: {reason}", {})
