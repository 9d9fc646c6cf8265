"""Figures as batches on the wire's schema, their words as dictionaries."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa

from catalogue.feeds import Feed
from contract import figures
from producers.simulate.cases import WORD, constant, empty, times, words
from producers.simulate.noise import Floats, Ints

SCHEMA = pa.schema(
    [f.with_type(WORD) if f.type == pa.string() and f.name != "record_id" else f for f in figures.SCHEMA]
)


class Series(msgspec.Struct, frozen=True):
    """One indicator of one unit and subject over the times of a batch. NaN: nothing is reported."""

    indicator: str
    unit: str
    subject: str
    values: Floats


def no_figures() -> pa.RecordBatch:
    return empty(SCHEMA)


def figures_batch(feed: Feed, at: Ints, series: Sequence[Series]) -> pa.RecordBatch:
    """Every series at every time, in order of time; sent_at is the time of the figure."""
    values = np.stack([s.values for s in series], axis=1).reshape(-1)
    there = np.flatnonzero(~np.isnan(values))
    which, moment = there % len(series), at[there // len(series)]
    return assemble(
        feed,
        unit=_picked([s.unit for s in series], which),
        subject=_picked([s.subject for s in series], which),
        indicator=_picked([s.indicator for s in series], which),
        value=values[there],
        event_at=times(moment),
        period=constant("", len(there)),
        vintage=constant("", len(there)),
        reason=constant("", len(there)),
        sent_at=times(moment),
    )


def assemble(feed: Feed, value: Floats, **columns: pa.Array) -> pa.RecordBatch:
    """A batch in the order of the schema; columns that are not given are empty."""
    n = len(value)
    given = {
        "record_id": pa.nulls(n, pa.string()),
        "feed": constant(feed.id, n),
        "value": pa.array(value),
        "simulated": pa.repeat(True, n),
        **columns,
    }
    arrays = [given[field.name] if field.name in given else constant("", n) for field in SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _picked(text: list[str], which: Ints) -> pa.DictionaryArray:
    """Each series' word, by the number of the series, as a dictionary of distinct words."""
    distinct = tuple(dict.fromkeys(text))
    place = {word: i for i, word in enumerate(distinct)}
    return words(np.array([place[word] for word in text])[which], distinct)
