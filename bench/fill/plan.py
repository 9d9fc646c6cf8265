"""What is filled: from when to when, how densely, and where a row of a moment stands in the log."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

PREFIX = "filled"
"""Topics of their own, so that a worker that runs on the store never takes these offsets for its own."""
GRID_MS = 2_000
"""One message a partition in so much time: its tick, or records if there were any."""
LOCAL_MS = 7 * 3_600_000
DAY_MS = 86_400_000
FIRST_OFFSET_MS = 1_600_000_000_000
"""Offset 0 of every partition."""

HORIZON_DAYS = 60
"""No case lives longer."""


class Size(msgspec.Struct, frozen=True):
    """How much. The days are those that the settings retain, where nothing else is said."""

    scale: float = 1.0
    """Times the country's number of cases."""
    steps_days: int = 395
    figures_days: int = 725
    """Figures are kept for ever; 25 million of them take so long at the catalogue's cadences."""
    least_cadence_s: int = 0
    """Series that report more often are thinned to this."""
    buckets_days: int = 89
    states_days: int = 89
    rejected_days: int = 29
    findings_days: int = 395
    findings_a_day: int = 1_000
    ledger_hours: int = 7 * 24
    """The settings keep 396 days. Ticks every two seconds in 52 partitions are 2.2 million rows a day: a week is more
    than boards look at."""


SMALL = Size(
    scale=0.002,
    figures_days=100,
    least_cadence_s=3_600,
    buckets_days=31,
    states_days=3,
    findings_a_day=240,
    ledger_hours=4,
)
"""For tests: every table has rows, and every query of the wall an answer."""


class Span(msgspec.Struct, frozen=True):
    """From `since` up to before `until`, ms UTC."""

    since: int
    until: int

    def pieces(self, days: int) -> Iterator["Span"]:
        """Cut so that no statement takes long."""
        at = self.since
        while at < self.until:
            yield Span(at, min(at + days * DAY_MS, self.until))
            at += days * DAY_MS


def local_midnight(ms: int) -> int:
    return (ms + LOCAL_MS) // DAY_MS * DAY_MS - LOCAL_MS


def minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60 * 60_000


def parse(text: str) -> int:
    """A time on the command line: ISO, UTC where it names no zone."""
    moment = datetime.fromisoformat(text)
    return minute(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def back(until: int, days: int) -> int:
    return local_midnight(until - days * DAY_MS)


def offset_sql(arrived_ms: str) -> str:
    return f"toUInt64(intDiv({arrived_ms} - {FIRST_OFFSET_MS}, {GRID_MS}))"


def when(ms: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).strftime("%Y-%m-%d %H:%M")
