"""The case sources: steps of simulated cases as batches on the wire's schema."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalogue.feeds import Feed
from contract import cases
from producers.simulate.cells import Cells, Cohort, Plan
from producers.simulate.noise import Ints
from producers.simulate.world import DAY, LOCAL, local_date

TIME = cases.SCHEMA.field("event_at").type
WORD = pa.dictionary(pa.int16(), pa.string())
Numbers = NDArray[np.integer[Any]]
_FREE_TEXT = {"record_id", "case_id"}
SCHEMA = pa.schema(
    [f.with_type(WORD) if f.type == pa.string() and f.name not in _FREE_TEXT else f for f in cases.SCHEMA]
)
"""The wire's schema with its words as dictionaries: few words, many records."""


class CaseSource:
    """The steps of one plan at one feed. Any span can be asked for; the cases of recent days are kept."""

    def __init__(self, feed: Feed, plan: Plan, shard_of_unit: Ints, since_ms: int = 0) -> None:
        self.feed = feed
        self.plan = plan
        self.shards = feed.shards
        self._since_day = (since_ms + LOCAL) // DAY
        """Cases begun before `since_ms` are left out, so that a history has no case without its beginning."""
        self._cells = Cells(plan, feed.shards, shard_of_unit, since_ms)
        self._marks = _mark_lists(plan.attributes)
        self._heads = pa.array([f"{plan.prefix}{unit}-" for unit in plan.units])

    def between(self, t0_ms: int, t1_ms: int, shard: int = 0) -> pa.RecordBatch:
        """The steps with t0 <= event_at < t1, in order of time; sent_at is the time of the event."""
        pieces = [(self._cells.get(day, shard, t0_ms), day) for day in self._days(t0_ms, t1_ms)]
        return self._batch([piece for cell, day in pieces if (piece := _slice(cell, day, t0_ms, t1_ms))])

    def count(self, t0_ms: int, t1_ms: int) -> int:
        cells = (self._cells.get(d, s, t0_ms) for d in self._days(t0_ms, t1_ms) for s in range(self.shards))
        return sum(int(np.diff(np.searchsorted(cell.at, (t0_ms, t1_ms)))[0]) for cell in cells)

    def forget(self, before_ms: int) -> None:
        self._cells.forget(before_ms)

    def _days(self, t0_ms: int, t1_ms: int) -> range:
        """The days whose cases may have a step in the span."""
        first = max((t0_ms + LOCAL) // DAY - self.plan.longest_days, self._since_day)
        return range(first, (t1_ms - 1 + LOCAL) // DAY + 1)

    def _batch(self, pieces: list[dict[str, Numbers]]) -> pa.RecordBatch:
        if not pieces:
            return empty(SCHEMA)
        column = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
        order = np.argsort(column["at"], kind="stable")
        column = {name: values[order] for name, values in column.items()}
        names = self._names(column)
        at = times(column["at"])
        n = len(order)
        return pa.RecordBatch.from_arrays(
            [
                pc.binary_join_element_wise(names, pc.cast(pa.array(column["nth"]), pa.string()), "-"),
                constant(self.feed.id, n),
                words(column["unit"], self.plan.units),
                words(column["subject"], self.plan.subjects),
                constant(self.plan.kind, n),
                names,
                words(column["state"], self.plan.states),
                at,
                times(column["due"], mask=column["due"] == 0),
                words(column["channel"], self.plan.channels),
                self._marks.take(pa.array(column["marks"])),
                constant("", n),
                constant("", n),
                at,
                pa.repeat(True, n),
                constant("", n),
            ],
            schema=SCHEMA,
        )

    def _names(self, column: dict[str, Numbers]) -> pa.Array:
        """Case numbers like H26-261121-000123, after the form that local systems use."""
        head = self._heads.take(pa.array(column["unit"]))
        number = pc.utf8_lpad(pc.cast(pa.array(column["case"]), pa.string()), 6, "0")
        date = pc.cast(pa.array(column["date"]), pa.string())
        return pc.binary_join_element_wise(pc.binary_join_element_wise(head, date, ""), number, "-")


def _slice(cell: Cohort, day: int, t0: int, t1: int) -> dict[str, Numbers]:
    low, high = np.searchsorted(cell.at, (t0, t1))
    if low == high:
        return {}
    case = cell.case[low:high]
    return {
        "at": cell.at[low:high],
        "case": case,
        "nth": cell.nth[low:high],
        "state": cell.state[low:high],
        "due": cell.due[low:high],
        "marks": cell.marks[low:high],
        "unit": cell.unit[case],
        "subject": cell.subject[case],
        "channel": cell.channel[case],
        "date": np.full(len(case), int(local_date(day * DAY - LOCAL).strftime("%y%m%d"))),
    }


def words(index: Numbers, text: tuple[str, ...]) -> pa.DictionaryArray:
    """Indices into `text`; an empty word is a missing value."""
    absent = index == text.index("") if "" in text else None
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int16), mask=absent), pa.array(text, pa.string()))


def constant(word: str, n: int) -> pa.DictionaryArray:
    return words(np.zeros(n, dtype=np.int16), (word,))


def times(ms: Numbers, mask: object = None) -> pa.Array:
    return pa.array(ms.astype("datetime64[ms]"), type=TIME, mask=mask)


def empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)


def _mark_lists(attributes: tuple[str, ...]) -> pa.Array:
    """For each set of marks, as bits, the list of their names."""
    sets = range(1 << len(attributes))
    return pa.array([[a for i, a in enumerate(attributes) if s >> i & 1] for s in sets], pa.list_(pa.string()))
