"""The stops of case steps, in the order of the table in `pipeline.py`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from streams.admit.cases import CaseSteps
from streams.admit.checks import NO_TIME, Checks, Segment
from streams.admit.repeats import Identity, digests, hashes, with_given_ids
from streams.detect.base import Signal, Steps
from streams.fold.cases import NONE, Moves
from streams.fold.windows import MEASURES, WIDTHS, Bucket, BucketRow, Increments
from streams.idmap import Ids, ids_of
from streams.keep import step_rows
from streams.shard import Shard
from streams.stops import Rows, Verdicts, apply_findings, note_accepted, settle, verdicts_of
from streams.work import IMPOSSIBLE, Output


class Work:
    """A segment and what the stops found out about it, each stop filling in its part."""

    checks: Checks
    columns: CaseSteps
    take: Rows
    """Rows of the segment that are accepted, in order; what follows is as long as it."""
    ids: list[str]
    keys: npt.NDArray[np.int64]
    """A number of each record that no other has."""
    case_ids: Ids
    moves: Moves
    verdicts: Verdicts

    def __init__(self, segment: Segment) -> None:
        self.segment = segment


def admit(shard: Shard, work: Work, output: Output) -> None:
    work.checks, work.columns = shard.cases.admit(work.segment)


def identify(shard: Shard, work: Work, output: Output) -> None:
    passed = np.flatnonzero(work.checks.passed)
    texts = work.segment.table.column("case_id").take(pa.array(passed)).to_pylist()
    case_ids = ids_of([text.encode() for text in texts])
    identity = _identity(shard, work, passed, case_ids)
    new = settle(shard, work, identity, passed, output)
    work.take = passed[new]
    work.ids = [identity.texts[place] for place in new]
    work.keys = (identity.ids[new, 1] >> np.uint64(1)).astype(np.int64)
    work.case_ids = case_ids[new]
    # Kinds of one feed may number their cases alike.
    work.case_ids[:, 1] ^= shard.first_hashes[work.columns.kind[work.take]]
    if len(work.take):
        note_accepted(shard, work.segment, work.columns, work.take, output)


def _identity(shard: Shard, work: Work, passed: Rows, case_ids: Ids) -> Identity:
    """What identifies a step: feed, kind, case, state, time. Its body has unit, due time and channel besides."""
    c = work.columns
    states = shard.state_hashes[shard.states_start[c.kind[passed]] + c.state[passed]]
    feed = np.full(len(passed), shard.feed_hash)
    own = [feed, shard.first_hashes[c.kind[passed]], case_ids[:, 0].copy(), case_ids[:, 1].copy(), states, c.at[passed]]
    channel = hashes([text or "" for text in c.channels])[c.channel[passed]]
    body = [*own, shard.unit_hashes[c.unit[passed]], c.due_at[passed], channel]
    given = work.segment.table.column("record_id").take(pa.array(passed))
    return with_given_ids(given, digests(own), digests(body))


def fold(shard: Shard, work: Work, output: Output) -> None:
    c = work.columns
    take = work.take
    due = np.where(c.due_at[take] == NO_TIME, NONE, c.due_at[take])
    work.moves = shard.case_fold.trace(work.case_ids, c.kind[take], c.state[take], c.unit[take], c.at[take], due)


def detect(shard: Shard, work: Work, output: Output) -> None:
    signals: list[tuple[int, Signal]] = []
    c = work.columns
    for kind in np.unique(c.kind[work.take]).tolist():
        rows = np.flatnonzero(c.kind[work.take] == kind)
        found = shard.detection.on_steps(_steps(shard, work, kind, rows), shard.context)
        signals += [(int(rows[place]), signal) for place, signal in found]
    signals.sort(key=lambda found: found[0])
    work.verdicts = verdicts_of(len(work.take), signals)
    work.verdicts.verdict[work.moves.impossible] = IMPOSSIBLE
    apply_findings(shard, [signal for _, signal in signals], output)


def _steps(shard: Shard, work: Work, kind: int, rows: Rows) -> Steps:
    c = work.columns
    m = work.moves
    take = work.take[rows]
    cases = work.segment.table.column("case_id").take(pa.array(take)).to_numpy()
    subjects = np.array([*shard.subjects, ""], dtype=object)
    return Steps(
        kind=shard.firsts[kind],
        unit=np.array(shard.units, dtype=object)[c.unit[take]],
        case_id=cases,
        subject=subjects[c.subject[take]],
        state_before=m.state_before[rows],
        state=c.state[take].astype(np.int16),
        event_at=c.at[take],
        started_at=m.started_at[rows],
        due_before=m.due_before[rows],
        due_at=m.due_at[rows],
        allowed=m.allowed[rows],
        finishes=m.finishes[rows],
        ended_at=m.ended_at[rows],
        offset=work.segment.offset[take],
        simulated=c.simulated[take],
        late=c.late[take],
    )


def count(shard: Shard, work: Work, output: Output) -> None:
    if not len(work.take):
        return
    c = work.columns
    take, m = work.take, work.moves
    impossible = work.verdicts.verdict == IMPOSSIBLE
    online = np.array([text == "online" for text in c.channels] + [False])[c.channel[take]]
    amounts = {
        "received": m.received,
        "online": m.received & online,
        "finished": m.finishes & ~m.impossible,
        "on_time": m.timely,
        "overdue": m.late,
        "refused": m.refused,
        "withdrawn": m.withdrawn,
        "supplements": m.supplement,
        "impossible": impossible,
        "steps": np.ones(len(take), bool),
        "duration_ms": np.maximum(m.duration_ms, 0),
    }
    steps = Increments(
        kind=c.kind[take],
        unit=c.unit[take],
        at=c.at[take],
        amounts=np.column_stack([amounts[name].astype(np.int64) for name in MEASURES]),
        duration_ms=m.duration_ms,
        simulated=c.simulated[take],
        key=work.keys,
    )
    deltas = shard.buckets.add(steps, shard.clock)
    offsets = work.segment.offset[take]
    write_buckets(shard, [row for _, row in deltas], [int(offsets[place]) for place, _ in deltas], output)


def write_buckets(shard: Shard, rows: Sequence[BucketRow], offsets: list[int], output: Output) -> None:
    """Rows of case_buckets; the revision is the minute of the shard's clock."""
    if not rows:
        return
    clock = shard.clock or 0
    written = [_bucket(shard, row, clock, offset) for row, offset in zip(rows, offsets, strict=True)]
    output.add_rows("case_buckets", written)


def _bucket(shard: Shard, row: BucketRow, clock: int, offset: int) -> dict[str, Any]:
    bucket: Bucket = row.bucket
    return {
        "generation": shard.place.generation,
        "feed": shard.feed.id,
        "shard": shard.shard,
        "kind": shard.firsts[bucket.kind],
        "unit": shard.units[bucket.unit],
        "width": WIDTHS[bucket.width],
        "bucket": bucket.start // 1000,
        "delta": row.delta,
        "revision": clock // 60_000,
        **dict(zip(MEASURES, row.measures, strict=True)),
        "durations": row.durations,
        "open_end": row.open_end,
        "overdue_open_end": row.overdue_open_end,
        "simulated": row.simulated,
        "clock": clock // 1000,
        "topic": shard.place.topic,
        "partition": shard.place.partition,
        "offset": offset,
    }


def keep(shard: Shard, work: Work, output: Output) -> None:
    if not len(work.take):
        return
    c, v = work.columns, work.verdicts
    state = shard.states_start[c.kind[work.take]] + c.state[work.take]
    rows = step_rows(
        work.segment, c, work.take, work.ids, v.verdict, v.marks, shard.place, shard.names, shard.states, state
    )
    output.add("case_steps", rows, work.segment.offset[work.take])
