"""The desk's two pages: what they show, and what comes of their buttons."""

from typing import Any

import pytest

from clickhouse.client import StoreAway
from nhip import findings_act
from nhip.desk.shown import CHOICES, TROUBLES
from nhip.findings_read import AsOf
from tests.desk import ID, Person, told
from tests.office import VIETNAMESE, Office, a_finding


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings_act, "WORKER_S", 0.05)
    monkeypatch.setattr(findings_act, "LOOK_S", 0.01)


def test_a_finding_is_taken_asked_labelled_and_closed_by_buttons() -> None:
    office = Office()

    async def story(person: Person, token: str) -> None:
        await person.sign_in(token, next=f"/f/{ID}")
        assert person.buttons() == ["taken"]
        assert await person.act("taken") == 200
        assert "✓ nhận: đã thực hiện" in person.page
        assert "đã nhận · truc-ban-1" in person.page
        assert "taken_over" not in person.buttons()
        assert await person.act("asked", due="2h", note="xin số liệu gốc") == 200
        assert "đã hỏi đơn vị · truc-ban-1 · trả lời trước" in person.page
        assert "“xin số liệu gốc”" in person.page
        assert await person.act("corrected") == 200
        assert person.buttons() == ["closed", "reopened"]
        assert await person.act("closed") == 200
        assert "đã đóng · truc-ban-1" in person.page

    told(story, office)
    assert [action.step for *_, action in office.log] == ["taken", "asked", "corrected", "closed"]
    assert {action.actor for *_, action in office.log} == {"truc-ban-1"}


def test_what_was_closed_only_a_lead_opens_again_unless_the_data_did() -> None:
    office = Office()

    async def story(one: Person, token: str) -> None:
        await one.sign_in(token, next=f"/f/{ID}")
        for step in ("taken", "false_alarm", "closed"):
            await one.act(step)
        assert one.buttons() == []
        assert "Không còn bước nào cho bạn" in one.page
        office.again.add(ID)
        await one.get("/?which=untaken")
        assert "đã đóng · truc-ban-1 · sau đó lại xảy ra hoặc nặng thêm, chưa ai nhận" in one.page
        await one.get(f"/f/{ID}")
        assert one.buttons() == ["reopened"]
        assert await one.act("reopened") == 200
        assert "đã nhận · truc-ban-1" in one.page

    told(story, office)


def test_of_two_people_with_one_page_before_them_the_second_is_told_who_was_first() -> None:
    office = Office()

    async def story(one: Person, two: Person, token: str, other: str) -> None:
        await one.sign_in(token, next=f"/f/{ID}")
        await two.sign_in(other, next=f"/f/{ID}")
        await one.act("taken")
        assert await two.act("taken") == 409
        assert "✖ không nhận được: đã nhận · truc-ban-1; có thể: nhận bàn giao" in two.page
        assert two.buttons() == ["taken_over"]
        assert await two.act("taken_over") == 200
        assert "đã nhận · truc-ban-2" in two.page

    told(story, office, 2)
    assert len(office.log) == 2


def test_a_button_pressed_twice_is_one_step() -> None:
    office = Office()

    async def story(person: Person, token: str) -> None:
        await person.sign_in(token, next=f"/f/{ID}")
        form = {**person.fields(), "step": "taken"}
        assert await person.post(f"/f/{ID}", form) == 200
        assert await person.post(f"/f/{ID}", form) == 200
        assert "✓ nhận: đã thực hiện" in person.page

    told(story, office)
    assert len(office.log) == 1


def test_kafka_away_keeps_the_form_and_sending_again_is_the_same_step() -> None:
    office = Office()

    async def story(person: Person, token: str) -> None:
        await person.sign_in(token, next=f"/f/{ID}")
        before = person.fields()["action"]
        office.away = ConnectionError("away")
        assert await person.act("taken", note="đang xem") == 503
        assert "Kafka không xác nhận" in person.page
        assert person.fields()["action"] == before
        assert 'value="đang xem"' in person.page
        office.away = None
        assert await person.act("taken") == 200

    told(story, office)
    assert len(office.log) == 1


def test_a_worker_that_is_away_is_said_on_the_page() -> None:
    office = Office()
    office.lost = True

    async def story(person: Person, token: str) -> None:
        await person.sign_in(token, next=f"/f/{ID}")
        assert await person.act("taken") == 200
        assert "bộ xử lý chưa ghi" in person.page

    told(story, office)


@pytest.mark.parametrize(
    ("step", "fields", "said"),
    [
        ("taken", {"note": "gọi 0912345678"}, "có dãy số"),
        ("asked", {}, "không đọc được"),
        ("asked", {"due": "01/01/2020 08:00"}, "đã qua"),
        ("closed", {}, "không đóng được"),
    ],
)
def test_what_does_not_fit_is_said_and_the_form_given_back(step: str, fields: dict[str, str], said: str) -> None:
    office = Office()

    async def story(person: Person, token: str) -> None:
        await person.sign_in(token, next=f"/f/{ID}")
        assert await person.act(step, **fields) == 409
        assert said in person.page

    told(story, office)
    assert office.log == []


def test_what_a_sender_wrote_is_text_and_never_markup() -> None:
    office = Office(a_finding(sentence_vi='<script>alert("1")</script>', post_vi="<b>Trực</b>"))

    async def story(person: Person, token: str) -> None:
        await person.sign_in(token, next=f"/f/{ID}")
        raw = await person.response.text()
        assert "<script" not in raw
        assert "&lt;script&gt;" in raw
        assert "&lt;b&gt;Trực&lt;/b&gt;" in raw

    told(story, office)


def test_the_list_can_be_narrowed_and_says_as_of_when() -> None:
    office = Office(a_finding(), a_finding("a" * 32, severity="warning", sentence_vi="Câu hai.", unit="H26"))

    async def story(person: Person, token: str) -> None:
        await person.sign_in(token)
        assert "Số liệu tính đến 20/11/2026 12:00" in person.page
        assert "Câu hai." in person.page
        await person.get("/?severity=critical")
        assert "Câu hai." not in person.page
        await person.get("/?unit=ha+noi")
        assert "54.939" not in person.page
        assert "Câu hai." in person.page
        assert await person.get("/?unit=Atlantis") == 404
        await person.get(f"/f/{ID}")
        await person.act("taken")
        for which, there in (("untaken", False), ("mine", True), ("waiting", False), ("all", True), ("nonsense", True)):
            await person.get(f"/?which={which}")
            assert ("54.939" in person.page) == there, which

    told(story, office)


def test_in_english_every_word_of_ours_is_english_and_stays_so_from_page_to_page() -> None:
    async def story(person: Person, token: str) -> None:
        await person.get("/sign-in?lang=en")
        for _ in range(2):
            page = person.page.replace("Tiếng Việt", "").replace("Nhịp", "").replace("Việt Nam", "")
            assert VIETNAMESE.search(page) is None, page
            assert '<html lang="en">' in page
            await person.post("/sign-in?lang=en", {"token": token, "next": f"/f/{ID}"})
        assert str(person.response.url).endswith(f"/f/{ID}?lang=en")
        await person.post(f"/f/{ID}?lang=en", {**person.fields(), "step": "taken"})
        assert "✓ take: done" in person.page
        assert "lang=en" in str(person.response.url)

    told(story, Office())


def test_the_store_away_is_an_answer_and_an_error_of_ours_shows_nothing_of_itself() -> None:
    class Away(Office):
        error: Exception = StoreAway("the store at 127.0.0.1 cannot be reached")

        def as_of(self) -> AsOf:
            raise self.error

    office = Away()

    async def story(person: Person, token: str) -> None:
        assert await person.sign_in(token) == 503
        assert "kho số liệu hoặc Kafka không trả lời" in person.page
        office.error = ValueError("a secret of the code")
        assert await person.get("/") == 500
        assert "secret" not in person.page
        assert await person.get("/alive") == 200

    told(story, office)


@pytest.mark.parametrize("table", [CHOICES, TROUBLES])
def test_every_word_of_the_desk_has_its_twin(table: dict[Any, tuple[str, str]]) -> None:
    for vi, en in table.values():
        assert vi != en
        assert VIETNAMESE.search(vi), vi
        assert not VIETNAMESE.search(en), en
