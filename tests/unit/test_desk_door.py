"""Who gets in at the desk, for how long, and what is kept out."""

import asyncio
import base64
import hashlib
import re
import tempfile
from pathlib import Path

import pytest

from contract.settings import Settings
from nhip.accounts import LEAD, OPERATOR, Accounts
from nhip.desk.door import COOKIE
from nhip.desk.sessions import IDLE_S, LASTS_S, MOST, TRIES, WITHIN_S, Sessions, Tries
from tests.desk import ID, Person, run, told
from tests.office import Office


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
        asyncio.run(run(story, office, accounts, settings, tokens, f"{folder}/s"))


@pytest.mark.parametrize("anew", [False, True], ids=["renewed", "taken out and made anew"])
def test_a_new_token_ends_the_sessions_of_the_old_one(anew: bool) -> None:
    async def story(person: Person, token: str) -> None:
        await person.sign_in(token)
        assert "54.939" in person.page
        if anew:
            accounts.remove("truc-ban-1")
            accounts.add("truc-ban-1", LEAD)
        else:
            accounts.renew("truc-ban-1")
        await person.get("/")
        assert person.response.url.path == "/sign-in"

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var=folder)
        accounts = Accounts(settings)
        tokens = [accounts.add("truc-ban-1", OPERATOR)]
        asyncio.run(run(story, Office(), accounts, settings, tokens, f"{folder}/s"))


def test_without_accounts_the_page_stands_and_says_how_the_first_is_added() -> None:
    async def story(person: Person, none: str) -> None:
        for lang, said in (("vi", "Chưa có tài khoản nào"), ("en", "There are no accounts yet")):
            assert await person.get(f"/?lang={lang}") == 200
            assert person.response.url.path == "/sign-in"
            assert said in person.page
            assert "docker compose run --rm desk accounts add truc-ban-1" in person.page
        assert await person.get("/alive") == 200
        assert await person.sign_in(none) == 403
        token = accounts.add("truc-ban-1", OPERATOR)
        assert await person.sign_in(token) == 200
        assert "54.939" in person.page
        await person.get("/sign-in")
        assert "Chưa có tài khoản" not in person.page

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var=folder)
        accounts = Accounts(settings)
        asyncio.run(run(story, Office(), accounts, settings, [""], f"{folder}/s"))


def test_wrong_tokens_are_slowed_down_and_keep_nobody_out_who_has_a_right_one() -> None:
    """All come from one address, as behind a proxy."""

    async def story(person: Person, token: str) -> None:
        for _ in range(TRIES):
            assert await person.sign_in("wrong") == 403
            assert "mã đăng nhập không đúng" in person.page
        assert await person.sign_in("wrong") == 429
        assert 0 < int(person.response.headers["Retry-After"]) <= WITHIN_S
        assert await person.sign_in(token) == 200
        assert person.response.url.path == "/"
        assert await person.sign_in("wrong") == 429

    told(story, Office())


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example/", "/sign-out", "/f/../x", "/f/xyz", ""])
def test_nobody_is_sent_elsewhere_after_signing_in(next: str) -> None:
    async def story(person: Person, token: str) -> None:
        await person.sign_in(token, next=next)
        assert person.response.history[0].headers["Location"] == "/"

    told(story, Office())


def test_sessions_end_by_age_and_by_rest_and_are_bounded() -> None:
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    cookie = sessions.open("truc-ban-1", "a" * 64)
    session = sessions.find(cookie)
    assert session is not None
    assert session.fits(session.csrf)
    assert not session.fits("")
    now[0] += IDLE_S + 1
    assert sessions.find(cookie) is None
    kept = sessions.open("truc-ban-1", "a" * 64)
    while now[0] < 2 * LASTS_S and sessions.find(kept) is not None:
        now[0] += IDLE_S / 2
    assert now[0] > LASTS_S
    assert sessions.find(kept) is None
    first = sessions.open("truc-ban-1", "a" * 64)
    for _ in range(MOST):
        sessions.open("truc-ban-2", "b" * 64)
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


def test_templates_hold_no_script_and_nothing_from_outside() -> None:
    for file in (Path(__file__).parents[2] / "nhip" / "templates").iterdir():
        text = file.read_text(encoding="utf-8")
        assert "<script" not in text, file.name
        assert "://" not in text, file.name
        assert "|safe" not in text.replace(" ", ""), file.name
        assert not re.search(r" on\w+=", text), file.name
