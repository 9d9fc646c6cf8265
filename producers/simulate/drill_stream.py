"""What the drill feeds send when nothing is wrong, second by second: the ground on which scenarios put their faults."""

import msgspec
import numpy as np
import pyarrow as pa

from catalogue.cases import CaseKind
from catalogue.feeds import Feed
from catalogue.load import Catalogue
from producers.drill import FEED as FIGURES
from producers.drill import calm
from producers.simulate.batches import Series, figures_batch
from producers.simulate.cases import SCHEMA, constant, times, words
from producers.simulate.noise import Ints, key, uniform

CASES = "drill-cases"
SECOND = 1_000
TICK_EVERY = 2
TERM_S = 60
LIFE = (("2", 0), ("4", 2), ("9", 12), ("10", 15))
"""A drill dossier's steps, by the portal's codes, and the seconds at which they come; finishing has its own spread."""


class Event(msgspec.Struct, frozen=True):
    """One thing that stands in the log: a batch of a feed, or, without one, a tick for every partition."""

    at: int
    """ms UTC: when it is handed over."""
    batch: pa.RecordBatch | None = None
    step: int = 0
    """Of a tick: how coarse the clock is, ms."""

    @property
    def feed(self) -> str:
        return str(self.batch["feed"][0].as_py()) if self.batch is not None else ""


def calm_stream(catalogue: Catalogue, seed: int, start_ms: int, seconds: int) -> list[Event]:
    """Ticks and both feeds' batches, in the order in which they are handed over."""
    start = -(-start_ms // SECOND) * SECOND
    figures, cases = catalogue.feeds[FIGURES], catalogue.feeds[CASES]
    kind = catalogue.kinds[cases.kinds[0]]
    moments = start + np.arange(seconds) * SECOND
    all_figures = figures_between(figures, seed, moments)
    rows = all_figures.num_rows // max(seconds, 1)
    events = []
    for second, at in enumerate(moments.tolist()):
        if second % TICK_EVERY == 0 or at % 60_000 == 0:
            events.append(Event(at))
        events.append(Event(at, all_figures.slice(second * rows, rows)))
        batch = cases_at(cases, kind, seed, start, at)
        events += [Event(at, batch)] if batch.num_rows else []
    return events


def figures_between(feed: Feed, seed: int, moments: Ints) -> pa.RecordBatch:
    series = [
        Series(indicator, unit, "", values)
        for unit in feed.units
        for indicator, values in calm(seed, unit, moments).items()
    ]
    return figures_batch(feed, moments, series)


def cases_at(feed: Feed, kind: CaseKind, seed: int, start: int, at: int) -> pa.RecordBatch:
    """Every second a dossier begins in every unit; this second's steps are those of the last seconds' dossiers."""
    state_of = {state.code: state.id for state in kind.states}
    rows = []
    for unit in feed.units:
        for nth, (code, seconds) in enumerate(LIFE):
            began = at - seconds * SECOND
            if began >= start:
                moment = at + int(700 * uniform(key(seed, unit, began, code), np.array([0]))[0])
                rows.append((unit, began, nth + 1, state_of[code], moment))
    return steps(feed, kind, rows)


def steps(feed: Feed, kind: CaseKind, rows: list[tuple[str, int, int, str, int]]) -> pa.RecordBatch:
    """Rows: unit, when the dossier began, which of its steps, state, moment. Due a minute after it began."""
    n = len(rows)
    names = [f"DT-{unit}-{began // SECOND}" for unit, began, *_ in rows]
    columns: dict[str, pa.Array] = {
        "record_id": pa.array([f"{name}-{row[2]}" for name, row in zip(names, rows, strict=True)], pa.string()),
        "feed": constant(feed.id, n),
        "unit": _words([row[0] for row in rows]),
        "kind": constant(kind.id, n),
        "case_id": pa.array(names, pa.string()),
        "state": _words([row[3] for row in rows]),
        "event_at": times(np.array([row[4] for row in rows], dtype=np.int64)),
        "due_at": times(np.array([row[1] + TERM_S * SECOND + 500 for row in rows], dtype=np.int64)),
        "channel": constant(kind.channels[0] if kind.channels else "", n),
        "attributes": pa.array([[]] * n, pa.list_(pa.string())),
        "sent_at": times(np.array([row[4] for row in rows], dtype=np.int64)),
        "simulated": pa.repeat(True, n),
    }
    arrays = [columns[field.name] if field.name in columns else constant("", n) for field in SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _words(text: list[str]) -> pa.DictionaryArray:
    distinct = tuple(dict.fromkeys(text))
    return words(np.array([distinct.index(word) for word in text], dtype=np.int64), distinct)
