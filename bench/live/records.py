"""What is sent: steps of cases that move on, and figures that rise and fall gently. Nothing of it happened."""

import math
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from catalogue.feeds import Feed
from catalogue.load import Catalogue
from contract import cases, figures
from producers.simulate.world import local_date

LIFE = {
    "dossier": ("accepted", "processing", "finished", "returned"),
    "document": ("sent", "arrived", "accepted", "done"),
    "petition": ("received", "processing", "answered", "published"),
}
SHARES = {
    # Of all records; the shards of a feed share alike.
    "portal-dossiers": 0.60,
    "document-axis": 0.15,
    "petitions": 0.05,
    "rain-rivers": 0.10,
    "portal-traffic": 0.02,
    "ndxp": 0.03,
    "authentication": 0.02,
    "population-queries": 0.02,
    "flights-noi-bai": 0.01,
}
"""Four of five are steps. Feeds whose sums are checked are left out: these values add up to nothing."""
DUE_MS = 5 * 86_400_000
Record = dict[str, object]


class Lane:
    """One shard of a feed."""

    def __init__(self, catalogue: Catalogue, feed: Feed, shard: int, now_ms: int) -> None:
        self.feed, self.shard = feed, shard
        self.share = SHARES[feed.id] / feed.shards
        on = local_date(now_ms)
        self.units = [u for u in catalogue.expected_units(feed, on) if catalogue.shard_of(feed, u) == shard]
        self._started = now_ms
        self._given = 0

    @property
    def partition(self) -> int:
        return self.feed.partition + self.shard

    def take(self, count: int, now_ms: int) -> list[Record]:
        """The next records, their times spread over the last milliseconds so that no two are alike."""
        made = [self._record(self._given + nth, now_ms - count + nth, now_ms) for nth in range(count)]
        self._given += count
        return made

    def _record(self, number: int, at: int, now_ms: int) -> Record:
        raise NotImplementedError

    def batch(self, records: list[Record]) -> pa.RecordBatch:
        raise NotImplementedError


class CaseLane(Lane):
    """Every fourth record begins a case; the three after it in the ring of open ones move on."""

    AHEAD = 50

    def __init__(self, catalogue: Catalogue, feed: Feed, shard: int, now_ms: int) -> None:
        super().__init__(catalogue, feed, shard, now_ms)
        self._kind = feed.kinds[0]
        self._life = LIFE[self._kind]

    def _record(self, number: int, at: int, now_ms: int) -> Record:
        begun, step = divmod(number, 4)
        case = begun - step * self.AHEAD
        if case < 0:  # nothing is open yet: begin another
            case, step = 1_000_000_000 + number, 0
        unit = self.units[case % len(self.units)]
        return {
            "feed": self.feed.id,
            "unit": unit,
            "kind": self._kind,
            "case_id": f"{unit}-{self._started}-{self.shard}-{case}",
            "state": self._life[step],
            "event_at": at,
            "due_at": at + DUE_MS,
            "sent_at": now_ms,
            "simulated": True,
        }

    def batch(self, records: list[Record]) -> pa.RecordBatch:
        return _batch(records, cases.SCHEMA)


class FigureLane(Lane):
    def __init__(self, catalogue: Catalogue, feed: Feed, shard: int, now_ms: int) -> None:
        super().__init__(catalogue, feed, shard, now_ms)
        bounds = {name: catalogue.indicators[name] for name in feed.indicators}
        self._series = [(unit, name, *_range(bounds[name].hard)) for unit in self.units for name in feed.indicators]

    def _record(self, number: int, at: int, now_ms: int) -> Record:
        unit, indicator, low, high = self._series[number % len(self._series)]
        wave = math.sin(at / 3_600_000 * math.tau) + 0.2 * math.sin(number * 12.9898)
        return {
            "feed": self.feed.id,
            "unit": unit,
            "indicator": indicator,
            "value": round((low + high) / 2 + (high - low) / 40 * wave, 3),
            "event_at": at,
            "sent_at": now_ms,
            "simulated": True,
        }

    def batch(self, records: list[Record]) -> pa.RecordBatch:
        return _batch(records, figures.SCHEMA)


def lanes(catalogue: Catalogue, now_ms: int) -> list[Lane]:
    return list(_lanes(catalogue, now_ms))


def _lanes(catalogue: Catalogue, now_ms: int) -> Iterator[Lane]:
    for id in SHARES:
        feed = catalogue.feeds[id]
        kind = CaseLane if feed.record == "cases" else FigureLane
        yield from (kind(catalogue, feed, shard, now_ms) for shard in range(feed.shards))


def counts(found: list[Lane], total: int, round_: int) -> list[int]:
    """How many records of a total each lane gives; what rounding leaves goes to another lane each round."""
    exact = np.array([lane.share for lane in found]) * total
    whole = np.floor(exact).astype(np.int64)
    left = round(float(exact.sum())) - int(whole.sum())
    order = np.argsort(-((exact - whole) + (np.arange(len(found)) + round_) % len(found) * 1e-3))
    whole[order[:left]] += 1
    return [int(count) for count in whole]


def _range(hard: tuple[float, float] | None) -> tuple[float, float]:
    low, high = hard or (0.0, 1_000.0)
    return (low if math.isfinite(low) else 0.0), (high if math.isfinite(high) else 1_000.0)


def _batch(records: list[Record], schema: pa.Schema) -> pa.RecordBatch:
    names = [name for name in schema.names if name in records[0]]
    fields = [schema.field(name) for name in names]
    arrays = [pa.array([record[field.name] for record in records], field.type) for field in fields]
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))
