"""When a drill scenario becomes visible, in memory: by which message, and whether that is the one that decides it."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalogue.load import Catalogue
from contract.codec import TICK_HEADERS, tick_body
from producers.simulate.drill_stream import SECOND, Event
from producers.simulate.scenarios import Fault, stream
from streams.detect.base import INFO, Context
from streams.detect.due import due_at
from streams.memory import Memory, Result
from streams.storms import many

MINUTE = 60 * SECOND
RECORD, NEXT_MINUTE = "record", "minute"
OUTCOMES = {"duplicate": "duplicates", "late": "late"}
"""What a manifest expects -> the ledger's column that counts it."""


class Bound(msgspec.Struct, frozen=True):
    """What decides a scenario, found from its stream alone, without the pipeline."""

    kind: str
    offset: int
    """Of the deciding record's message; or of the first tick past the next whole minute."""
    at: int
    """When it is decided, ms UTC."""
    says: str


class Sight(msgspec.Struct, frozen=True):
    scenario: str
    feed: str
    how: str
    after: str
    bound: str
    passed: bool
    others: tuple[str, ...] = ()
    """Findings above a notice about other series: a cry too many."""


def look(catalogue: Catalogue, name: str, seed: int, start_ms: int) -> Sight:
    events, faults = stream(catalogue, name, seed, start_ms)
    log, result = log_of(events, faults[0].feed), played(catalogue, events)
    bound = bound_of(catalogue, log, faults)
    first, how = seen(result, log, faults)
    others = _others(result, faults)
    return Sight(
        scenario=name,
        feed=faults[0].feed,
        how=how,
        after=_after(bound, log, faults, first) if first >= 0 else "never",
        bound=bound.says,
        passed=first == bound.offset and not others,
        others=others,
    )


def played(catalogue: Catalogue, events: list[Event]) -> Result:
    """Message by message through the table."""
    memory = Memory(catalogue)
    for event in events:
        hand(memory, event)
    return memory.result()


def log_of(events: list[Event], feed_id: str) -> list[Event]:
    """What stands in a feed's partition in memory, place = offset: a partition begins with its first records."""
    mine = [event for event in events if event.batch is None or event.feed == feed_id]
    return mine[next(n for n, event in enumerate(mine) if event.batch is not None) :]


def hand(memory: Memory, event: Event) -> None:
    if event.batch is not None:
        memory.feed([("batch", event.batch)])
        return
    for record, partition in list(memory.shards):
        memory.message(record, partition, tick_body(event.at, event.step), TICK_HEADERS)


def bound_of(catalogue: Catalogue, log: list[Event], faults: list[Fault]) -> Bound:
    """The record that decides, or the first tick past the whole minute that does."""
    fault, feed = faults[0], catalogue.feeds[faults[0].feed]
    context = Context(catalogue, feed, 0, None)
    if fault.visible == "finding:silent":
        heard = max(newest(e, fault) for e in log if e.at < fault.start)
        due = due_at(feed, heard, context)
        return _minute_after(log, due, "the minute after it fell due")
    nth = catalogue.indicators[fault.indicator].stuck_after if fault.type == "stuck" else 1
    total = 0
    for offset, event in enumerate(log):
        total += faulty(event, faults)
        if fault.visible == "finding:storm" and total >= many(context):
            return _minute_after(log, event.at, "the next whole minute")
        if total >= nth and fault.visible != "finding:storm":
            return Bound(RECORD, offset, event.at, f"record {nth}")
    raise ValueError(f"{fault.type}: the stream holds no record that decides it")


def faulty(event: Event, faults: Sequence[Fault]) -> int:
    """Records of a message that are at fault; of a batch that comes again or late, all are one record that decides."""
    fault, batch = faults[0], event.batch
    if batch is None or event.feed != fault.feed or fault.visible == "finding:silent":
        return 0
    if fault.visible in OUTCOMES:
        return batch.num_rows if event.at - _newest_at(batch) == fault.magnitude * SECOND else 0
    hit = pc.is_in(batch["unit"].cast(pa.string()), value_set=pa.array([f.unit for f in faults]))
    if fault.type == "status_backwards":
        hit = pc.and_(hit, pc.ends_with(batch["record_id"], "-again"))
    elif fault.type == "finish_equals_due":
        finished = pc.equal(batch["state"].cast(pa.string()), "finished")
        hit = pc.and_(hit, pc.and_(finished, pc.equal(batch["event_at"], batch["due_at"])))
    else:
        during = fault.start <= event.at < fault.end
        hit = pc.and_(hit, pc.and_(pc.equal(batch["indicator"].cast(pa.string()), fault.indicator), during))
    return int(np.count_nonzero(hit.to_numpy(zero_copy_only=False)))


def seen(result: Result, log: list[Event], faults: Sequence[Fault]) -> tuple[int, str]:
    """The first offset at which the outcome of the manifest is there, and in words how; -1 where it never is."""
    fault = faults[0]
    what, _, which = fault.visible.partition(":")
    if what == "finding":
        rows = [r for r in _rows(result, "findings", fault.feed) if expected(r, faults)]
        return _first(rows), _how(which, rows, log, faults)
    if what == "rejected":
        rows = [r for r in _rows(result, "rejected", fault.feed) if r["reason"] == which]
        return _first(rows), f"rejected, {which}"
    rows = [r for r in _rows(result, "ledger", fault.feed) if r[OUTCOMES[what]]]
    return _first(rows), {"duplicate": "duplicate", "late": "accepted, marked late"}[what]


def expected(row: dict[str, Any], faults: Sequence[Fault]) -> bool:
    """Whether a row of `findings` is what the manifest speaks of."""
    return f"finding:{row['rule']}" == faults[0].visible and row["unit"] in {"", *(fault.unit for fault in faults)}


def newest(event: Event, fault: Fault) -> int:
    """Time of a unit's newest record in a message, ms UTC; 0 where it has none."""
    if event.batch is None:
        return 0
    mine = event.batch.filter(pc.equal(event.batch["unit"].cast(pa.string()), fault.unit))
    return _newest_at(mine) if mine.num_rows else 0


def _newest_at(batch: pa.RecordBatch) -> int:
    return int(pc.max(batch["event_at"].cast(pa.int64())).as_py())


def _minute_after(log: list[Event], at: int, says: str) -> Bound:
    minute = (at // MINUTE + 1) * MINUTE
    return Bound(NEXT_MINUTE, next(n for n, e in enumerate(log) if e.batch is None and e.at >= minute), at, says)


def _after(bound: Bound, log: list[Event], faults: Sequence[Fault], first: int) -> str:
    if bound.kind == NEXT_MINUTE:
        return _count(log[first].at // MINUTE - bound.at // MINUTE, "whole minute")
    if faults[0].visible in OUTCOMES:
        return _count(sum(faulty(e, faults) > 0 for e in log[: first + 1]), "message")
    return _count(sum(faulty(e, faults) for e in log[: first + 1]), "record")


def _how(rule: str, rows: list[dict[str, Any]], log: list[Event], faults: Sequence[Fault]) -> str:
    """A finding's severity, and where it rose later by which record."""
    words: list[str] = []
    last = ""
    for row in rows:
        if row["severity"] != last and row["state"] == "open":
            last = row["severity"]
            nth = sum(faulty(e, faults) for e in log[: row["offset"] + 1])
            words.append(f"{last} at record {nth}" if words else last)
    return f"finding {rule}, {', '.join(words)}"


def _others(result: Result, faults: Sequence[Fault]) -> tuple[str, ...]:
    rows = [r for r in result.rows["findings"].to_pylist() if r["severity"] != INFO and not _is_of_fault(r, faults)]
    return tuple(sorted({f"{r['rule']} {r['feed']} {r['unit']} {r['severity']}" for r in rows}))


def _is_of_fault(row: dict[str, Any], faults: Sequence[Fault]) -> bool:
    """The series at fault may be told by more than one rule."""
    series = [(fault.feed, fault.indicator, fault.unit) for fault in faults]
    return expected(row, faults) or (row["feed"], row["indicator"], row["unit"]) in series


def _rows(result: Result, table: str, feed: str) -> list[dict[str, Any]]:
    return [row for row in result.rows[table].to_pylist() if row["feed"] == feed]


def _first(rows: list[dict[str, Any]]) -> int:
    return min((int(row["offset"]) for row in rows), default=-1)


def _count(n: int, what: str) -> str:
    return f"{n} {what}" + ("s" if n != 1 else "")
