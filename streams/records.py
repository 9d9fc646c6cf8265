"""Records of many messages as columns in the order of the log: what the stops begin with.

Words are numbers of their column's vocabulary, times milliseconds; free text and lists stay Arrow's. A column that no
record has is not there.
"""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from contract import cases, figures
from contract.column import Column
from streams.vocabulary import MISSING, Vocabulary

Flags = npt.NDArray[np.bool_]
Times = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int64]
NO_TIME = np.iinfo(np.int64).min
"""Of a time that is missing."""
MAX_TEXT = 500
"""Letters of one text."""

WORD, TEXT, TIME, NUMBER, FLAG, TEXTS = "word", "text", "time", "number", "flag", "texts"
PLAIN_TEXT = frozenset({"record_id", "case_id", "document", "reason"})
"""Text that is different in nearly every record: to number it would only cost."""
Vocabularies = dict[str, Vocabulary]
"""Of each column of words."""


def _form(column: Column) -> str:
    if column.type == pa.string():
        return TEXT if column.name in PLAIN_TEXT else WORD
    if column.type == pa.float64():
        return NUMBER
    if column.type == pa.bool_():
        return FLAG
    return TEXTS if pa.types.is_list(column.type) else TIME


COLUMNS = {
    "figures": {column.name: column for column in figures.COLUMNS},
    "cases": {column.name: column for column in cases.COLUMNS},
}
FORMS = {record: {name: _form(column) for name, column in given.items()} for record, given in COLUMNS.items()}
_ABSENT: dict[str, Any] = {
    WORD: lambda n: np.full(n, MISSING, np.int32),
    TIME: lambda n: np.full(n, NO_TIME, np.int64),
    NUMBER: lambda n: np.full(n, np.nan),
    FLAG: lambda n: np.zeros(n, bool),
    TEXT: lambda n: pa.nulls(n, pa.string()),
    TEXTS: lambda n: pa.nulls(n, pa.list_(pa.string())),
}


class Records(msgspec.Struct):
    record: str
    message: Rows
    """The place, among the messages that were read together, of the one that each record came in."""
    row: Rows
    """Each record's place in its message."""
    columns: dict[str, Any] = {}
    """By name, in the form that FORMS says."""
    lacking: dict[str, Flags] = {}
    """Where a number or a flag is missing; only of columns in which one is."""

    def __len__(self) -> int:
        return len(self.row)

    def get(self, name: str) -> Any:
        """The column, None where no record has it."""
        return self.columns.get(name)

    def full(self, name: str) -> Any:
        """The column, made of what stands for nothing where no record has it."""
        column = self.columns.get(name)
        return _ABSENT[FORMS[self.record][name]](len(self)) if column is None else column

    def take(self, rows: Rows) -> "Records":
        columns = {name: _taken(column, rows) for name, column in self.columns.items()}
        lacking = {name: column[rows] for name, column in self.lacking.items()}
        return Records(self.record, self.message[rows], self.row[rows], columns, lacking)


def vocabularies(record: str) -> Vocabularies:
    return {name: Vocabulary() for name, form in FORMS[record].items() if form == WORD}


def merged(record: str, parts: list[Records]) -> Records:
    """Parts that share no message, as one; records of a message lie together in theirs."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return Records(record, np.zeros(0, np.int64), np.zeros(0, np.int64))
    message = np.concatenate([part.message for part in parts])
    whole = Records(record, message, np.concatenate([part.row for part in parts]))
    for name in FORMS[record]:
        if any(name in part.columns for part in parts):
            whole.columns[name] = _joined([part.full(name) for part in parts])
        if any(name in part.lacking for part in parts):
            none = [part.lacking.get(name, np.zeros(len(part), bool)) for part in parts]
            whole.lacking[name] = np.concatenate(none)
    if (message[1:] >= message[:-1]).all():
        return whole
    return whole.take(np.argsort(message, kind="stable"))


def _joined(columns: list[Any]) -> Any:
    return pa.concat_arrays(columns) if isinstance(columns[0], pa.Array) else np.concatenate(columns)


def _taken(column: Any, rows: Rows) -> Any:
    return column.take(pa.array(rows)) if isinstance(column, pa.Array) else column[rows]
