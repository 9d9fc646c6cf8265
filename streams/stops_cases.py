"""The stops of case steps, in the order of the table in `pipeline.py`."""

from typing import Any

import numpy as np

from streams.admit.checks import Clocks
from streams.admit.identity import identity, ids_of
from streams.bucket_rows import BucketPart, of_record
from streams.detect.base import Named, Signal, Steps
from streams.fold.cases import NONE, Moves
from streams.fold.windows import MEASURES, Increments
from streams.hashing import digests
from streams.idmap import Ids
from streams.keep import step_rows
from streams.records import NO_TIME
from streams.shard import Shard
from streams.stops import apply_findings, note_heard, note_signals, refuse, settle, tally
from streams.work import IMPOSSIBLE, Output, Work


class CaseWork(Work):
    case_ids: Ids
    moves: Moves


def admit(shard: Shard, work: CaseWork, clocks: Clocks, output: Output) -> None:
    checks, columns = shard.cases.admit(work.records, clocks)
    refuse(shard, work, checks, columns, output)


def identify(shard: Shard, work: CaseWork, start: int, end: int, output: Output) -> None:
    if work.identity is None:
        _name(shard, work)
    settle(shard, work, start, end, output)
    if work.count:
        note_heard(shard, work)


def _name(shard: Shard, work: CaseWork) -> None:
    """What identifies a step: feed, kind, case, state, time. Its body has unit, due time and channel besides."""
    c, n = work.columns, len(work.records)
    case_ids = ids_of(work.records.full("case_id"))
    kind = shard.first_hashes[c.kind]
    states = shard.state_hashes[shard.states_start[c.kind] + c.state]
    own = [np.full(1, shard.feed_hash), kind, case_ids[:, 0], case_ids[:, 1], states, c.at]
    body = [*own, shard.unit_hashes[c.unit], c.due_at, shard.cases.channel_hashes[c.channel]]
    work.identity = identity(work.records.get("record_id"), digests(own, n), digests(body, n))
    work.case_ids = case_ids
    work.case_ids[:, 1] ^= kind  # kinds of one feed may number their cases alike


def fold(shard: Shard, work: CaseWork, start: int, end: int, output: Output) -> None:
    if work.count:
        c, rows = work.columns, work.rows
        due = c.due_at[rows]
        due = np.where(due == NO_TIME, NONE, due)
        ids = work.case_ids[rows]
        work.moves = shard.case_fold.trace(ids, c.kind[rows], c.state[rows], c.unit[rows], c.at[rows], due)


def detect(shard: Shard, work: CaseWork, start: int, end: int, output: Output) -> None:
    if not work.count:
        return
    kinds = work.columns.kind[work.rows]
    signals: list[tuple[int, Signal]] = []
    for kind in [0] if len(shard.kinds) == 1 else np.unique(kinds).tolist():
        places = None if len(shard.kinds) == 1 else np.flatnonzero(kinds == kind)
        found = shard.detection.on_steps(_steps(shard, work, kind, places), shard.context)
        signals += found if places is None else [(int(places[place]), signal) for place, signal in found]
    if signals:
        signals.sort(key=lambda found: found[0])
        note_signals(work, signals)
        apply_findings(shard, [signal for _, signal in signals], output)
    impossible = work.moves.impossible
    if np.count_nonzero(impossible):
        for place in np.flatnonzero(impossible).tolist():
            work.verdict[work.row(place)] = IMPOSSIBLE


def _steps(shard: Shard, work: CaseWork, kind: int, places: Any) -> Steps:
    """Those of one kind; `places` None for all of the segment."""
    c, m, rows = work.columns, work.moves, work.rows
    if places is not None:
        rows = np.arange(len(work.records))[rows][places]
        m = Moves(*(getattr(m, name)[places] for name in Moves.__struct_fields__))
    return Steps(
        kind=shard.firsts[kind],
        unit=Named(shard.units, c.unit[rows]),
        case_id=Named(work.records.full("case_id"), range(rows.start, rows.stop) if isinstance(rows, slice) else rows),
        subject=Named(shard.subjects, c.subject[rows]),
        state_before=m.state_before,
        state=c.state[rows],
        event_at=c.at[rows],
        started_at=m.started_at,
        due_before=m.due_before,
        due_at=m.due_at,
        allowed=m.allowed,
        finishes=m.finishes,
        ended_at=m.ended_at,
        offset=work.offset[rows],
        simulated=c.simulated[rows],
        late=c.late[rows],
    )


def count(shard: Shard, work: CaseWork, start: int, end: int, output: Output) -> None:
    if not work.count:
        return
    c, m, rows = work.columns, work.moves, work.rows
    amounts = np.zeros((work.count, len(MEASURES)), np.int64)
    for name, amount in {
        "received": m.received,
        "online": m.received & shard.cases.online[c.channel[rows]],
        "finished": m.finishes & ~m.impossible,
        "on_time": m.timely,
        "overdue": m.late,
        "refused": m.refused,
        "withdrawn": m.withdrawn,
        "supplements": m.supplement,
        "impossible": work.verdict[rows] == IMPOSSIBLE,
        "steps": 1,
        "duration_ms": np.maximum(m.duration_ms, 0),
    }.items():
        amounts[:, _PLACE[name]] = amount
    steps = Increments(
        kind=c.kind[rows],
        unit=c.unit[rows],
        at=c.at[rows],
        amounts=amounts,
        duration_ms=m.duration_ms,
        simulated=c.simulated[rows],
        key=(work.identity.ids[rows, 1] >> np.uint64(1)).view(np.int64),
    )
    for place, row in shard.buckets.add(steps, shard.clock):
        write_buckets(of_record(row, shard.clock or 0, int(work.offset[work.row(place)])), output)


_PLACE = {name: place for place, name in enumerate(MEASURES)}


def write_buckets(part: BucketPart, output: Output) -> None:
    if len(part):
        output.entries[part.offset].wrote("case_buckets", len(part))
        output.buckets.append(part)


def keep(shard: Shard, work: CaseWork, output: Output) -> None:
    rows = work.accepted()
    tally(work, "case_steps", rows)
    if work.kept:
        output.add("case_steps", step_rows(shard, work, rows))
