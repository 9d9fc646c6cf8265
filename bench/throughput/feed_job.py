"""The job's topics: the same records as one JSON message each and as Arrow batches, for the contenders and for us.

A contender's topic has four partitions and nothing but records. Ours has the partitions of the catalogue and ticks
besides, because that is how the product works; the bytes of the records are the same.
"""

from collections.abc import Iterator

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bench.throughput.endstate import EndState, asked_for
from bench.throughput.fold import Record
from bench.throughput.history import FEED, Columns, Portal
from bench.throughput.messages import Item, arrow, json_item, json_records, ticks_by_rows
from catalogue.load import Catalogue
from contract.kafka import Producer
from contract.kafka_topics import ensure_topics
from contract.settings import Settings

SCALE = 0.2
"""Ten days of a fifth of the nation: lives begin and end within a million steps."""


Times = npt.NDArray[np.int64]


class Form(msgspec.Struct, frozen=True):
    """How records lie in messages."""

    rows: int
    records: int
    json: bool = False
    """One JSON record a message."""
    messages: int = 0
    """In our topic, ticks included; known when it is filled."""

    @property
    def name(self) -> str:
        return f"{'json' if self.json else 'arrow'}-{self.rows}"

    @property
    def title(self) -> str:
        return "JSON, 1 record" if self.json else f"Arrow, {self.rows:,} rows"


class Filled(msgspec.Struct, frozen=True):
    messages: int
    """Ticks included."""
    bytes: int
    """Of the records."""


class Records:
    """The first records of a history, the same number in every shard."""

    def __init__(self, catalogue: Catalogue, records: int, seed: int = 1) -> None:
        self._portal = Portal(catalogue, SCALE, seed=seed)
        self.feed = self._portal.feed
        self._portal.start_empty()
        shards = self._portal.feed.shards
        parts: list[list[Columns]] = [[] for _ in range(shards)]
        each = records // shards
        for day in self._portal.days():
            for shard, steps in enumerate(day):
                parts[shard].append(steps)
            if all(sum(len(steps["at"]) for steps in shard) >= each for shard in parts):
                break
        joined = [{n: np.concatenate([p[n] for p in part])[:each] for n in part[0]} for part in parts]
        self.moments = [steps["at"] for steps in joined]
        self.batches = [self._portal.batch(steps) for steps in joined]

    def first(self, records: int) -> list[pa.RecordBatch]:
        return [batch.slice(0, records // len(self.batches)) for batch in self.batches]


def items(records: Records, form: Form, ticks: bool) -> Iterator[Item]:
    """Shards take turns, message by message, as a live feed's would."""
    batches = records.first(form.records)
    lanes = [_lane(shard, batch, records.moments[shard], form, ticks) for shard, batch in enumerate(batches)]
    while lanes:
        for lane in list(lanes):
            try:
                item = next(lane)
                yield item
                while not item.rows:  # a tick belongs to what follows it
                    item = next(lane)
                    yield item
            except StopIteration:
                lanes.remove(lane)


def _lane(shard: int, batch: pa.RecordBatch, at: Times, form: Form, ticks: bool) -> Iterator[Item]:
    """Messages end where a tick belongs, for everybody: bytes are the same whether ticks are sent or not."""
    n = batch.num_rows
    single: list[Record] = [] if not form.json else json_records(batch)
    spans = list(ticks_by_rows(shard, at[:n]))
    for number, (first, tick) in enumerate(spans):
        end = spans[number + 1][0] if number + 1 < len(spans) else n
        if ticks:
            yield tick
        for low in range(first, end, form.rows):
            rows = min(form.rows, end - low)
            yield arrow(shard, batch.slice(low, rows)) if not form.json else json_item(shard, single[low])


def fill(settings: Settings, catalogue: Catalogue, records: Records, form: Form, ours: bool) -> Filled:
    """Makes the topic and fills it."""
    portal = catalogue.feeds[FEED]
    topic = settings.topics.cases if ours else form.name
    first = portal.partition if ours else 0
    if ours:
        counts = {settings.topics.of(record): catalogue.partitions(record) for record in ("figures", "cases")}
        ensure_topics(settings, counts | {settings.topics.inbox: 1})
    else:
        ensure_topics(settings, {topic: portal.shards})
    size = messages = 0
    with Producer(settings) as producer:
        for item in items(records, form, ticks=ours):
            producer.send(topic, first + item.shard, item.value, item.headers)
            messages += 1
            size += len(item.value) if item.rows else 0
    return Filled(messages, size)


def wanted(records: Records, form: Form) -> EndState:
    return asked_for([record for batch in records.first(form.records) for record in json_records(batch)])
