"""Who should have reported, and has not. Judged at whole minutes of the partition's clock, in open hours only.

When half of a feed's reporters are silent it is the feed that is silent: one finding that lists them, not one each.
Cases are people's work, and at Tết and on holidays few people work: their silence then is told, but calls nobody. What
is still silent after the first ordinary day's allowance calls.
"""

from datetime import date
from typing import ClassVar

from msgspec import Struct

from catalogue.calendar import DAY_MS, local_date, midnight_ms
from streams.detect.base import CRITICAL, INFO, NO_OFFSET, OK, QUIET_DAYS, WARNING, Context, Signal, day_type
from streams.detect.due import after_open, allowance, due_at, first_due_after, on_demand, whole_minute

CRITICAL_AFTER = 3
"""Allowances after which a feed that is wholly silent is critical."""
LISTED = 70
FEED = ""
"""The unit of a signal that is about the whole feed."""


class Memory(Struct):
    since: int = 0
    """The first minute watched: who was never heard is late from here."""
    open: dict[str, str] = {}
    """Unit (FEED: the whole feed) -> severity said, and for the feed how many were silent."""
    listed: int = 0


class Silent:
    rule: ClassVar[str] = "silent"
    reads: ClassVar[str] = "clock"

    def __init__(self) -> None:
        self.memory = Memory()
        self._dues: dict[str, tuple[int, int]] = {}
        self._expected: tuple[date, tuple[str, ...]] = (date.min, ())

    def judge(self, clock: int, reporting: dict[str, int], context: Context) -> list[Signal]:
        expected = self._units(clock, context)
        silent = self._silent(clock, expected, reporting, context)
        if not self._gathered(len(silent), len(expected)):
            return self._units_apart(clock, silent, reporting, context)
        gone = [self._over(unit, clock, context, gathered=True) for unit in self.memory.open if unit != FEED]
        feed = self._feed_signal(clock, silent, expected, reporting, context)
        said = (self.memory.open.get(FEED), self.memory.listed)
        return gone + ([feed] if said != (feed.severity, len(silent)) else [])

    def learn(self, clock: int, reporting: dict[str, int], signals: list[Signal], context: Context) -> None:
        memory = self.memory
        memory.since = memory.since or clock
        for signal in signals:
            if not signal.holds:
                memory.open.pop(signal.unit, None)
                continue
            memory.open[signal.unit] = signal.severity
            if signal.unit == FEED:
                memory.listed = int(signal.detail["silent"])

    def _gathered(self, silent: int, expected: int) -> bool:
        """Half the reporters make the feed silent; it stays so until two thirds are back."""
        share = 3 if FEED in self.memory.open else 2
        return silent > 0 and share * silent >= expected

    def _units_apart(
        self, clock: int, silent: dict[str, int], reporting: dict[str, int], context: Context
    ) -> list[Signal]:
        back = [self._over(unit, clock, context) for unit in self.memory.open if unit not in silent]
        said = self.memory.open
        new = [unit for unit in silent if said.get(unit) != WARNING]
        signals = [self._signal(unit, silent[unit], clock, reporting.get(unit), context) for unit in new]
        return back + [signal for signal in signals if said.get(signal.unit) != signal.severity]

    def _silent(
        self, clock: int, expected: tuple[str, ...], reporting: dict[str, int], context: Context
    ) -> dict[str, int]:
        """Silent units, in official order, with the whole minute at which each fell due."""
        feed, found = context.feed, {}
        room = 0 if feed.periodic else allowance(feed)
        for unit in expected:
            last = reporting.get(unit)
            if last is not None and clock - last <= room:
                continue
            due = self._due(unit, last, clock, context)
            if clock > due:
                found[unit] = whole_minute(due + 1)
        if on_demand(feed) and len(found) == len(expected):
            return {}  # the drill or replay is over
        return found

    def _due(self, unit: str, last: int | None, clock: int, context: Context) -> int:
        """Due times move only with a new record, so they are kept aside."""
        known = self._dues.get(unit)
        if known is not None and known[0] == (last or 0):
            return known[1]
        if last is None:
            valid_from = context.catalogue.units.by_id[unit].valid_from
            due = first_due_after(context.feed, self.memory.since or clock, valid_from, context)
        else:
            due = due_at(context.feed, last, context)
        if last is not None or self.memory.since:
            self._dues[unit] = (last or 0, due)
        return due

    def _units(self, clock: int, context: Context) -> tuple[str, ...]:
        day = local_date(clock)
        if self._expected[0] != day:
            catalogue, feed = context.catalogue, context.feed
            units = catalogue.expected_units(feed, day)
            self._expected = (day, tuple(u for u in units if catalogue.shard_of(feed, u) == context.shard))
        return self._expected[1]

    def _feed_signal(
        self,
        clock: int,
        silent: dict[str, int],
        expected: tuple[str, ...],
        reporting: dict[str, int],
        context: Context,
    ) -> Signal:
        """One signal for the feed; it fell due when half of its reporters had."""
        minutes = sorted(silent.values())
        deciding = minutes[min((len(expected) + 1) // 2, len(minutes)) - 1]
        heard = [reporting[unit] for unit in expected if unit in reporting]
        last = max(heard, default=None)
        signal = self._signal(FEED, deciding, clock, last, context)
        signal.detail.update(silent=len(silent), expected=len(expected), units=" ".join(list(silent)[:LISTED]))
        calls = signal.severity == WARNING and len(silent) == len(expected)
        if calls and clock > self._critical_from(last, deciding, context):
            signal.severity = CRITICAL
        return signal

    def _critical_from(self, last: int | None, deciding: int, context: Context) -> int:
        feed = context.feed
        if feed.periodic:
            return deciding + CRITICAL_AFTER * (feed.due_days * DAY_MS + feed.lateness_s * 1000)
        room = CRITICAL_AFTER * allowance(feed)
        return after_open(feed, self.memory.since or deciding if last is None else last, room, context)

    def _signal(self, unit: str, at: int, clock: int, last: int | None, context: Context) -> Signal:
        feed = context.feed
        signal = Signal(
            rule=self.rule,
            feed=feed.id,
            indicator="",
            unit=unit,
            subject="",
            at=at,
            offset=NO_OFFSET,
            severity=self._severity(unit, clock, last, context),
            drill=feed.drill,
        )
        signal.detail.update(clock=clock, cadence_s=feed.cadence_s, lateness_s=feed.lateness_s)
        if last is not None:
            signal.detail["last_at"] = last
            signal.score = max(1.0, (clock - last) / allowance(feed)) if not feed.periodic else 1.0
        return signal

    def _severity(self, unit: str, clock: int, last: int | None, context: Context) -> str:
        feed, said = context.feed, self.memory.open.get(unit)
        if feed.record != "cases" or said in (WARNING, CRITICAL):
            return WARNING
        if _is_quiet(clock, context):
            return INFO
        if said != INFO and (last is None or not _is_quiet(last, context)):
            return WARNING
        called_from = after_open(feed, midnight_ms(local_date(clock)), allowance(feed), context)
        return WARNING if clock > called_from else INFO

    def _over(self, unit: str, clock: int, context: Context, gathered: bool = False) -> Signal:
        signal = self._signal(unit, clock, clock, None, context)
        signal.holds, signal.verdict, signal.severity = False, OK, INFO
        if gathered:
            signal.detail["gathered"] = 1
        return signal


def _is_quiet(at: int, context: Context) -> bool:
    return day_type(at, context) in QUIET_DAYS
