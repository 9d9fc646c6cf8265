"""Reporting periods. A code names its calendar: C-… is the solar year's, A-… the administrative one, cut on the 14th.

A nine-month period (A-N) overlaps no other A-N but leaves 15 September to 14 December between two of them;
periods of every other kind tile time.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from msgspec import Struct

DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1900, 2199


class Period(Struct, frozen=True):
    """`start` and `end` are both inside."""

    code: str
    kind: str
    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


@lru_cache(maxsize=8192)
def parse_period(code: str) -> Period | None:
    """The period of a code, or None when it is not exactly a code that `period_at` would give."""
    kind = code[:3]
    if kind not in _FORMS:
        return None
    pattern, build, _ = _FORMS[kind]
    found = pattern.fullmatch(code[3:])
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return None
    try:
        start, end = build(*found.groups())
    except ValueError:
        return None
    return Period(code, kind, start, end)


def period_at(kind: str, day: date) -> Period:
    """The period of a kind that a day lies in; for A-N outside nine months, the one that ended last."""
    _, _, code_at = _FORMS[kind]
    period = parse_period(kind + code_at(day))
    if period is None:
        raise ValueError(f"{day} is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return period


def previous(period: Period) -> Period:
    return period_at(period.kind, period.start - DAY)


def following(period: Period) -> Period:
    if period.kind == "A-N":
        return period_at("A-N", period.end.replace(month=12, day=15))
    return period_at(period.kind, period.end + DAY)


def _month_end(year: int, month: int) -> date:
    return _shift(date(year, month, 1), 1) - DAY


def _shift(day: date, months: int) -> date:
    """The same day of another month."""
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)


def _day(year: str, month: str, day: str) -> tuple[date, date]:
    at = date(int(year), int(month), int(day))
    return at, at


def _month(year: str, month: str) -> tuple[date, date]:
    return date(int(year), int(month), 1), _month_end(int(year), int(month))


def _half_month(year: str, month: str, half: str) -> tuple[date, date]:
    first, last = _month(year, month)
    return (first, first.replace(day=15)) if half == "a" else (first.replace(day=16), last)


def _quarter(year: str, number: str) -> tuple[date, date]:
    month = int(number) * 3
    return date(int(year), month - 2, 1), _month_end(int(year), month)


def _year(year: str) -> tuple[date, date]:
    return date(int(year), 1, 1), date(int(year), 12, 31)


def _week(year: str, week: str) -> tuple[date, date]:
    monday = date.fromisocalendar(int(year), int(week), 1)
    return monday, monday + 6 * DAY


def _administrative(months: int, month: int, year: str) -> tuple[date, date]:
    """A period of some months that ends on the 14th of `month`."""
    end = date(int(year), month, 14)
    return _shift(end, -months) + DAY, end


def _admin_month(year: str, month: str) -> tuple[date, date]:
    return _administrative(1, int(month), year)


def _admin_quarter(year: str, number: str) -> tuple[date, date]:
    return _administrative(3, int(number) * 3, year)


def _admin_half(year: str, number: str) -> tuple[date, date]:
    return _administrative(6, int(number) * 6, year)


def _nine_months(year: str) -> tuple[date, date]:
    return _administrative(9, 9, year)


def _admin_year(year: str) -> tuple[date, date]:
    return _administrative(12, 12, year)


def _admin(day: date) -> date:
    """The first of the administrative month a day lies in: from the 15th on it is the next month."""
    first = day.replace(day=1)
    return _shift(first, 1) if day.day >= 15 else first


def _week_code(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-{week:02d}"


_Build = Callable[..., tuple[date, date]]
_FORMS: dict[str, tuple[re.Pattern[str], _Build, Callable[[date], str]]] = {
    "C-D": (re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"), _day, lambda d: d.isoformat()),
    "C-H": (
        re.compile(r"([0-9]{4})-([0-9]{2})([ab])"),
        _half_month,
        lambda d: f"{d.year}-{d.month:02d}{'a' if d.day <= 15 else 'b'}",
    ),
    "C-M": (re.compile(r"([0-9]{4})-([0-9]{2})"), _month, lambda d: f"{d.year}-{d.month:02d}"),
    "C-Q": (re.compile(r"([0-9]{4})-([1-4])"), _quarter, lambda d: f"{d.year}-{(d.month + 2) // 3}"),
    "C-Y": (re.compile(r"([0-9]{4})"), _year, lambda d: f"{d.year}"),
    "A-W": (re.compile(r"([0-9]{4})-([0-9]{2})"), _week, _week_code),
    "A-M": (re.compile(r"([0-9]{4})-([0-9]{2})"), _admin_month, lambda d: f"{_admin(d).year}-{_admin(d).month:02d}"),
    "A-Q": (
        re.compile(r"([0-9]{4})-([1-4])"),
        _admin_quarter,
        lambda d: f"{_admin(d).year}-{(_admin(d).month + 2) // 3}",
    ),
    "A-H": (
        re.compile(r"([0-9]{4})-([12])"),
        _admin_half,
        lambda d: f"{_admin(d).year}-{(_admin(d).month + 5) // 6}",
    ),
    "A-N": (re.compile(r"([0-9]{4})"), _nine_months, lambda d: f"{_admin(d).year}"),
    "A-Y": (re.compile(r"([0-9]{4})"), _admin_year, lambda d: f"{_admin(d).year}"),
}
KINDS = tuple(_FORMS)
