"""The log given back from the store: accepted records and ticks of partitions, in the order in which they lay.

What was refused or repeated changed nothing but counts and is not given; nor is what people did with findings, for no
row is derived from it. Read in ranges of offsets, so that a year takes no more memory than a day; a range is one
statement, small ones share theirs, and the next is fetched while the last is in use.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clickhouse.client import Store, StoreAway
from contract.column import TEXT
from streams.past import Stretch

ROWS_A_READ = 300_000
ROWS_A_STRETCH = 10_000
TICKS_A_STRETCH = 1_440
"""A day of minutes: what a message leads to must fit one insert."""
AWAY_S = 300.0
MOST_BLOCKS = 20_000
"""In which a partition's rows are counted before they are read."""

Whole = npt.NDArray[np.int64]

_EITHER = ("record_id", "unit", "subject")
_BOTH = ("approved_by", "document", "sent_at", "simulated")
TABLES = {"figures": "figures", "cases": "case_steps"}
COLUMNS = {
    "figures": (*_EITHER, "indicator", "value", "at", "period", "vintage", "reason", *_BOTH),
    "cases": (*_EITHER, "kind", "case_id", "state", "event_at", "due_at", "channel", "attributes", *_BOTH),
}
"""Of the raw tables: the record's own, less what was found out about it."""


class Place(msgspec.Struct, frozen=True):
    """A partition of the log, and whose it is."""

    record: str
    topic: str
    partition: int
    feed: str


class Span(msgspec.Struct, frozen=True):
    """A part of a partition's log: after one offset, up to and with another."""

    place: Place
    after: int
    upto: int

    @property
    def where(self) -> str:
        place = self.place
        return f"topic = '{place.topic}' AND partition = {place.partition} AND {self._offsets}"

    @property
    def where_of_feed(self) -> str:
        return f"(feed = '{self.place.feed}' AND {self.where})"

    @property
    def _offsets(self) -> str:
        return f"offset BETWEEN {self.after + 1} AND {self.upto}"


class Read(msgspec.Struct, frozen=True):
    """What is fetched with one statement: spans of one type of record, about ROWS_A_READ rows together."""

    spans: tuple[Span, ...]
    rows: int
    done: float
    """How much of its partition's past is read with it, from 0 to 1: what is read next is what is furthest behind."""


class Past:
    """The logs of some partitions, each within its span; partitions take turns."""

    def __init__(self, store: Store, spans: Sequence[Span]) -> None:
        self._store = store
        records = sorted({span.place.record for span in spans})
        self._reads = [read for one in records for read in self._cut([s for s in spans if s.place.record == one])]
        self._reads.sort(key=lambda read: read.done)
        self.records = sum(read.rows for read in self._reads)

    def __iter__(self) -> Iterator[tuple[Place, Stretch]]:
        with ThreadPoolExecutor(1, "past") as ahead:
            coming: Future[tuple[pa.Table, pa.Table]] | None = None
            for number, read in enumerate(self._reads):
                found = (coming or ahead.submit(self._fetch, read)).result()
                later = self._reads[number + 1 : number + 2]
                coming = ahead.submit(self._fetch, later[0]) if later else None
                yield from _apart(read, *found)

    def _cut(self, spans: list[Span]) -> list[Read]:
        block = max(1, max(span.upto - span.after for span in spans) // MOST_BLOCKS)
        sql = f"""SELECT partition, toInt64(intDiv(offset, {block})) AS block, count() AS rows FROM {_table(spans)}
            WHERE {_any(spans)} GROUP BY partition, block ORDER BY partition, block"""
        found = self._ask(sql)
        partition, blocks, rows = (np.asarray(column.to_numpy(), np.int64) for column in found.columns)
        reads: list[Read] = []
        small: list[tuple[Span, int]] = []
        for span in spans:
            here = partition == span.place.partition
            ranges = _ranges(span, (blocks[here] + 1) * block - 1, rows[here])
            if len(ranges) == 1:
                small.append(ranges[0])
            else:
                reads += [Read((s,), n, (k + 1) / len(ranges)) for k, (s, n) in enumerate(ranges)]
        return reads + _together(small)

    def _fetch(self, read: Read) -> tuple[pa.Table, pa.Table]:
        """Rows without order: numpy sorts by three numbers faster than the engine does whole rows."""
        spans, place = read.spans, "toInt64(partition) AS partition, toInt64(offset) AS offset"
        columns = ", ".join(COLUMNS[spans[0].place.record])
        rows = f"SELECT {columns}, {place}, toInt64(row) AS row FROM {_table(spans)} WHERE {_any(spans)} {_AS_ARROW}"
        ticks = f"""SELECT {place}, toUnixTimestamp64Milli(at) AS ms, toInt64(step) AS step FROM ticks
            WHERE {" OR ".join(f"({span.where})" for span in spans)} GROUP BY partition, offset, ms, step"""
        return self._ask(rows), self._ask(ticks)

    def _ask(self, sql: str) -> pa.Table:
        """Waits while the store is away: it may be started again meanwhile."""
        deadline = time.monotonic() + AWAY_S
        while True:
            try:
                return self._store.arrow(sql)
            except StoreAway:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)


_AS_ARROW = (
    "SETTINGS output_format_arrow_low_cardinality_as_dictionary = 1, output_format_arrow_compression_method = 'none'"
)


def _table(spans: Sequence[Span]) -> str:
    return TABLES[spans[0].place.record]


def _any(spans: Sequence[Span]) -> str:
    return " OR ".join(span.where_of_feed for span in spans)


def _ranges(span: Span, last: Whole, rows: Whole) -> list[tuple[Span, int]]:
    """The span cut after some of the blocks that end at `last`; its end is covered, whether rows are there or not."""
    if not len(rows):
        return [(span, 0)]
    total = np.cumsum(rows)
    group = (total - 1) // ROWS_A_READ
    ends = np.flatnonzero(np.diff(group, append=group[-1] + 1))
    edges = [span.after, *np.minimum(last[ends][:-1], span.upto).tolist(), span.upto]
    counts = np.diff(total[ends], prepend=0).tolist()
    return [(Span(span.place, a, u), n) for a, u, n in zip(edges[:-1], edges[1:], counts, strict=True)]


def _together(small: list[tuple[Span, int]]) -> list[Read]:
    """Spans of few rows share a read."""
    reads: list[Read] = []
    held: list[Span] = []
    rows = 0
    for span, count in small:
        if held and rows + count > ROWS_A_READ:
            reads.append(Read(tuple(held), rows, 1.0))
            held, rows = [], 0
        held.append(span)
        rows += count
    return [*reads, Read(tuple(held), rows, 1.0)] if held else reads


def _apart(read: Read, rows: pa.Table, ticks: pa.Table) -> Iterator[tuple[Place, Stretch]]:
    """What was fetched, partition by partition."""
    rows, ticks = in_order(rows, "partition", "offset", "row"), in_order(ticks, "partition", "offset")
    of_row, of_tick = (table.column("partition").to_numpy() for table in (rows, ticks))
    for span in read.spans:
        row, tick = (np.searchsorted(p, [span.place.partition, span.place.partition + 1]) for p in (of_row, of_tick))
        here, beat = rows.slice(row[0], row[1] - row[0]), ticks.slice(tick[0], tick[1] - tick[0])
        for stretch in stretches(here, beat, span.place):
            yield span.place, stretch


def in_order(table: pa.Table, *by: str) -> pa.Table:
    order = np.lexsort([table.column(name).to_numpy() for name in reversed(by)])
    return table.unify_dictionaries().combine_chunks().take(pa.array(order))


def stretches(rows: pa.Table, ticks: pa.Table, place: Place) -> Iterator[Stretch]:
    """A partition's raw rows and its ticks, both in the order of its log, as messages."""
    offset, tick_at, ms, step = (
        np.asarray(column.to_numpy(), np.int64)
        for column in (rows.column("offset"), *(ticks.column(name) for name in ("offset", "ms", "step")))
    )
    records = as_given(rows, place)
    packed = np.column_stack([np.searchsorted(offset, tick_at), ms, step])
    row = tick = 0
    while row < len(offset) or tick < len(tick_at):
        end = _last_row(offset, row)
        upto = min(int(np.searchsorted(packed[:, 0], end, side="right")), tick + TICKS_A_STRETCH)
        if upto < len(tick_at) and packed[upto, 0] <= end:  # too many ticks: what follows the last of them comes later
            end = int(packed[upto - 1, 0])
        last = max(offset[end - 1] if end > row else -1, tick_at[upto - 1] if upto > tick else -1)
        batch = records.slice(row, end - row).combine_chunks().to_batches()[0] if end > row else None
        yield Stretch(batch, packed[tick:upto] - [row, 0, 0], int(last))
        row, tick = end, upto


def _last_row(offset: Whole, start: int) -> int:
    """Where the next message ends: after so many rows, and never inside a message of the log."""
    end = start + ROWS_A_STRETCH
    if end >= len(offset):
        return len(offset)
    first = int(np.searchsorted(offset, offset[end], side="left"))
    return first if first > start else int(np.searchsorted(offset, offset[end], side="right"))


def as_given(rows: pa.Table, place: Place) -> pa.Table:
    """The columns as their sender gave them; those without any value are left out."""
    columns = {name: rows.column(name) for name in COLUMNS[place.record]}
    if place.record == "figures":
        periodic = pc.not_equal(columns["period"].cast(TEXT), "")
        columns["event_at"] = pc.if_else(periodic, pa.scalar(None, columns["at"].type), columns.pop("at"))
    else:
        columns["attributes"] = columns["attributes"].cast(pa.list_(TEXT))
    feed = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows.num_rows, np.int32)), pa.array([place.feed]))
    held = {name: column for name, column in columns.items() if not _is_empty(column)}
    return pa.table({"feed": feed, **held})


def _is_empty(column: pa.ChunkedArray) -> bool:
    kind = column.type
    if column.null_count == len(column):
        return True
    if pa.types.is_dictionary(kind):
        return not any(text for chunk in column.chunks for text in chunk.dictionary.to_pylist())
    if pa.types.is_string(kind):
        return not pc.max(pc.binary_length(column)).as_py()
    return bool(pa.types.is_list(kind) and not len(pc.list_flatten(column)))
