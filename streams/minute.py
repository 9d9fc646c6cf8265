"""The stops of the minute: what follows when a tick moves a shard's clock across a whole minute."""

from contract.codec import Message
from streams.detect import feed_state
from streams.keep import from_dicts
from streams.shard import Shard
from streams.stops import apply_findings
from streams.stops_cases import write_buckets
from streams.work import Output


def keep_tick(shard: Shard, message: Message, at: int, output: Output) -> None:
    row = {
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
        "at": at,
        "arrived_at": message.arrived_at,
    }
    output.add("ticks", from_dicts("ticks", [row]), [message.offset])


def forget(shard: Shard, message: Message, at: int, output: Output) -> None:
    shard.seen.on_minute(_clock(shard))


def overdue(shard: Shard, message: Message, at: int, output: Output) -> None:
    shard.case_fold.on_minute(_clock(shard))


def buckets(shard: Shard, message: Message, at: int, output: Output) -> None:
    rows = shard.buckets.on_minute(_clock(shard), shard.case_fold.open, shard.case_fold.overdue)
    write_buckets(shard, rows, [message.offset] * len(rows), output)


def silence(shard: Shard, message: Message, at: int, output: Output) -> None:
    signals = shard.detection.on_minute(_clock(shard), shard.reporting, shard.context)
    apply_findings(shard, signals, output, minute_offset=message.offset)


def state(shard: Shard, message: Message, at: int, output: Output) -> None:
    """One row a minute: the connection's state in one word, and how many of its units report."""
    clock, reporting, context = _clock(shard), shard.reporting, shard.context
    last_at = max(reporting.values(), default=None)
    word, due_at = feed_state(shard.feed, clock, last_at, context)
    row = {
        "generation": shard.place.generation,
        "feed": shard.feed.id,
        "shard": shard.shard,
        "clock": clock // 1000,
        "state": word,
        "last_at": last_at,
        "due_at": due_at or None,
        **shard.completeness(clock),
        "simulated": shard.simulated,
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
    }
    output.add("feed_states", from_dicts("feed_states", [row]), [message.offset])


def _clock(shard: Shard) -> int:
    if shard.clock is None:
        raise ValueError("the stops of the minute run when the clock has moved")
    return shard.clock
