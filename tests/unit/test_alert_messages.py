"""What a person on call reads: long, and short on a telephone without diacritics."""

from datetime import UTC
from typing import Any

import msgspec
import pytest

from alerts import gsm, webhook
from alerts.evaluate import AlertError
from alerts.grouping import groups
from alerts.message import Bases, long, short, subject, whole
from alerts.rules import RULES
from tests.alert_messages import BASES, LABELS, SINCE, a_blind, a_message


def test_the_long_form_says_what_where_since_when_who_and_how_to_take_it() -> None:
    id = LABELS["finding_id"]
    assert long(a_message(), BASES).splitlines() == [
        "✖ NGHIÊM TRỌNG · [MÔ PHỎNG] Công suất toàn hệ thống, Việt Nam: ngoài khoảng có thể có",
        "Kết nối Công suất hệ thống điện. Số bản ghi liên quan: 3 (ngưỡng: 0). Đây là bằng chứng để hỏi lại, không "
        "phải kết luận về người báo cáo; phiếu điểm bất thường có chuỗi số, khoảng mong đợi và các cách "
        "giải thích vô can.",
        "Từ lúc: 20/11/2026 10:40",
        f"Bảng: https://nhip.invalid/d/nhip-finding-vi?var-finding_id={id}&from=now-24h&to=now",
        "Sổ tay: https://nhip.invalid/d/nhip-runbooks-vi?viewPanel=2890",
        "Nơi trả lời: Trực ban NSMO",
        f"Nhận việc: https://nhip.invalid/desk/f/{id} (nhip findings take {id})",
        "Quy tắc: FindingCritical",
    ]


def test_the_reader_gets_one_language() -> None:
    english = long(a_message(), BASES, "en")
    assert english.startswith("✖ CRITICAL · [SIMULATED] Load of the whole system, Viet Nam: outside what is possible")
    assert "nhip-finding-en" in english
    assert "Take it: " in english
    assert not set("ăâđêôơưĂÂĐÊÔƠƯ") & set(english.replace("Trực ban NSMO", ""))


def test_what_is_looked_up_at_delivery_stands_below_the_description() -> None:
    told = long(a_message(extras=[("Gọi", "Trực điều độ, 024 0000 0000")]), BASES).splitlines()
    assert told[2] == "Gọi: Trực điều độ, 024 0000 0000"


def test_the_short_form_fits_one_message_of_the_gsm_alphabet_and_says_how_to_take_it() -> None:
    said = short([a_message()], BASES)
    assert said == (
        "NGHIEM TRONG: (MO PHONG) Cong suat toan he thong, Viet Nam: ngoai khoang co the co. 20/11 10:40. "
        "Nhan viec: https://nhip.invalid/desk/f/0123456789ab"
    )
    assert len(said) <= gsm.LIMIT
    assert set(said) <= gsm.BASIC


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_rule_has_a_short_form_that_is_too_long(rule: Any, lang: str) -> None:
    long_names = {"unit_name": "Thành phố " + "Hồ Chí Minh " * 8, "what": "Chỉ số " * 30, "set_by": "Quốc hội"}
    labels = {"indicator": "i", "period": "A-M2026-10", **long_names, "unit_name_en": "Ho Chi Minh City " * 8}
    message = a_message(rule.name, 123456.0, labels=labels)
    said = short([message] * 12, BASES, lang)
    assert len(said) <= gsm.LIMIT
    assert set(said) <= gsm.BASIC
    assert "(+11)" in said


def test_a_long_address_gives_way_to_the_runbooks_name() -> None:
    far = Bases("https://nhip.invalid", "https://cong-thong-tin.trung-tam-dieu-hanh.example.invalid/nhip/desk")
    assert short([a_message()], far).endswith(". 20/11 10:40. So tay: FindingCritical")


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Đắk Lắk, Thừa Thiên Huế", "Dak Lak, Thua Thien Hue"),
        ("ƯỜNG Ữ ặ ỹ", "UONG U a y"),
        ("✖ 54.939 MW – “quá hạn” ≥ 5", ' 54.939 MW - "qua han" >= 5'),
        ("[MÔ PHỎNG] x… {y}|~€^", "(MO PHONG) x... y"),
        ("漢字", ""),
    ],
)
def test_plain_letters_are_those_of_the_alphabet(written: str, plain: str) -> None:
    assert gsm.plain(written) == plain
    assert set(plain) <= gsm.BASIC


def test_an_alert_that_is_over_says_so_and_asks_nobody_to_take_it() -> None:
    over = a_message(status="resolved")
    assert long(over, BASES).startswith("✓ HẾT CẢNH BÁO · ")
    assert short([over], BASES).startswith("HET CANH BAO: ")
    assert "Nhan viec" not in short([over], BASES)


def test_as_long_as_one_fires_nothing_is_said_to_be_over_and_what_is_over_is_not_counted() -> None:
    over = a_message(status="resolved", labels={"unit": "H17"})
    mixed = [over, a_message(labels={"unit": "H26"}), over, a_message()]
    assert subject(mixed).startswith("✖ NGHIÊM TRỌNG · ")
    assert subject(mixed).endswith("(+1)")
    assert short(mixed, BASES).startswith("NGHIEM TRONG (+1): ")
    told = whole(mixed, BASES)
    assert [line[0] for line in told.splitlines() if line[:1] in ("✖", "✓")] == ["✖", "✖", "✓", "✓"]
    assert subject([over, over]).startswith("✓ HẾT CẢNH BÁO · ")
    assert subject([over, over]).endswith("(+1)")


def test_a_rule_that_is_blind_says_which_and_why_and_nothing_that_its_rule_would_say() -> None:
    assert long(a_blind("FindingCritical"), BASES).splitlines() == [
        "▲ CẢNH BÁO · Quy tắc FindingCritical không hỏi được kho",
        "[sse.dataQueryError] failed to execute query [A]: code: 497",
        "Từ lúc: 20/11/2026 10:40",
        "Sổ tay: https://nhip.invalid/d/nhip-runbooks-vi?viewPanel=2890",
        "Quy tắc: FindingCritical",
    ]
    empty = a_blind("CompletenessLow", "DatasourceNoData")
    assert subject([empty, empty], "en") == "▲ WARNING · Rule CompletenessLow asks the store and gets no row (+1)"
    assert short([a_blind()], BASES) == (
        "CANH BAO: Quy tac FeedLost khong hoi duoc kho. 20/11 10:40. So tay: FeedLost"
    )


def test_a_figure_that_is_too_high_is_not_said_to_be_too_low() -> None:
    """A target is a least or a most; the alert knows how far off it is, and not on which side."""
    own = {"indicator": "cpi", "what": "CPI", "what_en": "CPI", "period": "A-M2026-10", "set_by": "Quốc hội"}
    message = a_message("FigureBehindTarget", 12.5, labels=own)
    assert message.word("summary", "vi") == (
        "[MÔ PHỎNG] CPI, Việt Nam, kỳ A-M2026-10: chưa đạt mức được giao, lệch 12,5 %"
    )
    assert message.word("summary", "en") == "[SIMULATED] CPI, Viet Nam, A-M2026-10: 12.5 % off its target"


def test_many_alerts_are_one_message_with_the_first_written_out_and_the_rest_counted() -> None:
    told = whole([a_message(labels={"feed": f"f{n}"}) for n in range(7)], BASES)
    assert told.count("Quy tắc: FindingCritical") == 5
    assert told.endswith("… tất cả 7; xem bảng.")
    assert subject([a_message()] * 7).endswith("(+6)")


def test_findings_of_one_feed_are_told_together_and_warnings_of_one_rule() -> None:
    found = groups(
        [
            a_message(labels={"feed": "a"}),
            a_message("FeedSilent", labels={"feed": "a"}),
            a_message(labels={"feed": "a", "unit": "H26"}),
            a_message("FeedSilent", labels={"feed": "b"}),
            a_message(labels={"feed": "b"}),
        ]
    )
    assert [(group.receiver, len(group.messages)) for group in found] == [
        ("operations-page", 2),
        ("operations-mail", 2),
        ("operations-page", 1),
    ]


def test_what_is_posted_is_read_back_as_it_was() -> None:
    over = a_message("FeedSilent", 2.5, status="resolved", labels={"feed": "b"})
    back = webhook.read(webhook.write([over, a_message()], BASES, "vi"))
    assert [message.status for message in back] == ["firing", "resolved"]
    assert long(back[0], BASES) == long(a_message(), BASES)
    assert back[1].labels["feed"] == "b"


def test_a_body_of_another_shape_is_refused_with_what_is_wrong() -> None:
    for body in (b"", b"[]", b'{"alerts": [{"status": "firing"}]}', b'{"alerts": 1}'):
        with pytest.raises(AlertError, match="no webhook"):
            webhook.read(body)


def test_times_with_nanoseconds_and_other_zones_are_read() -> None:
    body = webhook.write([a_message()], BASES, "vi")
    given = msgspec.json.decode(body)
    for written in ("2026-11-20T03:40:00.123456789Z", "2026-11-20T10:40:00+07:00"):
        given["alerts"][0]["startsAt"] = written
        (message,) = webhook.read(msgspec.json.encode(given))
        assert message.since is not None
        assert message.since.astimezone(UTC).replace(microsecond=0) == SINCE
