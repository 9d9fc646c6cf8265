"""The ledger: one row per Kafka message, written after all that the message led to. Its highest offset is the mark."""

import pyarrow as pa

from streams.keep import from_dicts
from streams.shard import Shard
from streams.work import Entry


def ledger_rows(shard: Shard, entries: dict[int, Entry]) -> pa.Table:
    return from_dicts("ledger", [_row(shard, offset, entry) for offset, entry in entries.items()])


def _row(shard: Shard, offset: int, entry: Entry) -> dict[str, object]:
    return {
        "topic": entry.message.topic,
        "partition": entry.message.partition,
        "offset": offset,
        "feed": shard.feed.id,
        "kind": entry.kind,
        "disposition": "stored",
        "records": entry.records,
        "accepted": entry.accepted,
        "rejected": entry.rejected,
        "duplicates": entry.duplicates,
        "late": entry.late,
        "written": list(entry.written.items()),
        "backfill": entry.backfill,
        "clock": entry.clock // 1000,
        "sent_at": entry.message.arrived_at if entry.sent_at is None else entry.sent_at,
        "arrived_at": entry.message.arrived_at,
        "generation": shard.place.generation,
    }
