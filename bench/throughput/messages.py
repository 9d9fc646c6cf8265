"""A history as messages: batches of a size, with time between them as the log has it, or one record each as JSON."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from bench.throughput.history import REFUSED, REPEATED, Columns, Portal
from contract import topics
from contract.codec import TICK_HEADERS, encode, record_headers, tick_body
from producers.simulate.world import DAY, HOUR, LOCAL, MINUTE

JSON_HEADERS = {topics.KIND: b"records", topics.CONTENT_TYPE: topics.JSON.encode()}
SPAN_ROWS = 20_000
"""Between two ticks of a partition, where spans go by rows: an hour of the whole nation's feed has about as many."""
ON_THE_WIRE = (
    *("record_id", "feed", "unit", "subject", "kind", "case_id", "state", "event_at", "due_at", "channel"),
    *("attributes", "sent_at", "simulated"),
)
"""What a record of the feed has; the other columns are empty."""


class Item(msgspec.Struct, frozen=True):
    shard: int
    value: bytes
    headers: dict[str, bytes]
    rows: int = 0
    """0: a tick."""


class Group(msgspec.Struct, frozen=True):
    """A span of one shard: its tick and its messages, and what should become of the records."""

    items: list[Item]
    records: int
    repeats: int
    refused: int


def by_spans(portal: Portal, day: list[Columns], rows: int, span: int = HOUR) -> Iterator[Group]:
    """A day span by span: for each shard the tick at its end, then its steps, as a replay plays them."""
    batches = [portal.batch(steps) for steps in day]
    first = min((int(steps["at"][0]) for steps in day if len(steps["at"])), default=0)
    start = (first + LOCAL) // DAY * DAY - LOCAL
    for begin in range(start, start + DAY, span):
        for shard, (steps, batch) in enumerate(zip(day, batches, strict=True)):
            low, high = np.searchsorted(steps["at"], (begin, begin + span)).tolist()
            if high > low:
                items = [tick(shard, begin + span, span), *cut(shard, batch.slice(low, high - low), rows)]
                yield _group(items, steps["odd"][low:high])


def opening(portal: Portal, rows: int) -> Iterator[Group]:
    """The first steps of the cases that are open when the history begins, day by day."""
    for shard, steps in enumerate(portal.opening()):
        day = (steps["at"] + LOCAL) // DAY
        batch = portal.batch(steps)
        for number in np.unique(day).tolist():
            low, high = np.searchsorted(day, (number, number + 1)).tolist()
            items = [tick(shard, (number + 1) * DAY - LOCAL, DAY), *cut(shard, batch.slice(low, high - low), rows)]
            yield _group(items, steps["odd"][low:high])


def _group(items: list[Item], odd: Any) -> Group:
    return Group(items, len(odd), int((odd == REPEATED).sum()), int((odd == REFUSED).sum()))


def cut(shard: int, batch: pa.RecordBatch, rows: int) -> Iterator[Item]:
    """Messages of about the same size, none above `rows`."""
    parts = -(-batch.num_rows // rows)
    edges = np.linspace(0, batch.num_rows, parts + 1).astype(int).tolist()
    for low, high in pairwise(edges):
        yield arrow(shard, batch.slice(low, high - low))


def arrow(shard: int, batch: pa.RecordBatch) -> Item:
    feed = batch.column("feed")[0].as_py()
    return Item(shard, encode(batch), record_headers(feed, "cases", batch.num_rows), batch.num_rows)


def tick(shard: int, at: int, step: int) -> Item:
    return Item(shard, tick_body(at, step), TICK_HEADERS)


def ticks_by_rows(shard: int, at: Any, rows: int = SPAN_ROWS) -> Iterator[tuple[int, Item]]:
    """For a shard's moments in order: before which row a tick stands, and the tick. None is coarser than a day, nor are
    there more rows before the next; the last stands behind all rows, and closes what they opened."""
    if not len(at):
        return
    clock, low = int(at[0]) // MINUTE * MINUTE, 0
    while low < len(at):
        high = min(low + rows, int(np.searchsorted(at, clock + DAY)))
        end = (int(at[high - 1]) // MINUTE + 1) * MINUTE if high > low else clock + DAY
        yield low, tick(shard, end, end - clock)
        clock, low = end, high
    yield len(at), tick(shard, clock + MINUTE, 0)


def json_records(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """Records as a sender without Arrow would write them: times as whole milliseconds, empty columns left out."""
    columns = [_plain(batch.column(name)) for name in ON_THE_WIRE]
    return [dict(zip(ON_THE_WIRE, row, strict=True)) for row in zip(*columns, strict=True)]


def json_item(shard: int, record: dict[str, Any]) -> Item:
    return Item(shard, msgspec.json.encode(record), JSON_HEADERS, 1)


def _plain(column: pa.Array) -> list[Any]:
    return list((column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_pylist())
