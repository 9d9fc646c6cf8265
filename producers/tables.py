"""A CSV under its mapping becomes one table of records, in the order of their times."""

import csv
import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from catalogue.calendar import parse_period, period_at
from catalogue.feeds import Feed
from catalogue.load import Catalogue
from catalogue.subjects import by_name
from catalogue.units import Unit, name_key
from contract import cases, figures
from contract.column import TEXT, TIME
from contract.errors import MappingError
from producers.mapping import IN_TEXT, Mapping, Source, Take

SCHEMAS = {"figures": figures.SCHEMA, "cases": cases.SCHEMA}
LOCAL = datetime.timezone(datetime.timedelta(hours=7))
MICROSECONDS = pa.timestamp("us")


def read(mapping: Mapping, catalogue: Catalogue, file: Path, copies: int = 1) -> pa.Table:
    """Records of the wire's schema, oldest first; records of one moment in the file's order.

    Several copies of a log of cases get ids of their own: "-01", "-02"…
    """
    feed = feed_of(mapping, catalogue)
    lines = _lines(mapping, file)
    taken = pa.concat_tables([_take(mapping, take, lines, file.name) for take in mapping.takes()])
    taken = _resolve_subjects(_resolve_units(taken, catalogue), catalogue, feed)
    if copies > 1:
        taken = _copied(mapping, taken, copies)
    return taken.take(pc.sort_indices(times(taken))).combine_chunks()


def times(table: pa.Table | pa.RecordBatch) -> pa.Array:
    """What orders records: their own time, or the release of a figure for a period."""
    sent_at = table.column("sent_at")
    return pc.coalesce(table.column("event_at"), sent_at)


def feed_of(mapping: Mapping, catalogue: Catalogue) -> Feed:
    feed = catalogue.feeds.get(mapping.feed)
    if feed is None:
        raise MappingError(f"{mapping.name}: feed '{mapping.feed}' is not in the catalogue; `nhip feeds` lists them")
    if feed.record != mapping.record:
        raise MappingError(f"{mapping.name}: feed '{feed.id}' carries {feed.record}; write record = \"{feed.record}\"")
    return feed


def _lines(mapping: Mapping, file: Path) -> pa.Table:
    """The file as text, an empty cell as missing, letters in one Unicode form."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            names = next(csv.reader(opened, delimiter=mapping.delimiter), [])
        lines = arrow_csv.read_csv(
            file,
            parse_options=arrow_csv.ParseOptions(delimiter=mapping.delimiter),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
            ),
        )
    except (OSError, UnicodeDecodeError, pa.ArrowInvalid) as error:
        raise MappingError(f"{file.name}: cannot be read as CSV: {error}") from error
    clean = [pc.utf8_normalize(pc.utf8_trim_whitespace(column), form="NFC") for column in lines.columns]
    return pa.table(clean, names=lines.column_names)


def _take(mapping: Mapping, take: Take, lines: pa.Table, file: str) -> pa.Table:
    where = f"{mapping.name} on {file}"
    numbered = lines.append_column("", pa.array(np.arange(2, lines.num_rows + 2)))
    if take.first_of:
        key = _column(numbered, take.first_of, where, "first_of")
        firsts = numbered.append_column("\0key", key).group_by("\0key").aggregate([("", "min")]).column("_min")
        numbered = numbered.filter(pc.is_in(numbered.column(""), value_set=firsts))
    if take.when:
        numbered = numbered.filter(pc.is_valid(_column(numbered, take.when, where, "when")))
    columns: dict[str, pa.ChunkedArray] = {}
    for field in SCHEMAS[mapping.record]:
        given = take.fields.get(field.name)
        columns[field.name] = (
            pa.chunked_array([pa.nulls(numbered.num_rows, field.type)])
            if given is None
            else _field(mapping, given, field, numbered, f"{where}: field '{field.name}'")
        )
    columns["feed"] = _constant(mapping.feed, TEXT, numbered.num_rows)
    if "simulated" not in take.fields:
        columns["simulated"] = _constant(False, pa.bool_(), numbered.num_rows)
    if "sent_at" not in take.fields:
        columns["sent_at"] = columns["event_at"]
    return pa.table(columns, schema=pa.schema([field.with_nullable(True) for field in SCHEMAS[mapping.record]]))


def _column(lines: pa.Table, name: str, where: str, key: str) -> pa.ChunkedArray:
    if name not in lines.column_names:
        there = ", ".join(column for column in lines.column_names if column)
        raise MappingError(f"{where}: {key} names the column '{name}', which is not there; the file has {there}")
    return lines.column(name)


def _constant(value: Any, kind: pa.DataType, rows: int) -> pa.ChunkedArray:
    return pa.chunked_array([pa.repeat(pa.scalar(value, kind), rows)])


def _field(mapping: Mapping, given: Source, field: pa.Field, lines: pa.Table, where: str) -> pa.ChunkedArray:
    if given.value is not None:
        try:
            return _constant(given.value, field.type, lines.num_rows)
        except (pa.ArrowException, TypeError, ValueError) as error:
            raise MappingError(f"{where}: the value {given.value!r} is no {field.type}") from error
    for name in given.columns():
        _column(lines, name, where, "it")
    text = lines.column(given.column) if given.column else _filled(given.text, lines)
    if given.pattern:
        text = pc.struct_field(pc.extract_regex(text, f"(?P<part>{given.pattern})"), "part")
    if given.values:
        table = mapping.values[given.values]
        text = translate(text, lambda word: table.get(word, word if given.otherwise is None else given.otherwise))
    return _typed(given, field.type, text, lines.column(""), where)


def _filled(pattern: str, lines: pa.Table) -> pa.ChunkedArray:
    """The pattern with its columns' cells; missing where one of them is."""
    parts = IN_TEXT.split(pattern)
    pieces = [lines.column(part) if place % 2 else pa.scalar(part) for place, part in enumerate(parts)]
    return pc.binary_join_element_wise(*pieces, "")


def _typed(given: Source, kind: pa.DataType, text: pa.ChunkedArray, lines: pa.ChunkedArray, where: str) -> Any:
    if given.period:
        days = _read_each(text, lambda column: _times(given, column), lines, where, "no date")
        return _periods(given.period, days)
    if pa.types.is_list(kind):
        return pa.chunked_array([pa.array([[mark] if mark else None for mark in text.to_pylist()], kind)])
    if kind not in _READ:
        return text
    convert, problem = _READ[kind]
    return _read_each(text, lambda column: convert(given, column), lines, where, problem.format(given))


def _read_each(
    text: pa.ChunkedArray, convert: Callable[[Any], Any], lines: pa.ChunkedArray, where: str, problem: str
) -> pa.ChunkedArray:
    """The whole column at once; where that fails, the first cell at fault is named."""
    try:
        return convert(text)
    except pa.ArrowInvalid:
        pass
    for line, cell in zip(lines.to_pylist(), text, strict=True):
        try:
            convert(pa.chunked_array([pa.array([cell.as_py()], pa.string())]))
        except pa.ArrowInvalid as error:
            raise MappingError(f"{where}: line {line} has '{cell}', {problem}; correct one of them") from error
    raise MappingError(f"{where}: some times carry a zone and some none; split the file")


def _times(given: Source, text: pa.ChunkedArray) -> pa.ChunkedArray:
    """UTC; a time that carries no zone is in the field's."""
    if given.format != "iso":
        naive = pc.strptime(text, format=given.format, unit="us")
    else:
        try:
            return text.cast(pa.timestamp("us", "UTC")).cast(TIME, safe=False)
        except pa.ArrowInvalid:
            naive = text.cast(MICROSECONDS)
    return pc.assume_timezone(naive, given.zone).cast(pa.timestamp("us", "UTC")).cast(TIME, safe=False)


def _numbers(given: Source, text: pa.ChunkedArray) -> pa.ChunkedArray:
    grouping = "." if given.decimal == "," else ","
    plain = pc.replace_substring(pc.replace_substring(text, grouping, ""), given.decimal, ".")
    return pc.multiply(plain.cast(pa.float64()), given.scale)


_READ: dict[pa.DataType, tuple[Callable[[Source, Any], Any], str]] = {
    TIME: (_times, "no time of the format '{0.format}'"),
    pa.float64(): (_numbers, "no number with the decimal mark '{0.decimal}'"),
    pa.bool_(): (lambda _, text: text.cast(pa.bool_()), "neither true nor false"),
}


def _periods(kind: str, days: pa.ChunkedArray) -> pa.ChunkedArray:
    codes = [None if day is None else period_at(kind, day.astimezone(LOCAL).date()).code for day in days.to_pylist()]
    return pa.chunked_array([pa.array(codes, TEXT)])


def translate(text: pa.ChunkedArray, word: Callable[[str], str | None]) -> pa.ChunkedArray:
    """Each different text is looked at once."""
    encoded = text.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        return text
    words = pa.array([word(value) for value in encoded.dictionary.to_pylist()], TEXT)
    return pa.chunked_array([words.take(encoded.indices)])


def _resolve_units(table: pa.Table, catalogue: Catalogue) -> pa.Table:
    """Names to codes, as valid on the record's day. What is no unit goes on as written, to be judged at the intake."""
    known: dict[tuple[str, datetime.date], str] = {}
    codes: list[str | None] = []
    for name, day in zip(table.column("unit").to_pylist(), _days(table), strict=True):
        if name is None or day is None:
            codes.append(name)
            continue
        if (name, day) not in known:
            unit = catalogue.units.resolve(name, day)
            known[name, day] = unit.id if isinstance(unit, Unit) else name
        codes.append(known[name, day])
    return table.set_column(table.column_names.index("unit"), "unit", pa.array(codes, TEXT))


def _resolve_subjects(table: pa.Table, catalogue: Catalogue, feed: Feed) -> pa.Table:
    """Names of the feed's own family to ids; what is no subject goes on as written."""
    if not feed.subjects:
        return table
    ids = by_name(catalogue.subjects.values())
    found = translate(table.column("subject"), lambda name: ids.get((feed.subjects, name_key(name)), name))
    return table.set_column(table.column_names.index("subject"), "subject", found)


def _days(table: pa.Table) -> list[datetime.date | None]:
    """The day on which a record's unit must be valid: of its time, or the first of its period."""
    moments = table.column("event_at").to_pylist()
    days = [None if moment is None else moment.astimezone(LOCAL).date() for moment in moments]
    if "period" not in table.column_names:
        return days
    starts: dict[str | None, datetime.date | None] = {None: None}
    for code in pc.unique(table.column("period")).to_pylist():
        period = parse_period(code) if code else None
        starts[code] = period.start if period else None
    return [day or starts[code] for day, code in zip(days, table.column("period").to_pylist(), strict=True)]


def _copied(mapping: Mapping, table: pa.Table, copies: int) -> pa.Table:
    if mapping.record != "cases":
        raise MappingError(f"{mapping.name}: only a log of cases can be copied; a second copy of figures is a repeat")
    several = []
    for number in range(1, copies + 1):
        copy = table
        for name in ("case_id", "record_id"):
            ids = pc.binary_join_element_wise(table.column(name), f"-{number:02}", "")
            copy = copy.set_column(copy.column_names.index(name), name, ids)
        several.append(copy)
    return pa.concat_tables(several)
