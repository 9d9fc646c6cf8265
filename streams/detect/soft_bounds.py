"""Outside what is usual: ask a person. A reservoir over its seasonal ceiling is here too, as a fact, no error."""

from datetime import date
from typing import ClassVar, NamedTuple

from catalogue.calendar import local_date
from catalogue.indicators import Indicator
from catalogue.subjects import Subject
from streams.detect.base import (
    CRITICAL,
    INFO,
    NOTHING,
    OK,
    QUIET_DAYS,
    SUSPECT,
    WARNING,
    Context,
    Point,
    Signals,
    Streaks,
    count_down,
    day_type,
    of_point,
    settled,
)
from streams.detect.hard_bounds import beyond, finite, is_gross, slip

GOOD_POINTS = 3
LEVEL_MEASURE = "m"
"""Figures in metres about a subject that has a dead level are its water level."""
CEILING = "ceiling-"


class Mark(NamedTuple):
    """A reference level that was passed: what it is called, and how grave it is."""

    name: str
    level: float
    severity: str
    verdict: str


class SoftBounds:
    rule: ClassVar[str] = "soft_bounds"
    reads: ClassVar[str] = "points"

    def __init__(self) -> None:
        self.memory = Streaks()

    def judge(self, point: Point, indicator: Indicator, context: Context) -> Signals:
        if point.series.subject and indicator.measure == LEVEL_MEASURE:
            subject = context.catalogue.subjects.get(point.series.subject)
            if subject is not None and "dead" in subject.attributes:
                return self._judge_level(point, subject, context)
        if indicator.soft is None:
            return NOTHING
        low, high = indicator.soft
        if low <= point.value <= high:
            return settled(self.rule, self.memory.open, point, context)
        signal = of_point(self.rule, point, context)
        signal.low, signal.high = finite(low), finite(high)
        signal.score = beyond(point.value, low, high)
        if is_gross(point.value, low, high):
            signal.detail.update(gross=1, factor=slip(point.value, low, high))
        elif day_type(point.at, context) in QUIET_DAYS:
            signal.severity = INFO
        return (signal,)

    def learn(self, point: Point, indicator: Indicator, said: Signals, context: Context) -> None:
        if said or self.memory.open:
            count_down(self.memory.open, point.key, said, 1 if indicator.period else GOOD_POINTS)

    def _judge_level(self, point: Point, subject: Subject, context: Context) -> Signals:
        mark = mark_of(point.value, subject, local_date(point.at))
        if mark is None:
            return settled(self.rule, self.memory.open, point, context)
        signal = of_point(self.rule, point, context)
        signal.verdict, signal.severity = mark.verdict, mark.severity
        signal.low, signal.high = _number(subject, "dead"), mark.level
        signal.detail.update(mark=mark.name, level=mark.level)
        return (signal,)


def mark_of(level: float, subject: Subject, day: date) -> Mark | None:
    """The gravest reference level of a reservoir that its water has passed.

    Above the check flood level the dam is in danger or the figure is wrong; it must never be put aside as impossible.
    """
    check, normal, dead = (_number(subject, name) for name in ("check", "normal", "dead"))
    ceiling = ceiling_on(subject, day)
    if check and level > check:
        return Mark("check", check, CRITICAL, SUSPECT)
    if normal and level > normal:
        return Mark("normal", normal, WARNING, OK)
    if ceiling is not None and level > ceiling:
        return Mark("ceiling", ceiling, INFO, OK)
    if dead and level < dead:
        return Mark("dead", dead, WARNING, OK)
    return None


def ceiling_on(subject: Subject, day: date) -> float | None:
    """The flood-season ceiling in force: that of the latest step begun, until the season ends."""
    today = f"{day.month:02d}-{day.day:02d}"
    if today > str(subject.attributes.get("season-end", "")):
        return None
    begun = [name for name in subject.attributes if name.startswith(CEILING) and name.removeprefix(CEILING) <= today]
    return _number(subject, max(begun)) if begun else None


def _number(subject: Subject, name: str) -> float:
    value = subject.attributes.get(name, 0.0)
    return float(value) if isinstance(value, int | float) else 0.0
