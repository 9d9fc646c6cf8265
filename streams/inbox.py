"""The inbox: records of senders that do not know a feed's partition are placed there, or refused with a reason.

Pure: a message in, messages to send on and a ledger entry out. The worker sends, waits for the broker, and only then
acknowledges; a repeat after a failure is told by the records' ids.
"""

import json
from typing import Any

import msgspec
import pyarrow as pa

from catalogue.calendar import local_date
from catalogue.feeds import Feed
from catalogue.load import Catalogue
from catalogue.units import UnitProblem
from contract import topics
from contract.codec import LATEST_MS, MAX_RECORDS, Message, encode, record_headers
from contract.reasons import Reason
from streams.decode import ARROW_MAGIC, read_arrow
from streams.decode_json import read_time
from streams.work import Entry, Rejected

Place = tuple[str, int]
"""Record type and partition."""


class Onward(msgspec.Struct, frozen=True):
    record: str
    partition: int
    value: bytes
    headers: dict[str, bytes]
    rows: tuple[int, ...] = ()
    """Places of its records in the inbox's message."""


class Placed(msgspec.Struct):
    entry: Entry
    onward: list[Onward] = []
    refused: list[Rejected] = []


def place(message: Message, catalogue: Catalogue, max_bytes: int) -> Placed:
    """Where each record of an inbox message belongs. All but feed and unit is for its partition to judge."""
    placed = Placed(Entry(message, "records"))
    value = message.value
    if not value:
        _refuse(placed, [0], Reason.EMPTY, "")
    elif len(value) > max_bytes:
        _refuse(placed, [0], Reason.TOO_LARGE, "")
    elif value.startswith(ARROW_MAGIC):
        _place_arrow(placed, value, catalogue)
    else:
        _place_json(placed, value, catalogue)
    _refuse_grown(placed, max_bytes)
    placed.entry.records = max(placed.entry.records, 1)
    placed.entry.accepted = placed.entry.records - len(placed.refused)
    return placed


def _refuse_grown(placed: Placed, max_bytes: int) -> None:
    """Written anew, records may take more room than they came in (another compression, escapes); Kafka would refuse."""
    for onward in placed.onward:
        if len(onward.value) > max_bytes:
            _refuse(placed, list(onward.rows), Reason.TOO_LARGE, "")
    placed.onward = [onward for onward in placed.onward if len(onward.value) <= max_bytes]


def _place_json(placed: Placed, value: bytes, catalogue: Catalogue) -> None:
    try:
        # Python's own reader also takes NaN and long numbers: those are one record's fault, not the list's.
        parsed = json.loads(value, parse_int=_raw, parse_float=_raw)
    except RecursionError:
        _refuse(placed, [0], Reason.TOO_DEEP, "")
        return
    except ValueError:
        _refuse(placed, [0], Reason.NOT_JSON, "")
        return
    records = parsed if isinstance(parsed, list) else [parsed]
    if len(records) > MAX_RECORDS:
        _refuse(placed, [0], Reason.TOO_LARGE, "")
        return
    placed.entry.records = len(records)
    groups: dict[Place, list[tuple[int, str]]] = {}
    for row, record in enumerate(records):
        where = _where(record, catalogue)
        if isinstance(where, Reason):
            _refuse(placed, [row], where, "feed")
            continue
        try:
            groups.setdefault(where, []).append((row, _dump(record)))
        except RecursionError:  # what could be read may still lie too deep to be written again
            _refuse(placed, [row], Reason.TOO_DEEP, "")
    if not records:
        _refuse(placed, [0], Reason.EMPTY, "")
    for (record_type, partition), group in groups.items():
        headers = {topics.KIND: b"records", topics.CONTENT_TYPE: topics.JSON.encode()}
        if group:
            rows, texts = zip(*group, strict=True)
            placed.onward.append(Onward(record_type, partition, f"[{','.join(texts)}]".encode(), headers, rows))


class _Raw(float):
    """A number as it was written: the partition's own reader judges it."""

    def __new__(cls, digits: str) -> "_Raw":
        return super().__new__(cls, 0.0)

    def __init__(self, digits: str) -> None:
        self.digits = digits

    def __repr__(self) -> str:
        return self.digits


def _raw(digits: str) -> _Raw:
    return _Raw(digits)


def _dump(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_dump(key)}:{_dump(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_dump(item) for item in value) + "]"
    if isinstance(value, str):
        return _quoted(value)
    return value.digits if isinstance(value, _Raw) else json.dumps(value)


def _quoted(text: str) -> str:
    """As short as it came: an escaped Vietnamese letter is twice as long. A lone surrogate can only be escaped."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(text)
    return json.dumps(text, ensure_ascii=False)


def _where(record: Any, catalogue: Catalogue) -> Place | Reason:
    if not isinstance(record, dict):
        return Reason.BAD_TYPE
    name = record.get("feed")
    feed = catalogue.feeds.get(name) if isinstance(name, str) else None
    if feed is None:
        return Reason.MISSING_FIELD if name is None else Reason.UNKNOWN_FEED
    return feed.record, feed.partition + _shard(feed, record.get("unit"), record.get("event_at"), catalogue)


def _shard(feed: Feed, unit: Any, event_at: Any, catalogue: Catalogue) -> int:
    """The shard of a unit, in any of its spellings, on its record's day.

    What names no unit goes to the first shard, which refuses it with its own reason.
    """
    short = isinstance(event_at, _Raw) and event_at.digits.isdigit() and len(event_at.digits) <= 20
    at = read_time(int(event_at.digits) if short else event_at)
    if feed.shards == 1 or not isinstance(unit, str) or not isinstance(at, int) or not 0 <= at < LATEST_MS:
        return 0
    found = catalogue.units.resolve(unit, local_date(at))
    return 0 if isinstance(found, UnitProblem) else catalogue.shard_of(feed, found.id)


def _place_arrow(placed: Placed, value: bytes, catalogue: Catalogue) -> None:
    table = read_arrow(value)
    if isinstance(table, Reason):
        _refuse(placed, [0], table, "")
        return
    try:
        where = _where_each(table, catalogue)
        rows: dict[Place, list[int]] = {}
        for row, there in enumerate(where):
            if not isinstance(there, Reason):
                rows.setdefault(there, []).append(row)
        onward = [_part(table, there, taken) for there, taken in rows.items()]
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError):
        _refuse(placed, [0], Reason.NOT_ARROW, "")
        return
    placed.entry.records, placed.onward = table.num_rows, onward
    if not table.num_rows:
        _refuse(placed, [0], Reason.EMPTY, "")
    for row, there in enumerate(where):
        if isinstance(there, Reason):
            _refuse(placed, [row], there, "feed")


def _where_each(table: pa.Table, catalogue: Catalogue) -> list[Place | Reason]:
    none = pa.nulls(table.num_rows)
    names, units = (table.column(name).cast(pa.string()).to_pylist() for name in ("feed", "unit"))
    at = (table.column("event_at") if "event_at" in table.column_names else none).cast(pa.int64()).to_pylist()
    return [
        _where({"feed": name, "unit": unit, "event_at": event_at}, catalogue)
        for name, unit, event_at in zip(names, units, at, strict=True)
    ]


def _part(table: pa.Table, where: Place, rows: list[int]) -> Onward:
    record, partition = where
    batch = table.take(pa.array(rows)).combine_chunks().to_batches()[0]
    headers = record_headers(batch["feed"][0].as_py(), record, batch.num_rows)
    return Onward(record, partition, encode(batch), headers, tuple(rows))


def _refuse(placed: Placed, rows: list[int], reason: Reason, field: str) -> None:
    offset = placed.entry.message.offset
    placed.refused += [Rejected(offset, row, reason, field, "") for row in rows]
