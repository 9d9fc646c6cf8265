"""JSON from any Kafka client: one record or a list of records, each checked by itself.

The slow way in (a Python loop per field); senders of volume use Arrow.
"""

import json
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from contract.codec import MAX_RECORDS
from contract.column import Column
from contract.reasons import Reason
from streams.records import COLUMNS, FLAG, FORMS, MAX_TEXT, NO_TIME, NUMBER, TIME, WORD, Vocabularies

MAX_DIGITS = 40

Outcome = tuple[list[dict[str, Any]], list[int], list[tuple[int, Reason, str]], int]
"""Good records, their places, what was refused (place, reason, field), and how many there were."""


class _TooLong:
    """Stands for a number of more digits than any figure has."""


def decode_json(value: bytes, record: str) -> Outcome | Reason:
    parsed = _parse(value)
    if isinstance(parsed, Reason):
        return parsed
    records = parsed if isinstance(parsed, list) else [parsed]
    if not records:
        return Reason.EMPTY
    if len(records) > MAX_RECORDS:
        return Reason.TOO_LARGE
    columns = COLUMNS[record]
    good: list[dict[str, Any]] = []
    rows: list[int] = []
    bad: list[tuple[int, Reason, str]] = []
    for row, item in enumerate(records):
        checked = _record(item, columns)
        if isinstance(checked, dict):
            good.append(checked)
            rows.append(row)
        else:
            bad.append((row, *checked))
    return good, rows, bad, len(records)


def _parse(value: bytes) -> Any:
    try:
        return msgspec.json.decode(value)
    except RecursionError:
        return Reason.TOO_DEEP
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    # Some senders write NaN, Infinity or absurdly long numbers. Their other records are good: read on, more slowly.
    try:
        return json.loads(value, parse_int=_integer)
    except RecursionError:
        return Reason.TOO_DEEP
    except ValueError:
        return Reason.NOT_JSON


def _integer(digits: str) -> Any:
    return int(digits) if len(digits.lstrip("-")) <= MAX_DIGITS else _TooLong()


def _record(item: Any, columns: dict[str, Column]) -> dict[str, Any] | tuple[Reason, str]:
    if not isinstance(item, dict):
        return Reason.BAD_TYPE, ""
    checked: dict[str, Any] = {}
    for name, value in item.items():
        column = columns.get(name)
        if column is None:
            return Reason.UNKNOWN_FIELD, clean_name(name)
        if value is None:
            continue
        converted = _CONVERT[column.type](value)
        if isinstance(converted, Reason):
            return converted, name
        checked[name] = converted
    for name, column in columns.items():
        if column.required and name not in checked:
            return Reason.MISSING_FIELD, name
    return checked


def clean_name(name: str) -> str:
    """A field's name as it may be shown and kept: a stranger's key may hold anything, a person's number included."""
    plain = len(name) <= 40 and name.isascii() and name.replace("_", "").isalnum()
    return name if plain and sum(letter.isdigit() for letter in name) <= 3 else "?"


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        return Reason.BAD_TYPE
    if len(value) > MAX_TEXT:
        return Reason.TEXT_TOO_LONG
    try:
        value.encode()
    except UnicodeEncodeError:
        return Reason.BAD_TYPE  # a lone surrogate is no text
    return value


def _number(value: Any) -> Any:
    if isinstance(value, _TooLong):
        return Reason.NUMBER_TOO_LONG
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Reason.NOT_A_NUMBER
    if isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        return Reason.NUMBER_TOO_LONG
    number = float(value)
    if math.isnan(number):
        return Reason.NAN
    return Reason.INFINITY if math.isinf(number) else number


def _flag(value: Any) -> Any:
    return value if isinstance(value, bool) else Reason.BAD_TYPE


def read_time(value: Any) -> Any:
    """ISO 8601 with its zone, or whole milliseconds since 1970 (UTC); given on as milliseconds."""
    if isinstance(value, _TooLong):
        return Reason.NUMBER_TOO_LONG
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= 10**MAX_DIGITS:
            return Reason.NUMBER_TOO_LONG
        return value if abs(value) < 2**53 else Reason.BAD_TYPE
    if not isinstance(value, str) or len(value) > 40:
        return Reason.BAD_TYPE
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return Reason.BAD_TYPE
    # A local time without its zone would be a guess.
    return round(moment.timestamp() * 1000) if moment.tzinfo else Reason.BAD_TYPE


def _texts(value: Any) -> Any:
    if not isinstance(value, list) or len(value) > 20:
        return Reason.BAD_TYPE
    return Reason.BAD_TYPE if any(isinstance(_text(item), Reason) for item in value) else value


_CONVERT: dict[pa.DataType, Callable[[Any], Any]] = {
    pa.string(): _text,
    pa.float64(): _number,
    pa.bool_(): _flag,
    pa.timestamp("ms", tz="UTC"): read_time,
    pa.list_(pa.string()): _texts,
}


def columns_of(checked: list[dict[str, Any]], record: str, words: Vocabularies) -> dict[str, Any]:
    """Good records as columns, but for those that none of them has."""
    columns: dict[str, Any] = {}
    for name, form in FORMS[record].items():
        values = [one.get(name) for one in checked]
        if all(value is None for value in values):
            continue
        if form == WORD:
            columns[name] = words[name].codes(values)
        elif form == TIME:
            columns[name] = np.array([NO_TIME if value is None else value for value in values], np.int64)
        elif form in (NUMBER, FLAG):  # each record has them
            columns[name] = np.array(values)
        else:
            columns[name] = pa.array(values, COLUMNS[record][name].type)
    return columns
