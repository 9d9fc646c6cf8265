"""`nhip alerts`: what is printed, and in what order."""

from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.grouping import groups
from clickhouse.queries import load
from contract.errors import SettingError
from nhip.alerts_lookup import extras
from nhip.alerts_now import Found, moment, post, printed
from tests.alert_messages import BASES, a_message

AT = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["2026-11-20 11:00", "2026-11-20T11:00", " 20/11/2026 11:00 "])
def test_a_moment_is_local_time_as_people_write_it(typed: str) -> None:
    assert moment(typed) == AT


@pytest.mark.parametrize("typed", ["", "11:00", "2026-13-01 00:00", "tomorrow"])
def test_what_is_no_moment_is_said_with_an_example(typed: str) -> None:
    with pytest.raises(SettingError, match="2026-11-21 09:30"):
        moment(typed)


def test_messages_stand_under_who_gets_them_and_the_last_line_counts() -> None:
    told = groups([a_message(), a_message("FeedSilent", 2.0)])
    said = printed(Found(told, [a_message("FeedSilent", status="pending")], 4), BASES, AT, "vi")
    assert said.index("── Gửi tới operations-page\n✖ NGHIÊM TRỌNG") < said.index(
        "── Gửi tới operations-mail, hoãn trong"
    )
    assert "◌ CHƯA ĐỦ LÂU ĐỂ BÁO · [MÔ PHỎNG] Công suất hệ thống điện: mất tín hiệu" in said
    assert said.endswith("20/11/2026 11:00: 2 cảnh báo, 1 chưa đủ lâu, 4 bị cảnh báo khác làm im; 13 quy tắc.")


def test_a_quiet_moment_is_said_as_such() -> None:
    assert printed(Found([], [], 0), BASES, AT, "vi") == (
        "20/11/2026 11:00: 0 cảnh báo, 0 chưa đủ lâu, 0 bị cảnh báo khác làm im; 13 quy tắc."
    )


class Store:
    """Answers by what is asked about."""

    def rows(self, sql: str, /, **given: Any) -> list[dict[str, Any]]:
        if sql == load("alert_contact").sql:
            post = {"post_vi": "Trực điều độ", "post_en": "Duty desk", "telephone": "024 0000 0000"}
            return [{**post, "email": "", "hours": "24/7"}] if given["feed"] == "power-load" else []
        return [{"sentence_vi": "Công suất quá lớn.", "sentence_en": "The load is too large."}]


def test_what_stands_in_no_label_is_looked_up_when_it_is_shown() -> None:
    labels = {"finding_id": "f" * 32, "feed": "power-load", "unit": "VN"}
    told = [said for _, said in extras(Store(), labels, "en")]
    assert told == ["The load is too large.", "Duty desk, 024 0000 0000, 24/7"]
    assert extras(Store(), {"feed": "fdi"}, "vi") == []
    assert extras(Store(), {"rule": "NhipDiskLow"}, "vi") == []


@pytest.mark.parametrize("url", ["", "nhip.invalid/hook", "file:///etc/passwd"])
def test_a_webhook_without_an_address_is_refused(url: str) -> None:
    with pytest.raises(SettingError, match="begins with http"):
        post(url, Found([], [], 0), BASES, "vi")
