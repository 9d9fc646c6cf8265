"""What the admission of figures and of case steps shares: reasons per row, and look-ups per distinct value."""

from collections.abc import Callable

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from contract.codec import LATEST_MS
from contract.reasons import Reason

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]
Times = npt.NDArray[np.int64]
"""Milliseconds since 1970, UTC."""

NO_TIME = np.iinfo(np.int64).min
MISSING = -1
UNKNOWN = -2
REASONS = tuple(Reason)
_CODE = {reason: np.uint8(index + 1) for index, reason in enumerate(REASONS)}
MAX_TEXT = 500
PUBLIC = frozenset({"", "public", "thường"})
FUTURE_TOLERANCE_MS = 300_000
"""Clocks of senders may be ahead of ours by this much."""


class Segment(msgspec.Struct):
    """Records of one feed's shard between two moves of its clock, in log order."""

    table: pa.Table
    offset: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    """Each record's place in its message."""
    arrived: Times
    clock: int | None
    """The last whole minute that the partition's ticks have crossed, ms UTC; None before the first."""
    step: int = 0
    """How coarse that clock is, ms: no record is late by less."""

    def __len__(self) -> int:
        return len(self.offset)


class Checks:
    """The first reason against each row stands."""

    def __init__(self, rows: int) -> None:
        self.code = np.zeros(rows, np.uint8)
        self.fields: dict[int, str] = {}
        self._field = np.zeros(rows, np.uint8)

    def refuse(self, where: Flags, reason: Reason, field: str) -> None:
        if not where.any():
            return
        new = where & (self.code == 0)
        self.code[new] = _CODE[reason]
        number = len(self.fields)
        self.fields[number] = field
        self._field[new] = number

    @property
    def passed(self) -> Flags:
        return np.equal(self.code, 0)

    def refused(self) -> list[tuple[int, Reason, str]]:
        """(row of the segment, reason, field)."""
        rows = np.flatnonzero(self.code)
        return [(int(r), REASONS[self.code[r] - 1], self.fields[int(self._field[r])]) for r in rows]


def text(table: pa.Table, name: str) -> tuple[Codes, list[str | None]]:
    """A text column as (index into values, values); -1 stands for a missing value."""
    column = table.column(name)
    if column.num_chunks != 1:
        column = column.unify_dictionaries().combine_chunks()
    chunk = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    indices = chunk.indices
    if indices.null_count:
        indices = pc.fill_null(indices, MISSING)
    values = chunk.dictionary.to_pylist()
    codes = indices.to_numpy(zero_copy_only=False)
    if "" in values or None in values:  # an empty text is a missing one, however it was written
        empty = [index for index, value in enumerate(values) if not value]
        codes = np.where(np.isin(codes, empty), MISSING, codes)
    return codes, values


def times(table: pa.Table, name: str) -> Times:
    """A time column as ms UTC; NO_TIME where it is missing."""
    column = table.column(name)
    number = pc.cast(column, pa.int64())
    if number.null_count:
        number = pc.fill_null(number, NO_TIME)
    return np.asarray(number.to_numpy(), dtype=np.int64)


def look_up(indices: Codes, values: list[str | None], find: Callable[[str], int]) -> Codes:
    """`find` per distinct value that is used: a code from 0, or UNKNOWN; MISSING where there is no value."""
    return per_value(indices, values, find, MISSING).astype(np.int32)


def per_value(indices: Codes, values: list[str | None], find: Callable[[str], int], missing: int) -> Times:
    """`find` once per distinct value that is used, spread over the rows."""
    table = np.full(len(values) + 1, missing, np.int64)  # the last place answers index -1
    if len(values) == 1:
        table[0] = find(values[0]) if values[0] else missing
    else:
        for index in np.unique(indices[indices >= 0]):
            value = values[index]
            table[index] = find(value) if value else missing
    return table[indices]


def nulls(table: pa.Table, name: str) -> Flags:
    return np.asarray(pc.is_null(table.column(name)).to_numpy(), dtype=bool)


def flags(table: pa.Table, name: str) -> Flags:
    column = table.column(name)
    if column.null_count:
        column = pc.fill_null(column, False)
    return np.asarray(column.to_numpy(), dtype=bool)


def check_present(checks: Checks, table: pa.Table, names: tuple[str, ...]) -> None:
    """Required columns may not hold nulls (an Arrow batch can, whatever its schema says), nor empty texts."""
    for name in names:
        column = table.column(name)
        if pa.types.is_dictionary(column.type):
            checks.refuse(text(table, name)[0] == MISSING, Reason.MISSING_FIELD, name)
        elif pa.types.is_string(column.type):
            checks.refuse(~filled(pc.binary_length(column), 0).astype(bool), Reason.MISSING_FIELD, name)
        elif column.null_count:
            checks.refuse(nulls(table, name), Reason.MISSING_FIELD, name)


def check_lengths(checks: Checks, table: pa.Table, names: tuple[str, ...]) -> None:
    """Free text that is kept as it came; what is looked up in the catalogue needs no limit."""
    for name in names:
        column = table.column(name)
        if pa.types.is_dictionary(column.type):
            indices, values = text(table, name)
            if any(len(value or "") > MAX_TEXT for value in values):
                long = look_up(indices, values, lambda value: int(len(value) > MAX_TEXT))
                checks.refuse(long == 1, Reason.TEXT_TOO_LONG, name)
        elif column.null_count < len(column) and pc.max(pc.binary_length(column)).as_py() > MAX_TEXT:
            checks.refuse(filled(pc.utf8_length(column), 0) > MAX_TEXT, Reason.TEXT_TOO_LONG, name)


def check_date(checks: Checks, at: Times, name: str) -> None:
    """A time that is no part of a record's place in time, yet must be one that a calendar has."""
    checks.refuse((at != NO_TIME) & ((at < 0) | (at >= LATEST_MS)), Reason.BAD_TYPE, name)


def filled(column: pa.ChunkedArray, missing: int) -> Times:
    return np.asarray(pc.fill_null(column, missing).to_numpy(), dtype=np.int64)


def check_public(checks: Checks, table: pa.Table) -> None:
    """Anything with a classification other than public is refused; it may not be kept."""
    column = table.column("classification")
    if column.null_count == len(column):
        return
    indices, values = text(table, "classification")
    secret = look_up(indices, values, lambda value: 0 if value.strip().lower() in PUBLIC else 1)
    checks.refuse(secret == 1, Reason.CLASSIFIED, "classification")
