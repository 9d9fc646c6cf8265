"""The desk through its own server, on a socket of a file: signing in, the two pages, and what is kept out."""

import asyncio
import base64
import hashlib
import re
import tempfile
from collections.abc import Awaitable, Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, UnixConnector, web

from clickhouse.client import StoreAway
from contract.settings import Settings
from nhip import findings_act
from nhip.accounts import LEAD, OPERATOR, Accounts
from nhip.desk.door import COOKIE
from nhip.desk.server import application
from nhip.desk.sessions import IDLE_S, LASTS_S, MOST, TRIES, WITHIN_S, Sessions, Tries
from nhip.desk.shown import CHOICES, TROUBLES, Shown
from nhip.findings_act import Acting
from nhip.findings_read import AsOf
from tests.messages import catalogue
from tests.office import VIETNAMESE, Office, a_finding

ID = "3f9a1c02" + "0" * 24


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings_act, "WORKER_S", 0.05)
    monkeypatch.setattr(findings_act, "LOOK_S", 0.01)


class Person:
    """A browser of somebody's: it keeps cookies and fills in the form it was shown."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session
        self.page = ""
        self.response: ClientResponse

    async def get(self, path: str, **headers: str) -> int:
        return await self._took(self._session.get(f"http://desk{path}", headers=headers))

    async def post(self, path: str, form: dict[str, str], **headers: str) -> int:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._took(self._session.post(f"http://desk{path}", data=form, headers=given))

    async def sign_in(self, token: str, next: str = "/", **headers: str) -> int:
        return await self.post("/sign-in", {"token": token, "next": next}, **headers)

    async def act(self, step: str, **fields: str) -> int:
        """Presses a button of the page at hand."""
        return await self.post(f"/f/{ID}", {**self.fields(), "step": step, **fields})

    def fields(self) -> dict[str, str]:
        """Hidden fields of the page's last form."""
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.page))

    def buttons(self) -> list[str]:
        return re.findall(r'<button name="step" value="(\w+)">', self.page)

    async def _took(self, asked: Any) -> int:
        async with asked as response:
            self.response, self.page = response, unescape(await response.text())
            return int(response.status)


Story = Callable[..., Awaitable[None]]


def told(story: Story, office: Office, tokens: int = 1, settings: Settings | None = None) -> Accounts:
    """Runs a story with as many people as it wants, each with a browser and a token of their own."""
    with tempfile.TemporaryDirectory() as folder:
        own = settings or Settings(var=folder)
        accounts = Accounts(own)
        given = [accounts.add(f"truc-ban-{n}", OPERATOR) for n in range(1, tokens + 1)]
        asyncio.run(_run(story, office, accounts, own, given, f"{folder}/s"))
        return accounts


async def _run(story: Story, office: Office, accounts: Accounts, settings: Settings, given: list[str], at: str) -> None:
    shown = Shown(settings, catalogue())
    app = application(settings, accounts, office, Acting(settings, catalogue(), office, office.send), shown)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.UnixSite(runner, at).start()
    browsers = [ClientSession(connector=UnixConnector(at)) for _ in given]
    try:
        people = [Person(browser) for browser in browsers]
        await story(*people, *given)
    finally:
        for browser in browsers:
            await browser.close()
        await runner.cleanup()


def test_who_is_not_signed_in_sees_nothing_and_is_led_back_after_signing_in() -> None:
    async def story(person: Person, token: str) -> None:
        for path in ("/", f"/f/{ID}"):
            assert await person.get(path) == 200
            assert person.response.url.path == "/sign-in"
            assert "54.939" not in person.page
        assert await person.post(f"/f/{ID}", {"step": "taken"}) == 200
        assert person.response.url.path == "/sign-in"
        assert await person.sign_in(token, next=f"/f/{ID}") == 200
        assert person.response.url.path == f"/f/{ID}"
        assert "54.939.000 MW" in person.page

    told(story, Office())


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


def test_a_form_from_elsewhere_does_nothing() -> None:
    office = Office()

    async def story(person: Person, token: str) -> None:
        await person.sign_in(token, next=f"/f/{ID}")
        good = {**person.fields(), "step": "taken"}
        assert await person.post(f"/f/{ID}", good | {"csrf": "x"}) == 403
        assert await person.post(f"/f/{ID}", {"step": "taken"}) == 403
        assert await person.post(f"/f/{ID}", good, Sec_Fetch_Site="cross-site") == 403
        assert await person.post("/sign-out", {"csrf": "x"}) == 403
        assert await person.sign_in(token, Sec_Fetch_Site="same-site") == 403
        assert await person.post(f"/f/{ID}", good | {"step": "deleted"}) == 403
        assert await person.post(f"/f/{ID}", good | {"note": "x" * 20_000}) == 413

    told(story, office)
    assert office.log == []


def test_the_cookie_is_out_of_reach_and_no_token_is_in_any_address() -> None:
    async def story(person: Person, token: str) -> None:
        await person.sign_in(token, next=f"/f/{ID}")
        (first,) = person.response.history
        cookie = first.headers["Set-Cookie"]
        assert cookie.startswith(f"{COOKIE}=")
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Secure" not in cookie
        assert token not in first.headers["Location"]
        assert token not in person.page
        assert cookie.split("=")[1].split(";")[0] not in person.page
        await person.sign_in(token, X_Forwarded_Proto="https")
        assert "Secure" in person.response.history[0].headers["Set-Cookie"]

    told(story, Office())


def test_every_answer_forbids_scripts_frames_and_outside_things() -> None:
    async def story(person: Person, token: str) -> None:
        for path, status in (("/sign-in", 200), ("/", 200), ("/nowhere", 404), ("/f/zz", 404), ("/f/abcd", 200)):
            assert await person.get(path) == status
            headers = person.response.headers
            assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
            assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
        await person.sign_in(token)
        assert await person.get("/f/abcd") == 404
        for page in ("/", f"/f/{ID}"):
            await person.get(page)
            assert "<script" not in person.page
            assert re.findall(r'(?:src|href|action)="(?!/)[^"]*"', person.page) == []

    told(story, Office())


def test_the_policy_allows_the_one_style_that_the_page_has() -> None:
    async def story(person: Person, token: str) -> None:
        await person.get("/sign-in")
        (style,) = re.findall(r"<style>(.*?)</style>", await person.response.text(), re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in person.response.headers["Content-Security-Policy"]
        assert " style=" not in person.page

    told(story, Office())


def test_signing_out_and_being_removed_end_at_once() -> None:
    office = Office()

    async def story(one: Person, two: Person, token: str, other: str) -> None:
        await one.sign_in(token)
        assert await one.post("/sign-out", {"csrf": one.fields()["csrf"]}) == 200
        assert one.response.url.path == "/sign-in"
        await one.get("/")
        assert one.response.url.path == "/sign-in"
        await two.sign_in(other)
        assert "54.939" in two.page
        accounts.remove("truc-ban-2")
        await two.get("/")
        assert two.response.url.path == "/sign-in"

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var=folder)
        accounts = Accounts(settings)
        tokens = [accounts.add("truc-ban-1", OPERATOR), accounts.add("truc-ban-2", LEAD)]
        asyncio.run(_run(story, office, accounts, settings, tokens, f"{folder}/s"))


def test_wrong_tokens_are_refused_and_after_some_of_them_even_the_right_one_waits() -> None:
    async def story(person: Person, token: str) -> None:
        for _ in range(TRIES):
            assert await person.sign_in("wrong") == 403
            assert "mã đăng nhập không đúng" in person.page
        assert await person.sign_in(token) == 429
        assert 0 < int(person.response.headers["Retry-After"]) <= WITHIN_S

    told(story, Office())


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example/", "/sign-out", "/f/../x", "/f/xyz", ""])
def test_nobody_is_sent_elsewhere_after_signing_in(next: str) -> None:
    async def story(person: Person, token: str) -> None:
        await person.sign_in(token, next=next)
        assert person.response.history[0].headers["Location"] == "/"

    told(story, Office())


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


def test_sessions_end_by_age_and_by_rest_and_are_bounded() -> None:
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    cookie = sessions.open("truc-ban-1")
    session = sessions.find(cookie)
    assert session is not None
    assert session.fits(session.csrf)
    assert not session.fits("")
    now[0] += IDLE_S + 1
    assert sessions.find(cookie) is None
    kept = sessions.open("truc-ban-1")
    while now[0] < 2 * LASTS_S and sessions.find(kept) is not None:
        now[0] += IDLE_S / 2
    assert now[0] > LASTS_S
    assert sessions.find(kept) is None
    first = sessions.open("truc-ban-1")
    for _ in range(MOST):
        sessions.open("truc-ban-2")
    assert sessions.find(first) is None
    assert sessions.find("") is None


def test_tries_are_counted_by_address_and_forgotten_with_time() -> None:
    now = [0.0]
    tries = Tries(lambda: now[0])
    for _ in range(TRIES):
        assert tries.wait_s("a") == 0
        tries.failed("a")
    assert tries.wait_s("a") == WITHIN_S
    assert tries.wait_s("b") == 0
    now[0] += WITHIN_S
    assert tries.wait_s("a") == 0


@pytest.mark.parametrize("table", [CHOICES, TROUBLES])
def test_every_word_of_the_desk_has_its_twin(table: dict[Any, tuple[str, str]]) -> None:
    for vi, en in table.values():
        assert vi != en
        assert VIETNAMESE.search(vi), vi
        assert not VIETNAMESE.search(en), en


def test_templates_hold_no_script_and_nothing_from_outside() -> None:
    for file in (Path(__file__).parents[2] / "nhip" / "templates").iterdir():
        text = file.read_text(encoding="utf-8")
        assert "<script" not in text, file.name
        assert "://" not in text, file.name
        assert "|safe" not in text.replace(" ", ""), file.name
        assert not re.search(r" on\w+=", text), file.name
