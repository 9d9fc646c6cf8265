"""What travels from stop to stop: the records of a run of messages with what was found out about them, and the rows
they lead to."""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from contract.codec import Message
from contract.reasons import Reason
from streams.records import NO_TIME, Records, Rows

__all__ = ["NO_TIME"]

OK, SUSPECT, IMPOSSIBLE = 0, 1, 2
VERDICTS = ("ok", "suspect", "impossible")


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


class Work:
    """The records of a run with what was found out about them, in the order of the log; stops take a segment at a time.

    What did not pass admission stays among them, blank, so that no column need be copied.
    """

    columns: Any
    """What admission made of the records."""
    rows: slice | Rows
    """Records of the segment at hand that are new. What the stops of a segment find is as long as it."""
    count: int
    """How many these are."""
    identity: Any = None

    def __init__(self, records: Records, entries: list[Entry]) -> None:
        self.records, self.entries = records, entries
        messages = [entry.message for entry in entries]
        self.offset = np.array([message.offset for message in messages], np.int64)[records.message]
        self.arrived = np.array([message.arrived_at for message in messages], np.int64)[records.message]
        self.refused: Rows = np.zeros(0, np.int64)
        """Records that did not pass admission."""
        self.verdict: npt.NDArray[np.int8] = np.full(len(records), OK, np.int8)
        self.marks: dict[int, list[str]] = {}
        self.kept = not (messages and messages[0].replayed)
        """Whether rows of the records are to be written: a replay has the records from them."""
        self._accepted: list[slice | Rows] = []

    def passed(self, start: int, end: int) -> slice | Rows:
        """Records of a segment that passed admission."""
        first, last = np.searchsorted(self.refused, (start, end)).tolist() if len(self.refused) else (0, 0)
        if first == last:
            return slice(start, end)
        return np.delete(np.arange(start, end), self.refused[first:last] - start)

    def accept(self, rows: slice | Rows) -> None:
        self.rows = rows
        self.count = rows.stop - rows.start if isinstance(rows, slice) else len(rows)
        self._accepted.append(rows)

    def row(self, place: int) -> int:
        """The record at a place of the segment."""
        return self.rows.start + place if isinstance(self.rows, slice) else int(self.rows[place])

    def accepted(self) -> Rows | None:
        """All that are new, in order; None for every one."""
        if sum(rows.stop - rows.start for rows in self._accepted if isinstance(rows, slice)) == len(self.records):
            return None
        every = np.arange(len(self.records))
        return np.concatenate([every[rows] for rows in self._accepted]) if self._accepted else every[:0]

    def judged(self, place: int, verdict: int, rule: str) -> None:
        """The worst verdict that any detector gave stands, and the rules that spoke."""
        row = self.row(place)
        self.verdict[row] = max(self.verdict[row], verdict)
        rules = self.marks.setdefault(row, [])
        if rule not in rules:
            rules.append(rule)


class Output(msgspec.Struct):
    """What a run of messages leads to: rows per table, and a ledger entry a message."""

    rows: dict[str, list[pa.Table]] = {}
    entries: dict[int, Entry] = {}
    """By offset, in order."""
    loose: dict[str, list[dict[str, Any]]] = {}
    """Rows given one by one, to be made into columns once, at the end."""
    buckets: list[Any] = []
    """Likewise, of case_buckets (`bucket_rows.py`)."""
    refused: dict[str, int] = {}
    """Records refused, per reason."""

    def add(self, table: str, rows: pa.Table) -> None:
        """Rows for a table; who adds them tells their entries."""
        if rows.num_rows:
            self.rows.setdefault(table, []).append(rows)

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
