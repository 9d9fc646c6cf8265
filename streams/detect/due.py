"""When the next record of a feed is due, and what state that puts the feed in.

Time counts only while the feed is open: outside its hours and in announced maintenance nothing is expected.
"""

from datetime import date

from catalogue.calendar import DAY_MS, MINUTE_MS, instant_ms, local_date, midnight_ms, parse_hours
from catalogue.feeds import Feed
from catalogue.periods import Period, following, period_at, previous
from streams.detect.base import Context

RECEIVING, NOT_DUE, LATE, SILENT = "receiving", "not_due", "late", "silent"
OFF_HOURS, MAINTENANCE = "off_hours", "maintenance"
ON_DEMAND = "drill"
"""The system whose feeds speak only when a drill or a replay makes them: when all is quiet, nobody waits."""
STATES = (RECEIVING, NOT_DUE, LATE, SILENT, OFF_HOURS, MAINTENANCE)
LONGEST_PERIOD_MS = 800 * DAY_MS
LATE_FOR = 2.0
"""In allowances (cadence and allowed lateness): so long a feed is late, after that its signal is lost."""


def feed_state(feed: Feed, clock_ms: int, last_at: int | None, context: Context) -> tuple[str, int]:
    """One of STATES, and when the next record is due; `last_at` is the time of the newest record, None if never."""
    window = maintenance_end(feed, clock_ms)
    if window:
        return MAINTENANCE, max(window, due_at(feed, last_at, context))
    due = due_at(feed, last_at, context)
    if on_demand(feed) and clock_ms > due:
        return NOT_DUE, due
    if feed.periodic:
        return _periodic_state(feed, clock_ms, last_at, context)
    if not context.catalogue.calendar.in_hours(feed.hours, clock_ms):
        return OFF_HOURS, max(due, context.catalogue.calendar.next_open(feed.hours, clock_ms))
    if clock_ms <= due:
        return RECEIVING, due
    silent_from = after_open(feed, last_at or 0, LATE_FOR * allowance(feed), context) if last_at else due
    return (LATE if clock_ms <= silent_from else SILENT), due


def on_demand(feed: Feed) -> bool:
    return feed.system == ON_DEMAND


def allowance(feed: Feed) -> int:
    """Milliseconds of open time a reporter may be quiet."""
    return (feed.cadence_s + feed.lateness_s) * 1000


def due_at(feed: Feed, last_at: int | None, context: Context) -> int:
    """When the record after `last_at` is due at the latest; a feed never heard of was due from its first day."""
    start = midnight_ms(feed.first_day) if last_at is None else last_at
    if not feed.periodic:
        return after_open(feed, start, allowance(feed), context)
    kind = period_kind(feed, context)
    period = period_at(kind, local_date(start))
    return period_due(feed, period if last_at is None else following(period))


def period_due(feed: Feed, period: Period) -> int:
    """The end of the day on which a period's figures are due, and the allowed lateness."""
    return midnight_ms(period.end) + (1 + feed.due_days) * DAY_MS + feed.lateness_s * 1000


def period_kind(feed: Feed, context: Context) -> str:
    """The shortest kind of period among a feed's indicators: the one that is due most often."""
    today = feed.first_day
    kinds = {context.catalogue.indicators[name].period for name in feed.indicators} - {""}
    return min(kinds or {"C-M"}, key=lambda kind: (period_at(kind, today).end - period_at(kind, today).start, kind))


def first_due_after(feed: Feed, since: int, valid_from: date, context: Context) -> int:
    """When a reporter that was never heard must have reported: watched since an instant, there since a day."""
    first = max(feed.first_day, valid_from)
    if not feed.periodic:
        return after_open(feed, max(since, midnight_ms(first)), allowance(feed), context)
    period = period_at(period_kind(feed, context), max(first, local_date(since - LONGEST_PERIOD_MS)))
    while period_due(feed, period) <= since:
        period = following(period)
    return period_due(feed, period)


def latest_due(feed: Feed, clock_ms: int, context: Context) -> Period:
    """The newest period whose figures have fallen due."""
    period = previous(period_at(period_kind(feed, context), local_date(clock_ms)))
    while period_due(feed, period) > clock_ms:
        period = previous(period)
    return period


def after_open(feed: Feed, start: int, milliseconds: float, context: Context) -> int:
    """The instant by which so much open time has gone by since `start`."""
    calendar, left, at = context.catalogue.calendar, milliseconds, start
    if not feed.hours and not feed.maintenance:
        return int(start + left)
    while True:
        at = _resume(feed, calendar.next_open(feed.hours, at))
        if not calendar.in_hours(feed.hours, at):
            continue
        until = _pause(feed, at, context)
        if until is None or at + left <= until:
            return int(at + left)
        left -= until - at
        at = until


def maintenance_end(feed: Feed, clock_ms: int) -> int:
    """When the maintenance that is going on ends; 0 when there is none."""
    ends = (instant_ms(w.end) for w in feed.maintenance if instant_ms(w.start) <= clock_ms < instant_ms(w.end))
    return max(ends, default=0)


def whole_minute(at: int) -> int:
    """The whole minute at or after an instant: when an absence can be seen."""
    return -(-at // MINUTE_MS) * MINUTE_MS


def _resume(feed: Feed, at: int) -> int:
    while end := maintenance_end(feed, at):
        at = end
    return at


def _pause(feed: Feed, at: int, context: Context) -> int | None:
    """Where the open stretch that `at` lies in ends: of the session, or at a maintenance; None: it does not."""
    ends = [instant_ms(window.start) for window in feed.maintenance if instant_ms(window.start) > at]
    if feed.hours:
        ends.append(_session_end(feed.hours, at))
    return min(ends, default=None)


def _session_end(hours: str, at: int) -> int:
    midnight = midnight_ms(local_date(at))
    minute = (at - midnight) // MINUTE_MS
    return midnight + MINUTE_MS * next(end for start, end in parse_hours(hours).sessions if start <= minute < end)


def _periodic_state(feed: Feed, clock_ms: int, last_at: int | None, context: Context) -> tuple[str, int]:
    """A quarterly figure is not late in the middle of the quarter."""
    due = due_at(feed, last_at, context)
    if clock_ms > due:
        missed = latest_due(feed, clock_ms, context)
        return (LATE if last_at is not None and midnight_ms(previous(missed).start) <= last_at else SILENT), due
    if last_at is None:
        return NOT_DUE, due
    ended = previous(period_at(period_kind(feed, context), local_date(clock_ms)))
    fresh = midnight_ms(ended.start) <= last_at and clock_ms <= period_due(feed, ended)
    return (RECEIVING if fresh else NOT_DUE), due
