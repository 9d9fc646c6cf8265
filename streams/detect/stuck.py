"""The same value again and again: a sensor that stands still, a sender that repeats its last message.

How many repeats are strange is at least the catalogue's number. A series that repeats by nature gets more: so many that
chance alone does it less than once in a million runs, and half as many again as its longest run of late.
"""

from math import ceil, log
from typing import ClassVar

from msgspec import Struct

from catalogue.indicators import Indicator
from streams.detect.base import NOTHING, Context, Point, Signals, count_down, of_point, settled

RARE = log(1e-6)
TIMES_LONGEST = 1.5
COARSE, COARSE_ROOM = 100, 4
"""A figure of one or two digits (18 m³/s) hides small moves by rounding: it may stay four times as long."""
KNOWN_AFTER = 100
"""Points after which a series' own repeat rate is used."""
FORGET = 300
"""Points after which older runs count half: a river at low water repeats more than it did in spring."""


class Run(Struct, array_like=True):
    value: float
    length: int
    since: int
    at: int
    repeats: int = 0
    points: int = 0
    """Over runs that ended and were ordinary: how often a value repeated, of how many."""
    longest: int = 0


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
        if run.length + 1 < indicator.stuck_after:
            return NOTHING
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
                _end(run, point, indicator)
            elif _in_hours(point, context):
                run.length += 1


def limit_of(run: Run, indicator: Indicator) -> int:
    """How many equal values in a row are strange for this series."""
    coarse = abs(run.value) * 10**indicator.decimals < COARSE
    limit = max(indicator.stuck_after * (COARSE_ROOM if coarse else 1), ceil(TIMES_LONGEST * run.longest))
    if run.points < KNOWN_AFTER or not run.repeats:
        return limit
    return max(limit, ceil(RARE / log(run.repeats / (run.points + 1))))


def _end(run: Run, point: Point, indicator: Indicator) -> None:
    """Another value: learn from the run that ended, and begin the next. A run found strange only widens the limit."""
    length = run.length
    limit = length + 1 if length < indicator.stuck_after else limit_of(run, indicator)
    if length < limit:
        run.repeats += run.length - 1
        run.points += run.length
        if run.points > FORGET:
            run.repeats, run.points, run.longest = run.repeats // 2, run.points // 2, run.longest * 3 // 4
    run.longest = max(run.longest, min(run.length, limit))
    run.value, run.length, run.since = point.value, 1, point.at


def _in_hours(point: Point, context: Context) -> bool:
    """A market that is closed repeats its last value, and is not stuck."""
    hours = context.feed.hours
    return not hours or context.catalogue.calendar.in_hours(hours, point.at)
