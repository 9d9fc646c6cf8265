"""One calendar for everything: days in Asia/Ho_Chi_Minh, public holidays, Tết, and the hours a feed works.

Viet Nam is at UTC+7 all year, so an instant becomes a local day by adding seven hours.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

import holidays
from msgspec import Struct

from catalogue.periods import Period, following, parse_period, period_at, previous

__all__ = [
    "Calendar",
    "Hours",
    "Period",
    "following",
    "instant_ms",
    "local_date",
    "midnight_ms",
    "parse_hours",
    "parse_period",
    "period_at",
    "previous",
]

OFFSET_MS = 7 * 3_600_000
DAY_MS = 86_400_000
MINUTE_MS = 60_000
EPOCH = date(1970, 1, 1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEW_YEAR = "Tết Nguyên Đán"
TET_BEFORE, TET_AFTER = 7, 10


def local_date(instant_ms: int) -> date:
    """The day in Viet Nam at an instant."""
    return date.fromordinal(EPOCH.toordinal() + (instant_ms + OFFSET_MS) // DAY_MS)


def midnight_ms(day: date) -> int:
    """The instant at which a day begins in Viet Nam."""
    return (day.toordinal() - EPOCH.toordinal()) * DAY_MS - OFFSET_MS


class Hours(Struct, frozen=True):
    """When a feed is expected to work: days of the week (Monday is 0) and sessions in minutes of the local day."""

    days: frozenset[int]
    sessions: tuple[tuple[int, int], ...]
    holidays: bool
    """True: public holidays too."""


@lru_cache(maxsize=256)
def parse_hours(text: str) -> Hours:
    """`mon-fri 09:00-11:30 13:00-15:00`; add the word `holidays` for a feed that works on public holidays too."""
    words = text.split()
    open_on_holidays = words[-1:] == ["holidays"]
    if open_on_holidays:
        words.pop()
    if len(words) < 2:
        raise ValueError(f"hours {text!r} must be days and sessions, like 'mon-fri 07:30-17:00'")
    sessions = tuple(_session(word, text) for word in words[1:])
    if any(later[0] < earlier[1] for earlier, later in pairwise(sessions)):
        raise ValueError(f"hours {text!r}: sessions must be in order and apart")
    return Hours(_days(words[0], text), sessions, open_on_holidays)


def _days(word: str, text: str) -> frozenset[int]:
    first, _, last = word.partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        raise ValueError(f"hours {text!r}: {word!r} is not a day or days like 'mon-fri'")
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return frozenset((start + step) % 7 for step in range((end - start) % 7 + 1))


def _session(word: str, text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])", word)
    if found is None:
        raise ValueError(f"hours {text!r}: {word!r} is not a session like '09:00-11:30'")
    start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if not start < end <= 24 * 60:
        raise ValueError(f"hours {text!r}: session {word!r} must end after it starts, by 24:00")
    return start, end


class Calendar:
    """Days off are those of the `holidays` package (Viet Nam), whose Tết follows the Vietnamese lunar calendar.

    `calendar.toml` adds days announced later.
    """

    def __init__(self, days_off: dict[date, str] | None = None, days_worked: frozenset[date] = frozenset()) -> None:
        self._holidays = holidays.country_holidays("VN", language="vi")
        for day, name in (days_off or {}).items():
            self._holidays[day] = name
        self._worked = days_worked
        self._tet: dict[int, date | None] = {}
        self._types: dict[date, str] = {}
        self._working: dict[date, bool] = {}

    def tet(self, year: int) -> date | None:
        """The first day of the lunar new year that falls in a solar year; None before 1901 and after 2100."""
        if year not in self._tet:
            first = date(year, 1, 20)
            days = (first + timedelta(days=n) for n in range(34))
            self._tet[year] = next((d for d in days if NEW_YEAR in self.holiday_name(d).split("; ")), None)
        return self._tet[year]

    def holiday_name(self, day: date) -> str:
        """Its Vietnamese name, or an empty text."""
        return self._holidays.get(day, "") or ""

    def is_holiday(self, day: date) -> bool:
        return day in self._holidays

    def is_tet(self, day: date) -> bool:
        """In the days around Tết (7 before to 10 after) that compare with no ordinary week."""
        first = self.tet(day.year)
        return first is not None and -TET_BEFORE <= (day - first).days <= TET_AFTER

    def day_type(self, day: date) -> str:
        """What the day compares with: `tet`, `holiday`, `weekend` or `working`; the first that holds."""
        if day not in self._types:
            self._types[day] = self._day_type(day)
        return self._types[day]

    def _day_type(self, day: date) -> str:
        if self.is_tet(day):
            return "tet"
        if self.is_holiday(day):
            return "holiday"
        return "working" if self.is_working(day) else "weekend"

    def is_working(self, day: date) -> bool:
        """Offices are open; a Saturday worked in exchange for a day off counts."""
        if day not in self._working:
            self._working[day] = day in self._worked or self._holidays.is_working_day(day)
        return self._working[day]

    def in_hours(self, hours: str, instant_ms: int) -> bool:
        """Whether a feed with these hours is expected to work at an instant. No hours: always."""
        if not hours:
            return True
        parsed = parse_hours(hours)
        days, rest = divmod(instant_ms + OFFSET_MS, DAY_MS)
        minute = rest // MINUTE_MS
        if not any(start <= minute < end for start, end in parsed.sessions):
            return False
        return self._open_on(parsed, date.fromordinal(EPOCH.toordinal() + days))

    def next_open(self, hours: str, instant_ms: int) -> int:
        """The instant itself when in hours, else the start of the next session."""
        if self.in_hours(hours, instant_ms):
            return instant_ms
        parsed, day = parse_hours(hours), local_date(instant_ms)
        while True:
            if self._open_on(parsed, day):
                starts = (midnight_ms(day) + start * MINUTE_MS for start, _ in parsed.sessions)
                for start in starts:
                    if start > instant_ms:
                        return start
            day += timedelta(days=1)

    def open_seconds(self, hours: str, start_ms: int, end_ms: int) -> float:
        """How many of the seconds between two instants are in hours: silence is counted in these."""
        if not hours:
            return max(end_ms - start_ms, 0) / 1000
        parsed, day, total = parse_hours(hours), local_date(start_ms), 0
        while (begin := midnight_ms(day)) < end_ms:
            if self._open_on(parsed, day):
                for start, end in parsed.sessions:
                    low, high = begin + start * MINUTE_MS, begin + end * MINUTE_MS
                    total += max(min(high, end_ms) - max(low, start_ms), 0)
            day += timedelta(days=1)
        return total / 1000

    def _open_on(self, hours: Hours, day: date) -> bool:
        return day.weekday() in hours.days and (hours.holidays or not self.is_holiday(day))


def instant_ms(at: datetime) -> int:
    """Milliseconds since 1970 of an instant; one without a zone is taken as UTC."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)
