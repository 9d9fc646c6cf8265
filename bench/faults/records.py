"""Records of the trial as plain dicts, and the two forms in which they go over the wire."""

import math
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Any

import msgspec
import pyarrow as pa
import xxhash

from catalogue.calendar import local_date
from catalogue.feeds import Feed
from catalogue.load import Catalogue
from contract import cases, codec, figures

Record = dict[str, Any]
SCHEMAS = {"figures": figures.SCHEMA, "cases": cases.SCHEMA}
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
LATE = ((0.005, 45 * DAY_MS), (0.015, 30 * HOUR_MS), (0.05, 2 * HOUR_MS))
"""Shares of records that come late, and by how much: past the memory of days, of hours, and within it."""
UNITS = ("H26", "H17", "H29", "H13")
"""Who reports, of feeds that all provinces report to."""
NAMELESS = 0.1
"""Share of records without an id of their sender's."""


class Sources:
    """What the trial's figures are about: series of a feed, with a value at every moment."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def feed(self, name: str) -> Feed:
        return self._catalogue.feeds[name]

    def units(self, feed: Feed, at: int) -> tuple[str, ...]:
        expected = self._catalogue.expected_units(feed, local_date(at))
        return expected if len(expected) <= len(UNITS) else UNITS

    def subjects(self, feed: Feed) -> tuple[str, ...]:
        return self._catalogue.expected_subjects(feed)[:6]

    def partition(self, feed: Feed, unit: str) -> int:
        return self._catalogue.partition_of(feed, unit)

    def values(self, feed: Feed, unit: str, subject: str, at: int, chance: Random) -> dict[str, float]:
        """One value of each indicator that is no figure of a period; totals are the sum of their parts, mostly."""
        found = {}
        for name in feed.indicators:
            indicator = self._catalogue.indicators[name]
            if not indicator.period:
                found[name] = _value(indicator.hard, f"{name}|{unit}|{subject}", at, chance)
        for one in feed.sums:
            parts = [found.get(term.indicator) for term in one.parts if not term.unit]
            if one.total.indicator in found and None not in parts and chance.random() > 0.02:
                found[one.total.indicator] = round(sum(part or 0.0 for part in parts), 3)
        return found


def _value(hard: Sequence[float] | None, series: str, at: int, chance: Random) -> float:
    """A slow wave within a tenth of the range, some noise; now and then far off, so that detectors have work."""
    low, high = hard or (0.0, 1000.0)
    high = high if math.isfinite(high) else low + 1000.0
    phase = xxhash.xxh3_64_intdigest(series.encode()) % 1000 / 1000
    share = 0.2 + 0.1 * math.sin(2 * math.pi * (at / DAY_MS + phase)) + 0.01 * chance.random()
    if (odd := chance.random()) < 0.01:
        share = 1.5 if odd < 0.003 else 0.8
    return round(low + (high - low) * share, 3)


def figure(feed: Feed, unit: str, subject: str, indicator: str, value: float, at: int, sent_at: int) -> Record:
    record: Record = {"feed": feed.id, "unit": unit, "indicator": indicator, "value": value, "event_at": at}
    return record | {"sent_at": sent_at, "simulated": True} | ({"subject": subject} if subject else {})


def lateness(chance: Random) -> int:
    drawn = chance.random()
    for share, by in LATE:
        if drawn < share:
            return by
    return 0


def as_json(*records: Record) -> bytes:
    """One record alone, several as a list."""
    return msgspec.json.encode(records[0] if len(records) == 1 else records)


def as_arrow(records: Sequence[Record], kind: str) -> bytes:
    return codec.encode(pa.RecordBatch.from_pylist(list(records), schema=_nullable(kind)))


@cache
def _nullable(kind: str) -> pa.Schema:
    """A sender's own schema: what must be there is a promise that Arrow does not check."""
    return pa.schema([field.with_nullable(True) for field in SCHEMAS[kind]])
