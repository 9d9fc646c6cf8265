"""Records → batches → Kafka, acknowledged. One message is one batch of one feed and shard, in its own partition."""

from collections.abc import Callable, Mapping
from typing import Protocol

import pyarrow as pa

from catalogue.feeds import Feed
from contract import codec
from contract.column import TIME
from contract.settings import Settings


class Door(Protocol):
    """What is needed of contract.kafka.Producer."""

    def send(
        self, topic: str, partition: int | None, value: bytes, headers: Mapping[str, bytes] | None = None
    ) -> object: ...

    def flush(self) -> None: ...


Counted = Callable[[str, int], None]
Ticked = Callable[[int], None]


class Publisher:
    """Hands batches and ticks over. What was handed over is safe only after `confirm`."""

    def __init__(
        self, door: Door, settings: Settings, on_sent: Counted | None = None, on_ticks: Ticked | None = None
    ) -> None:
        """Both are told what Kafka has acknowledged."""
        self._door = door
        self._topics = settings.topics
        self._limit = settings.max_batch_bytes
        self._on_sent, self._on_ticks = on_sent, on_ticks
        self._handed: dict[str, int] = {}
        self._ticks = 0
        self.confirmed = 0
        """Records that Kafka has acknowledged."""

    def publish(self, feed: Feed, shard: int, batch: pa.RecordBatch, sent_at: int | None = None) -> None:
        """Sends a batch, in halves while above a limit. `sent_at` (ms) stamps it; None keeps the source's own."""
        if not batch.num_rows:
            return
        if sent_at is not None:
            batch = stamped(batch, sent_at)
        value = codec.encode(batch)
        if batch.num_rows > codec.MAX_RECORDS or (len(value) > self._limit and batch.num_rows > 1):
            half = batch.num_rows // 2
            self.publish(feed, shard, batch.slice(0, half))
            self.publish(feed, shard, batch.slice(half))
            return
        headers = codec.record_headers(feed.id, feed.record, batch.num_rows)
        self._door.send(self._topics.of(feed.record), feed.partition + shard, value, headers)
        self._handed[feed.id] = self._handed.get(feed.id, 0) + batch.num_rows

    def tick(self, record: str, partition: int, at_ms: int, step_ms: int = 0) -> None:
        self._door.send(self._topics.of(record), partition, codec.tick_body(at_ms, step_ms), codec.TICK_HEADERS)
        self._ticks += 1

    def confirm(self) -> None:
        """Returns when everything handed over is acknowledged; raises what failed."""
        ticks, self._ticks = self._ticks, 0  # those that fail are not sent again
        self._door.flush()
        for feed, count in self._handed.items():
            self.confirmed += count
            if self._on_sent:
                self._on_sent(feed, count)
        if self._on_ticks:
            self._on_ticks(ticks)
        self._handed.clear()


def stamped(batch: pa.RecordBatch, sent_at: int) -> pa.RecordBatch:
    """The batch with the sender's clock at hand-over."""
    place = batch.schema.get_field_index("sent_at")
    stamps = pa.repeat(pa.scalar(sent_at, TIME), batch.num_rows)
    return batch.set_column(place, batch.schema.field(place), stamps)
