"""Figures of a period in the order of their release: an estimate, then better versions, each on its own day."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache

import msgspec
import numpy as np
import pyarrow as pa

from catalogue.feeds import Feed
from catalogue.periods import Period, parse_period, period_at, previous
from producers.simulate.batches import assemble, no_figures
from producers.simulate.cases import constant, times, words
from producers.simulate.noise import key as noise_key
from producers.simulate.noise import normal, uniform
from producers.simulate.scene import Scene
from producers.simulate.telemetry import Scenes
from producers.simulate.world import DAY, LOCAL, World, local_date, to_ms

Slip = Callable[[str], float]
"""A factor near 1 for a named quantity: how far this version is from the final one. A name that begins with `nation`
has the same factor for every unit, so that parts and total agree."""
PeriodModel = Callable[[Scene, Period, Slip], dict[str, float]]

ERROR = {"estimate": 0.012, "preliminary": 0.004, "final": 0.0, "correction": 0.0}
BIAS = {"estimate": 0.003, "preliminary": 0.001, "final": 0.0, "correction": 0.0}
"""First reports run a little high."""
CORRECTED = 0.012
"""Share of the figures of administrative periods that are corrected some days later."""
CORRECTION_DAYS = 6
RELEASES = {
    # Kind of period: versions, each with the number of periods after which it follows the first.
    "C-D": (("final", 0),),
    "C-H": (("preliminary", 0), ("final", 2)),
    "C-M": (("estimate", 0), ("preliminary", 1), ("final", 4)),
    "C-Q": (("estimate", 0), ("preliminary", 1), ("final", 3)),
    "C-Y": (("estimate", 0), ("preliminary", 1)),
}
ADMINISTRATIVE = (("final", 0),)


DAYS_KEPT = 450
"""Of releases: the whole past of a first start, which is counted before it is played."""


class Row(msgspec.Struct, frozen=True):
    released: int
    unit: str
    subject: str
    indicator: str
    value: float
    period: str
    vintage: str
    reason: str = ""


class Periodic:
    """The figures of one feed that carry a period. A cell is a day of releases."""

    def __init__(
        self,
        feed: Feed,
        indicators: dict[str, tuple[str, int]],
        models: list[PeriodModel],
        scenes: Scenes,
        world: World,
    ) -> None:
        """`indicators`: id -> kind of period and decimals."""
        self.feed = feed
        self._indicators = indicators
        self._kinds = sorted({kind for kind, _ in indicators.values()})
        self._models = models
        self._scenes = scenes
        self._seed = world.seed
        self._cell = lru_cache(maxsize=DAYS_KEPT)(self._make_cell)

    def between(self, t0_ms: int, t1_ms: int, shard: int = 0) -> pa.RecordBatch:
        rows = [] if shard else [row for row in self._days(t0_ms, t1_ms) if t0_ms <= row.released < t1_ms]
        return _batch(self.feed, rows) if rows else no_figures()

    def count(self, t0_ms: int, t1_ms: int) -> int:
        return sum(t0_ms <= row.released < t1_ms for row in self._days(t0_ms, t1_ms))

    def forget(self, before_ms: int) -> None:
        """Only a few days are kept anyway."""

    def _days(self, t0_ms: int, t1_ms: int) -> Iterator[Row]:
        for day in range((t0_ms + LOCAL) // DAY, (t1_ms - 1 + LOCAL) // DAY + 1):
            yield from self._cell(day)

    def _make_cell(self, day: int) -> tuple[Row, ...]:
        start = day * DAY - LOCAL
        on = local_date(start)
        scenes = self._scenes(start)
        rows = [row for kind in self._kinds for scene in scenes for row in self._releases(kind, scene, on)]
        return tuple(sorted(rows, key=lambda row: row.released))

    def _releases(self, kind: str, scene: Scene, on: date) -> Iterator[Row]:
        """What one unit releases on a day, of one kind of period."""
        for vintage, after in RELEASES.get(kind, ADMINISTRATIVE):
            anchor = self._ended(kind, scene, on)
            if anchor is None:
                break
            period = anchor
            for _ in range(after):
                period = previous(period)
            yield from self._version(scene, period, on, vintage)
        corrected = self._ended(kind, scene, on - timedelta(days=CORRECTION_DAYS))
        if corrected and kind not in RELEASES and self._draw("corrected", scene, corrected) < CORRECTED:
            yield from self._version(scene, corrected, on, "correction", "Rà soát lại số liệu của đơn vị cấp dưới")

    def _ended(self, kind: str, scene: Scene, on: date) -> Period | None:
        """The period whose first version this unit releases on this day, if any."""
        latest = previous(period_at(kind, on))
        delay = (on - latest.end).days
        return latest if 0 < delay == self._delay(scene, latest) else None

    def _delay(self, scene: Scene, period: Period) -> int:
        """Days after the end: a national release has its day, many reporters come in a rush before theirs."""
        due = max(self.feed.due_days, 1)
        if self.feed.level == "national" or due == 1:
            return PRESS_DAYS if due > PRESS_DAYS else due
        return 1 + int((due - 1) * self._draw("delay", scene, period) ** 0.35)

    def _version(self, scene: Scene, period: Period, on: date, vintage: str, reason: str = "") -> Iterator[Row]:
        first_hour = 7.0 if period.kind == "C-D" else 8.5
        hour = first_hour + (8.0 if self.feed.level != "national" else 0.5) * self._draw("hour", scene, period)
        released = to_ms(on, hour)
        slip = self._slip(scene, period, vintage)
        for model in self._models:
            for name, value in model(scene, period, slip).items():
                kind, decimals = self._indicators.get(name, ("", 0))
                if kind == period.kind:
                    value = round(value, decimals) + 0.0
                    yield Row(released, scene.unit.id, scene.id, name, value, period.code, vintage, reason)

    def _slip(self, scene: Scene, period: Period, vintage: str) -> Slip:
        def slip(name: str) -> float:
            whose = scene.of_nation() if name.startswith("nation") else scene
            draw = float(normal(whose.key(f"slip {name} {period.code} {vintage}"), np.array([0]))[0])
            return 1.0 + BIAS[vintage] + ERROR[vintage] * draw

        return slip

    def _draw(self, what: str, scene: Scene, period: Period) -> float:
        name = noise_key(self._seed, what, self.feed.id, scene.unit.id, period.code)
        return float(uniform(name, np.array([0]))[0])


PRESS_DAYS = 6
"""The statistics office's press day: about the sixth of the next month."""


def of_year(period: Period) -> Iterator[Period]:
    """This period and those before it in the same calendar year: what a figure since January adds up."""
    while True:
        yield period
        before = parse_period(previous(period).code)
        if before is None or before.start.year != period.start.year:
            return
        period = before


def _batch(feed: Feed, rows: list[Row]) -> pa.RecordBatch:
    released = times(np.array([row.released for row in rows]))
    return assemble(
        feed,
        np.array([row.value for row in rows]),
        unit=_column([row.unit for row in rows]),
        subject=_column([row.subject for row in rows]),
        indicator=_column([row.indicator for row in rows]),
        event_at=pa.nulls(len(rows), released.type),
        period=_column([row.period for row in rows]),
        vintage=_column([row.vintage for row in rows]),
        reason=_column([row.reason for row in rows]),
        approved_by=constant("", len(rows)),
        sent_at=released,
    )


def _column(text: list[str]) -> pa.DictionaryArray:
    distinct = tuple(dict.fromkeys(text))
    place = {word: i for i, word in enumerate(distinct)}
    return words(np.array([place[word] for word in text]), distinct)
