"""What the desk's pages show: findings as plain texts for the templates, in the request's language."""

from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from catalogue.load import Catalogue
from contract import text
from contract.handling import ASKED, DONE, NEW
from contract.settings import Settings
from grafana.words import SEVERITIES
from nhip import findings_may
from nhip.accounts import Account
from nhip.desk.sessions import Session
from nhip.findings_print import as_of_line, history_line
from nhip.findings_read import AsOf, Finding, Sheet, Wanted
from nhip.findings_words import (
    Names,
    contact,
    going_on,
    head_words,
    marks,
    severity_sign,
    severity_word,
    standing_of,
    step_word,
    times,
    verdict_word,
)
from nhip.pages import page

CHOICES: dict[str, tuple[str, str]] = {
    "": ("cần xử lý", "to be dealt with"),
    "untaken": ("chưa ai nhận", "nobody's"),
    "mine": ("của tôi", "mine"),
    "waiting": ("đang chờ đơn vị", "waiting for a unit"),
    "all": ("tất cả, cả đã xong", "all, those that are over too"),
}
TROUBLES: dict[int, tuple[str, str]] = {
    403: ("yêu cầu không đến từ trang này; mở lại trang và thử lại", "not from this page; open it again and retry"),
    404: ("không có trang này", "there is no such page"),
    405: ("không làm được như vậy", "this cannot be done"),
    413: ("biểu mẫu quá lớn", "the form is too large"),
    500: ("có lỗi ở trang này; đã ghi vào nhật ký", "something is wrong with this page; it is in the log"),
    503: ("kho số liệu hoặc Kafka không trả lời", "the store or Kafka does not answer"),
}


class Shown:
    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self._settings, self._names = settings, Names(catalogue)

    def unit_meant(self, typed: str) -> str:
        return self._names.unit_meant(typed)

    def lang(self, request: web.Request) -> str:
        asked = request.query.get("lang", "")
        return asked if asked in text.LANGUAGES else self._settings.lang

    def say(self, request: web.Request, vi: str, en: str) -> str:
        return text.choose(vi, en, self.lang(request))

    def url(self, request: web.Request, path: str, **query: str) -> str:
        """An address of ours, in the language of the request."""
        lang = self.lang(request)
        given = {name: value for name, value in query.items() if value}
        given |= {"lang": lang} if lang != self._settings.lang else {}
        return f"{path}?{urlencode(given)}" if given else path

    def page(
        self, request: web.Request, name: str, status: int = 200, session: Session | None = None, **values: Any
    ) -> web.Response:
        other = "en" if self.lang(request) == "vi" else "vi"
        query = {key: value for key, value in request.query.items() if key not in ("lang", "action")}
        switch = f"{request.path}?{urlencode(query | {'lang': other})}" if request.method == "GET" else ""
        body = page(
            name,
            self.lang(request),
            session=session,
            url=lambda path: self.url(request, path),
            other_language=switch,
            **values,
        )
        return web.Response(text=body, status=status, content_type="text/html")

    def trouble(self, request: web.Request, status: int, told: str = "") -> web.Response:
        said = self.say(request, *TROUBLES.get(status, TROUBLES[500]))
        title = self.say(request, "Không làm được", "Not possible")
        return self.page(request, "message.html", status, title=title, message=f"{said}: {told}" if told else said)

    def listed(
        self, request: web.Request, found: list[Finding], total: int, wanted: Wanted, as_of: AsOf
    ) -> dict[str, Any]:
        lang = self.lang(request)
        entries = [
            {
                "id": finding.id,
                "severity": finding.severity,
                "sign": severity_sign(finding.severity),
                "words": head_words(finding, lang),
                "sentence": finding.sentence(lang),
            }
            for finding in found
        ]
        return {
            "as_of": as_of_line(as_of, lang),
            "entries": entries,
            "more": text.number(total - len(found), 0, lang) if total > len(found) else "",
            "wanted": wanted,
            "severities": [(one, severity_word(one, lang)) for one in SEVERITIES],
            "choices": [(one, text.choose(*words, lang=lang)) for one, words in CHOICES.items()],
        }

    def one(self, request: web.Request, finding: Finding, account: Account, as_of: AsOf) -> dict[str, Any]:
        lang = self.lang(request)
        steps = findings_may.steps(finding, account)
        return {
            "as_of": as_of_line(as_of, lang),
            "finding": finding,
            "sign": severity_sign(finding.severity),
            "severity": severity_word(finding.severity, lang),
            "going_on": going_on(finding.state, lang),
            "standing": standing_of(finding, lang),
            "marks": marks(finding, lang),
            "sentence": finding.sentence(lang),
            "facts": self._facts(finding, lang),
            "steps": [(step, step_word(step, lang)) for step in steps],
            "can_ask": ASKED in steps,
        }

    def evidence(self, request: web.Request, sheet: Sheet) -> dict[str, Any]:
        """What was done, and the figures and the band that it was judged by."""
        lang, finding, series = self.lang(request), sheet.finding, sheet.series
        values = [
            {
                "when": when,
                "value": self._names.figure(finding, value.value, lang),
                "verdict": verdict_word(value.verdict, lang),
                "here": value.at == finding.at,
            }
            for when, value in zip(times(series, lang), series, strict=True)
        ]
        return {
            "history": [(history_line(done, lang), done.outcome == DONE) for done in sheet.history],
            "series": values,
            "band": self._names.band(finding, lang),
            "case_steps": [
                (text.instant(step.event_at, lang), self._names.case_state(finding, step.state, lang), step.due_at)
                for step in sheet.steps
            ],
        }

    def _facts(self, finding: Finding, lang: str) -> list[tuple[str, str]]:
        def fact(vi: str, en: str, value: str) -> tuple[str, str]:
            return text.choose(vi, en, lang), value

        found = []
        if finding.value is not None:
            found.append(fact("Thấy", "Seen", self._names.figure(finding, finding.value, lang)))
            found.append(fact("Mong đợi", "Expected", self._names.band(finding, lang)))
        found.append(fact("Kết nối", "Connection", self._names.feed(finding.feed, lang)))
        found.append(fact("Đơn vị", "Unit", self._names.unit(finding.unit, lang) or text.missing(lang)))
        found.append(fact("Biết từ", "Known since", text.instant(finding.opened_at, lang)))
        found.append(fact("Ở mức này từ", "So grave since", text.instant(finding.severity_at, lang)))
        if finding.handling != NEW:
            found.append(fact("Người giữ nhận lúc", "Taken", text.instant(finding.taken_at, lang)))
        found.append(fact("Có thể vì", "Perhaps", "; ".join(finding.innocent(lang)) or text.missing(lang)))
        found.append(fact("Đầu mối", "Contact", contact(finding, lang)))
        found.append(fact("Mã", "Id", finding.id))
        return found
