"""Faults put into a calm stream, each with a manifest of what was done and how it must become visible.

A scenario takes ticks and batches and gives ticks and batches back: the same for a test in memory and, second by
second, live on the drill feeds. Batches that a scenario does not touch stay the same bytes.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalogue.load import Catalogue
from producers.drill import FEED as FIGURES
from producers.drill import TOTAL, VALUE
from producers.simulate.cases import times, words
from producers.simulate.drill_stream import CASES, SECOND, Event, calm_stream

Batch: TypeAlias = pa.RecordBatch


class Fault(msgspec.Struct, frozen=True):
    """A line of the manifest."""

    id: str
    feed: str
    indicator: str
    """Or the kind of case."""
    unit: str
    type: str
    start: int
    end: int
    magnitude: float
    visible: str
    """`finding:<rule>`, `rejected:<reason>`, `late`, `duplicate`, or `none`: nothing above a notice may open."""


class Scenario(msgspec.Struct, frozen=True):
    feed: str
    subject: str
    """The indicator or kind of case at fault."""
    units: int
    """How many of the feed's units, from the second on: the first shows the scripted drill."""
    seconds: int
    magnitude: float
    visible: str
    change: Callable[[list[Event], Fault, set[str]], list[Event]]


def stream(
    catalogue: Catalogue, name: str, seed: int, start_ms: int, calm_s: int = 120, after_s: int = 90
) -> tuple[list[Event], list[Fault]]:
    """A calm stream with one scenario's fault in it; `calm_s` before and `after_s` after it."""
    scenario = SCENARIOS[name]
    start = -(-start_ms // SECOND) * SECOND
    begin = start + calm_s * SECOND
    end = begin + scenario.seconds * SECOND
    events = calm_stream(catalogue, seed, start, calm_s + scenario.seconds + after_s)
    feed = catalogue.feeds[scenario.feed]
    units = [feed.units[(1 + i) % len(feed.units)] for i in range(scenario.units)]
    faults = [
        Fault(f"{name}-{u}", feed.id, scenario.subject, u, name, begin, end, scenario.magnitude, scenario.visible)
        for u in units
    ]
    changed = scenario.change(events, faults[0], set(units)) if faults else events
    return sorted(changed, key=lambda event: event.at), faults


def items(events: list[Event]) -> list[tuple[str, int | Batch]]:
    """As the table in memory takes them: ticks by their time, batches by themselves."""
    return [("tick", e.at) if e.batch is None else ("batch", e.batch) for e in events]


def write_manifest(file: Path, faults: list[Fault]) -> None:
    file.write_bytes(b"".join(msgspec.json.encode(fault) + b"\n" for fault in faults))


def _each(events: list[Event], fault: Fault, change: Callable[[Batch], Batch | None]) -> list[Event]:
    """Batches of the fault's feed inside its time, changed; None takes one away."""
    out = []
    for event in events:
        if event.batch is None or event.feed != fault.feed or not fault.start <= event.at < fault.end:
            out.append(event)
            continue
        batch = change(event.batch)
        out += [Event(event.at, batch)] if batch is not None and batch.num_rows else []
    return out


def _where(
    batch: Batch, fault: Fault, units: set[str], column: str = "indicator"
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    hit = pc.is_in(batch["unit"].cast(pa.string()), value_set=pa.array(sorted(units)))
    if fault.indicator and column in batch.schema.names:
        hit = pc.and_(hit, pc.equal(batch[column].cast(pa.string()), fault.indicator))
    return np.asarray(hit.to_numpy(zero_copy_only=False), dtype=bool)


def _with(batch: Batch, name: str, column: pa.Array) -> Batch:
    place = batch.schema.get_field_index(name)
    return batch.set_column(place, batch.schema.field(place), column)


def _scaled(events: list[Event], fault: Fault, units: set[str]) -> list[Event]:
    def change(batch: Batch) -> Batch:
        values = batch["value"].to_numpy(zero_copy_only=False)
        hit = _where(batch, fault, units)
        return _with(batch, "value", pa.array(np.where(hit, np.round(values * fault.magnitude, 3), values)))

    return _each(events, fault, change)


def _added(events: list[Event], fault: Fault, units: set[str]) -> list[Event]:
    def change(batch: Batch) -> Batch:
        values = batch["value"].to_numpy(zero_copy_only=False)
        hit = _where(batch, fault, units)
        return _with(batch, "value", pa.array(np.where(hit, np.round(values + fault.magnitude, 1), values)))

    return _each(events, fault, change)


def _silent(events: list[Event], fault: Fault, units: set[str]) -> list[Event]:
    return _each(events, fault, lambda batch: batch.filter(pa.array(~_where(batch, fault, units))))


def _stuck(events: list[Event], fault: Fault, units: set[str]) -> list[Event]:
    held: list[float] = []

    def change(batch: Batch) -> Batch:
        values = batch["value"].to_numpy(zero_copy_only=False)
        hit = _where(batch, fault, units)
        held.extend(values[hit][: 1 - len(held)])
        return _with(batch, "value", pa.array(np.where(hit, held[0], values)))

    return _each(events, fault, change)


def _finish_equals_due(events: list[Event], fault: Fault, units: set[str]) -> list[Event]:
    """Dossiers that finish inside the fault's time finish at exactly their due time, known from their first step on."""
    finished: dict[str, int] = {}
    for event in events:
        if event.batch is not None and event.feed == fault.feed and fault.start <= event.at < fault.end:
            hit = _where(event.batch, fault, units, "kind") & _in_state(event.batch, "finished")
            cases = np.array(event.batch["case_id"].to_pylist(), dtype=object)[hit]
            finished |= dict(zip(cases, _ms(event.batch, "event_at")[hit].tolist(), strict=True))

    def change(batch: Batch) -> Batch:
        due = _ms(batch, "due_at").tolist()
        named = zip(batch["case_id"].to_pylist(), due, strict=True)
        return _with(batch, "due_at", times(np.array([finished.get(case, d) for case, d in named])))

    whole = msgspec.structs.replace(fault, start=0, end=fault.end + 10 * SECOND)
    return _each(events, whole, change)


def _in_state(batch: Batch, state: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray(pc.equal(batch["state"].cast(pa.string()), state), dtype=bool)


def _status_backwards(events: list[Event], fault: Fault, units: set[str]) -> list[Event]:
    """A dossier whose result was returned is in processing again."""

    def change(batch: Batch) -> Batch:
        hit = _where(batch, fault, units, "kind") & _in_state(batch, "returned")
        again = batch.filter(pa.array(hit))
        if not again.num_rows:
            return batch
        n = again.num_rows
        again = _with(again, "state", words(np.zeros(n, dtype=np.int64), ("processing",)))
        again = _with(again, "event_at", times(_ms(again, "event_at") + 100))
        again = _with(again, "record_id", pc.binary_join_element_wise(again["record_id"], "again", "-"))
        table = pa.Table.from_batches([batch, again]).unify_dictionaries().combine_chunks()
        return table.to_batches()[0]

    return _each(events, fault, change)


def _sent_twice(events: list[Event], fault: Fault, units: set[str]) -> list[Event]:
    """What a sender does that died before it heard the acknowledgement: the same records under new offsets."""
    hit = [e for e in events if e.batch is not None and e.feed == fault.feed and fault.start <= e.at < fault.end]
    return events + [Event(e.at + round(fault.magnitude * SECOND), e.batch) for e in hit]


def _late(events: list[Event], fault: Fault, units: set[str]) -> list[Event]:
    """Held back, and sent when the partition's clock has gone on."""
    delay = round(fault.magnitude * SECOND)
    hit = [e for e in events if e.batch is not None and e.feed == fault.feed and fault.start <= e.at < fault.end]
    kept = [e for e in events if e not in hit]
    return kept + [Event(e.at + delay, e.batch) for e in hit]


def _future(events: list[Event], fault: Fault, units: set[str]) -> list[Event]:
    def change(batch: Batch) -> Batch:
        at = _ms(batch, "event_at")
        ahead = at + round(fault.magnitude * SECOND)
        return _with(batch, "event_at", times(np.where(_where(batch, fault, units), ahead, at)))

    return _each(events, fault, change)


def _nothing(events: list[Event], fault: Fault, units: set[str]) -> list[Event]:
    return events


def _ms(batch: Batch, column: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.asarray(batch[column].cast(pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


SCENARIOS: dict[str, Scenario] = {
    "silent_province": Scenario(FIGURES, "", 1, 150, 0.0, "finding:silent", _silent),
    "times_1000": Scenario(FIGURES, VALUE, 1, 3, 1000.0, "finding:hard_bounds", _scaled),
    "decimal_swapped": Scenario(FIGURES, VALUE, 1, 3, 0.001, "finding:soft_bounds", _scaled),
    "stuck": Scenario(FIGURES, VALUE, 1, 30, 0.0, "finding:stuck", _stuck),
    "finish_equals_due": Scenario(CASES, "dossier", 1, 20, 0.0, "finding:finish_equals_due", _finish_equals_due),
    "status_backwards": Scenario(CASES, "dossier", 1, 5, 0.0, "finding:impossible_move", _status_backwards),
    "batch_sent_twice": Scenario(FIGURES, "", 4, 2, 3.0, "duplicate", _sent_twice),
    "late_batch": Scenario(FIGURES, "", 4, 2, 80.0, "late", _late),
    "future_time": Scenario(FIGURES, VALUE, 1, 2, 3_600.0, "rejected:future", _future),
    "sum_mismatch": Scenario(FIGURES, TOTAL, 1, 5, 60.0, "finding:sum_mismatch", _added),
    # All units at once have one cause: it is told as one notice. On real feeds see `weather.py`.
    "storm": Scenario(FIGURES, VALUE, 4, 20, 0.55, "finding:storm", _scaled),
    "tet": Scenario(FIGURES, VALUE, 4, 30, 1.0, "none", _nothing),
}
