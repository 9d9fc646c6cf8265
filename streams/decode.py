"""Bytes to columns: messages in either form (an Arrow stream or JSON) become one set of the record's columns.

What cannot become a row becomes a Refusal with a reason from the closed list; nothing is raised, whatever the bytes.
"""

import struct
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from contract import topics
from contract.codec import MAX_RECORDS, READING, Message
from contract.reasons import Reason
from streams.conform import Plan, Refusal, conformed, plan_of
from streams.decode_json import columns_of, decode_json
from streams.records import Records, Vocabularies, merged
from streams.unpacked import is_too_much

ARROW_MAGIC = b"\xff\xff\xff\xff"
_LONGEST_SCHEMA, _MOST_PLANS = 20_000, 200
_plans: dict[tuple[str, bytes], Plan] = {}
"""Of schemas, by their bytes."""


class Decoded(msgspec.Struct):
    """What was read of a list of messages."""

    records: Records
    """Those that can be rows, in order."""
    counts: list[int]
    """What each message counts as: its records, or one where it is refused whole."""
    refusals: list[tuple[int, Refusal]]
    """With the place of the message in the list, in order."""


class _Alike(msgspec.Struct):
    """Arrow messages of one schema."""

    plan: Plan
    places: list[int] = []
    sizes: list[int] = []
    batches: list[list[pa.RecordBatch]] = []


def decode(messages: Sequence[Message], record: str, max_bytes: int, words: Vocabularies) -> Decoded:
    """Messages of the topic of `record` ("figures" or "cases"); `words` are those of the shard."""
    for vocabulary in words.values():
        vocabulary.make_room()
    reading = _Reading(record, words, len(messages))
    for place, message in enumerate(messages):
        value = message.value
        if not value:
            reading.refuse(place, Reason.EMPTY)
        elif len(value) > max_bytes:
            reading.refuse(place, Reason.TOO_LARGE)
        elif _is_arrow(message):
            reading.read_arrow(place, value)
        else:
            reading.read_json(place, value)
    return reading.decoded()


def _is_arrow(message: Message) -> bool:
    declared = message.headers.get(topics.CONTENT_TYPE, b"").decode("ascii", "replace")
    return declared == topics.ARROW or (not declared and message.value.startswith(ARROW_MAGIC))


class _Reading:
    def __init__(self, record: str, words: Vocabularies, messages: int) -> None:
        self._record, self._words = record, words
        self._counts = [1] * messages
        self._refusals: list[tuple[int, Refusal]] = []
        self._alike: dict[bytes, _Alike] = {}
        self._json: list[dict[str, Any]] = []
        self._json_message: list[int] = []
        self._json_row: list[int] = []

    def refuse(self, place: int, reason: Reason, field: str = "", row: int = 0) -> None:
        self._refusals.append((place, Refusal(row, reason, field)))

    def read_json(self, place: int, value: bytes) -> None:
        outcome = decode_json(value, self._record)
        if isinstance(outcome, Reason):
            self.refuse(place, outcome)
            return
        good, rows, bad, self._counts[place] = outcome
        for row, reason, field in bad:
            self.refuse(place, reason, field, row)
        self._json += good
        self._json_row += rows
        self._json_message += [place] * len(good)

    def read_arrow(self, place: int, value: bytes) -> None:
        read = read_batches(value)
        if isinstance(read, Reason):
            self.refuse(place, read)
            return
        schema, batches = read
        size = sum(batch.num_rows for batch in batches)
        if not size:
            self.refuse(place, Reason.EMPTY)
            return
        name = _name(value) or b"message %d" % place
        alike = self._alike.get(name)
        if alike is None:
            alike = self._alike[name] = _Alike(_plan(name, schema, self._record))
        alike.places.append(place)
        alike.sizes.append(size)
        alike.batches.append(batches)

    def decoded(self) -> Decoded:
        parts = [part for alike in self._alike.values() for part in self._conformed(alike)]
        if self._json:
            message, row = np.array(self._json_message), np.array(self._json_row)
            columns = columns_of(self._json, self._record, self._words)
            parts.append(Records(self._record, message, row, columns))
        self._refusals.sort(key=lambda refused: refused[0])
        return Decoded(merged(self._record, parts), self._counts, self._refusals)

    def _conformed(self, alike: _Alike) -> list[Records]:
        sizes = np.array(alike.sizes)
        row = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        part = Records(self._record, np.repeat(np.array(alike.places), sizes), row)
        table = pa.Table.from_batches([batch for batches in alike.batches for batch in batches])
        refusal = conformed(table, alike.plan, part, self._words)
        if refusal is None:
            for place, size in zip(alike.places, alike.sizes, strict=True):
                self._counts[place] = size
            return [part]
        if len(alike.places) == 1:
            self._refusals.append((alike.places[0], refusal))
            return []
        one_by_one = zip(alike.places, alike.sizes, alike.batches, strict=True)
        return [
            one
            for place, size, batches in one_by_one
            for one in self._conformed(_Alike(alike.plan, [place], [size], [batches]))
        ]


def read_batches(value: bytes) -> tuple[pa.Schema, list[pa.RecordBatch]] | Reason:
    """Schema and batches of an Arrow stream, or why there are none."""
    batches, rows = [], 0
    try:
        if is_too_much(value):
            return Reason.TOO_LARGE
        with pa.ipc.open_stream(value, options=READING) as reader:
            for batch in reader:
                batch.validate(full=True)  # offsets and dictionary indices of a stranger's bytes are not to be trusted
                batches.append(batch)
                rows += batch.num_rows
                if rows > MAX_RECORDS:
                    return Reason.TOO_LARGE
            return reader.schema, batches
    except (pa.ArrowException, OSError, ValueError, struct.error):
        return Reason.NOT_ARROW


def read_arrow(value: bytes) -> pa.Table | Reason:
    """The table of an Arrow stream, or why there is none."""
    read = read_batches(value)
    return read if isinstance(read, Reason) else pa.Table.from_batches(read[1], read[0])


def _name(value: bytes) -> bytes:
    """The bytes of the stream's schema, which come first; none where they are not to be told apart cheaply."""
    if not value.startswith(ARROW_MAGIC):
        return b""
    end = 8 + int.from_bytes(value[4:8], "little")
    return value[:end] if end <= _LONGEST_SCHEMA else b""


def _plan(name: bytes, schema: pa.Schema, record: str) -> Plan:
    if not name.startswith(ARROW_MAGIC):
        return plan_of(schema, record)
    plan = _plans.get((record, name))
    if plan is None:
        if len(_plans) >= _MOST_PLANS:
            _plans.clear()
        plan = _plans[record, name] = plan_of(schema, record)
    return plan
