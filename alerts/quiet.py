"""When people are not written to: nights, weekends, holidays and Tết, as Alertmanager's time intervals.

Alertmanager's week begins on Sunday, so `saturday:sunday` is refused and weekdays are listed. A range of hours may not
cross midnight. Tết is the first day by the Vietnamese lunar calendar and the days off around it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from catalogue.calendar import Calendar
from grafana.target import ZONE

NIGHT, WEEKEND, TET, HOLIDAYS, MORNING = "night", "weekend", "tet", "holidays", "morning"
YEARS = range(2026, 2036)
"""Written out ahead. Days that are announced later go into catalogue/calendar.toml; then `make alerts`."""
DAY = timedelta(days=1)
Interval = dict[str, Any]


def time_intervals(calendar: Calendar) -> list[Interval]:
    tet = [day for year in YEARS for day in tet_days(calendar, year)]
    days = (date(YEARS[0], 1, 1) + n * DAY for n in range((date(YEARS[-1], 12, 31) - date(YEARS[0], 1, 1)).days + 1))
    others = [day for day in days if calendar.is_holiday(day) and day not in set(tet)]
    return [
        _named(NIGHT, {"times": [_hours("22:00", "24:00"), _hours("00:00", "06:00")]}),
        _named(WEEKEND, {"weekdays": ["saturday", "sunday"]}),
        _named(TET, *_spans(tet)),
        _named(HOLIDAYS, *_spans(others)),
        _named(MORNING, {"times": [_hours("07:00", "09:00")]}),
    ]


def tet_days(calendar: Calendar, year: int) -> list[date]:
    """The first day of the lunar year, and the days off in a row before and after it, weekends too."""
    first = calendar.tet(year)
    if first is None:
        return []
    start = end = first
    while not calendar.is_working(start - DAY):
        start -= DAY
    while not calendar.is_working(end + DAY):
        end += DAY
    return [start + n * DAY for n in range((end - start).days + 1)]


def _named(name: str, *spans: Interval) -> Interval:
    return {"name": name, "time_intervals": [{**span, "location": ZONE} for span in spans]}


def _hours(start: str, end: str) -> dict[str, str]:
    return {"start_time": start, "end_time": end}


def _spans(days: Iterable[date]) -> Iterator[Interval]:
    """Days in a row within one month as one entry."""
    numbered = enumerate(sorted(days))
    for _, run in groupby(numbered, key=lambda found: (found[1].year, found[1].month, found[1] - found[0] * DAY)):
        row = [day for _, day in run]
        yield {
            "years": [str(row[0].year)],
            "months": [str(row[0].month)],
            "days_of_month": [f"{row[0].day}:{row[-1].day}"],
        }
