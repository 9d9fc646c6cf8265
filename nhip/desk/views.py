"""The desk's two pages: the list, and one finding with the steps that may be taken. What blocks runs in a thread."""

import asyncio
import logging
from datetime import UTC, datetime

from aiohttp import web

from contract.handling import ASKED, DONE, NEW, STEPS
from nhip.desk.door import Door
from nhip.desk.sessions import Session
from nhip.desk.shown import CHOICES, Shown
from nhip.due import due
from nhip.findings_act import UNREAD, Acting, Wish, new_id
from nhip.findings_read import Books, Wanted
from nhip.findings_words import outcome_word, step_word
from nhip.words import Spoken

log = logging.getLogger("nhip.desk")
ROWS = 100
SEVERITIES = ("critical", "warning", "info")


class Views:
    def __init__(self, door: Door, books: Books, acting: Acting, shown: Shown) -> None:
        self._door, self._books, self._acting, self._shown = door, books, acting, shown

    async def listed(self, request: web.Request) -> web.Response:
        session = self._door.session(request)
        which, unit = request.query.get("which", ""), request.query.get("unit", "").strip()
        severity = request.query.get("severity", "")
        wanted = Wanted(
            all=which == "all",
            severity=severity if severity in SEVERITIES else "",
            unit=self._shown.unit_meant(unit),
            holder=session.account if which == "mine" else "",
            handling={"untaken": NEW, "waiting": ASKED}.get(which, ""),
            rows=ROWS,
        )
        (found, total), as_of = await asyncio.to_thread(lambda: (self._books.listed(wanted), self._books.as_of()))
        values = self._shown.listed(request, found, total, wanted, as_of)
        known = which if which in CHOICES else ""
        return self._shown.page(request, "list.html", session=session, which=known, unit=unit, **values)

    async def one(self, request: web.Request) -> web.Response:
        return await self._sheet(request, self._door.session(request))

    async def act(self, request: web.Request) -> web.Response:
        session = self._door.session(request)
        form = await self._door.checked(request, session)
        account = self._door.account(session)
        step = form.get("step", "")
        if step not in STEPS:
            raise web.HTTPForbidden
        try:
            until = due(form.get("due", ""), datetime.now(UTC)) if step == ASKED else None
            wish = Wish(step, account, until, form.get("note", ""), form.get("action", ""))
            finding = await asyncio.to_thread(self._books.one, request.match_info["id"])
            told = await asyncio.to_thread(self._acting.act, finding, wish)
        except Spoken as error:
            return await self._sheet(request, session, 409, f"✖ {error.told(self._shown.lang(request))}", form)
        except ConnectionError as error:
            log.warning("%s %s %s: %s", account.id, step, request.match_info["id"], error)
            said = self._shown.say(
                request,
                "Kafka không xác nhận; chưa biết bước này đã ghi hay chưa, gửi lại cũng không bị ghi hai lần",
                "Kafka has not acknowledged; whether it is recorded is not known, sending again cannot double it",
            )
            return await self._sheet(request, session, 503, f"✖ {said}", form)
        log.info("%s %s %s: %s", account.id, step, finding.id, told.outcome)
        where = self._shown.url(request, f"/f/{finding.id}", action=told.action_id)
        return web.Response(status=303, headers={"Location": where})

    async def _sheet(
        self,
        request: web.Request,
        session: Session,
        status: int = 200,
        told: str = "",
        form: dict[str, str] | None = None,
    ) -> web.Response:
        """The page of a finding. A form that came to nothing is given back, under the same id."""
        given, id = form or {}, request.match_info["id"]
        sheet, as_of = await asyncio.to_thread(lambda: (self._books.sheet(id), self._books.as_of()))
        well = not told
        if not told and (action := request.query.get("action", "")):
            done = next((one for one in sheet.history if one.action_id == action), None)
            outcome = UNREAD if done is None else done.outcome
            well, told = outcome == DONE, self._told(request, done.step if done else "", outcome)
        values = self._shown.one(request, sheet.finding, self._door.account(session), as_of)
        values |= self._shown.evidence(request, sheet)
        values |= {"told": told, "told_well": well, "action_id": given.get("action") or new_id()}
        values |= {"note": given.get("note", ""), "due": given.get("due", "")}
        return self._shown.page(request, "finding.html", status, session, **values)

    def _told(self, request: web.Request, step: str, outcome: str) -> str:
        lang = self._shown.lang(request)
        if outcome == UNREAD:
            return self._shown.say(
                request,
                "▲ đã vào Kafka, bộ xử lý chưa ghi; tải lại trang để xem kết quả",
                "▲ it stands in Kafka, the worker has not recorded it; load the page again to see",
            )
        return f"{'✓' if outcome == DONE else '✖'} {step_word(step, lang)}: {outcome_word(outcome, lang)}"
