from datetime import UTC, datetime, timedelta

import pytest

from contract.text import LOCAL
from nhip.due import due
from nhip.words import Spoken

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2h", NOW + timedelta(hours=2)),
        ("90m", NOW + timedelta(minutes=90)),
        ("3d", NOW + timedelta(days=3)),
        ("15:00", datetime(2026, 11, 21, 15, 0, tzinfo=LOCAL)),
        ("15h05", datetime(2026, 11, 21, 15, 5, tzinfo=LOCAL)),
        ("08:00", datetime(2026, 11, 22, 8, 0, tzinfo=LOCAL)),
        ("23/11/2026 08:00", datetime(2026, 11, 23, 8, 0, tzinfo=LOCAL)),
        (" 23/11/2026   8h00 ", datetime(2026, 11, 23, 8, 0, tzinfo=LOCAL)),
        ("2026-11-23 08:00", datetime(2026, 11, 23, 8, 0, tzinfo=LOCAL)),
        ("2026-11-23T08:00", datetime(2026, 11, 23, 8, 0, tzinfo=LOCAL)),
    ],
)
def test_a_time_to_answer_is_read_as_people_write_it(typed: str, meant: datetime) -> None:
    assert due(typed, NOW) == meant
    assert due(typed, NOW.astimezone(UTC)) == meant, "the hours of the day are local, whatever zone now is given in"


@pytest.mark.parametrize("typed", ["", "soon", "25:00", "10:75", "31/02/2026 08:00", "0h", "11/21/2026 08:00"])
def test_what_is_no_time_or_has_passed_is_said(typed: str) -> None:
    with pytest.raises(Spoken):
        due(typed, NOW)


def test_a_day_that_has_passed_is_no_time_to_answer() -> None:
    with pytest.raises(Spoken, match="đã qua"):
        due("20/11/2026 15:00", NOW)
