"""The same value again and again: a sensor that stands still, a sender that repeats its last message.

How many repeats are strange is at least the catalogue's number; a series that repeats by nature gets more, so that
chance alone does it less than once in a million runs.
"""

from math import ceil, log
from typing import ClassVar

from msgspec import Struct

from catalogue.indicators import Indicator
from streams.detect.base import NOTHING, Context, Point, Signals, count_down, of_point, settled

RARE = log(1e-6)
KNOWN_AFTER = 100
"""Points after which a series' own repeat rate is used."""
FORGET = 10_000


class Run(Struct, array_like=True):
    value: float
    length: int
    since: int
    at: int
    repeats: int = 0
    points: int = 0
    """Over runs that ended and were ordinary: how often a value repeated, of how many."""


class Memory(Struct):
    runs: dict[str, Run] = {}
    open: dict[str, int] = {}


class Stuck:
    rule: ClassVar[str] = "stuck"
    reads: ClassVar[str] = "points"

    def __init__(self) -> None:
        self.memory = Memory()

    def judge(self, point: Point, indicator: Indicator, context: Context) -> Signals:
        if not indicator.stuck_after:
            return NOTHING
        run = self.memory.runs.get(point.key)
        if run is None or point.at <= run.at:
            return NOTHING
        if point.value != run.value:
            return settled(self.rule, self.memory.open, point, context)
        limit = limit_of(run, indicator)
        if run.length + 1 < limit or not _in_hours(point, context):
            return NOTHING
        signal = of_point(self.rule, point, context)
        signal.score = (run.length + 1) / limit
        signal.detail.update(times=run.length + 1, limit=limit, since=run.since)
        return (signal,)

    def learn(self, point: Point, indicator: Indicator, said: Signals, context: Context) -> None:
        if not indicator.stuck_after:
            return
        key, runs = point.key, self.memory.runs
        if said:
            count_down(self.memory.open, key, said, 1)
        run = runs.get(key)
        if run is None:
            runs[key] = Run(point.value, 1, point.at, point.at)
        elif point.at > run.at:
            run.at = point.at
            if point.value != run.value:
                _end(run, point, limit_of(run, indicator))
            elif _in_hours(point, context):
                run.length += 1


def limit_of(run: Run, indicator: Indicator) -> int:
    """How many equal values in a row are strange for this series."""
    if run.points < KNOWN_AFTER or not run.repeats:
        return indicator.stuck_after
    return max(indicator.stuck_after, ceil(RARE / log(run.repeats / (run.points + 1))))


def _end(run: Run, point: Point, limit: int) -> None:
    """Another value: learn from the run that ended, unless it was a fault, and begin the next."""
    if run.length < limit:
        run.repeats += run.length - 1
        run.points += run.length
        if run.points > FORGET:
            run.repeats, run.points = run.repeats // 2, run.points // 2
    run.value, run.length, run.since = point.value, 1, point.at


def _in_hours(point: Point, context: Context) -> bool:
    """A market that is closed repeats its last value, and is not stuck."""
    hours = context.feed.hours
    return not hours or context.catalogue.calendar.in_hours(hours, point.at)
