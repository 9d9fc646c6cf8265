"""When many series of a feed move together there is one cause, and one finding that says so (`storm`).

Weak moves count as well: one jump among many series that lean with it is part of a storm. Moves are held back until
the clock's next whole minute, because the first of many does not know that it is one of many. A wrong unit or decimal
mark (a factor of 30 and more) is not held back: it is told at once.
"""

from typing import ClassVar

import msgspec
from msgspec import Struct

from catalogue.calendar import MINUTE_MS
from streams.detect.base import INFO, NO_OFFSET, OK, WARNING, Context, Detail, Signal

STORM = "storm"
QUARTER_MS = 900_000
TOGETHER = 3
"""Cadences."""
KEPT_WINDOWS = 8
CALM_MS = 3_600_000
"""A storm lasts until nothing has joined it for so long."""
HELD = 10_000
LISTED, COUNTED = 12, 2_000


class Move(Struct):
    """What a storm needs to know of an open finding."""

    rule: str
    indicator: str
    unit: str
    subject: str
    at: int


class Storms(Struct):
    """What moved together lately (in the records' own time), and the storm that is on."""

    RULES: ClassVar[frozenset[str]] = frozenset({"jump", "soft_bounds"})

    held: list[Signal] = []
    moved: dict[str, dict[str, float]] = {}
    """Window of time -> series that moved in it, with their strength; below 1 is a weak move."""
    joined: dict[str, float] = {}
    """Series in the storm that is on."""
    began: int = 0
    """Its first window; 0: no storm."""
    touched: int = 0
    gross: int = 0

    def hold_back(self, signal: Signal, is_open: bool, context: Context) -> bool:
        """Whether a signal waits for the next minute, or (a weak move) is for the count alone.

        A fact (verdict ok) and what is open already never wait.
        """
        if signal.rule not in self.RULES:
            return False
        if "weak" in signal.detail:
            self._note(signal, context)
            return True
        if signal.holds and signal.verdict == OK:
            return False
        if not signal.holds:
            return self._follow(signal)
        self._note(signal, context)
        if is_open or len(self.held) >= HELD:
            return False
        if "gross" in signal.detail and not self._is_storm(_window(signal, context), context):
            return False
        self.held.append(signal)
        return True

    def decide(self, now: int, open_moves: list[Move], context: Context) -> list[Signal]:
        """At a whole minute: what was held back, singly or as a storm that takes the single ones in."""
        held, self.held = self.held, []
        out: list[Signal] = []
        for signal in held:
            if signal.holds and self._is_storm(_window(signal, context), context):
                out += self._join(signal, now, open_moves, context)
            else:
                out.append(signal)
        if self.began and now - self.touched >= CALM_MS:
            self.began, self.joined, self.gross = 0, {}, 0
        return out

    def _follow(self, signal: Signal) -> bool:
        """The end of a move whose beginning still waits must wait behind it."""
        if any(other.holds and _series(other) == _series(signal) for other in self.held):
            self.held.append(signal)
            return True
        return False

    def _note(self, signal: Signal, context: Context) -> None:
        together = self.moved.setdefault(str(_window(signal, context)), {})
        if len(together) < COUNTED:
            name = _series(signal)
            together[name] = max(together.get(name, 0.0), signal.score)
        while len(self.moved) > KEPT_WINDOWS:
            del self.moved[min(self.moved, key=int)]

    def _is_storm(self, window: int, context: Context) -> bool:
        if self.began and window >= self.began:
            return True
        return len(self.moved.get(str(window), {})) >= many(context)

    def _join(self, signal: Signal, now: int, open_moves: list[Move], context: Context) -> list[Signal]:
        out: list[Signal] = []
        window = _window(signal, context)
        if not self.began:
            self.began = window
            self.joined = dict(self.moved.get(str(window), {}))
            out = [_taken_in(move, signal) for move in open_moves if window <= move.at < window + _length(context)]
        if len(self.joined) < COUNTED:
            self.joined[_series(signal)] = max(self.joined.get(_series(signal), 0.0), signal.score)
        self.touched = now
        self.gross |= int("gross" in signal.detail)
        return [*out, self._signal(signal, context)]

    def _signal(self, signal: Signal, context: Context) -> Signal:
        strongest = sorted(self.joined, key=lambda name: (-self.joined[name], name))[:LISTED]
        places = {name.partition("|")[2] for name in self.joined}
        detail: Detail = {"series": len(self.joined), "places": len(places), "strongest": " ".join(strongest)}
        if self.gross:
            detail["gross"] = 1
        return msgspec.structs.replace(
            signal,
            rule=STORM,
            indicator="",
            unit="",
            subject="",
            at=self.began,
            severity=WARNING if self.gross else INFO,
            value=float(len(self.joined)),
            low=None,
            high=float(many(context)),
            score=len(self.joined) / many(context),
            detail=detail,
        )


def many(context: Context) -> int:
    """How many series moving together are more than chance: a fifth of the feed's, at least 3 and at most 8."""
    feed = context.feed
    subjects = len(context.catalogue.expected_subjects(feed))
    units = 34 if "provinces" in feed.units else len(feed.units)
    return min(8, max(3, units * subjects * len(feed.indicators) // 5))


def _length(context: Context) -> int:
    """How close in time is "together": a quarter of an hour, or less for a feed that reports many times in one."""
    feed = context.feed
    return QUARTER_MS if feed.periodic else min(QUARTER_MS, max(MINUTE_MS, TOGETHER * feed.cadence_s * 1000))


def _window(signal: Signal, context: Context) -> int:
    return signal.at // _length(context) * _length(context)


def _series(signal: Signal) -> str:
    return f"{signal.indicator}|{signal.unit}|{signal.subject}"


def _taken_in(move: Move, signal: Signal) -> Signal:
    """The single finding is over: the storm tells it from here on."""
    return Signal(
        rule=move.rule,
        feed=signal.feed,
        indicator=move.indicator,
        unit=move.unit,
        subject=move.subject,
        at=signal.at,
        offset=NO_OFFSET if signal.offset < 0 else signal.offset,
        holds=False,
        detail={"storm": 1},
    )
