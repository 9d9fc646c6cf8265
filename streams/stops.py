"""What the stops of figures and of case steps share."""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from contract.reasons import Reason
from streams.admit.checks import Segment
from streams.admit.repeats import CONFLICTING, DUPLICATE, NEW, Identity
from streams.detect.base import NO_OFFSET, Signal
from streams.shard import Shard
from streams.work import NO_TIME, OK, VERDICTS, Output, Rejected

Rows = npt.NDArray[np.int64]


class Verdicts(msgspec.Struct):
    """Per accepted record, in order: the worst verdict any detector gave, and the rules that spoke."""

    verdict: npt.NDArray[np.int8]
    marks: dict[int, list[str]]


def settle(shard: Shard, work: Any, identity: Identity, passed: Rows, output: Output) -> Rows:
    """Sorts records into refused, duplicate, conflict and new, and counts; gives places in `passed` of the new."""
    segment, columns = work.segment, work.columns
    judged = shard.seen.judge(identity.ids, identity.body)
    refused = work.checks.refused()
    refused += [(int(row), Reason.CONFLICT, "record_id") for row in passed[judged == CONFLICTING]]
    refusals = [
        Rejected(
            int(segment.offset[row]),
            int(segment.row[row]),
            reason,
            field,
            shard.feed.id,
            _known(shard, columns, row, reason),
        )
        for row, reason, field in sorted(refused, key=lambda r: r[0])
    ]
    output.reject(refusals)
    for offset, count in counted(segment.offset[passed[judged == DUPLICATE]]):
        output.entries[offset].duplicates += count
    return np.flatnonzero(judged == NEW)


def _known(shard: Shard, columns: Any, row: int, reason: Reason) -> dict[str, str]:
    """What the catalogue knows of a refused record. A stranger's own text is never kept; of a secret one, nothing."""
    if reason is Reason.CLASSIFIED:
        return {}
    known = {}
    if shard.of_figures and columns.indicator[row] >= 0:
        known["indicator"] = shard.firsts[columns.indicator[row]]
    if not shard.of_figures and columns.kind[row] >= 0:
        known["kind"] = shard.firsts[columns.kind[row]]
    if columns.unit[row] >= 0:
        known["unit"] = shard.units[columns.unit[row]]
    if columns.at[row] != NO_TIME:
        known["at_ms"] = str(int(columns.at[row]))
    return known


def counted(offsets: Any) -> list[tuple[int, int]]:
    values, counts = np.unique(offsets, return_counts=True)
    return list(zip(values.tolist(), counts.tolist(), strict=True))


def note_accepted(shard: Shard, segment: Segment, columns: Any, take: Rows, output: Output) -> None:
    """Counts per message, the oldest sent_at, and each unit's newest record."""
    offset, late, sent_at = segment.offset[take], columns.late[take], columns.sent_at[take]
    for number, count in counted(offset):
        output.entries[number].accepted += count
    for number, count in counted(offset[late]):
        output.entries[number].late += count
    order = np.argsort(offset, kind="stable")
    first = np.flatnonzero(np.r_[True, np.diff(offset[order]) > 0])
    for number, oldest in zip(
        offset[order][first].tolist(), np.minimum.reduceat(sent_at[order], first).tolist(), strict=True
    ):
        entry = output.entries[number]
        entry.sent_at = oldest if entry.sent_at is None else min(entry.sent_at, oldest)
    np.maximum.at(shard.last_at, columns.unit[take], columns.at[take])
    shard.simulated = bool(columns.simulated[take[-1]])


def verdicts_of(rows: int, signals: list[tuple[int, Signal]]) -> Verdicts:
    verdict = np.full(rows, OK, np.int8)
    marks: dict[int, list[str]] = {}
    for row, signal in signals:
        if signal.holds and signal.verdict != "ok":
            verdict[row] = max(verdict[row], VERDICTS.index(signal.verdict))
            rules = marks.setdefault(row, [])
            if signal.rule not in rules:
                rules.append(signal.rule)
    return Verdicts(verdict, marks)


def apply_findings(shard: Shard, signals: list[Signal], output: Output, minute_offset: int = NO_OFFSET) -> None:
    """Signals open, update and close findings; each row goes with the message that led to it."""
    if not signals and minute_offset == NO_OFFSET:
        return
    changed = shard.findings.apply(signals, shard.clock, shard.context, minute_offset)
    if not changed:
        return
    place = shard.place
    common: dict[str, Any] = {"generation": place.generation, "topic": place.topic, "partition": place.partition}
    if minute_offset != NO_OFFSET:  # what was held back until the minute is due to the tick
        common["offset"] = minute_offset
    output.add_rows("findings", [{**row, **common} for row in changed])
