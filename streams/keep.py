"""Records and what was found out about them, as columns of the store's tables."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalogue.cases import CaseKind
from clickhouse.tables import TABLES
from contract.column import TIME
from contract.figures import VINTAGES
from streams.records import NO_TIME, Rows
from streams.work import VERDICTS, Output, Work

if TYPE_CHECKING:
    from streams.shard import Shard

Taken = Rows | slice
_ALL = slice(None)
_STRETCH = 64
"""Rows in a row from which on it is faster to copy them together."""
_TYPES = {table: [(field.name, field.type) for field in given.schema] for table, given in TABLES.items()}
_NAMES = {table: [name for name, _ in columns] for table, columns in _TYPES.items()}


class Place:
    """Where a shard's rows come from: constants of each of them."""

    def __init__(self, topic: str, partition: int, feed: str, generation: int, shard: int) -> None:
        self.topic, self.partition, self.feed = topic, partition, feed
        self.generation, self.shard = generation, shard
        self._topic, self._feed = pa.array([topic]), pa.array([feed])

    def columns(self, rows: int) -> dict[str, Any]:
        first = pa.array(np.zeros(rows, np.int32))
        return {
            "topic": pa.DictionaryArray.from_arrays(first, self._topic),
            "partition": pa.array(np.full(rows, self.partition, np.uint16)),
            "feed": pa.DictionaryArray.from_arrays(first, self._feed),
        }


class Names:
    """Lists of the catalogue as Arrow arrays, the empty name in the last place, where code -1 finds it."""

    def __init__(self, units: list[str], subjects: list[str], firsts: list[str]) -> None:
        self.units = pa.array([*units, ""])
        self.subjects = pa.array([*subjects, ""])
        self.firsts = pa.array([*firsts, ""])
        """Indicators of the feed, or its kinds."""


def figure_rows(shard: "Shard", work: Work, rows: Rows | None) -> pa.Table:
    """`rows` are those of the work that are accepted; None for all of them."""
    c, names, take = work.columns, shard.names, _ALL if rows is None else rows
    given = {
        **_of_any(shard, work, rows),
        "indicator": named(c.indicator[take], names.firsts),
        "at": _time(c.at[take]),
        "period": _worded(c.period[take], shard.figures.words["period"].words),
        "vintage": named(c.vintage[take], _VINTAGES),
        "value": pa.array(c.value[take]),
        "reason": _text(work, "reason", rows),
    }
    return in_order("figures", given)


def step_rows(shard: "Shard", work: Work, rows: Rows | None) -> pa.Table:
    c, take = work.columns, _ALL if rows is None else rows
    kind, due = c.kind[take], c.due_at[take]
    given = {
        **_of_any(shard, work, rows),
        "kind": named(kind, shard.names.firsts),
        "case_id": _picked(work.records.full("case_id"), rows),
        "state": named(shard.states_start[kind] + c.state[take], shard.states),
        "event_at": _time(c.at[take]),
        "due_at": pa.array(due, mask=due == NO_TIME).view(TIME),
        "channel": named(c.channel[take], shard.cases.channel_names),
        "attributes": _lists(work, "attributes", rows),
    }
    return in_order("case_steps", given)


def _of_any(shard: "Shard", work: Work, rows: Rows | None) -> dict[str, Any]:
    """What figures and steps have in common."""
    c, r, take = work.columns, work.records, _ALL if rows is None else rows
    n = len(r) if rows is None else len(rows)
    return {
        **shard.place.columns(n),
        "unit": named(c.unit[take], shard.names.units),
        "subject": named(c.subject[take], shard.names.subjects),
        "verdict": pa.DictionaryArray.from_arrays(pa.array(work.verdict[take].astype(np.int32)), _VERDICTS),
        "marks": _marks(work, rows),
        "late": pa.array(c.late[take]),
        "approved_by": _plain(r.get("approved_by"), shard.admission.words["approved_by"].words, take, n),
        "document": _text(work, "document", rows),
        "record_id": work.identity.texts(take),
        "sent_at": _time(c.sent_at[take]),
        "arrived_at": _time(work.arrived[take]),
        "simulated": pa.array(c.simulated[take]),
        "offset": pa.array(work.offset[take].view(np.uint64)),
        "row": pa.array(r.row[take].astype(np.uint32)),
    }


def in_order(table: str, given: dict[str, Any]) -> pa.Table:
    """Columns in the table's own order."""
    names = _NAMES[table]
    return pa.Table.from_arrays([given[name] for name in names], names=names)


def from_dicts(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Few rows, given one by one."""
    columns = [pa.array([row[name] for row in rows], kind) for name, kind in _TYPES[table]]
    return pa.Table.from_arrays(columns, schema=TABLES[table].schema)


def gather(output: Output) -> None:
    """Makes the rows that came one by one into columns."""
    for table, rows in output.loose.items():
        output.rows.setdefault(table, []).append(from_dicts(table, rows))
    output.loose = {}


def states_of(kinds: list[CaseKind]) -> tuple[pa.Array, npt.NDArray[np.int32]]:
    """All kinds' states one after another, and where each kind's begin."""
    starts = np.cumsum([0, *(len(kind.states) for kind in kinds)])[:-1].astype(np.int32)
    return pa.array([state.id for kind in kinds for state in kind.states] + [""]), starts


_VERDICTS, _VINTAGES = pa.array(VERDICTS), pa.array([*VINTAGES, ""])
_NO_TEXTS = pa.array([], pa.string())


def named(codes: Any, names: pa.Array) -> pa.DictionaryArray:
    """Places in a list of names, whose last is that of code -1."""
    none = codes < 0
    if np.count_nonzero(none):
        codes = np.where(none, len(names) - 1, codes)
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32, copy=False)), names)


def _worded(codes: Any, words: list[str]) -> pa.DictionaryArray:
    """Codes of a vocabulary, as a dictionary of those in use."""
    used, places = np.unique(codes, return_inverse=True)
    names = pa.array([words[code] if code >= 0 else "" for code in used.tolist()], pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), names)


def _plain(codes: Any, words: list[str], take: Taken, rows: int) -> pa.Array:
    return _empty_text(rows) if codes is None else _worded(codes[take], words).cast(pa.string())


def _time(ms: Any) -> pa.Array:
    return pa.array(ms).view(TIME)


def seconds(numbers: Any) -> pa.Array:
    return pa.array(numbers).view(_SECOND)


_SECOND = pa.timestamp("s", "UTC")


def _empty_text(rows: int) -> pa.Array:
    return pa.StringArray.from_buffers(rows, pa.py_buffer(np.zeros(rows + 1, np.int32)), pa.py_buffer(b""))


def _picked(column: pa.Array, rows: Rows | None) -> pa.Array:
    """Rows in rising order; where few are left out, the stretches between them are copied as they are."""
    if rows is None:
        return column
    ends = np.flatnonzero(np.diff(rows) != 1) + 1
    if len(rows) < _STRETCH * (len(ends) + 1):
        return column.take(pa.array(rows))
    starts, lengths = rows[np.r_[0, ends]].tolist(), np.diff(ends, prepend=0, append=len(rows)).tolist()
    return pa.concat_arrays([column.slice(start, n) for start, n in zip(starts, lengths, strict=True)])


def _text(work: Work, name: str, rows: Rows | None) -> pa.Array:
    column = work.records.get(name)
    if column is None:
        return _empty_text(len(work.records) if rows is None else len(rows))
    column = _picked(column, rows)
    return pc.fill_null(column, "") if column.null_count else column


def _lists(work: Work, name: str, rows: Rows | None) -> pa.Array:
    """A list that is missing is an empty one."""
    column = work.records.get(name)
    if column is None:
        return _no_texts(len(work.records) if rows is None else len(rows))
    column = _picked(column, rows)
    if not column.null_count:
        return column
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    return pa.ListArray.from_arrays(_edges(lengths), pc.list_flatten(column))


def _marks(work: Work, rows: Rows | None) -> pa.Array:
    """Rules per row; nearly all rows have none."""
    if not work.marks:
        return _no_texts(len(work.records) if rows is None else len(rows))
    lengths = np.zeros(len(work.records), np.int32)
    for row, rules in work.marks.items():
        lengths[row] = len(rules)
    values = [rule for row in sorted(work.marks) for rule in work.marks[row]]
    return pa.ListArray.from_arrays(_edges(lengths if rows is None else lengths[rows]), pa.array(values, pa.string()))


def lists_of(matrix: Any) -> pa.Array:
    rows, width = matrix.shape
    return pa.ListArray.from_arrays(pa.array(np.arange(rows + 1, dtype=np.int32) * width), pa.array(matrix.ravel()))


def _no_texts(rows: int) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(np.zeros(rows + 1, np.int32)), _NO_TEXTS)


def _edges(lengths: Any) -> pa.Array:
    edges = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=edges[1:])
    return pa.array(edges)
