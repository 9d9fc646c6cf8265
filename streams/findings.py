"""Signals become findings: they open, gather, change, and close by themselves. Pure, like the detectors.

A row is written when a finding opens, when it grows graver, when it closes, and otherwise at most once a minute of the
partition's clock. What moved together in a quarter of an hour becomes one finding that explains (see `storms`).
"""

from typing import Any

import msgspec
import xxhash
from msgspec import Struct

from catalogue.calendar import DAY_MS
from streams.attention import Attention
from streams.detect.base import INFO, NO_OFFSET, SEVERITIES, WARNING, Context, Detail, Signal
from streams.sentences import evidence, sentences
from streams.storms import STORM, Move, Storms

HOUR_MS = 3_600_000
BY_CASE = frozenset({"impossible_move", "finish_before_start", "due_moved_after"})
BY_UNIT = frozenset({"finish_equals_due"})
"""Gathered per unit: one is chance, many are a habit."""
QUIET_MS = {"finish_equals_due": HOUR_MS, STORM: HOUR_MS, **dict.fromkeys(BY_CASE, DAY_MS)}
"""Closed after so much of the clock without another signal. Figures close with good points; a longer time is theirs."""
NEVER_QUIET = frozenset({"silent"})
QUIET_FIGURES_MS, QUIET_PERIODS_MS = 6 * HOUR_MS, 100 * DAY_MS
MANY = 3
"""Finishes stamped with the due time in one unit, from which on it is a warning."""
OPEN_CASES = 10_000
"""Open findings about cases per feed and shard; beyond, they are gathered per unit like a habit."""
CLOSED_KEPT = 2_000
EXAMPLES = 10


class Finding(Struct):
    id: str
    rule: str
    severity: str
    indicator: str
    unit: str
    subject: str
    case_id: str
    at: int
    updated_at: int
    touched: int
    """The clock at its latest signal."""
    simulated: bool
    drill: bool
    opened_at: int = 0
    """The clock when it opened, and when it became as grave as it is; 0 before any tick: not known."""
    severity_at: int = 0
    value: float | None = None
    low: float | None = None
    high: float | None = None
    score: float = 0.0
    detail: Detail = {}
    """Of the gravest signal, like the four above."""
    count: int = 0
    revision: int = 0
    dirty: bool = False
    examples: list[str] = []


class Memory(Struct):
    clock: int = 0
    open: dict[str, Finding] = {}
    closed: dict[str, int] = {}
    """Lately closed ids with their last revision: what opens again under one id goes on counting."""
    cases: int = 0
    storms: Storms = msgspec.field(default_factory=Storms)


class Findings:
    """The findings of one feed and shard."""

    def __init__(self) -> None:
        self.memory = Memory()
        self._attention: Attention | None = None

    def apply(
        self, signals: list[Signal], clock: int | None, context: Context, offset: int = NO_OFFSET
    ) -> list[dict[str, Any]]:
        """Rows for the table `findings`. Call it for every batch, and at every whole minute even with no signals.

        `offset` is that of the message at hand; it stands in the rows that the clock causes.
        """
        rows: list[dict[str, Any]] = []
        now = clock or 0
        if now > self.memory.clock:
            self._minute(now, context, offset, rows)
        for signal in signals:
            if signal.offset == NO_OFFSET:
                signal.offset = offset
            if not self.memory.storms.hold_back(signal, _key(signal) in self.memory.open, context):
                self._one(signal, context, rows)
        return rows

    def dump(self) -> bytes:
        return msgspec.msgpack.encode(self.memory)

    def load(self, stored: bytes) -> None:
        self.memory = msgspec.msgpack.decode(stored, type=Memory)
        self._attention = None

    def _attend(self, context: Context) -> Attention:
        if self._attention is None:
            open_ = self.memory.open
            changed = [key for key, finding in open_.items() if finding.dirty]
            self._attention = Attention(open_, changed, lambda key: _over_at(self.memory.open[key], context))
        return self._attention

    def _minute(self, now: int, context: Context, offset: int, rows: list[dict[str, Any]]) -> None:
        """The clock has crossed a minute: decide what was held back, write what changed, close what went quiet."""
        memory = self.memory
        moves = self._open_moves() if memory.storms.held else []
        for signal in memory.storms.decide(now, moves, context):
            self._one(signal, context, rows)
        memory.clock = now
        for key in self._attend(context).due(now):
            finding = memory.open[key]
            if _over_at(finding, context) <= now:
                self._close(key, now, offset, context, rows)
            elif finding.dirty:
                self._write(key, context, offset, rows)

    def _open_moves(self) -> list[Move]:
        found = (f for f in self.memory.open.values() if f.rule in Storms.RULES and "mark" not in f.detail)
        return [Move(f.rule, f.indicator, f.unit, f.subject, f.at) for f in found]

    def _one(self, signal: Signal, context: Context, rows: list[dict[str, Any]]) -> None:
        key = _key(signal)
        finding = self.memory.open.get(key)
        if not signal.holds:
            if finding is not None:
                finding.detail = {**finding.detail, **_ending(signal)}
                self._close(key, signal.at, signal.offset, context, rows)
            return
        if finding is None and signal.rule in BY_CASE and self.memory.cases >= OPEN_CASES:
            signal = msgspec.structs.replace(signal, case_id="", subject="", detail={**signal.detail, "gathered": 1})
            key = _key(signal)
            finding = self.memory.open.get(key)
        if finding is None:
            finding = self._open(key, signal, context)
        graver = _gather(finding, signal, self.memory.clock)
        self._attend(context).changed(key)
        if graver or finding.revision == 0 or finding.count == 1:
            self._write(key, context, signal.offset, rows)

    def _open(self, key: str, signal: Signal, context: Context) -> Finding:
        by_unit = signal.rule in BY_UNIT
        finding = Finding(
            id=finding_id(signal, context),
            rule=signal.rule,
            severity=INFO,
            indicator=signal.indicator,
            unit=signal.unit,
            subject="" if by_unit else signal.subject,
            case_id="" if by_unit else signal.case_id,
            at=signal.at,
            updated_at=signal.at,
            touched=self.memory.clock,
            simulated=signal.simulated,
            drill=signal.drill,
            opened_at=self.memory.clock,
            severity_at=self.memory.clock,
        )
        finding.revision = self.memory.closed.pop(finding.id, 0)
        attention = self._attend(context)
        self.memory.open[key] = finding
        attention.opened(key)
        self.memory.cases += finding.rule in BY_CASE
        return finding

    def _close(self, key: str, at: int, offset: int, context: Context, rows: list[dict[str, Any]]) -> None:
        finding = self.memory.open[key]
        self.memory.cases -= finding.rule in BY_CASE
        self._write(key, context, offset, rows, closed_at=self._closed_at(finding, at, context))
        self._attend(context).closed(key)
        del self.memory.open[key]
        closed = self.memory.closed
        closed[finding.id] = finding.revision
        if len(closed) > CLOSED_KEPT:
            del closed[next(iter(closed))]

    def _closed_at(self, finding: Finding, at: int, context: Context) -> int:
        """Never before it opened. A period's figure lies at the period's first day: it is corrected when it comes."""
        came = self.memory.clock if context.feed.periodic else 0
        return max(at, finding.at, finding.opened_at, came)

    def _write(
        self, key: str, context: Context, offset: int, rows: list[dict[str, Any]], closed_at: int | None = None
    ) -> None:
        finding = self.memory.open[key]
        finding.revision += 1
        finding.dirty = False
        self._attend(context).written(key)
        rows.append(_row(finding, context, offset, closed_at))


def finding_id(signal: Signal, context: Context) -> str:
    """128 bits of what the finding is about and when it began: no offset, no version, no threshold."""
    by_unit = signal.rule in BY_UNIT
    # Feed-level findings of a sharded feed are one per shard.
    shard = str(context.shard) if not signal.unit and context.feed.shards > 1 else ""
    subject, case_id = ("", "") if by_unit else (signal.subject, signal.case_id)
    parts = (signal.rule, signal.feed, signal.indicator, signal.unit, subject, case_id, str(signal.at), shard)
    return xxhash.xxh3_128_hexdigest("\x1f".join(parts).encode())


def _key(signal: Signal) -> str:
    """What a finding gathers while it is open."""
    if signal.rule in BY_UNIT:
        return f"{signal.rule}|{signal.indicator}|{signal.unit}||"
    return f"{signal.rule}|{signal.indicator}|{signal.unit}|{signal.subject}|{signal.case_id}"


def _gather(finding: Finding, signal: Signal, clock: int) -> bool:
    """Take a signal in; True when the finding became graver by it."""
    finding.count += 1
    finding.updated_at = max(finding.updated_at, signal.at)
    finding.touched = clock
    finding.dirty = True
    if finding.rule in BY_UNIT and len(finding.examples) < EXAMPLES:
        finding.examples = [*finding.examples, signal.case_id]
    severity = signal.severity
    if finding.rule in BY_UNIT and finding.count >= MANY:
        severity = WARNING
    graver = SEVERITIES.index(severity) > SEVERITIES.index(finding.severity)
    if graver:
        finding.severity, finding.severity_at = severity, clock
    if graver or signal.score > finding.score or finding.rule in NEVER_QUIET:
        # A whole number is made a float here, as a snapshot would: the evidence must not tell whether one was taken.
        finding.value, finding.low, finding.high = _real(signal.value), _real(signal.low), _real(signal.high)
        finding.score, finding.detail = float(signal.score), signal.detail
    return graver


def _real(number: float | None) -> float | None:
    return None if number is None else float(number)


def _ending(signal: Signal) -> Detail:
    return {name: signal.detail[name] for name in ("gathered", "storm") if name in signal.detail}


def _over_at(finding: Finding, context: Context) -> int:
    """When it is over if no other signal comes."""
    return finding.touched + _quiet(finding, context)


def _quiet(finding: Finding, context: Context) -> int:
    """After how long without a signal a finding is over by time alone."""
    if finding.rule in NEVER_QUIET:
        return 1 << 62
    if finding.rule in QUIET_MS:
        return QUIET_MS[finding.rule]
    feed = context.feed
    if feed.periodic:
        return QUIET_PERIODS_MS
    return max(QUIET_FIGURES_MS, 4 * 1000 * (feed.cadence_s + feed.lateness_s))


def _row(finding: Finding, context: Context, offset: int, closed_at: int | None) -> dict[str, Any]:
    """Times are milliseconds UTC. Generation, topic and partition are the caller's."""
    vi, en = sentences(finding, context, closed_at is not None)
    return {
        "finding_id": finding.id,
        "revision": finding.revision,
        "rule": finding.rule,
        "severity": finding.severity,
        "state": "open" if closed_at is None else "closed",
        "feed": context.feed.id,
        "shard": context.shard,
        "indicator": finding.indicator,
        "unit": finding.unit,
        "subject": finding.subject,
        "case_id": finding.case_id,
        "at": finding.at,
        "opened_at": finding.opened_at or finding.at,
        "severity_at": finding.severity_at or finding.at,
        "updated_at": finding.updated_at,
        "closed_at": closed_at,
        "count": finding.count,
        "value": finding.value,
        "low": finding.low,
        "high": finding.high,
        "score": finding.score,
        "evidence": evidence(finding),
        "sentence_vi": vi,
        "sentence_en": en,
        "drill": finding.drill,
        "simulated": finding.simulated,
        "offset": max(offset, 0),
    }
