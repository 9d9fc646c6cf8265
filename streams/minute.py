"""The stops of the minute: what follows when a tick moves a shard's clock across a whole minute."""

from contract.codec import Message, Tick
from streams.bucket_rows import of_minute
from streams.detect import feed_state
from streams.detect.due import NOT_DUE
from streams.shard import Shard
from streams.stops import apply_findings
from streams.stops_cases import write_buckets
from streams.work import Output


def keep_tick(shard: Shard, message: Message, tick: Tick, output: Output) -> None:
    row = {
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
        "at": tick.at,
        "step": tick.step,
        "arrived_at": message.arrived_at,
    }
    output.add_rows("ticks", [row])


def forget(shard: Shard, message: Message, tick: Tick, output: Output) -> None:
    shard.seen.on_minute(shard.minute)
    shard.released.on_minute(shard.minute)


def overdue(shard: Shard, message: Message, tick: Tick, output: Output) -> None:
    if not shard.of_figures:
        shard.case_fold.on_minute(shard.minute)


def buckets(shard: Shard, message: Message, tick: Tick, output: Output) -> None:
    if not shard.of_figures:
        rows = shard.buckets.on_minute(shard.minute, shard.case_fold.open, shard.case_fold.overdue)
        write_buckets(of_minute(rows, shard.minute, message.offset), output)


def silence(shard: Shard, message: Message, tick: Tick, output: Output) -> None:
    signals = shard.detection.on_minute(shard.sure_clock, shard.reporting, shard.context)
    apply_findings(shard, signals, output, minute_offset=message.offset)


def state(shard: Shard, message: Message, tick: Tick, output: Output) -> None:
    """One row a minute: the connection's state in one word, and how many of its units report."""
    reporting = shard.reporting
    completeness = shard.completeness(shard.sure_clock, reporting)
    last_at = max(reporting.values(), default=None)
    word, due_at = feed_state(shard.feed, shard.sure_clock, last_at, shard.context)
    if not completeness["expected"]:  # its reporters were abolished
        word = NOT_DUE
    row = {
        "generation": shard.place.generation,
        "feed": shard.feed.id,
        "shard": shard.shard,
        "clock": shard.minute // 1000,
        "state": word,
        "last_at": last_at,
        "due_at": due_at or None,
        **completeness,
        "simulated": shard.simulated,
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
    }
    output.add_rows("feed_states", [row])
