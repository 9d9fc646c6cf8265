"""THE TABLE: every stop between a message and the rows it leads to, top to bottom. Read this first.

A partition carries one feed's shard. Its messages are records, ticks and control records, in the order of the log.
Records between two moves of the shard's clock are one segment, whatever messages they came in; the stops below take
it in turn. When a tick crosses a whole minute the clock moves, and the stops of the minute run.

What hangs on a record alone and on the clock under which it came (`admit`), or only looks back (`keep`), is done for
all segments of a run together: a segment may be small.

Stops are pure: the shard's memory and records in, memory and rows out. `worker.py` carries messages here from Kafka,
`memory.py` from a file; both call `run`.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext

import msgspec
import numpy as np

from contract.codec import Message, Tick, read_tick
from contract.reasons import Reason
from streams import actions, minute, past, stops_cases, stops_figures
from streams.admit.checks import clocks
from streams.bucket_rows import bucket_rows
from streams.decode import decode
from streams.keep import gather
from streams.records import Rows
from streams.shard import Shard
from streams.work import Entry, Output, Rejected, Work

MINUTE_MS = 60_000
MAX_BYTES = 6_000_000
KINDS = frozenset({"records", "tick", "control"})


class Stop(msgspec.Struct, frozen=True):
    name: str
    step: Callable[..., None]
    """Reads and fills the work, adds rows to the output. (shard, work, output), of a segment with its first record and
    the one after its last; of the minute (shard, message, tick, output); of a control record (shard, message, output).
    """
    does: str


FIGURES = (
    Stop("admit", stops_figures.admit, "columns against the catalogue; a bad record becomes a row with a reason"),
    Stop("identify", stops_figures.identify, "ids tell a repeat: duplicate, conflict or new"),
    Stop("detect", stops_figures.detect, "points become findings with evidence; records get their verdict"),
    Stop("keep", stops_figures.keep, "rows of the table figures"),
)
CASES = (
    Stop("admit", stops_cases.admit, "columns against the catalogue; a bad record becomes a row with a reason"),
    Stop("identify", stops_cases.identify, "ids tell a repeat: duplicate, conflict or new"),
    Stop("fold", stops_cases.fold, "each case moves by its steps"),
    Stop("detect", stops_cases.detect, "steps become findings with evidence; records get their verdict"),
    Stop("count", stops_cases.count, "what the steps did, into buckets; the impossible stays out"),
    Stop("keep", stops_cases.keep, "rows of the table case_steps"),
)
"""The first and the last are for a whole run, those between for each of its segments."""
CONTROL = Stop("act", actions.act, "what people did with findings, as rows of the table finding_actions")
"""Of a control record, where it lies in the log; it moves nothing that the other stops look at."""
MINUTE = (
    Stop("tick", minute.keep_tick, "the first tick past each minute is kept, so that a replay meets it"),
    Stop("forget", minute.forget, "ids beyond the horizon are forgotten"),
    Stop("overdue", minute.overdue, "open cases that fell due since the last minute"),
    Stop("buckets", minute.buckets, "buckets that changed, with a higher revision"),
    Stop("silence", minute.silence, "what is absent; findings that end by time"),
    Stop("state", minute.state, "the connection's state in one word"),
)

Timer = Callable[[str], AbstractContextManager[object]]
"""Wraps a stop by its name; the shell measures with it, the stops know of no clock."""


def _untimed(_name: str) -> AbstractContextManager[object]:
    return nullcontext()


class Crossing(msgspec.Struct):
    """A tick that moves the clock across a whole minute, and where it lies among the records."""

    message: Message
    tick: Tick
    place: int
    """So many messages of records lie before it."""
    before: int = 0
    """And so many records of the next one."""


class Walk(msgspec.Struct):
    """The messages of a run, seen from the outside."""

    clock: int | None
    step: int
    given: list[Message] = []
    """Those of records."""
    crossings: list[Crossing] = []
    clocks: list[tuple[int | None, int]] = []
    """The clock and how coarse it is, before the first crossing and after each."""
    def crosses(self, tick: Tick, message: Message, before: int = 0) -> None:
        if self.clock is None or tick.at >= self.clock + MINUTE_MS:
            self.clock, self.step = tick.at - tick.at % MINUTE_MS, tick.step
            self.crossings.append(Crossing(message, tick, len(self.given), before))
            self.clocks.append((self.clock, self.step))


def run(shard: Shard, messages: Iterable[Message], max_bytes: int = MAX_BYTES, timer: Timer = _untimed) -> Output:
    """Takes messages of the shard's partition, in the order of the log; gives the rows they lead to."""
    output = Output()
    walk = _walk(shard, messages, output, timer)
    work = _decoded(shard, walk, max_bytes, output, timer)
    edges = _edges(walk, work)
    first, *each, last = FIGURES if shard.of_figures else CASES
    if len(work.records):
        parts = [(count, *clock) for count, clock in zip(np.diff(edges).tolist(), walk.clocks, strict=True)]
        with timer(first.name):
            first.step(shard, work, clocks(parts), output)
    for start, end, crossing in zip(edges[:-1].tolist(), edges[1:].tolist(), [*walk.crossings, None], strict=True):
        if end > start:
            for stop in each:
                with timer(stop.name):
                    stop.step(shard, work, start, end, output)
        if crossing is not None:
            _cross(shard, crossing, output, timer)
    if len(work.records):
        with timer(last.name):
            last.step(shard, work, output)
    if output.buckets:
        output.add("case_buckets", bucket_rows(shard, output.buckets))
    gather(output)
    return output


def _walk(shard: Shard, messages: Iterable[Message], output: Output, timer: Timer) -> Walk:
    walk = Walk(shard.clock, shard.step, clocks=[(shard.clock, shard.step)])
    for message in messages:
        kind = message.kind
        entry = output.entries[message.offset] = Entry(message, kind if kind in KINDS else "records")
        if kind == "tick":
            tick = read_tick(message.value)
            if tick is None:
                _refuse_message(shard, message, Reason.NOT_JSON, output)
            else:
                walk.crosses(tick, message)
        elif kind == "records":
            for before, tick in past.ticks_of(message):
                walk.crosses(tick, message, before)
            if message.value or not message.ticks:  # else a stretch of the past in which nothing came
                walk.given.append(message)
        elif kind == "control" and not message.replayed:  # of a replay it says only how far the past reaches
            with timer(CONTROL.name):
                CONTROL.step(shard, message, output)
        elif kind not in KINDS:  # nothing that was sent may vanish, whatever its header says
            _refuse_message(shard, message, Reason.WRONG_SCHEMA, output)
        entry.clock, entry.backfill = walk.clock or 0, walk.step > 0
    return walk


def _decoded(shard: Shard, walk: Walk, max_bytes: int, output: Output, timer: Timer) -> Work:
    with timer("decode"):
        decoded = decode(walk.given, shard.feed.record, max_bytes, shard.admission.words)
    entries = [output.entries[message.offset] for message in walk.given]
    for entry, count in zip(entries, decoded.counts, strict=True):
        entry.records = count
    for place, refusal in decoded.refusals:
        past.check(walk.given[place], refusal)
    refused = ((walk.given[place].offset, refusal) for place, refusal in decoded.refusals)
    output.reject([Rejected(offset, r.row, r.reason, r.field, shard.feed.id) for offset, r in refused])
    work = stops_figures.FigureWork if shard.of_figures else stops_cases.CaseWork
    return work(decoded.records, entries)


def _edges(walk: Walk, work: Work) -> Rows:
    """Where segments begin among the records, and where the last one ends."""
    starts = np.searchsorted(work.records.message, np.arange(len(walk.given) + 1))
    inner = [int(starts[crossing.place]) + crossing.before for crossing in walk.crossings]
    return np.array([0, *inner, len(work.records)])


def _cross(shard: Shard, crossing: Crossing, output: Output, timer: Timer) -> None:
    tick = crossing.tick
    shard.clock, shard.step = tick.at - tick.at % MINUTE_MS, tick.step
    for stop in MINUTE:
        with timer(stop.name):
            stop.step(shard, crossing.message, tick, output)


def _refuse_message(shard: Shard, message: Message, reason: Reason, output: Output) -> None:
    output.entries[message.offset].records = 1
    output.reject([Rejected(message.offset, 0, reason, "", shard.feed.id)])
