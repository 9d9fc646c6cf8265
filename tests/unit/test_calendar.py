"""Days, periods and hours."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.calendar import Calendar, instant_ms, local_date, midnight_ms, parse_hours
from catalogue.periods import KINDS, following, parse_period, period_at, previous

CALENDAR = Calendar()
SESSION = "mon-fri 09:00-11:30 13:00-15:00"
days = st.dates(date(1902, 1, 1), date(2190, 12, 31))
recent_days = st.dates(date(2005, 1, 1), date(2040, 12, 31))
kinds = st.sampled_from(KINDS)
tiling = st.sampled_from([kind for kind in KINDS if kind != "A-N"])


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    """An instant given in Vietnamese local time."""
    return instant_ms(datetime(year, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=7))


@pytest.mark.parametrize("first", [date(2007, 2, 17), date(2025, 1, 29), date(2026, 2, 17), date(2030, 2, 2)])
def test_tet_is_that_of_the_vietnamese_lunar_calendar(first: date) -> None:
    assert CALENDAR.tet(first.year) == first
    assert CALENDAR.is_holiday(first)


def test_every_year_has_a_tet() -> None:
    assert all(CALENDAR.tet(year) for year in range(1990, 2101))


def test_a_day_beyond_the_known_years_is_an_ordinary_one() -> None:
    assert CALENDAR.tet(2199) is None
    assert CALENDAR.day_type(date(2199, 2, 4)) == "working"


def test_the_tet_block_is_seven_days_before_to_ten_after() -> None:
    first = date(2026, 2, 17)
    assert [CALENDAR.is_tet(first + timedelta(days=n)) for n in (-8, -7, 0, 10, 11)] == [False, True, True, True, False]
    assert CALENDAR.day_type(date(2026, 2, 11)) == "tet"


@pytest.mark.parametrize(
    ("day", "kind", "working"),
    [
        (date(2026, 11, 20), "working", True),
        (date(2026, 11, 21), "weekend", False),
        (date(2026, 9, 2), "holiday", False),
        (date(2025, 4, 26), "working", True),  # a Saturday worked for 2 May
        (date(2025, 5, 2), "holiday", False),
        (date(2026, 2, 26), "tet", True),  # in the block, but offices are open
    ],
)
def test_a_day_has_its_type(day: date, kind: str, working: bool) -> None:
    assert CALENDAR.day_type(day) == kind
    assert CALENDAR.is_working(day) is working


def test_days_announced_later_are_added() -> None:
    off, worked = date(2027, 3, 10), date(2027, 3, 13)
    calendar = Calendar({off: "Ngày nghỉ theo thông báo"}, frozenset({worked}))
    assert calendar.is_holiday(off)
    assert not calendar.is_working(off)
    assert calendar.is_working(worked)
    assert calendar.tet(2027) == CALENDAR.tet(2027)


@pytest.mark.parametrize(
    ("code", "start", "end"),
    [
        ("A-M2026-10", date(2026, 9, 15), date(2026, 10, 14)),
        ("A-M2026-01", date(2025, 12, 15), date(2026, 1, 14)),
        ("A-Q2026-1", date(2025, 12, 15), date(2026, 3, 14)),
        ("A-Q2026-4", date(2026, 9, 15), date(2026, 12, 14)),
        ("A-H2026-1", date(2025, 12, 15), date(2026, 6, 14)),
        ("A-H2026-2", date(2026, 6, 15), date(2026, 12, 14)),
        ("A-N2026", date(2025, 12, 15), date(2026, 9, 14)),
        ("A-Y2026", date(2025, 12, 15), date(2026, 12, 14)),
        ("A-W2026-47", date(2026, 11, 16), date(2026, 11, 22)),
        ("C-D2026-11-21", date(2026, 11, 21), date(2026, 11, 21)),
        ("C-M2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("C-H2026-10a", date(2026, 10, 1), date(2026, 10, 15)),
        ("C-H2026-10b", date(2026, 10, 16), date(2026, 10, 31)),
        ("C-Q2026-3", date(2026, 7, 1), date(2026, 9, 30)),
        ("C-Y2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_code_has_its_days(code: str, start: date, end: date) -> None:
    period = parse_period(code)
    assert period is not None
    assert (period.code, period.start, period.end) == (code, start, end)


@pytest.mark.parametrize(
    "code",
    ["", "A-M", "A-M2026-13", "A-M2026-1", "A-M2026-00", "A-W2026-54", "C-D2026-02-30", "C-H2026-10", "C-H2026-10c",
     "C-Q2026-5", "A-H2026-3", "C-M2026-10 ", "a-M2026-10", "C-M٢٠٢٦-10", "C-M9999-01", "X-M2026-10", "2026-10"],
)  # fmt: skip
def test_what_is_no_code_is_no_period(code: str) -> None:
    assert parse_period(code) is None


@given(st.text(max_size=20))
def test_no_text_breaks_the_parser(text: str) -> None:
    period = parse_period(text)
    assert period is None or period.code == text


@given(kinds, days)
def test_a_period_s_code_reads_back_as_itself(kind: str, day: date) -> None:
    period = period_at(kind, day)
    assert period.kind == kind
    assert parse_period(period.code) == period
    assert period_at(kind, period.start) == period_at(kind, period.end) == period


@given(tiling, days)
def test_periods_tile_time(kind: str, day: date) -> None:
    period = period_at(kind, day)
    assert day in period
    assert following(period).start == period.end + timedelta(days=1)
    assert previous(period).end == period.start - timedelta(days=1)


@given(kinds, days)
def test_previous_and_following_undo_each_other(kind: str, day: date) -> None:
    period = period_at(kind, day)
    assert previous(following(period)) == period
    assert following(previous(period)) == period


@given(days)
def test_outside_nine_months_the_one_that_ended_last_is_meant(day: date) -> None:
    period = period_at("A-N", day)
    assert period.start <= day < following(period).start
    assert (day in period) is (day <= period.end)


@given(st.integers(-2_000_000_000_000, 7_000_000_000_000))
def test_a_local_day_holds_its_instants(instant: int) -> None:
    day = local_date(instant)
    assert midnight_ms(day) <= instant < midnight_ms(day + timedelta(days=1))
    assert (datetime(1970, 1, 1, 7, tzinfo=UTC) + timedelta(milliseconds=instant)).date() == day


def test_the_day_turns_at_seventeen_hours_utc() -> None:
    assert local_date(instant_ms(datetime(2026, 11, 20, 16, 59, 59, tzinfo=UTC))) == date(2026, 11, 20)
    assert local_date(instant_ms(datetime(2026, 11, 20, 17, 0, tzinfo=UTC))) == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("instant", "open_"),
    [
        (at(2026, 11, 20, 9), True),
        (at(2026, 11, 20, 8, 59), False),
        (at(2026, 11, 20, 11, 30), False),
        (at(2026, 11, 20, 13), True),
        (at(2026, 11, 20, 15), False),
        (at(2026, 11, 21, 10), False),  # Saturday
        (at(2026, 9, 2, 10), False),  # National Day, a Wednesday
    ],
)
def test_hours_are_local_and_know_holidays(instant: int, open_: bool) -> None:
    assert CALENDAR.in_hours(SESSION, instant) is open_
    assert CALENDAR.in_hours("", instant)


def test_the_next_session_is_found() -> None:
    assert CALENDAR.next_open(SESSION, at(2026, 11, 20, 10)) == at(2026, 11, 20, 10)
    assert CALENDAR.next_open(SESSION, at(2026, 11, 20, 12)) == at(2026, 11, 20, 13)
    assert CALENDAR.next_open(SESSION, at(2026, 11, 20, 15)) == at(2026, 11, 23, 9)
    assert CALENDAR.next_open(SESSION, at(2026, 2, 13, 20)) == at(2026, 2, 23, 9)  # over Tết


@given(recent_days, st.integers(0, 1439))
def test_the_next_session_is_in_hours_and_nothing_before_it_is(day: date, minute: int) -> None:
    instant = midnight_ms(day) + minute * 60_000
    opens = CALENDAR.next_open(SESSION, instant)
    assert CALENDAR.in_hours(SESSION, opens)
    assert opens >= instant
    assert opens == instant or not CALENDAR.in_hours(SESSION, opens - 1)
    assert CALENDAR.open_seconds(SESSION, instant, opens) == 0


def test_open_time_leaves_out_nights_and_weekends() -> None:
    assert CALENDAR.open_seconds(SESSION, at(2026, 11, 20, 14), at(2026, 11, 23, 10)) == 2 * 3600
    assert CALENDAR.open_seconds(SESSION, at(2026, 11, 20, 0), at(2026, 11, 21, 0)) == 4.5 * 3600
    assert CALENDAR.open_seconds("", at(2026, 11, 20), at(2026, 11, 21)) == 86_400


def test_a_feed_may_work_on_holidays_and_over_a_weekend() -> None:
    assert CALENDAR.in_hours("mon-sun 05:00-23:00 holidays", at(2026, 9, 2, 10))
    assert CALENDAR.in_hours("fri-mon 08:00-24:00", at(2026, 11, 22, 23, 59))
    assert not CALENDAR.in_hours("fri-mon 08:00-24:00", at(2026, 11, 24, 10))


@pytest.mark.parametrize(
    "text",
    ["mon-fri", "09:00-11:00", "mon-fri 9:00-11:00", "mon-fri 11:00-09:00", "mon-fri 13:00-15:00 09:00-11:00",
     "mon-fri 09:00-24:30", "moon 09:00-11:00", "mon-fri 09:00-11:00 closed", "holidays"],
)  # fmt: skip
def test_hours_that_cannot_be_read_say_so(text: str) -> None:
    with pytest.raises(ValueError, match="hours"):
        parse_hours(text)


def test_working_hours_of_a_month_are_consistent_minute_by_minute() -> None:
    minutes = range(at(2026, 11, 16), at(2026, 11, 23), 60_000)
    counted = sum(CALENDAR.in_hours(SESSION, minute) for minute in minutes)
    assert counted * 60 == CALENDAR.open_seconds(SESSION, minutes[0], minutes[-1] + 60_000)


def test_days_in_a_row_have_periods_in_order() -> None:
    month = [date(2025, 12, 1) + timedelta(days=n) for n in range(60)]
    for kind in KINDS:
        assert all(period_at(kind, a).start <= period_at(kind, b).start for a, b in pairwise(month))
