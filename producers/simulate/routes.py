"""Turns a table of lives (lives.py) into cases: all of a day's cases at once, one leg at a time."""

import numpy as np

from catalogue.cases import CaseKind
from catalogue.feeds import Feed
from catalogue.load import Catalogue
from catalogue.periods import period_at
from producers.simulate.cells import Bools, Cohort, Lives
from producers.simulate.character import WEIGHT
from producers.simulate.lives import Leg, Life
from producers.simulate.noise import Floats, Ints, generator
from producers.simulate.world import DAY, HOUR, LOCAL, MINUTE, World, local_date

OTHER_WEIGHT = 3.0
"""Of a ministry or the nation, beside the provinces' weights in millions of people. Their power of 0.4 counts here:
what offices send one another grows more slowly than the people."""
_OFFICE = ((7.2, 8.0, 10.0, 11.5, 13.3, 15.0, 17.0, 19.0), (0.0, 0.08, 0.42, 0.55, 0.57, 0.8, 0.98, 1.0))


class Routes:
    """The plan of one kind at one feed."""

    def __init__(
        self, world: World, catalogue: Catalogue, feed: Feed, kind: CaseKind, life: Life, scale: float
    ) -> None:
        self._world, self._catalogue, self._feed, self._life = world, catalogue, feed, life
        self._rate = life.per_day * max(scale, life.least_scale)
        self.kind = kind.id
        self.prefix = life.prefix
        self.states = tuple(state.id for state in kind.states)
        self.attributes = kind.attributes
        self.channels = life.channels or ("",)
        self.subjects = catalogue.expected_subjects(feed)
        self.longest_days = life.longest_days
        units = catalogue.units.all
        self.units = tuple(u.id for u in units)
        self._number = {u.id: i for i, u in enumerate(units)}
        self._place = [(u.latitude, u.longitude) for u in units]

    def cohort(self, day: int) -> Cohort:
        rng = generator(self._world.seed, self._feed.id, self.kind, day)
        unit = self._beginners(rng, day)
        n = len(unit)
        began = day * DAY - LOCAL + self._hours(rng, n)
        subject = rng.integers(0, len(self.subjects), n)
        channel = np.minimum(rng.geometric(0.6, n) - 1, len(self.channels) - 1)
        ways = np.array([way.share for way in self._life.ways])
        way = np.searchsorted(np.cumsum(ways) / ways.sum(), rng.random(n), side="right")
        lives = Lives(n)
        for i, each in enumerate(self._life.ways):
            self._walk(rng, lives, way == i, each.legs, began)
        return lives.cohort(unit, subject, channel, (day + self.longest_days) * DAY - LOCAL)

    def _beginners(self, rng: np.random.Generator, day: int) -> Ints:
        """The unit of each case that begins on a day."""
        on = local_date(day * DAY - LOCAL)
        expected = np.array([self._number[u] for u in self._catalogue.expected_units(self._feed, on)], dtype=np.int64)
        if self._life.period:
            return expected if period_at(self._life.period, on).start == on else expected[:0]
        noon = np.array([day * DAY + 12 * HOUR - LOCAL])
        working = bool(self._world.is_working(noon)[0])
        level = (1.0 if working else self._life.weekend) * (1.0 - 0.85 * float(self._world.tet(noon)[0]))
        if self._life.weekend >= 1.0:
            level = 1.0
        weight = np.power([WEIGHT.get(self.units[u], OTHER_WEIGHT) for u in expected], 0.4)
        storm = np.array([self._storm(noon, u) for u in expected])
        rate = self._rate * level * weight / max(weight.sum(), 1e-9) * (1.0 + self._life.storm * storm)
        return np.repeat(expected, rng.poisson(rate))

    def _storm(self, at: Ints, unit: int) -> float:
        latitude, longitude = self._place[unit]
        return float(self._world.storm(at, latitude, longitude)[0]) if latitude else 0.0

    def _hours(self, rng: np.random.Generator, n: int) -> Ints:
        at = rng.random(n)
        if self._life.period:
            return np.asarray(at * MINUTE, dtype=np.int64)
        hours = at * 24 if self._life.round_the_clock else np.interp(at, _OFFICE[1], _OFFICE[0])
        return np.asarray(hours * HOUR, dtype=np.int64)

    def _walk(self, rng: np.random.Generator, lives: Lives, who: Bools, legs: tuple[Leg, ...], began: Ints) -> None:
        world, n = self._world, len(began)
        at = began
        # A minute before closing: the very end of a day of office time is the next morning.
        due_clock = world.open_clock(began) + self._life.due_days * 8 * HOUR - MINUTE
        due = world.open_time(due_clock) if self._life.due_days else None
        for i, leg in enumerate(legs):
            wait = (0.004 + rng.exponential(leg.mean_h, n) if i else np.zeros(n)) * HOUR
            if leg.by == "due":
                at = world.open_time(self._by_due(rng, world.open_clock(at), due_clock))
            elif i:
                at = world.after(at, wait) if leg.by == "office" else (at + wait).astype(np.int64)
            marks = np.full(n, self._bits(leg.marks)) if i else self._first_marks(rng, n)
            lives.step(who, self.states.index(leg.state), at, due, marks)

    def _by_due(self, rng: np.random.Generator, clock: Floats, due_clock: Floats) -> Floats:
        """Before the due time by the life's rush, never to its second; or late by hours or days."""
        n = len(clock)
        room = due_clock - clock
        used = clock + np.minimum(room * rng.beta(*self._life.rush, n), room - (90 + 900 * rng.random(n)) * 1000)
        late = np.maximum(due_clock, clock) + np.minimum(0.2 + rng.exponential(6.0, n), 60.0) * HOUR
        on_time = (rng.random(n) < self._life.on_time) & (room > HOUR)
        return np.asarray(np.where(on_time, np.maximum(used, clock + MINUTE), late))

    def _bits(self, names: tuple[str, ...]) -> int:
        return sum(1 << self.attributes.index(name) for name in names if name in self.attributes)

    def _first_marks(self, rng: np.random.Generator, n: int) -> Ints:
        bits = [(rng.random(n) < chance) * self._bits((name,)) for name, chance in self._life.marks.items()]
        return (
            np.asarray(np.bitwise_or.reduce(np.array(bits, dtype=np.int64), axis=0)) if bits else np.zeros(n, np.int64)
        )
