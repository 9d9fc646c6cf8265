"""Signing in and out: a token per person, exchanged for a cookie that scripts and other sites cannot use."""

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
        if session is None or self._accounts.find(session.account) is None:
            raise web.HTTPSeeOther(self._shown.url(request, "/sign-in", next=request.path))
        return session

    def account(self, session: Session) -> Account:
        return self._accounts.needed(session.account)

    async def form(self, request: web.Request) -> web.Response:
        return self._shown.page(request, "sign_in.html", next=_next(request.query.get("next", "")), problem="")

    async def sign_in(self, request: web.Request) -> web.Response:
        own_site(request)
        form, address = await request.post(), request.remote or ""
        next_ = _next(str(form.get("next", "")))
        if (wait_s := self.tries.wait_s(address)) > 0:
            problem = self._shown.say(request, "thử sai nhiều lần; đợi một phút", "too many tries; wait a minute")
            response = self._shown.page(request, "sign_in.html", 429, next=next_, problem=problem)
            response.headers["Retry-After"] = str(math.ceil(wait_s))
            return response
        account = self._accounts.of_token(str(form.get("token", "")).strip()[:LONGEST_TOKEN])
        if account is None:
            self.tries.failed(address)
            log.warning("sign-in refused from %s", address)
            problem = self._shown.say(request, "mã đăng nhập không đúng", "this is no token")
            return self._shown.page(request, "sign_in.html", 403, next=next_, problem=problem)
        log.info("%s signed in", account.id)
        response = web.Response(status=303, headers={"Location": self._shown.url(request, next_)})
        # Behind a TLS proxy the cookie travels encrypted or not at all.
        secure = request.headers.get("X-Forwarded-Proto") == "https"
        cookie = self.sessions.open(account.id)
        response.set_cookie(
            COOKIE, cookie, max_age=int(LASTS_S), path="/", httponly=True, samesite="Strict", secure=secure
        )
        return response

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
