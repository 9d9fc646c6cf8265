"""Dossiers of the National Public Service Portal: 1 → 2 → 4 → (5 → 4)* → (6 → 4)* → 9 → 10, with exits 3, 7 and 8."""

from datetime import date

import numpy as np

from catalogue.cases import CaseKind
from catalogue.subjects import Subject
from producers.simulate.cells import Bools, Cohort, Lives
from producers.simulate.character import Character
from producers.simulate.noise import Floats, Ints, generator, key, uniform
from producers.simulate.world import DAY, HOUR, LOCAL, MINUTE, World, local_date

PER_WORKING_DAY = 120_000
"""Dossiers a day at scale 1: between the 55 thousand synced a day in 2020 and the 177 thousand of early 2022."""

TERM_DAYS = (0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0)
TERM_WEIGHT = (0.14, 0.2, 0.13, 0.16, 0.16, 0.08, 0.07, 0.04, 0.02)
"""Legal terms in working days: most procedures are short."""

DESK = ((6.9, 7.5, 9.5, 11.4, 11.6, 13.3, 14.5, 16.5, 17.3), (0.0, 0.06, 0.36, 0.57, 0.58, 0.60, 0.78, 0.98, 1.0))
HOME = ((0.0, 5.5, 8.0, 11.0, 13.5, 16.5, 20.0, 23.0, 24.0), (0.0, 0.01, 0.1, 0.42, 0.52, 0.77, 0.92, 0.99, 1.0))
"""Hours and the share filed by then, at a desk and from home: peaks at 8–11 h and early in the afternoon."""

WEEKDAY = (1.12, 1.03, 1.0, 0.98, 0.92, 0.1, 0.06)
OFFICE_DAY = 8 * HOUR
DIRECT, ONLINE, POST = 0, 1, 2
CHANNELS: tuple[str, ...] = ("direct", "online", "post")


class Dossiers:
    """The plan of the feed of dossiers. Every unit keeps its character."""

    kind = "dossier"
    prefix = ""
    longest_days = 66

    def __init__(
        self,
        world: World,
        character: Character,
        kind: CaseKind,
        procedures: tuple[Subject, ...],
        scale: float,
        feed: str,
    ) -> None:
        self._world, self._character, self._scale, self._feed = world, character, scale, feed
        self._code = {state.code: i for i, state in enumerate(kind.states)}
        self.states = tuple(state.id for state in kind.states)
        self.units = character.units
        self.subjects = tuple(p.id for p in procedures) or ("",)
        self.channels = CHANNELS
        self.attributes = kind.attributes
        self._fee = np.array([_has_fee(p) for p in procedures] or [True])
        popular = 1.0 / (1.0 + np.arange(len(self.subjects))) ** 0.5
        self._popular = popular / popular.sum() * (1 + 1e-9)

    def mark(self, name: str) -> int:
        """The bit of an attribute; 0 where the kind has no such attribute."""
        return 1 << self.attributes.index(name) if name in self.attributes else 0

    def cohort(self, day: int) -> Cohort:
        rng = generator(self._world.seed, self._feed, day)
        on = local_date(day * DAY - LOCAL)
        unit = np.repeat(np.arange(len(self.units)), rng.poisson(self.expected(on, day)))
        n = len(unit)
        closed = not bool(self._world.is_working(np.array([day * DAY - LOCAL]))[0])
        online = (rng.random(n) < self._character.online[unit]) | closed
        channel = np.where(online, ONLINE, np.where(rng.random(n) < 0.1, POST, DIRECT))
        subject = np.searchsorted(np.cumsum(self._popular), rng.random(n), side="right")
        filed = day * DAY - LOCAL + _filed(rng, online)
        return self._live(Draw(rng, unit, subject, filed, self._terms(rng, unit)), online).cohort(
            unit, subject, channel, (day + self.longest_days) * DAY - LOCAL
        )

    def expected(self, on: date, day: int) -> Floats:
        """Dossiers of each unit on a day: weekday, holidays, Tết, storms, and the unit's own slow wander."""
        noon = np.array([day * DAY + 12 * HOUR - LOCAL])
        world = self._world
        working = bool(world.is_working(noon)[0])
        level = WEEKDAY[on.weekday()] if working else min(WEEKDAY[on.weekday()], 0.08)
        level *= 1.0 - 0.92 * float(world.tet(noon)[0])
        places = self._character.place
        storm = np.array([float(world.storm(noon, lat, lon)[0]) for lat, lon in places])
        wander = np.array([uniform(world.key(self._feed, u), np.array([day]))[0] for u in self.units])
        share = self._character.share(on)
        return np.asarray(
            self._scale * PER_WORKING_DAY * share * level * (1 - 0.75 * np.minimum(storm, 1)) * (0.94 + 0.12 * wander)
        )

    def _terms(self, rng: np.random.Generator, unit: Ints) -> Floats:
        """Legal terms in working days. Units with long handling times have more of the long ones: of two draws they
        take the longer, the quick ones the shorter."""
        tilt = np.clip((self._character.mean_days[unit] - 4.0) / 2.6, -1.0, 1.0)
        bounds = np.cumsum(TERM_WEIGHT) / sum(TERM_WEIGHT)
        one, other = np.searchsorted(bounds, rng.random((2, len(unit))), side="right")
        picked = np.where(tilt > 0, np.maximum(one, other), np.minimum(one, other))
        return np.asarray(np.array(TERM_DAYS)[np.where(rng.random(len(unit)) < np.abs(tilt), picked, one)])

    def _live(self, draw: "Draw", online: Bools) -> Lives:
        rng, world, code = draw.rng, self._world, self._code
        n = len(draw.unit)
        lives = Lives(n)
        lives.step(online, code["1"], draw.filed)
        waiting = np.where(online, 0.05 + rng.exponential(0.9, n), 0.02) * HOUR
        accepted = world.after(draw.filed, np.minimum(waiting, 2 * OFFICE_DAY))
        refused = online & (rng.random(n) < 0.035)
        lives.step(refused, code["3"], accepted, marks=self.mark("reason_papers"))
        alive = ~refused
        due_clock = world.open_clock(accepted) + draw.term * OFFICE_DAY
        due = world.open_time(due_clock)
        owing = self._fee[draw.subject] & (rng.random(n) < 0.75)
        lives.step(alive, code["2"], accepted, due, self._accepted_marks(rng, n) | owing * self.mark("owing"))
        clock = world.open_clock(accepted) + np.minimum(rng.exponential(0.6, n) + 0.03, 6.0) * HOUR
        lives.step(alive, code["4"], world.open_time(clock), due)
        clock, due_clock = self._supplement(draw, lives, alive, clock, due_clock)
        clock = self._payment(draw, lives, alive & owing, clock, due_clock)
        self._end(draw, lives, alive, clock, due_clock)
        return lives

    def _supplement(
        self, draw: "Draw", lives: Lives, alive: Bools, clock: Floats, due_clock: Floats
    ) -> tuple[Floats, Floats]:
        """5 → 4, and for a few a second time. The citizen's time moves the due time on, before it has passed."""
        rng, world = draw.rng, self._world
        who = alive
        for share in (0.06, 0.07):
            who = who & (rng.random(len(clock)) < share) & (due_clock - clock > 2 * HOUR)
            asked = clock + (due_clock - clock) * rng.uniform(0.1, 0.5, len(clock))
            asked_at = world.open_time(asked)
            wait = np.minimum(rng.exponential(2.2, len(clock)) + 0.15, 9.0) * DAY
            back = world.open_clock((asked_at + wait).astype(np.int64))
            again = back + 10 * MINUTE + rng.exponential(0.5, len(clock)) * HOUR
            lives.step(who, self._code["5"], asked_at, world.open_time(due_clock))
            due_clock = np.where(who, due_clock + (again - asked), due_clock)
            clock = np.where(who, again, clock)
            lives.step(who, self._code["4"], world.open_time(clock), world.open_time(due_clock))
        return clock, due_clock

    def _accepted_marks(self, rng: np.random.Generator, n: int) -> Ints:
        """Shares near those of the board's digitisation group."""
        shares = {"digitised": 0.62, "reused": 0.2, "vneid": 0.7, "population_used": 0.45}
        bits = [(rng.random(n) < share) * self.mark(name) for name, share in shares.items()]
        return np.asarray(np.bitwise_or.reduce(np.array(bits, dtype=np.int64), axis=0))

    def _payment(self, draw: "Draw", lives: Lives, owing: Bools, clock: Floats, due_clock: Floats) -> Floats:
        rng, world = draw.rng, self._world
        n = len(clock)
        who = owing & (rng.random(n) < 0.8) & (due_clock - clock > HOUR)
        asked = clock + np.minimum(rng.exponential(0.4, n) + 0.03, 4.0) * HOUR
        paid = asked + np.minimum(rng.exponential(0.5, n) + 0.05, 6.0) * HOUR
        due = world.open_time(due_clock)
        lives.step(who, self._code["6"], world.open_time(asked), due)
        online = rng.random(n) < 0.8
        lives.step(who, self._code["4"], world.open_time(paid), due, online * self.mark("paid_online"))
        return np.where(who, paid, clock)

    def _end(self, draw: "Draw", lives: Lives, alive: Bools, clock: Floats, due_clock: Floats) -> None:
        rng, world, code = draw.rng, self._world, self._code
        n = len(clock)
        due = world.open_time(due_clock)
        finished = world.open_time(self._finish(draw, clock, due_clock))
        end = rng.random(n)
        withdrawn, stopped = alive & (end < 0.025), alive & (end >= 0.025) & (end < 0.045)
        done = alive & (end >= 0.045)
        lives.step(withdrawn, code["7"], finished, due)
        lives.step(stopped, code["8"], finished, due, self.mark("reason_conditions"))
        result = (rng.random(n) < 0.7) * self.mark("result_file")
        lives.step(done, code["9"], finished, due, result)
        handed = world.after(finished, np.minimum(rng.exponential(3.0, n) + 0.05, 30.0) * HOUR)
        lives.step(done & (rng.random(n) < 0.97), code["10"], handed, due)

    def _finish(self, draw: "Draw", clock: Floats, due_clock: Floats) -> Floats:
        """On time, many in the rush before the due time, or late by some days. Never to the second of the due time."""
        rng = draw.rng
        n = len(clock)
        room = due_clock - clock
        speed = np.clip(self._character.mean_days[draw.unit] / 6.6, 0.35, 1.0)
        rush = rng.random(n) < 0.25
        used = np.where(rush, rng.beta(12.0, 1.3, n), rng.beta(1.4 * speed + 0.3, 2.0 - speed, n))
        early = clock + np.minimum(room * np.minimum(used, 0.995), room - 70_000 - rng.random(n) * 600_000)
        late = np.maximum(due_clock, clock) + np.minimum(0.1 + rng.exponential(9.0, n), 100.0) * HOUR
        on_time = (rng.random(n) < self._character.on_time[draw.unit]) & (room > 20 * MINUTE)
        return np.asarray(np.where(on_time, np.maximum(early, clock + 2 * MINUTE), late))


class Draw:
    """One day's cases and the generator that draws their lives."""

    def __init__(self, rng: np.random.Generator, unit: Ints, subject: Ints, filed: Ints, term: Floats) -> None:
        self.rng, self.unit, self.subject, self.filed, self.term = rng, unit, subject, filed, term


def _filed(rng: np.random.Generator, online: Bools) -> Ints:
    """Time of the day, in ms: at a desk when it is open, from home when people are awake."""
    at = rng.random(len(online))
    hours = np.where(online, np.interp(at, HOME[1], HOME[0]), np.interp(at, DESK[1], DESK[0]))
    return np.asarray(hours * HOUR, dtype=np.int64)


def _has_fee(procedure: Subject) -> bool:
    given = procedure.attributes.get("fee")
    return bool(given) if given is not None else bool(uniform(key("fee", procedure.id), np.array([0]))[0] < 0.5)
