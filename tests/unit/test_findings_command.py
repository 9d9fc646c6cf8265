"""`nhip findings` and `nhip shift`: what is typed, and what is printed, in both languages."""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from contract import text
from contract.errors import SettingError
from contract.handling import STEPS
from contract.settings import Settings
from contract.text import LANGUAGES
from nhip import findings, findings_print, findings_words, shift
from nhip.accounts import OPERATOR, Account, Accounts
from nhip.findings_act import Acting, Wish
from nhip.findings_print import TYPED
from nhip.findings_read import Wanted
from nhip.findings_words import Names, times
from nhip.words import Spoken
from tests.messages import catalogue
from tests.office import CHIEF, VIETNAMESE, WHEN, A, B, Office, a_finding

NAMES = Names(catalogue())


def typed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    findings.add_arguments(parser)
    return parser.parse_args(words)


def acted(office: Office, *steps: tuple[str, Account]) -> Office:
    acting = Acting(Settings(), catalogue(), office, office.send)
    for step, account in steps:
        due = datetime.now(UTC) + timedelta(hours=2) if step == "asked" else None
        acting.act(office.one("3f9a"), Wish(step, account, due))
    return office


def test_every_step_can_be_typed_as_it_is_offered() -> None:
    found = {findings.step_of(typed(*TYPED[step].format("3f9a").split())) for step in STEPS}
    assert found == set(STEPS)
    assert set(TYPED) == set(STEPS)


def test_a_label_that_is_missing_or_none_is_said() -> None:
    with pytest.raises(SettingError, match="false-alarm"):
        findings.step_of(typed("label", "3f9a"))
    with pytest.raises(SystemExit):
        typed("label", "3f9a", "wrong")
    with pytest.raises(SystemExit):
        typed("delete", "3f9a")


def test_filters_become_what_is_asked_of_the_store(tmp_path: Path) -> None:
    settings = Settings(var=str(tmp_path))
    Accounts(settings).add("truc-ban-1", OPERATOR)

    def wanted(*words: str) -> Wanted:
        return findings.wanted_of(settings, catalogue(), typed("list", *words))

    assert wanted() == Wanted()
    assert wanted("--severity", "critical", "--unit", "Hà Nội", "--rows", "5") == Wanted(
        severity="critical", unit="H26", rows=5
    )
    assert wanted("--unit", "ha noi").unit == "H26"
    assert wanted("--mine", "--as", "truc-ban-1").holder == "truc-ban-1"
    assert wanted("--waiting").handling == "asked"
    assert wanted("--untaken").handling == "new"
    assert wanted("--all").all
    with pytest.raises(Spoken, match="Atlantis"):
        wanted("--unit", "Atlantis")
    with pytest.raises(SettingError, match="nhip accounts add"):
        wanted("--mine", "--as", "truc-ban-9")
    with pytest.raises(SystemExit):
        typed("--mine", "--waiting")


def test_the_list_says_as_of_when_whose_and_what_is_simulated() -> None:
    office = acted(Office(a_finding(), a_finding("a" * 32, severity="warning", drill=True)), ("taken", A))
    found, _ = office.listed(Wanted())
    vi, en = (list(findings_print.listed(found, 5, office.as_of(), lang)) for lang in LANGUAGES)
    assert vi[0] == "Số liệu tính đến 20/11/2026 12:00 (kết nối chậm nhất 20/11/2026 11:58)"
    assert vi[1] == "✖ 3f9a1c02  NGHIÊM TRỌNG · đã nhận · truc-ban-1 · từ 20/11/2026 12:00 · MÔ PHỎNG"
    assert vi[2] == "    Công suất lúc 20/11/2026 12:00 là 54.939.000 MW."
    assert vi[3].endswith("cảnh báo · chưa ai nhận · từ 20/11/2026 12:00 · MÔ PHỎNG · DIỄN TẬP")
    assert vi[-1] == "… và 3 điểm nữa (--rows)"
    assert en[1] == "✖ 3f9a1c02  CRITICAL · taken · truc-ban-1 · since 20/11/2026 12:00 · SIMULATED"
    assert en[-1] == "… and 3 more (--rows)"


def test_an_empty_list_says_so() -> None:
    assert list(findings_print.listed([], 0, Office().as_of(), "en"))[1] == "There is no such finding."


def sheet(office: Office, lang: str, account: Account = A) -> str:
    return "\n".join(findings_print.one(office.sheet("3f9a"), NAMES, account, lang))


def test_one_finding_shows_its_evidence_its_history_its_contact_and_what_may_be_done() -> None:
    office = acted(Office(), ("taken", A))
    both = office.one("3f9a")
    office.send("nhip.figures", 1, msgspec.structs.replace(office.log[0][2], action_id="2" * 32, actor=B.id))
    printed = sheet(office, "vi")
    assert "Thấy: 54.939.000 MW; mong đợi từ 0 MW đến 80.000 MW" in printed
    assert "Có thể vì: nhầm đơn vị đo" in printed
    assert "► 20/11/2026 12:00  54.939.000 MW  không thể có" in printed
    assert "1. 20/11/2026 12:00 truc-ban-1 nhận" in printed
    assert "2. 20/11/2026 12:00 truc-ban-2 nhận ✖ không hợp với trạng thái lúc đó" in printed
    assert "Đầu mối: Trực điều độ; điện thoại 024 0000; giờ trực 24/7" in printed
    assert "đã đính chính: nhip findings label 3f9a1c02 corrected --as truc-ban-1" in printed
    assert "nhận: nhip findings take 3f9a1c02" not in printed
    assert both.holder == "truc-ban-1"


def test_what_was_closed_offers_a_lead_to_open_it_again_and_anybody_where_the_data_did() -> None:
    office = acted(Office(), ("taken", A), ("false_alarm", A), ("closed", A))
    offered = "mở lại: nhip findings reopen 3f9a1c02"
    assert offered not in sheet(office, "vi", A)
    assert offered in sheet(office, "vi", CHIEF)
    office.again.add(office.one("3f9a").id)
    assert offered in sheet(office, "vi", B)
    (found,), _ = office.listed(Wanted(handling="new"))
    assert "đã đóng · truc-ban-1 · sau đó lại xảy ra hoặc nặng thêm, chưa ai nhận" in findings_words.head(found, "vi")
    assert "closed · truc-ban-1 · again or graver since, nobody's" in findings_words.head(found, "en")


def test_what_is_not_there_prints_as_not_there() -> None:
    office = Office(a_finding(post_vi="", value=None, low=None, high=None, opened_at=None, evidence="{}"))
    printed = sheet(office, "vi")
    assert "Đầu mối: chưa có" in printed
    assert "Biết từ: chưa có" in printed
    assert "Thấy" not in printed


def test_the_english_twin_holds_no_vietnamese_of_ours() -> None:
    office = acted(Office(), ("taken", A), ("asked", A))
    printed = sheet(office, "en")
    assert "SIMULATED" in printed
    assert VIETNAMESE.search(printed.replace("Việt Nam", "")) is None, printed


def test_a_band_is_said_with_one_end_or_two() -> None:
    finding = a_finding()
    assert NAMES.band(finding, "en") == "from 0 MW to 80,000 MW"
    assert NAMES.band(msgspec.structs.replace(finding, low=None), "vi") == "đến 80.000 MW"
    assert NAMES.band(msgspec.structs.replace(finding, high=None), "vi") == "từ 0 MW"
    assert NAMES.band(msgspec.structs.replace(finding, low=None, high=None), "vi") == "chưa có"


def a_shift() -> shift.Shift:
    late = WHEN - timedelta(hours=1)
    found = [
        a_finding("1" * 32, part="untaken", total=1),
        a_finding("2" * 32, part="held", total=2, handling="taken", holder="truc-ban-1"),
        a_finding("3" * 32, part="asked", total=2, handling="asked", holder="truc-ban-1", asked_at=late,
                  asked_until=late),
        a_finding("4" * 32, part="asked", total=2, handling="asked", holder="truc-ban-2", asked_at=late,
                  asked_until=WHEN + timedelta(hours=1)),
        a_finding("5" * 32, part="closed", total=1, handling="closed", holder="truc-ban-1", label="corrected",
                  labelled_by="truc-ban-1", ended_by="truong-ca", ended_at=WHEN),
        a_finding("6" * 32, part="held", total=2, handling="confirmed", holder="truc-ban-2", label="confirmed"),
    ]  # fmt: skip
    return shift.Shift(WHEN - timedelta(hours=8), WHEN, Office().as_of(), found, {"info": 1_234})


def test_a_shift_is_handed_over_by_what_is_to_be_done() -> None:
    printed = "\n".join(shift.lines(a_shift(), "vi"))
    assert printed.startswith("Bàn giao ca 20/11/2026 04:00 – 20/11/2026 12:00\nSố liệu tính đến 20/11/2026 12:00")
    assert "chưa ai nhận 1; đang giữ 2; đang chờ đơn vị 2; đã đóng trong ca 1; thông tin chưa ai nhận 1.234" in printed
    assert printed.index("Chưa ai nhận (1)") < printed.index("Đang giữ (2)") < printed.index("Đã đóng trong ca (1)")
    assert "hỏi 20/11/2026 11:00: Trực điều độ; điện thoại 024 0000; giờ trực 24/7 · ĐÃ QUÁ HẠN TRẢ LỜI" in printed
    assert printed.count("QUÁ HẠN") == 1
    assert "kết luận: đã đính chính (truc-ban-1); đóng lúc 20/11/2026 12:00 (truong-ca)" in printed


def test_the_page_of_a_shift_says_the_same_for_paper() -> None:
    given = a_shift()
    given.found[0] = a_finding("1" * 32, part="untaken", total=1, sentence_vi="<b>dòng & chữ</b>")
    page = shift.html(given, "vi")
    assert "@page { size: A4" in page
    assert "Số liệu tính đến 20/11/2026 12:00" in page
    assert "MÔ PHỎNG" in page
    assert "&lt;b&gt;dòng &amp; chữ&lt;/b&gt;" in page
    assert "<script" not in page
    assert "http" not in page, "nothing from outside"
    for line in ("Chưa ai nhận (1)", "kết luận: đã đính chính", "ĐÃ QUÁ HẠN TRẢ LỜI"):
        assert line in page


def test_a_group_of_many_is_cut_and_says_so() -> None:
    """The store itself lists no more than so many of each part, and counts them all."""
    many = [a_finding(f"{n:032x}", part="untaken", total=1_234) for n in range(shift.SHOWN + 5)]
    given = msgspec.structs.replace(a_shift(), found=many)
    printed = list(shift.lines(given, "en"))
    assert printed.count(f"    … and {text.number(1_234 - shift.SHOWN, 0, 'en')} more") == 1
    assert "Nobody's (1,234)" in printed
    assert "nobody's 1,234" in printed[2]


def test_a_shift_that_is_over_is_told_as_it_stood_at_its_end() -> None:
    given = msgspec.structs.replace(a_shift(), then=True)
    printed = list(shift.lines(given, "vi"))
    assert printed[1] == "Như lúc 20/11/2026 12:00; mức độ và câu mô tả là mới nhất"
    assert "As of 20/11/2026 12:00" in shift.html(given, "en")


def test_values_that_come_every_second_are_told_apart_by_their_second() -> None:
    series = Office().series(a_finding())
    assert times(series, "vi") == ["20/11/2026 10:00", "20/11/2026 11:00", "20/11/2026 12:00"]
    dense = [msgspec.structs.replace(value, at=WHEN + timedelta(seconds=n)) for n, value in enumerate(series)]
    assert times(dense, "vi") == ["20/11/2026 12:00:00", "20/11/2026 12:00:01", "20/11/2026 12:00:02"]
    periodic = [msgspec.structs.replace(value, period=f"C-M2026-{n}") for n, value in enumerate(dense, 8)]
    assert times(periodic, "vi") == ["C-M2026-8", "C-M2026-9", "C-M2026-10"]
