from datetime import UTC, datetime

import pytest

from contract import text


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (54939, 0, "54.939", "54,939"),
        (8.02, 2, "8,02", "8.02"),
        (1234567.891, 1, "1.234.567,9", "1,234,567.9"),
        (0, 0, "0", "0"),
        (-0.2, 0, "0", "0"),
        (-1234.5, 1, "-1.234,5", "-1,234.5"),
    ],
)
def test_thousands_are_points_in_vietnamese_and_commas_in_english(
    value: float, decimals: int, vi: str, en: str
) -> None:
    assert text.number(value, decimals) == vi
    assert text.number(value, decimals, "en") == en


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_a_value_that_is_not_there_is_never_a_zero(value: float | None) -> None:
    assert text.number(value) == "chưa có"
    assert text.figure(value, "MW") == "chưa có"
    assert text.number(value, lang="en") == "none yet"


def test_a_figure_carries_its_measure() -> None:
    assert text.figure(54939, "MW") == "54.939 MW"
    assert text.figure(8.02, "%", 2) == "8,02 %"
    assert text.figure(6722, "tỷ đồng") == "6.722 tỷ đồng"
    assert text.figure(3, "") == "3"


def test_times_are_local_times_of_vietnam() -> None:
    moment = datetime(2026, 11, 21, 2, 30, 12, tzinfo=UTC)
    assert text.instant(moment) == "21/11/2026 09:30"
    assert text.clock(moment) == "09:30:12"
    assert text.instant(None) == "chưa có"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        text.instant(datetime(2026, 11, 21, 2, 30))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (0.2, "0 giây", "0 s"),
        (59, "59 giây", "59 s"),
        (180, "3 phút", "3 min"),
        (80, "1 phút 20 giây", "1 min 20 s"),
        (4800, "1 giờ 20 phút", "1 h 20 min"),
        (3600, "1 giờ", "1 h"),
        (5 * 86400 + 7200, "5 ngày", "5 d"),
        (-180, "-3 phút", "-3 min"),
    ],
)
def test_a_duration_is_told_in_its_largest_unit(seconds: float, vi: str, en: str) -> None:
    assert text.duration(seconds) == vi
    assert text.duration(seconds, "en") == en


def test_names_are_found_without_diacritics_however_they_were_typed() -> None:
    composed, decomposed = "Thừa Thiên Huế", "Thừa Thiên Huế"
    assert text.nfc(decomposed) == text.nfc(composed)
    assert text.fold(composed) == text.fold(decomposed) == "thua thien hue"
    assert text.fold("ĐẮK LẮK") == "dak lak"
