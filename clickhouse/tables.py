"""The tables as they are inserted into: columns in order, and what makes one partition.

Columns that the store fills itself (`stored_at`, `precedence`) are not among them. A test compares this with the
migrated engine. An insert is atomic only within one partition of a table, so a batch is cut along partitions first:
`pieces(name, rows)`.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clickhouse.columns import FLAG, MILLI, REAL, SECOND, TEXT, TEXTS, WHOLE, Table
from clickhouse.columns import columns as _columns
from clickhouse.dimension_tables import DIMENSIONS

_ADDRESS = (("topic", TEXT), ("partition", pa.uint16()), ("offset", pa.uint64()))
_LOGGED = (("sent_at", MILLI), ("arrived_at", MILLI), ("simulated", FLAG), *_ADDRESS, ("row", pa.uint32()))
_LEDGER = _columns(
    *_ADDRESS,
    ("feed", TEXT),
    ("kind", TEXT),
    ("disposition", TEXT),
    *((name, pa.uint32()) for name in ("records", "accepted", "rejected", "duplicates", "late")),
    ("written", pa.map_(TEXT, pa.uint32())),
    ("backfill", FLAG),
    ("clock", SECOND),
    ("sent_at", MILLI),
    ("arrived_at", MILLI),
    ("generation", pa.uint32()),
)
_COUNTS = (
    *("received", "online", "finished", "on_time", "overdue", "refused", "withdrawn"),
    *("supplements", "impossible", "steps", "duration_ms"),
)

TABLES: dict[str, Table] = {
    "figures": Table(
        _columns(
            ("feed", TEXT),
            ("indicator", TEXT),
            ("unit", TEXT),
            ("subject", TEXT),
            ("at", MILLI),
            ("period", TEXT),
            ("vintage", TEXT),
            ("value", REAL),
            ("verdict", TEXT),
            ("marks", TEXTS),
            ("late", FLAG),
            ("reason", TEXT),
            ("approved_by", TEXT),
            ("document", TEXT),
            ("record_id", TEXT),
            *_LOGGED,
        ),
        partition=("at",),
        key=("feed", "indicator", "unit", "subject", "at", "record_id"),
    ),
    "case_steps": Table(
        _columns(
            ("feed", TEXT),
            ("kind", TEXT),
            ("unit", TEXT),
            ("subject", TEXT),
            ("case_id", TEXT),
            ("state", TEXT),
            ("event_at", MILLI),
            ("due_at", MILLI),
            ("channel", TEXT),
            ("attributes", TEXTS),
            ("verdict", TEXT),
            ("marks", TEXTS),
            ("late", FLAG),
            ("approved_by", TEXT),
            ("document", TEXT),
            ("record_id", TEXT),
            *_LOGGED,
            nullable="due_at",
        ),
        partition=("event_at",),
        key=("feed", "kind", "unit", "event_at", "record_id"),
    ),
    "finding_actions": Table(
        _columns(
            *((name, TEXT) for name in ("feed", "finding_id", "action_id", "step", "actor")),
            ("at", MILLI),
            ("due", MILLI),
            ("note", TEXT),
            ("arrived_at", MILLI),
            *_ADDRESS,
            ("row", pa.uint32()),
            nullable="due",
        ),
        key=("feed", "finding_id", "topic", "partition", "offset", "row"),
    ),
    "rejected": Table(
        _columns(
            *_ADDRESS,
            ("row", pa.uint32()),
            ("feed", TEXT),
            ("reason", TEXT),
            ("field", TEXT),
            ("fields", pa.map_(TEXT, TEXT)),
            ("size", pa.uint32()),
            ("hash", TEXT),
            ("arrived_at", MILLI),
        ),
        partition=("arrived_at",),
        key=("topic", "partition", "offset", "row"),
    ),
    "ledger": Table(_LEDGER, partition=("arrived_at",), key=("topic", "partition", "offset")),
    "replay_ledger": Table(_LEDGER, partition=("generation",), key=("generation", "topic", "partition", "offset")),
    "ticks": Table(
        _columns(*_ADDRESS, ("at", MILLI), ("step", pa.uint32()), ("arrived_at", MILLI)),
        partition=("at",),
        key=("topic", "partition", "at", "offset"),
    ),
    "case_buckets": Table(
        _columns(
            ("generation", pa.uint32()),
            ("feed", TEXT),
            ("shard", pa.uint8()),
            ("kind", TEXT),
            ("unit", TEXT),
            ("width", TEXT),
            ("bucket", SECOND),
            ("delta", pa.uint64()),
            ("revision", pa.uint64()),
            *((name, WHOLE) for name in _COUNTS),
            ("durations", pa.list_(pa.uint32())),
            ("open_end", WHOLE),
            ("overdue_open_end", WHOLE),
            ("simulated", FLAG),
            ("clock", SECOND),
            *_ADDRESS,
        ),
        partition=("generation", "width", "bucket"),
        key=("generation", "width", "kind", "unit", "bucket", "feed", "shard", "delta"),
    ),
    "findings": Table(
        _columns(
            ("generation", pa.uint32()),
            ("finding_id", TEXT),
            ("revision", pa.uint64()),
            *((name, TEXT) for name in ("rule", "severity", "state", "feed")),
            ("shard", pa.uint8()),
            *((name, TEXT) for name in ("indicator", "unit", "subject", "case_id")),
            *((name, MILLI) for name in ("at", "opened_at", "severity_at", "updated_at", "closed_at")),
            ("count", pa.uint32()),
            *((name, REAL) for name in ("value", "low", "high", "score")),
            *((name, TEXT) for name in ("evidence", "sentence_vi", "sentence_en")),
            ("drill", FLAG),
            ("simulated", FLAG),
            *_ADDRESS,
            nullable="closed_at value low high",
        ),
        partition=("generation", "at"),
        key=("generation", "feed", "at", "finding_id"),
    ),
    "finding_severities": Table(
        _columns(
            ("generation", pa.uint32()),
            *((name, TEXT) for name in ("feed", "finding_id", "severity")),
            ("severity_at", MILLI),
            ("first_at", MILLI),
        ),
        partition=("generation",),
        key=("generation", "feed", "finding_id", "severity", "severity_at"),
    ),
    "feed_states": Table(
        _columns(
            ("generation", pa.uint32()),
            ("feed", TEXT),
            ("shard", pa.uint8()),
            ("clock", SECOND),
            ("state", TEXT),
            ("last_at", MILLI),
            ("due_at", MILLI),
            ("reporting", pa.uint16()),
            ("expected", pa.uint16()),
            ("simulated", FLAG),
            *_ADDRESS,
            nullable="last_at due_at",
        ),
        partition=("generation", "clock"),
        key=("generation", "feed", "shard", "clock"),
    ),
    "replays": Table(
        _columns(
            ("generation", pa.uint32()), ("begun_at", MILLI), ("feeds", TEXTS), ("reason", TEXT), ("version", TEXT)
        ),
        key=("generation", "begun_at"),
    ),
    "handovers": Table(
        _columns(("id", TEXT), ("generation", pa.uint32()), ("asked_at", MILLI), ("until", MILLI), ("withdrawn", FLAG)),
        key=("asked_at", "id"),
    ),
    "generations": Table(
        _columns(("generation", pa.uint32()), ("in_force_from", MILLI), ("reason", TEXT), ("version", TEXT)),
        key=("in_force_from", "generation"),
    ),
    "snapshots": Table(
        _columns(
            ("topic", TEXT),
            ("feed", TEXT),
            ("shard", pa.uint8()),
            ("partition", pa.uint16()),
            ("offset", pa.uint64()),
            ("generation", pa.uint32()),
            ("format", pa.uint16()),
            ("hash", pa.uint64()),
            ("previous", pa.uint64()),
            ("back", pa.uint32()),
            ("ends", FLAG),
            ("size", pa.uint64()),
            ("body", pa.binary()),
        ),
        key=("topic", "feed", "shard", "generation", "hash"),
    ),
    "checks": Table(
        _columns(
            ("at", MILLI),
            ("question", TEXT),
            ("level", pa.uint8()),
            ("numbers", pa.map_(TEXT, REAL)),
            ("vi", TEXT),
            ("en", TEXT),
        ),
        partition=("at",),
        key=("question", "at"),
    ),
    "query_costs": Table(
        _columns(
            ("minute", SECOND),
            *((name, TEXT) for name in ("role", "kind", "board", "panel")),
            *((name, pa.uint32()) for name in ("statements", "refused", "slow")),
            ("total_ms", pa.uint64()),
            ("longest_ms", pa.uint32()),
            *((name, pa.uint64()) for name in ("rows", "bytes")),
        ),
        partition=("minute",),
        key=("minute", "role", "kind", "board", "panel"),
    ),
    **DIMENSIONS,
}


def schema(table: str) -> pa.Schema:
    return TABLES[table].schema


def pieces(table: str, rows: pa.Table) -> list[pa.Table]:
    """The rows cut into one table per partition of the store's table, each in the order it came in."""
    keys = [_key(rows.column(name)) for name in TABLES[table].partition]
    if rows.num_rows < 2 or all((key == key[0]).all() for key in keys):
        return [rows] if rows.num_rows else []
    _, group = np.unique(np.stack(keys), axis=1, return_inverse=True)
    group = group.reshape(-1)
    order = np.argsort(group, kind="stable")
    edges = np.flatnonzero(np.diff(group[order])) + 1
    return [rows.take(pa.array(part)) for part in np.split(order, edges)]


def _key(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """A number for each value, equal where the partition is: of a time its month."""
    if pa.types.is_timestamp(column.type):
        moments = column.cast(pa.timestamp(column.type.unit)).to_numpy()
        return np.asarray(moments.astype("datetime64[M]"), dtype=np.int64)
    if pa.types.is_integer(column.type):
        return np.asarray(column.to_numpy(), dtype=np.int64)
    text = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
    return np.asarray(text.combine_chunks().dictionary_encode().indices, dtype=np.int64)
