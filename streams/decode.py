"""Bytes to columns: either form of a message (an Arrow stream or JSON) becomes one table of the record's columns.

What cannot become a row becomes a Refusal with a reason from the closed list; nothing is raised, whatever the bytes.
"""

import struct
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from contract import cases, figures, topics
from contract.codec import MAX_RECORDS, READING, Message
from contract.reasons import Reason
from streams.decode_json import clean_name, decode_json
from streams.unpacked import is_too_much

SCHEMAS = {"figures": figures.SCHEMA, "cases": cases.SCHEMA}
ARROW_MAGIC = b"\xff\xff\xff\xff"


class Refusal(msgspec.Struct, frozen=True):
    """A record, or a whole message (row 0 of one), that cannot be taken."""

    row: int
    reason: Reason
    field: str = ""


class Decoded(msgspec.Struct, frozen=True):
    table: pa.Table | None
    """Rows of the record's schema, in order; None where there are none."""
    rows: list[int] | None
    """The rows' places in the message, where some were refused; else None for 0..n-1."""
    refusals: list[Refusal]
    records: int
    """What the message counts as: its records, or one where it is refused whole."""


def refused(reason: Reason, field: str = "") -> Decoded:
    return Decoded(None, None, [Refusal(0, reason, field)], 1)


def decode(message: Message, record: str, max_bytes: int) -> Decoded:
    """One message of the topic of `record` ("figures" or "cases")."""
    value = message.value
    if not value:
        return refused(Reason.EMPTY)
    if len(value) > max_bytes:
        return refused(Reason.TOO_LARGE)
    declared = message.headers.get(topics.CONTENT_TYPE, b"").decode("ascii", "replace")
    if declared == topics.ARROW or (not declared and value.startswith(ARROW_MAGIC)):
        return _arrow(value, SCHEMAS[record])
    return _json(value, record)


def _json(value: bytes, record: str) -> Decoded:
    outcome = decode_json(value, record)
    if isinstance(outcome, Reason):
        return refused(outcome)
    good, rows, bad, count = outcome
    refusals = [Refusal(row, reason, field) for row, reason, field in bad]
    if not good:
        return Decoded(None, None, refusals, count)
    table = pa.Table.from_pylist(good, schema=SCHEMAS[record])
    conformed = _conform(table, SCHEMAS[record])
    assert isinstance(conformed, pa.Table)  # it was built to the schema
    return Decoded(conformed, rows if bad else None, refusals, count)


def _arrow(value: bytes, schema: pa.Schema) -> Decoded:
    given = read_arrow(value)
    if isinstance(given, Reason):
        return refused(given)
    if given.num_rows == 0:
        return refused(Reason.EMPTY)
    conformed = _conform(given, schema)
    if isinstance(conformed, Refusal):
        return refused(conformed.reason, conformed.field)
    return Decoded(conformed, None, [], given.num_rows)


def read_arrow(value: bytes) -> pa.Table | Reason:
    """The table of an Arrow stream, or why there is none."""
    batches, rows = [], 0
    try:
        if is_too_much(value):
            return Reason.TOO_LARGE
        with pa.ipc.open_stream(value, options=READING) as reader:
            for batch in reader:
                batches.append(batch)
                rows += batch.num_rows
                if rows > MAX_RECORDS:
                    return Reason.TOO_LARGE
            table = pa.Table.from_batches(batches, reader.schema)
        table.validate(full=True)  # offsets and dictionary indices of a stranger's bytes are not to be trusted
    except (pa.ArrowException, OSError, ValueError, struct.error):
        return Reason.NOT_ARROW
    return table


def _conform(given: pa.Table, schema: pa.Schema) -> pa.Table | Refusal:
    """The schema's columns in the schema's order and types; or why not."""
    if len(set(given.column_names)) != given.num_columns:
        return Refusal(0, Reason.WRONG_SCHEMA)
    for name in given.column_names:
        if name not in schema.names:
            return Refusal(0, Reason.UNKNOWN_FIELD, clean_name(name))
    columns: list[Any] = []
    for field in schema:
        if field.name not in given.column_names:
            if not field.nullable:
                return Refusal(0, Reason.WRONG_SCHEMA, field.name)
            columns.append(_absent(field, given.num_rows))
            continue
        column = _cast(given.column(field.name), field)
        if column is None:
            return Refusal(0, Reason.WRONG_SCHEMA, field.name)
        columns.append(column)
    return pa.Table.from_arrays(columns, names=schema.names)


TEXT_DICTIONARY = pa.dictionary(pa.int32(), pa.string())
PLAIN_TEXT = frozenset({"record_id", "case_id", "document", "reason"})
"""Text that is different in nearly every row: a dictionary would only cost."""


def _absent(field: pa.Field, rows: int) -> pa.ChunkedArray:
    if field.type == pa.string() and field.name not in PLAIN_TEXT:
        return pa.chunked_array([pa.DictionaryArray.from_arrays(pa.nulls(rows, pa.int32()), _NO_TEXT)])
    return pa.chunked_array([pa.nulls(rows, field.type)])


_NO_TEXT = pa.array([], pa.string())


def _cast(column: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray | None:
    """The column as the field's type, text that repeats as a dictionary; None where it cannot be."""
    given, wanted = column.type, field.type
    try:
        if wanted == pa.string():
            return _text(column, field.name in PLAIN_TEXT)
        if given == wanted:
            return column
        if pa.types.is_null(given) and field.nullable:
            return pa.chunked_array([pa.nulls(len(column), wanted)])
        if wanted == pa.float64() and not (pa.types.is_floating(given) or pa.types.is_integer(given)):
            return None
        if pa.types.is_timestamp(wanted) and (not pa.types.is_timestamp(given) or given.tz is None):
            return None  # a local time without its zone is a guess
        return column.cast(wanted)
    except (pa.ArrowException, ValueError):
        return None


_TEXTS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)


def _text(column: pa.ChunkedArray, plain: bool) -> pa.ChunkedArray | None:
    given = column.type
    if given == (pa.string() if plain else TEXT_DICTIONARY) and (plain or not _holes(column)):
        return column
    value_type = given.value_type if pa.types.is_dictionary(given) else given
    if not any(is_text(value_type) for is_text in _TEXTS):
        return None
    text = column.cast(pa.string())
    return text if plain else pc.dictionary_encode(text)


def _holes(column: pa.ChunkedArray) -> bool:
    """Whether a null stands in the dictionary itself, where Arrow's own functions do not look for one."""
    return any(chunk.dictionary.null_count for chunk in column.chunks)
