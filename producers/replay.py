"""Files as if they were live: batches with the ticks that their own times call for, at a chosen speed."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa

from catalogue.feeds import Feed
from catalogue.load import Catalogue
from contract.codec import read_tick
from contract.kafka import Log, Producer
from contract.kafka_topics import ensure_topics
from contract.settings import Settings
from producers.mapping import Mapping
from producers.publisher import Publisher
from producers.tables import SCHEMAS, feed_of, read, times

MINUTE_MS = 60_000
MAX_ROWS = 20_000
"""Per batch, so that no message nears Kafka's limit."""

Item = tuple[Literal["tick"], int] | tuple[Literal["batch"], pa.RecordBatch]


def batches(mapping: Mapping, catalogue: Catalogue, file: Path, copies: int = 1) -> Iterator[Item]:
    """Ticks (ms) and batches (each of one shard), in the order of the log.

    Before a batch stands the tick of its last record's minute, and a batch spans no more than the feed's lateness:
    so no record of a file is late or from the future, as none was when it was live.
    """
    feed = feed_of(mapping, catalogue)
    table = read(mapping, catalogue, file, copies)
    moments = times(table).cast(pa.int64()).to_numpy()
    minute = 0
    for start, end in _spans(moments, feed.lateness_s):
        minute = int(moments[end - 1]) // MINUTE_MS * MINUTE_MS
        yield "tick", minute
        for first in range(start, end, MAX_ROWS):
            rows = table.slice(first, min(MAX_ROWS, end - first))
            for batch in _by_shard(rows.combine_chunks().to_batches()[0], feed, catalogue):
                yield "batch", batch
    if len(moments):
        # What the last records left open (buckets, absences) is settled by one tick past all allowed lateness.
        yield "tick", minute + (feed.lateness_s // 60 + 1) * MINUTE_MS


def _spans(moments: np.ndarray, lateness_s: int) -> Iterator[tuple[int, int]]:
    """From and to (exclusive) of each batch: whole minutes, as many as the feed's lateness has, less one."""
    width = max(1, lateness_s // 60 - 1) * MINUTE_MS
    start = 0
    while start < len(moments):
        limit = int(moments[start]) // MINUTE_MS * MINUTE_MS + width
        end = int(np.searchsorted(moments, limit, side="left"))
        yield start, end
        start = end


def _by_shard(batch: pa.RecordBatch, feed: Feed, catalogue: Catalogue) -> Iterator[pa.RecordBatch]:
    if feed.shards == 1:
        yield batch
        return
    shards = np.array([catalogue.shard_of(feed, unit or "") for unit in batch.column("unit").to_pylist()])
    for shard in np.unique(shards):
        yield batch.filter(pa.array(shards == shard))


class Pace:
    """How long to wait until a moment of the log is due, so many times as fast as it happened; "max" never waits."""

    def __init__(self, speed: float | Literal["max"]) -> None:
        self._speed = speed
        self._origin: tuple[int, float] | None = None

    def seconds_until(self, at_ms: int) -> float:
        if self._speed == "max":
            return 0.0
        if self._origin is None:
            self._origin = (at_ms, time.monotonic())
        first_ms, started = self._origin
        due = started + (at_ms - first_ms) / 1000 / self._speed
        return max(0.0, due - time.monotonic())


def speed_for(items: list[Item], seconds: float) -> float:
    """The speed at which a log takes so many seconds."""
    ticks = [item[1] for item in items if item[0] == "tick"]
    return (ticks[-1] - ticks[0]) / 1000 / seconds if len(ticks) > 1 and ticks[-1] > ticks[0] else 1.0


def replay(
    settings: Settings,
    catalogue: Catalogue,
    mapping: Mapping,
    file: Path,
    *,
    copies: int = 1,
    speed: float | Literal["max"] = "max",
    over: float | None = None,
    resume: bool = False,
    on_progress: Callable[[int, int], None] = lambda records, at_ms: None,
) -> int:
    """Sends a file to the topics of `settings.topic_prefix`; returns the records that Kafka acknowledged.

    Give replays a prefix of their own: their ticks tell the past's time. `over` (seconds) sets the speed by how long
    the whole may take. `resume` goes on after the last tick that stands in the log; what was sent with it is sent
    again, and its ids tell the repeat.
    """
    feed = feed_of(mapping, catalogue)
    items = list(batches(mapping, catalogue, file, copies))
    topics = settings.topics
    ensure_topics(settings, {topics.of(record): catalogue.partitions(record) for record in SCHEMAS} | {topics.inbox: 1})
    pace = Pace(speed if over is None else speed_for(items, over))
    with Producer(settings) as door:
        publisher = Publisher(door, settings)
        for item in _rest(items, last_tick(settings, feed) if resume else None):
            if item[0] == "tick":
                if pace.seconds_until(item[1]):
                    publisher.confirm()
                    time.sleep(pace.seconds_until(item[1]))
                for partition in feed.partitions:
                    publisher.tick(feed.record, partition, item[1])
                on_progress(publisher.confirmed, item[1])
            else:
                publisher.publish(feed, _shard_of(item[1], feed, catalogue), item[1])
        publisher.confirm()
    return publisher.confirmed


def _shard_of(batch: pa.RecordBatch, feed: Feed, catalogue: Catalogue) -> int:
    return catalogue.shard_of(feed, batch.column("unit")[0].as_py() or "")


def last_tick(settings: Settings, feed: Feed) -> int | None:
    """The latest tick of a feed's log; None in an empty one."""
    topic, partition = settings.topics.of(feed.record), feed.partition
    with Log(settings) as log:
        end, first = log.end_offsets(topic)[partition], log.beginning_offsets(topic)[partition]
        while end > first:
            start = max(first, end - 100)
            ticks = [read_tick(m.value) for m in log.read(topic, partition, start, end) if m.kind == "tick"]
            found = [tick.at for tick in ticks if tick is not None]
            if found:
                return max(found)
            end = start
    return None


def _rest(items: list[Item], after: int | None) -> Iterator[Item]:
    """From the last tick that was sent on."""
    if after is None:
        yield from items
        return
    reached = False
    for item in items:
        reached = reached or (item[0] == "tick" and item[1] >= after)
        if reached:
            yield item
