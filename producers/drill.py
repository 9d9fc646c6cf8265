"""DIỄN TẬP: a scripted fault on the drill feed, so that a newcomer sees a finding open and close within 45 seconds."""

import numpy as np
import pyarrow as pa

from catalogue.feeds import Feed
from producers.simulate.batches import Series, figures_batch, no_figures
from producers.simulate.noise import Floats, Ints, drift, key, normal

FEED = "drill-figures"
VALUE, TOTAL, PART_A, PART_B = "drill-value", "drill-total", "drill-part-a", "drill-part-b"
CALM_S, FAULT_S, LENGTH_S = 10, 8, 45
"""Calm at first, then one province reports a thousand times too much, then calm again to the end."""
FACTOR = 1000.0


def calm(seed: int, unit: str, t_ms: Ints) -> dict[str, Floats]:
    """What a drill province reports when nothing is wrong: parts add up, no value repeats for long."""
    series = key(seed, FEED, unit)
    second = t_ms // 1000
    a = np.round(240.0 + 20.0 * drift(series, t_ms, 120_000) + 3.0 * normal(series ^ 1, second), 1)
    b = np.round(160.0 + 15.0 * drift(series ^ 2, t_ms, 90_000) + 3.0 * normal(series ^ 3, second), 1)
    value = np.round(500.0 + 20.0 * drift(series ^ 4, t_ms, 150_000) + 4.0 * normal(series ^ 5, second), 1)
    return {VALUE: value, TOTAL: np.round(a + b, 1), PART_A: a, PART_B: b}


class Drill:
    """The source of one drill, from `start_ms` on. Outside it the feed has nothing to say."""

    def __init__(self, feed: Feed, start_ms: int, seed: int) -> None:
        self.feed = feed
        self._seed = seed
        self._start = -(-start_ms // 1000) * 1000
        self._end = self._start + LENGTH_S * 1000

    def between(self, t0_ms: int, t1_ms: int, shard: int = 0) -> pa.RecordBatch:
        low, high = max(t0_ms, self._start), min(t1_ms, self._end)
        at = np.arange(-(-low // 1000), -(-high // 1000)) * 1000
        if shard or not len(at):
            return no_figures()
        series = [
            Series(indicator, unit, "", self._faulty(unit, indicator, at, values))
            for unit in self.feed.units
            for indicator, values in calm(self._seed, unit, at).items()
        ]
        return figures_batch(self.feed, at, series)

    def _faulty(self, unit: str, indicator: str, at: Ints, values: Floats) -> Floats:
        since = (at - self._start) / 1000
        wrong = (since >= CALM_S) & (since < CALM_S + FAULT_S)
        hit = unit == self.feed.units[0] and indicator == VALUE
        return np.where(wrong, values * FACTOR, values) if hit else values

    def count(self, t0_ms: int, t1_ms: int) -> int:
        return int(self.between(t0_ms, t1_ms).num_rows)

    def forget(self, before_ms: int) -> None:
        """Nothing is kept."""
