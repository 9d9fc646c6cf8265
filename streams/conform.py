"""Arrow batches of strangers to the columns of a record: those of the wire, of types that lose nothing.

What to do with each column follows from the schema, which a sender repeats in every message: it is found out once.
Messages of one schema are taken together.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from contract.column import Column
from contract.reasons import Reason
from streams.decode_json import clean_name
from streams.records import COLUMNS, FLAG, FORMS, NO_TIME, NUMBER, TEXT, TEXTS, TIME, WORD, Records, Vocabularies
from streams.vocabulary import Codes, Vocabulary

_TEXT_TYPES = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)


class Refusal(msgspec.Struct, frozen=True):
    """A record, or a whole message (row 0 of one), that cannot be taken."""

    row: int
    reason: Reason
    field: str = ""


class Plan(msgspec.Struct, frozen=True):
    """What becomes of batches with a schema."""

    columns: tuple[tuple[str, int], ...]
    """Names of the record's columns, in its order, and where the batch has them."""
    refusal: Refusal | None = None
    """Why they cannot be taken; a value in one of `columns`, which come before it, may be another reason."""


def plan_of(schema: pa.Schema, record: str) -> Plan:
    try:
        return _plan_of(schema, record)
    except UnicodeDecodeError:  # names and time zones of a stranger's schema need not be text
        return Plan((), Refusal(0, Reason.NOT_ARROW))


def _plan_of(schema: pa.Schema, record: str) -> Plan:
    names = schema.names
    if len(set(names)) != len(names):
        return Plan((), Refusal(0, Reason.WRONG_SCHEMA))
    for name in names:
        if name not in FORMS[record]:
            return Plan((), Refusal(0, Reason.UNKNOWN_FIELD, clean_name(name)))
    columns: list[tuple[str, int]] = []
    for name, column in COLUMNS[record].items():
        place = schema.get_field_index(name)
        if place < 0 and not column.required:
            continue
        if place < 0 or not _fits(schema.field(place).type, column):
            return Plan(tuple(columns), Refusal(0, Reason.WRONG_SCHEMA, name))
        columns.append((name, place))
    return Plan(tuple(columns))


def _fits(given: pa.DataType, column: Column) -> bool:
    """False where no value of that type will do. Of others it shows with the values: a number too large to be exact."""
    if _views_within(given):
        return False
    if column.type == pa.string():
        return any(is_text(_plain(given)) for is_text in _TEXT_TYPES)
    if pa.types.is_null(given) and not column.required:
        return True
    if column.type == pa.float64():
        return bool(pa.types.is_floating(given) or pa.types.is_integer(given))
    if pa.types.is_timestamp(column.type):  # a local time without its zone is a guess
        return bool(pa.types.is_timestamp(given) and given.tz is not None)
    return True


def _views_within(given: pa.DataType) -> bool:
    """Views inside lists, dictionaries and so on: Arrow follows there what a stranger left under a null."""
    inner = [given.field(place).type for place in range(given.num_fields)]
    if pa.types.is_dictionary(given):
        inner.append(given.value_type)
    return any(type in (pa.string_view(), pa.binary_view()) or _views_within(type) for type in inner)


def conformed(table: pa.Table, plan: Plan, into: Records, words: Vocabularies) -> Refusal | None:
    """Fills in the columns, but for those without any value; or says why not."""
    for name, place in plan.columns:
        form, column = FORMS[into.record][name], table.column(place)
        try:
            if form == WORD:
                into.columns[name] = _words(column, words[name])
                continue
            array = _one(_TAKE[form](column))
        except (pa.ArrowException, ValueError):
            return Refusal(0, Reason.WRONG_SCHEMA, name)
        if array.null_count < len(array) or COLUMNS[into.record][name].required:
            _put(into, name, form, array)
    return plan.refusal


def _put(into: Records, name: str, form: str, array: pa.Array) -> None:
    if form in (TEXT, TEXTS):
        into.columns[name] = array
        return
    if form == TIME:
        array = array.view(pa.int64())
    if array.null_count:
        if form != TIME:
            into.lacking[name] = np.asarray(array.is_null().to_numpy(zero_copy_only=False))
        array = pc.fill_null(array, _NOTHING[form])
    into.columns[name] = array.to_numpy(zero_copy_only=False)


_NOTHING: dict[str, Any] = {TIME: NO_TIME, NUMBER: float("nan"), FLAG: False}


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if column.type == pa.string_view() and column.null_count:  # Arrow's cast follows what lies under a null
        return pa.chunked_array([pa.array(column.to_pylist(), pa.string())])
    return column if column.type == pa.string() else column.cast(pa.string())


def _cast(wanted: pa.DataType) -> Callable[[pa.ChunkedArray], pa.ChunkedArray]:
    return lambda column: column if column.type == wanted else column.cast(wanted)


_TAKE = {
    TEXT: _text,
    TIME: _cast(pa.timestamp("ms", tz="UTC")),
    NUMBER: _cast(pa.float64()),
    FLAG: _cast(pa.bool_()),
    TEXTS: _cast(pa.list_(pa.string())),
}


def _words(column: pa.ChunkedArray, vocabulary: Vocabulary) -> Codes:
    """Text in any of Arrow's forms as numbers of words."""
    kind = column.type
    if not pa.types.is_dictionary(kind) or pa.types.is_null(kind.value_type):
        column = _text(column).dictionary_encode()
    if column.num_chunks > 1:
        if column.null_count:  # what lies under a null may be any number, and Arrow would look it up
            return np.concatenate([_codes(chunk, vocabulary) for chunk in column.chunks])
        try:
            column = column.unify_dictionaries()
        except pa.ArrowException:  # a null among the words, or too many of them for the sender's type of index
            return np.concatenate([_codes(chunk, vocabulary) for chunk in column.chunks])
    return _codes(_one(column), vocabulary)


def _codes(array: pa.DictionaryArray, vocabulary: Vocabulary) -> Codes:
    indices = array.indices
    if indices.null_count:
        wide = indices.cast(pa.int32()) if pa.types.is_unsigned_integer(indices.type) else indices
        indices = pc.fill_null(wide, -1)
    codes: Codes = vocabulary.of_dictionary(array.dictionary)[indices.to_numpy(zero_copy_only=False)]
    return codes


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
