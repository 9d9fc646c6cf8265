"""Figures with an instant: every series of a feed on the grid of its cadence, in the hours in which the feed works."""

from collections.abc import Callable

import msgspec
import numpy as np
import pyarrow as pa

from catalogue.calendar import parse_hours
from catalogue.feeds import Feed
from catalogue.load import Catalogue
from producers.simulate.batches import Series, figures_batch, no_figures
from producers.simulate.character import Character
from producers.simulate.noise import Ints
from producers.simulate.scene import Model, Scene
from producers.simulate.world import LOCAL, MINUTE, World, local_date

Scenes = Callable[[int], list[Scene]]


class Telemetry:
    def __init__(
        self, feed: Feed, indicators: dict[str, int], models: list[Model], scenes: Scenes, world: World
    ) -> None:
        self.feed = feed
        self._decimals = indicators
        self._models = models
        self._scenes = scenes
        self._world = world
        self._cadence = feed.cadence_s * 1000

    def between(self, t0_ms: int, t1_ms: int, shard: int = 0) -> pa.RecordBatch:
        at = self._grid(t0_ms, t1_ms)
        if shard or not len(at):
            return no_figures()
        scenes = self._scenes(int(at[0]))
        return figures_batch(self.feed, at, [s for scene in scenes for s in self._series(scene, at)])

    def count(self, t0_ms: int, t1_ms: int) -> int:
        at = self._grid(t0_ms, t1_ms)
        return len(at) * len(self._decimals) * len(self._scenes(t0_ms)) if len(at) else 0

    def forget(self, before_ms: int) -> None:
        """Nothing is kept."""

    def _series(self, scene: Scene, at: Ints) -> list[Series]:
        values = {name: v for model in self._models for name, v in model(scene, at).items() if name in self._decimals}
        return [
            Series(name, scene.unit.id, scene.id, np.round(v, self._decimals[name]) + 0.0) for name, v in values.items()
        ]

    def _grid(self, t0_ms: int, t1_ms: int) -> Ints:
        """The moments of reports in the span. A daily report is made at six in the morning, local time."""
        shift = 6 * 60 * MINUTE - LOCAL if self._cadence >= 24 * 60 * MINUTE else 0
        first, end = -(-(t0_ms - shift) // self._cadence), -(-(t1_ms - shift) // self._cadence)
        at = np.arange(first, end, dtype=np.int64) * self._cadence + shift
        return at[self._open(at)] if self.feed.hours and len(at) else at

    def _open(self, at: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        hours = parse_hours(self.feed.hours)
        minute = (at + LOCAL) // MINUTE % (24 * 60)
        inside = np.zeros(len(at), dtype=bool)
        for start, end in hours.sessions:
            inside |= (minute >= start) & (minute < end)
        days = {
            int(d): local_date(int(d) * 24 * 60 * MINUTE - LOCAL) for d in np.unique((at + LOCAL) // (24 * 60 * MINUTE))
        }
        holiday = self._world.calendar.is_holiday
        good = [n for n, d in days.items() if d.weekday() in hours.days and (hours.holidays or not holiday(d))]
        return inside & np.isin((at + LOCAL) // (24 * 60 * MINUTE), good)


class Cast(msgspec.Struct):
    """The units and subjects of a feed as scenes; made anew only on a day on which the units change."""

    world: World
    character: Character
    catalogue: Catalogue
    feed: Feed
    scale: float
    kept: dict[tuple[str, ...], list[Scene]] = {}
    days: dict[int, tuple[str, ...]] = {}

    def __call__(self, t_ms: int) -> list[Scene]:
        day = (t_ms + LOCAL) // (24 * 60 * MINUTE)
        if day not in self.days:
            self.days[day] = self.catalogue.expected_units(self.feed, local_date(t_ms))
        units = self.days[day]
        if units not in self.kept:
            self.kept[units] = self._scenes(units)
        return self.kept[units]

    def _scenes(self, units: tuple[str, ...]) -> list[Scene]:
        subjects = [self.catalogue.subjects.get(s) for s in self.catalogue.expected_subjects(self.feed)]
        by_id = self.catalogue.units.by_id
        return [Scene(self.world, self.character, by_id[u], s, self.scale) for u in units for s in subjects]
