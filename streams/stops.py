"""What the stops of figures and of case steps share."""

from typing import Any

import numpy as np

from contract.reasons import Reason
from streams.admit.checks import Checks
from streams.admit.repeats import CONFLICTING, DUPLICATE, NEW
from streams.detect.base import NO_OFFSET, Signal
from streams.records import NO_TIME, Rows
from streams.shard import Shard
from streams.work import VERDICTS, Output, Rejected, Work


def refuse(shard: Shard, work: Work, checks: Checks, columns: Any, output: Output) -> None:
    """What did not pass admission becomes rows with a reason."""
    work.columns = columns
    if np.count_nonzero(checks.code):
        output.reject([_rejected(shard, work, *refused) for refused in checks.refused()])
        work.refused = np.flatnonzero(checks.code)
        columns.blank(work.refused)


def _rejected(shard: Shard, work: Work, row: int, reason: Reason, field: str) -> Rejected:
    offset = work.entries[work.records.message[row]].message.offset
    known = _known(shard, work.columns, row, reason)
    return Rejected(offset, int(work.records.row[row]), reason, field, shard.feed.id, known)


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


def settle(shard: Shard, work: Work, start: int, end: int, output: Output) -> None:
    """Sorts the records of a segment into duplicate, conflict and new; the new are what the next stops see."""
    rows = work.passed(start, end)
    judged = shard.seen.judge(work.identity.ids[rows], work.identity.body[rows])
    if not np.count_nonzero(judged):
        work.accept(rows)
        return
    if isinstance(rows, slice):
        rows = np.arange(start, end)
    conflicting = rows[judged == CONFLICTING].tolist()
    output.reject([_rejected(shard, work, row, Reason.CONFLICT, "record_id") for row in conflicting])
    for place, count in counted(work.records.message[rows[judged == DUPLICATE]]):
        work.entries[place].duplicates += count
    work.accept(rows[judged == NEW])


def counted(places: Rows) -> list[tuple[int, int]]:
    """How often each number of a rising column occurs."""
    counts = np.bincount(places)
    found = np.flatnonzero(counts)
    return list(zip(found.tolist(), counts[found].tolist(), strict=True))


def note_heard(shard: Shard, work: Work) -> None:
    """Each unit's newest record."""
    c = work.columns
    np.maximum.at(shard.last_at, c.unit[work.rows], c.at[work.rows])
    shard.simulated = bool(c.simulated[work.row(work.count - 1)])


def tally(work: Work, table: str, rows: Rows | None) -> None:
    """Counts per message of what was accepted and written, and the oldest sent_at."""
    c = work.columns
    message, late, sent_at = work.records.message, c.late, c.sent_at
    if rows is not None:
        message, late, sent_at = message[rows], late[rows], sent_at[rows]
    if not len(message):
        return
    first = np.flatnonzero(np.r_[True, message[1:] != message[:-1]])
    oldest = np.minimum.reduceat(sent_at, first).tolist()
    for (place, count), sent in zip(counted(message), oldest, strict=True):
        entry = work.entries[place]
        entry.accepted += count
        entry.sent_at = sent
        if work.kept:
            entry.wrote(table, count)
    if np.count_nonzero(late):
        for place, count in counted(message[late]):
            work.entries[place].late += count


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


def note_signals(work: Work, signals: list[tuple[int, Signal]]) -> None:
    """Records get their verdict; (place in the segment, signal)."""
    for place, signal in signals:
        if signal.holds and signal.verdict != "ok":
            work.judged(place, VERDICTS.index(signal.verdict), signal.rule)
