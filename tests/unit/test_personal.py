"""What looks like a person's number is not kept; what a note needs is."""

import pytest

from contract.personal import is_personal


@pytest.mark.parametrize(
    "text",
    [
        "gọi 0912345678",
        "0912 345 678",
        "(091) 234-5678",
        "+84 912.345.678",
        "024 3804 2222 gặp trực",
        "CCCD 079301001234",
        "036.099.001.234",
        "CMND 123456789",
        "123 456 789",
        "０９１２３４５６７８",  # as a Japanese keyboard types it
        "truc.ban@example.vn",
    ],
)
def test_a_telephone_an_identity_number_and_an_address_are_personal(text: str) -> None:
    assert is_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "đơn vị hẹn trả lời trước 15:00 ngày 21/11/2026",
        "2026-11-21 09:30 và 2026-11-22 10:45",
        "6.722.000.000 đồng thay vì 6.722 tỷ đồng",
        "54.939 MW, kỳ trước 54.102 MW",
        "từ 12.345,67 lên 98.765,43",
        "theo Quyết định 1622/QĐ-TTg và công văn 7146/VPCP-KSTT",
        "nhập nhầm 1000 lần, 12 hồ sơ, kỳ 2026",
        "A-M2026-10, lần 2",
    ],
)
def test_figures_dates_and_document_numbers_are_not(text: str) -> None:
    assert not is_personal(text)
