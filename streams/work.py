"""What travels from stop to stop: a segment of records with what was found out about it, and the rows it leads to."""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from contract.codec import Message
from contract.reasons import Reason

OK, SUSPECT, IMPOSSIBLE = 0, 1, 2
VERDICTS = ("ok", "suspect", "impossible")
NO_TIME = np.iinfo(np.int64).min


class Entry(msgspec.Struct):
    """One Kafka message on its way into the ledger."""

    message: Message
    kind: str
    records: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    late: int = 0
    clock: int = 0
    backfill: bool = False
    """It came under a coarse clock: its age says nothing of our speed."""
    sent_at: int | None = None
    """The oldest of its records', ms UTC."""
    written: dict[str, int] = {}

    def wrote(self, table: str, rows: int = 1) -> None:
        self.written[table] = self.written.get(table, 0) + rows


class Output(msgspec.Struct):
    """What a run of messages leads to: rows per table, and a ledger entry a message."""

    rows: dict[str, list[pa.Table]] = {}
    entries: dict[int, Entry] = {}
    """By offset, in order."""
    loose: dict[str, list[dict[str, Any]]] = {}
    """Rows given one by one, to be made into columns once, at the end."""
    refused: dict[str, int] = {}
    """Records refused, per reason."""

    def add(self, table: str, rows: pa.Table, offsets: npt.NDArray[np.int64] | list[int]) -> None:
        """Rows for a table, each with the offset of the message that led to it."""
        if not rows.num_rows:
            return
        self.rows.setdefault(table, []).append(rows)
        values, counts = np.unique(np.asarray(offsets), return_counts=True)
        for offset, count in zip(values.tolist(), counts.tolist(), strict=True):
            self.entries[offset].wrote(table, count)

    def add_rows(self, table: str, rows: list[dict[str, Any]]) -> None:
        """Few rows, each with the offset of the message that led to it."""
        if rows:
            self.loose.setdefault(table, []).extend(rows)
            for row in rows:
                self.entries[row["offset"]].wrote(table)

    def reject(self, refusals: list["Rejected"]) -> None:
        hashes: dict[int, str] = {}
        """Once a message: a large one of many bad records would else be read for each of them."""
        for refusal in refusals:
            entry = self.entries[refusal.offset]
            entry.rejected += 1
            self.refused[refusal.reason] = self.refused.get(refusal.reason, 0) + 1
            if refusal.offset not in hashes:
                hashes[refusal.offset] = xxhash.xxh3_128_hexdigest(entry.message.value)
        rows = [_rejected_row(r, self.entries[r.offset].message, hashes[r.offset]) for r in refusals]
        self.add_rows("rejected", rows)


def _rejected_row(refusal: "Rejected", message: Message, digest: str) -> dict[str, Any]:
    return {
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
        "row": refusal.row,
        "feed": refusal.feed,
        "reason": refusal.reason.value,
        "field": refusal.field,
        "fields": list(refusal.fields.items()),
        "size": len(message.value),
        "hash": digest,
        "arrived_at": message.arrived_at,
    }


class Rejected(msgspec.Struct, frozen=True):
    offset: int
    row: int
    reason: Reason
    field: str
    feed: str
    fields: dict[str, str] = {}
    """Only what the catalogue knows: a stranger's text may hold anything, a person's name included."""


def verdict_column(verdict: npt.NDArray[np.int8]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(verdict, pa.int32()), pa.array(VERDICTS))


def marks_column(rows: int, marks: dict[int, list[str]]) -> pa.ListArray:
    """Rules per row; nearly all rows have none."""
    counts = np.zeros(rows + 1, np.int32)
    for row, rules in marks.items():
        counts[row + 1] = len(rules)
    values = [rule for row in sorted(marks) for rule in marks[row]]
    return pa.ListArray.from_arrays(pa.array(np.cumsum(counts), pa.int32()), pa.array(values, pa.string()))
