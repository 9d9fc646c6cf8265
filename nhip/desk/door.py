"""Signing in and out: a token per person, exchanged for a cookie that scripts and other sites cannot use."""

import hmac
import logging
import math
import re

from aiohttp import web

from contract.settings import Settings
from nhip.accounts import Account, Accounts
from nhip.desk.sessions import LASTS_S, Session, Sessions, Tries
from nhip.desk.shown import Shown

log = logging.getLogger("nhip.desk")
COOKIE = "nhip-desk"
_NEXT = re.compile(r"/(f/[0-9a-f]{4,32})?")
"""Where somebody may be sent on to: a page of ours, and nowhere else."""
LONGEST_TOKEN = 200


class Door:
    def __init__(self, settings: Settings, accounts: Accounts, shown: Shown) -> None:
        self._settings, self._accounts, self._shown = settings, accounts, shown
        self.sessions, self.tries = Sessions(), Tries()

    def session(self, request: web.Request) -> Session:
        """Whose request it is; else the way to the sign-in page."""
        session = self.sessions.find(request.cookies.get(COOKIE, ""))
        if session is None or not self._stands(session):
            raise web.HTTPSeeOther(self._shown.url(request, "/sign-in", next=request.path))
        return session

    def _stands(self, session: Session) -> bool:
        """Whether the account is there, with the token that opened the session: one that was renewed, or taken out and
        made anew, has another."""
        account = self._accounts.find(session.account)
        return account is not None and hmac.compare_digest(account.token_sha256, session.token_sha256)

    def account(self, session: Session) -> Account:
        return self._accounts.needed(session.account)

    async def form(self, request: web.Request) -> web.Response:
        return self._form(request, 200, _next(request.query.get("next", "")))

    def _form(self, request: web.Request, status: int, next_: str, problem: str = "") -> web.Response:
        nobody = not self._accounts.all()
        return self._shown.page(request, "sign_in.html", status, next=next_, problem=problem, nobody=nobody)

    async def sign_in(self, request: web.Request) -> web.Response:
        own_site(request)
        form = await request.post()
        next_ = _next(str(form.get("next", "")))
        account = self._accounts.of_token(str(form.get("token", "")).strip()[:LONGEST_TOKEN])
        if account is None:
            return self._refused(request, next_)
        log.info("%s signed in", account.id)
        response = web.Response(status=303, headers={"Location": self._shown.url(request, next_)})
        # Behind a TLS proxy the cookie travels encrypted or not at all.
        secure = request.headers.get("X-Forwarded-Proto") == "https"
        cookie = self.sessions.open(account.id, account.token_sha256)
        response.set_cookie(
            COOKIE, cookie, max_age=int(LASTS_S), path="/", httponly=True, samesite="Strict", secure=secure
        )
        return response

    def _refused(self, request: web.Request, next_: str) -> web.Response:
        """Slows down who guesses. A right token was let in before: nobody guesses 256 bits, and behind a proxy, where
        all have one address, a stranger's wrong ones would keep everybody out."""
        address = request.remote or ""
        if (wait_s := self.tries.wait_s(address)) > 0:
            problem = self._shown.say(request, "thử sai nhiều lần; đợi một phút", "too many tries; wait a minute")
            response = self._form(request, 429, next_, problem)
            response.headers["Retry-After"] = str(math.ceil(wait_s))
            return response
        self.tries.failed(address)
        log.warning("sign-in refused from %s", address)
        return self._form(request, 403, next_, self._shown.say(request, "mã đăng nhập không đúng", "this is no token"))

    async def sign_out(self, request: web.Request) -> web.Response:
        await self.checked(request, self.session(request))
        self.sessions.end(request.cookies.get(COOKIE, ""))
        response = web.Response(status=303, headers={"Location": self._shown.url(request, "/sign-in")})
        response.del_cookie(COOKIE, path="/")
        return response

    async def checked(self, request: web.Request, session: Session) -> dict[str, str]:
        """The fields of a form that came from our own page of this session; 403 for any other."""
        own_site(request)
        form = {name: str(value) for name, value in (await request.post()).items()}
        if not session.fits(form.get("csrf", "")):
            raise web.HTTPForbidden
        return form


def own_site(request: web.Request) -> None:
    """A browser says from where a form was sent; one that says another site is refused."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise web.HTTPForbidden


def _next(path: str) -> str:
    return path if _NEXT.fullmatch(path) else "/"
