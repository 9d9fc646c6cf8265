"""THE TABLE: every stop between a message and the rows it leads to, top to bottom. Read this first.

A partition carries one feed's shard. Its messages are records, ticks and control records, in the order of the log.
Records between two moves of the shard's clock are one segment, whatever messages they came in; the stops below take
it in turn. When a tick crosses a whole minute the clock moves, and the stops of the minute run.

Stops are pure: the shard's memory and the segment in, memory and rows out. `worker.py` carries messages here from
Kafka, `memory.py` from a file; both call `run`.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext

import msgspec
import numpy as np
import pyarrow as pa

from contract.codec import Message, Tick, read_tick
from contract.reasons import Reason
from streams import minute, past, stops_cases, stops_figures
from streams.admit.checks import Segment
from streams.decode import Decoded, decode
from streams.keep import gather
from streams.shard import Shard
from streams.work import Entry, Output, Rejected

MINUTE_MS = 60_000
MAX_BYTES = 6_000_000
KINDS = frozenset({"records", "tick", "control"})


class Stop(msgspec.Struct, frozen=True):
    name: str
    step: Callable[..., None]
    """(shard, work, output): reads and fills the work of one segment, adds rows to the output."""
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


def run(shard: Shard, messages: Iterable[Message], max_bytes: int = MAX_BYTES, timer: Timer = _untimed) -> Output:
    """Takes messages of the shard's partition, in the order of the log; gives the rows they lead to."""
    output = Output()
    gathered: list[tuple[Message, Decoded]] = []
    for message in messages:
        kind = message.kind
        entry = output.entries[message.offset] = Entry(message, kind if kind in KINDS else "records")
        if kind == "tick":
            tick = read_tick(message.value)
            if tick is None:
                _refuse_message(shard, message, Reason.NOT_JSON, output)
            elif _crosses(shard, tick):
                _segment(shard, gathered, output, timer)
                gathered = []
                _cross(shard, message, tick, output, timer)
        elif message.ticks:
            for records, follows in past.apart(_decoded(shard, message, max_bytes, timer), message.ticks):
                gathered.append((message, records))
                if follows is not None and _crosses(shard, follows):
                    _segment(shard, gathered, output, timer)
                    gathered = []
                    _cross(shard, message, follows, output, timer)
        elif kind == "records":
            gathered.append((message, _decoded(shard, message, max_bytes, timer)))
        elif kind not in KINDS:  # nothing that was sent may vanish, whatever its header says
            _refuse_message(shard, message, Reason.WRONG_SCHEMA, output)
        entry.clock, entry.backfill = shard.clock or 0, shard.step > 0
    _segment(shard, gathered, output, timer)
    gather(output)
    return output


def _decoded(shard: Shard, message: Message, max_bytes: int, timer: Timer) -> Decoded:
    if message.ticks and not message.value:  # a stretch of the past in which nothing came
        return past.NOTHING
    with timer("decode"):
        return decode(message, shard.feed.record, max_bytes)


def _crosses(shard: Shard, tick: Tick) -> bool:
    return shard.clock is None or tick.at >= shard.clock + MINUTE_MS


def _cross(shard: Shard, message: Message, tick: Tick, output: Output, timer: Timer) -> None:
    shard.clock, shard.step = tick.at - tick.at % MINUTE_MS, tick.step
    for stop in MINUTE:
        with timer(stop.name):
            stop.step(shard, message, tick, output)


def _segment(shard: Shard, gathered: list[tuple[Message, Decoded]], output: Output, timer: Timer) -> None:
    refusals: list[Rejected] = []
    tables: list[pa.Table] = []
    offsets, rows, arrived = [], [], []
    for message, decoded in gathered:
        output.entries[message.offset].records += decoded.records
        refusals += [Rejected(message.offset, r.row, r.reason, r.field, shard.feed.id) for r in decoded.refusals]
        if decoded.table is not None:
            n = decoded.table.num_rows
            tables.append(decoded.table)
            offsets.append(np.full(n, message.offset, np.int64))
            rows.append(np.arange(n) if decoded.rows is None else np.array(decoded.rows, np.int64))
            arrived.append(np.full(n, message.arrived_at, np.int64))
    output.reject(refusals)
    if not tables:
        return
    table = tables[0] if len(tables) == 1 else pa.concat_tables(tables)
    places = (np.concatenate(offsets), np.concatenate(rows), np.concatenate(arrived))
    segment = Segment(table, *places, shard.clock, shard.step)
    work = stops_figures.Work(segment) if shard.of_figures else stops_cases.Work(segment)
    replayed = gathered[0][0].replayed
    for stop in FIGURES if shard.of_figures else CASES:
        if replayed and stop.name == "keep":  # its rows are where the replay has the records from
            continue
        with timer(stop.name):
            stop.step(shard, work, output)


def _refuse_message(shard: Shard, message: Message, reason: Reason, output: Output) -> None:
    output.entries[message.offset].records = 1
    output.reject([Rejected(message.offset, 0, reason, "", shard.feed.id)])
