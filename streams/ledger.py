"""The ledger: one row per Kafka message, written after all that the message led to. Its highest offset is the mark."""

from typing import Any

import numpy as np
import pyarrow as pa

from clickhouse.tables import schema
from streams.shard import Shard
from streams.work import Entry

_SCHEMA = schema("ledger")
_TYPES = [(field.name, field.type) for field in _SCHEMA]


def ledger_rows(shard: Shard, entries: dict[int, Entry]) -> pa.Table:
    given = list(entries.values())
    messages = [entry.message for entry in given]
    columns: dict[str, list[Any]] = {
        "topic": [message.topic for message in messages],
        "partition": [message.partition for message in messages],
        "offset": list(entries),
        "feed": [shard.feed.id] * len(given),
        "kind": [entry.kind for entry in given],
        "disposition": ["stored"] * len(given),
        "records": [entry.records for entry in given],
        "accepted": [entry.accepted for entry in given],
        "rejected": [entry.rejected for entry in given],
        "duplicates": [entry.duplicates for entry in given],
        "late": [entry.late for entry in given],
        "backfill": [entry.backfill for entry in given],
        "clock": [entry.clock // 1000 for entry in given],
        "sent_at": [entry.message.arrived_at if entry.sent_at is None else entry.sent_at for entry in given],
        "arrived_at": [message.arrived_at for message in messages],
        "generation": [shard.place.generation] * len(given),
    }
    arrays = [_written(given) if name == "written" else pa.array(columns[name], kind) for name, kind in _TYPES]
    return pa.Table.from_arrays(arrays, schema=_SCHEMA)


def _written(entries: list[Entry]) -> pa.Array:
    """Rows per table that each message led to."""
    edges = np.cumsum([0, *(len(entry.written) for entry in entries)]).astype(np.int32)
    tables = pa.array([table for entry in entries for table in entry.written], pa.string())
    rows = pa.array([rows for entry in entries for rows in entry.written.values()], pa.uint32())
    return pa.MapArray.from_arrays(pa.array(edges), tables, rows)
