"""Records and what was found out about them, as columns of the store's tables."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalogue.cases import CaseKind
from clickhouse.tables import schema
from contract.column import TIME
from contract.figures import VINTAGES
from streams.admit.cases import CaseSteps
from streams.admit.checks import NO_TIME, Segment
from streams.admit.figures import Figures
from streams.work import Output, marks_column, verdict_column

Rows = npt.NDArray[np.int64]


class Place:
    """Where a shard's rows come from: constants of each of them."""

    def __init__(self, topic: str, partition: int, feed: str, generation: int, shard: int) -> None:
        self.topic, self.partition, self.feed = topic, partition, feed
        self.generation, self.shard = generation, shard

    def columns(self, rows: int) -> dict[str, Any]:
        return {
            "topic": _same(self.topic, rows),
            "partition": pa.repeat(pa.scalar(self.partition, pa.uint16()), rows),
            "feed": _same(self.feed, rows),
        }


class Names:
    """Lists of the catalogue as Arrow arrays, the empty name in the last place, where code -1 finds it."""

    def __init__(self, units: list[str], subjects: list[str], firsts: list[str]) -> None:
        self.units = pa.array([*units, ""])
        self.subjects = pa.array([*subjects, ""])
        self.firsts = pa.array([*firsts, ""])
        """Indicators of the feed, or its kinds."""


def figure_rows(
    segment: Segment, columns: Figures, take: Rows, ids: list[str], verdict: Any, marks: Any, place: Place, names: Names
) -> pa.Table:
    """`take` are rows of the segment; ids, verdict and marks are by their places in `take`."""
    n, table = len(take), segment.table
    given = {
        **place.columns(n),
        "indicator": _named(columns.indicator[take], names.firsts),
        "unit": _named(columns.unit[take], names.units),
        "subject": _named(columns.subject[take], names.subjects),
        "at": _time(columns.at[take]),
        "period": _named(columns.period[take], pa.array([*columns.periods, ""], pa.string())),
        "vintage": _named(columns.vintage[take], pa.array([*VINTAGES, ""])),
        "value": pa.array(columns.value[take]),
        "verdict": verdict_column(verdict),
        "marks": marks_column(n, marks),
        "late": pa.array(columns.late[take]),
        "reason": _text(table, "reason", take),
        "approved_by": _text(table, "approved_by", take),
        "document": _text(table, "document", take),
        "record_id": pa.array(ids, pa.string()),
        "sent_at": _time(columns.sent_at[take]),
        "arrived_at": _time(segment.arrived[take]),
        "simulated": pa.array(columns.simulated[take]),
        "offset": pa.array(segment.offset[take], pa.uint64()),
        "row": pa.array(segment.row[take], pa.uint32()),
    }
    return in_order("figures", given)


def step_rows(
    segment: Segment,
    columns: CaseSteps,
    take: Rows,
    ids: list[str],
    verdict: Any,
    marks: Any,
    place: Place,
    names: Names,
    states: pa.Array,
    state: Any,
) -> pa.Table:
    """`states` are the names of all kinds' states one after another, `state` the place of each step's in it."""
    n, table = len(take), segment.table
    due = columns.due_at[take]
    given = {
        **place.columns(n),
        "kind": _named(columns.kind[take], names.firsts),
        "unit": _named(columns.unit[take], names.units),
        "subject": _named(columns.subject[take], names.subjects),
        "case_id": table.column("case_id").combine_chunks().take(pa.array(take)),
        "state": _named(state, states),
        "event_at": _time(columns.at[take]),
        "due_at": pa.array(due, TIME, mask=due == NO_TIME),
        "channel": _named(columns.channel[take], pa.array([*columns.channels, ""], pa.string())),
        "attributes": _lists(table, "attributes", take),
        "verdict": verdict_column(verdict),
        "marks": marks_column(n, marks),
        "late": pa.array(columns.late[take]),
        "approved_by": _text(table, "approved_by", take),
        "document": _text(table, "document", take),
        "record_id": pa.array(ids, pa.string()),
        "sent_at": _time(columns.sent_at[take]),
        "arrived_at": _time(segment.arrived[take]),
        "simulated": pa.array(columns.simulated[take]),
        "offset": pa.array(segment.offset[take], pa.uint64()),
        "row": pa.array(segment.row[take], pa.uint32()),
    }
    return in_order("case_steps", given)


def in_order(table: str, given: dict[str, Any]) -> pa.Table:
    """Columns in the table's own order."""
    return pa.Table.from_arrays([given[name] for name in schema(table).names], names=schema(table).names)


def from_dicts(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Few rows, given one by one."""
    wanted = schema(table)
    columns = [pa.array([row[field.name] for row in rows], field.type) for field in wanted]
    return pa.Table.from_arrays(columns, schema=wanted)


def gather(output: Output) -> None:
    """Makes the rows that came one by one into columns."""
    for table, rows in output.loose.items():
        output.rows.setdefault(table, []).append(from_dicts(table, rows))
    output.loose = {}


def states_of(kinds: list[CaseKind]) -> tuple[pa.Array, npt.NDArray[np.int32]]:
    """All kinds' states one after another, and where each kind's begin."""
    starts = np.cumsum([0, *(len(kind.states) for kind in kinds)])[:-1].astype(np.int32)
    return pa.array([state.id for kind in kinds for state in kind.states] + [""]), starts


def _same(value: str, rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([value]))


def _named(codes: Any, names: pa.Array) -> pa.DictionaryArray:
    last = len(names) - 1
    return pa.DictionaryArray.from_arrays(pa.array(np.where(codes < 0, last, codes), pa.int32()), names)


def _time(ms: Any) -> pa.Array:
    return pa.array(ms, TIME)


def _text(table: pa.Table, name: str, take: Rows) -> pa.Array:
    column = table.column(name)
    if column.null_count == len(column):
        return _same("", len(take)).cast(pa.string())
    plain = column.cast(pa.string()).combine_chunks()
    return pc.fill_null(plain.take(pa.array(take)), "")


def _lists(table: pa.Table, name: str, take: Rows) -> pa.Array:
    column = table.column(name)
    if column.null_count == len(column):
        return pa.ListArray.from_arrays(pa.array(np.zeros(len(take) + 1, np.int32)), pa.array([], pa.string()))
    lists = column.combine_chunks().take(pa.array(take))
    # A list that is missing is an empty one.
    return pa.array(lists.to_pylist(), pa.list_(pa.string())).fill_null([]) if lists.null_count else lists
