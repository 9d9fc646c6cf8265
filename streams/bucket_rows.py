"""Buckets as columns of the table `case_buckets`."""

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pyarrow as pa

from streams.fold.windows import MEASURES, WIDTHS, BucketRow, Written
from streams.keep import in_order, lists_of, named, seconds

if TYPE_CHECKING:
    from streams.shard import Shard


class BucketPart(msgspec.Struct):
    """Buckets of one message, as they stood then. A column is an array, or one number for all of them."""

    kind: Any
    unit: Any
    width: Any
    start: Any
    delta: Any
    measures: Any
    durations: Any
    open_end: Any
    overdue_open_end: Any
    simulated: Any
    clock: int
    """The shard's, ms UTC."""
    offset: int

    def __len__(self) -> int:
        return len(self.start)


def of_minute(rows: Written, clock: int, offset: int) -> BucketPart:
    given = (rows.kind, rows.unit, rows.width, rows.start, 0, rows.measures, rows.durations)
    return BucketPart(*given, rows.open_end, rows.overdue_open_end, rows.simulated, clock, offset)


def of_record(row: BucketRow, clock: int, offset: int) -> BucketPart:
    """What a record that came too late for memory adds."""
    bucket = row.bucket
    start, simulated = np.array([bucket.start]), np.array([row.simulated])
    measures, durations = np.array([row.measures]), np.array([row.durations])
    given = (bucket.kind, bucket.unit, bucket.width, start, row.delta, measures, durations)
    return BucketPart(*given, 0, 0, simulated, clock, offset)


def bucket_rows(shard: "Shard", parts: list[BucketPart]) -> pa.Table:
    """The revision is the minute of the shard's clock."""
    sizes, place = [len(part) for part in parts], shard.place
    n = sum(sizes)

    def column(name: str, kind: Any = np.int64) -> Any:
        columns = [np.broadcast_to(getattr(part, name), len(part)) for part in parts]
        return np.concatenate(columns).astype(kind, copy=False)

    measures = np.concatenate([part.measures for part in parts]).astype(np.int64, copy=False)
    durations = np.concatenate([part.durations for part in parts])
    clock = np.repeat(np.array([part.clock for part in parts], np.int64), sizes)
    given = {
        **place.columns(n),
        "generation": pa.array(np.full(n, place.generation, np.uint32)),
        "shard": pa.array(np.full(n, place.shard, np.uint8)),
        "kind": named(column("kind"), shard.names.firsts),
        "unit": named(column("unit"), shard.names.units),
        "width": named(column("width"), _WIDTHS),
        "bucket": seconds(column("start") // 1000),
        "delta": pa.array(column("delta", np.uint64)),
        "revision": pa.array((clock // 60_000).view(np.uint64)),
        **{name: pa.array(np.ascontiguousarray(measures[:, number])) for number, name in enumerate(MEASURES)},
        "durations": lists_of(durations.astype(np.uint32)),
        "open_end": pa.array(column("open_end")),
        "overdue_open_end": pa.array(column("overdue_open_end")),
        "simulated": pa.array(column("simulated", np.bool_)),
        "clock": seconds(clock // 1000),
        "offset": pa.array(np.repeat(np.array([part.offset for part in parts], np.uint64), sizes)),
    }
    return in_order("case_buckets", given)


_WIDTHS = pa.array([*WIDTHS, ""])
