"""Parts that do not add up to the total of the same time or period.

Parts and total come in any order and in any batch; the record that completes them decides, and a correction is judged
again. Estimates are held against estimates, finals against finals: a release half arrived is not judged. What is
impossible takes no part: the sum then waits for a better figure.
"""

from typing import ClassVar

from msgspec import Struct

from catalogue.feeds import Feed, Sum, Term
from catalogue.indicators import Indicator
from streams.detect.base import CRITICAL, INFO, NOTHING, OK, Context, Point, Signal, Signals, count_down, ends, of_point

KEPT = 4096
"""Sums in the making, or made and open to correction; the oldest goes first."""
GOOD_SUMS = 2
GROSS = 10.0


CORRECTION = "correction"
"""The vintage of a figure set right alone; it goes with any other."""


class Group(Struct, array_like=True):
    """The total, then the parts. None: not here yet."""

    values: list[float | None]
    vintages: list[str]


class Memory(Struct):
    groups: dict[str, Group] = {}
    """By sum, unit, subject and time."""
    open: dict[str, int] = {}


class Place(Struct, frozen=True):
    """Where a figure stands in a sum."""

    number: int
    position: int
    key: str
    """Of the series of sums; with the time, of one sum."""
    total: Term


class SumMismatch:
    rule: ClassVar[str] = "sum_mismatch"
    reads: ClassVar[str] = "points"

    def __init__(self) -> None:
        self.memory = Memory()
        self._feed: Feed | None = None
        self._places: dict[str, tuple[Place, ...]] = {}

    def judge(self, point: Point, indicator: Indicator, context: Context) -> Signals:
        if not context.feed.sums:
            return NOTHING
        found = []
        for place in self._places_of(point, context.feed):
            values = self._all_terms(place, point)
            if values:
                signal = self._judge(place, values, point, indicator, context)
                found += [signal] if signal is not None else []
        return tuple(found)

    def learn(self, point: Point, indicator: Indicator, said: Signals, context: Context) -> None:
        if not context.feed.sums:
            return
        for place in self._places_of(point, context.feed):
            group = self._group(place, point)
            group.values[place.position], group.vintages[place.position] = point.value, point.vintage
            if _complete(group):
                of_sum = tuple(signal for signal in said if signal.detail["sum_key"] == place.key)
                count_down(self.memory.open, place.key, of_sum, 1 if indicator.period else GOOD_SUMS)
        while len(self.memory.groups) > KEPT:
            del self.memory.groups[next(iter(self.memory.groups))]

    def _judge(
        self, place: Place, values: list[float], point: Point, indicator: Indicator, context: Context
    ) -> Signal | None:
        rule = context.feed.sums[place.number]
        total, parts = values[0], sum(values[1:])
        room = max(rule.tolerance * abs(total), 0.5 * len(values) * 10.0**-indicator.decimals)
        gap = total - parts
        if abs(gap) <= room and not ends(self.memory.open, place.key):
            return None
        signal = of_point(self.rule, point, context)
        signal.indicator, signal.value = place.total.indicator, total
        signal.unit = place.total.unit or point.series.unit
        signal.subject = place.total.subject or point.series.subject
        signal.low, signal.high, signal.score = parts - room, parts + room, abs(gap) / room
        signal.detail.update(sum=parts, gap=gap, sum_key=place.key)
        signal.detail.update({f"part {_name(term)}": v for term, v in zip(rule.parts, values[1:], strict=True)})
        if abs(gap) <= room:
            signal.holds, signal.verdict, signal.severity = False, OK, INFO
        elif abs(total) > GROSS * abs(parts) or abs(parts) > GROSS * abs(total):
            signal.severity = CRITICAL
        return signal

    def _all_terms(self, place: Place, point: Point) -> list[float]:
        """The terms of a sum that this point completes (or changes), else nothing."""
        known = self.memory.groups.get(_key(place, point))
        if known is None or known.values.count(None) > (known.values[place.position] is None):
            return []
        group = Group([*known.values], [*known.vintages])
        group.values[place.position], group.vintages[place.position] = point.value, point.vintage
        return _complete(group)

    def _group(self, place: Place, point: Point) -> Group:
        key = _key(place, point)
        known = self.memory.groups.get(key)
        if known is None:
            terms = 1 + len(self._sum(place).parts)
            known = self.memory.groups[key] = Group([None] * terms, [""] * terms)
        return known

    def _sum(self, place: Place) -> Sum:
        assert self._feed is not None
        return self._feed.sums[place.number]

    def _places_of(self, point: Point, feed: Feed) -> tuple[Place, ...]:
        """Every sum that a series takes part in; known per series, because the catalogue does not change in between."""
        if feed is not self._feed:
            self._feed, self._places = feed, {}
        places = self._places.get(point.key)
        if places is None:
            places = self._places[point.key] = tuple(_places(point, feed))
        return places


def _places(point: Point, feed: Feed) -> list[Place]:
    series, found = point.series, []
    for number, rule in enumerate(feed.sums):
        terms = (rule.total, *rule.parts)
        unit = series.unit if not any(term.unit for term in terms) else ""
        subject = series.subject if not any(term.subject for term in terms) else ""
        for position, term in enumerate(terms):
            same = term.indicator == series.indicator
            if same and term.unit in ("", series.unit) and term.subject in ("", series.subject):
                found.append(Place(number, position, f"{number}|{unit}|{subject}", rule.total))
    return found


def _complete(group: Group) -> list[float]:
    """The terms when all are there and of one release, else nothing."""
    if None in group.values or len(set(group.vintages) - {CORRECTION}) > 1:
        return []
    return [value for value in group.values if value is not None]


def _key(place: Place, point: Point) -> str:
    return f"{place.key}|{point.at}"


def _name(term: Term) -> str:
    return " ".join(word for word in (term.indicator, term.unit, term.subject) if word)
