"""`nhip alerts`: what is printed, and in what order."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contract.errors import SettingError
from nhip.alerts_now import Found, lines, moment
from tests.alert_messages import BASES, a_message

AT = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["2026-11-20 11:00", "2026-11-20T11:00", " 20/11/2026 11:00 "])
def test_a_moment_is_local_time_as_people_write_it(typed: str) -> None:
    assert moment(typed) == AT


@pytest.mark.parametrize("typed", ["", "11:00", "2026-13-01 00:00", "tomorrow"])
def test_what_is_no_moment_is_said_with_an_example(typed: str) -> None:
    with pytest.raises(SettingError, match="2026-11-21 09:30"):
        moment(typed)


def printed(found: Found, **changes: Any) -> str:
    given = {"lang": "vi", "shortly": False, **changes}
    return "\n".join(lines(found, BASES, AT, **given))


def test_messages_stand_under_who_gets_them_and_the_last_line_counts() -> None:
    found = Found([a_message(), a_message("FeedSilent", 2.0), a_message("FeedSilent", status="pending")], 4, 12)
    told = printed(found)
    assert told.index("── Gửi tới operations-page\n✖ NGHIÊM TRỌNG") < told.index(
        "── Gửi tới operations-mail, hoãn trong"
    )
    assert "◌ CHƯA ĐỦ LÂU ĐỂ BÁO · [MÔ PHỎNG] Công suất hệ thống điện: mất tín hiệu" in told
    assert told.endswith("20/11/2026 11:00: 2 cảnh báo, 1 chưa đủ lâu, 4 bị cảnh báo khác làm im; 12 quy tắc.")


def test_short_messages_are_one_a_line_and_nothing_else() -> None:
    told = printed(Found([a_message(), a_message("FeedSilent", status="pending")], 0, 12), shortly=True)
    assert told.splitlines() == [told]
    assert told.startswith("NGHIEM TRONG: ")


def test_a_quiet_moment_is_said_as_such() -> None:
    assert printed(Found([], 0, 12)) == (
        "20/11/2026 11:00: 0 cảnh báo, 0 chưa đủ lâu, 0 bị cảnh báo khác làm im; 12 quy tắc."
    )
