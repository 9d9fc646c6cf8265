import pytest

from catalogue.feeds import Window
from streams.detect import Context, feed_state
from streams.detect.base import instant
from tests.builders import HOUR, MINUTE, a_context, a_feed, an_indicator, at

NINE = at("2026-11-20 09:00")


def state(context: Context, clock: int, last: int | None) -> tuple[str, int]:
    return feed_state(context.feed, clock, last, context)


@pytest.mark.parametrize(
    ("minutes", "expected"), [(0, "receiving"), (7, "receiving"), (8, "late"), (14, "late"), (15, "silent")]
)
def test_a_feed_is_in_time_within_its_cadence_and_allowed_lateness(minutes: int, expected: str) -> None:
    context = a_context(an_indicator())
    assert state(context, NINE + minutes * MINUTE, NINE) == (expected, NINE + 7 * MINUTE)


def test_a_feed_never_heard_of_is_silent() -> None:
    assert state(a_context(an_indicator()), NINE, None)[0] == "silent"


def test_outside_its_hours_a_feed_is_off_and_due_next_morning() -> None:
    context = a_context(an_indicator(), feed=a_feed(hours="mon-fri 07:30-17:00"))
    assert state(context, at("2026-11-20 20:00"), at("2026-11-20 16:59")) == ("off_hours", at("2026-11-23 07:36"))


def test_in_maintenance_a_feed_is_neither_late_nor_silent() -> None:
    window = Window(instant(NINE), instant(NINE + HOUR))
    context = a_context(an_indicator(), feed=a_feed(maintenance=(window,)))
    assert state(context, NINE + 30 * MINUTE, NINE - 5 * MINUTE) == ("maintenance", NINE + HOUR + 2 * MINUTE)


def test_nobody_waits_for_a_feed_of_drills() -> None:
    context = a_context(an_indicator(), feed=a_feed(system="drill"))
    assert state(context, NINE, NINE - MINUTE)[0] == "receiving"
    assert state(context, NINE, NINE - HOUR)[0] == "not_due"
    assert state(context, NINE, None)[0] == "not_due"


def quarterly() -> Context:
    return a_context(an_indicator(period="C-Q"), feed=a_feed(cadence_s=0, lateness_s=0, due_days=6))


SECOND_QUARTER = at("2026-04-01 00:00")


def test_a_quarterly_figure_is_not_late_in_the_middle_of_the_quarter() -> None:
    assert state(quarterly(), at("2026-08-15 09:00"), SECOND_QUARTER) == ("not_due", at("2026-10-07 00:00"))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-07-03", "receiving"),
        ("2026-10-03", "not_due"),
        ("2026-10-08", "late"),
        ("2027-01-03", "late"),
        ("2027-01-08", "silent"),
    ],
)
def test_a_quarterly_figure_through_half_a_year_of_silence(day: str, expected: str) -> None:
    assert state(quarterly(), at(f"{day} 09:00"), SECOND_QUARTER)[0] == expected
