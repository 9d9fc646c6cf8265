"""An alert as a person on call reads it: a long form, and a short one of at most 160 letters without diacritics.

Made from labels and annotations alone, so that what Grafana, Prometheus and `nhip alerts` found reads the same.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from alerts import gsm
from contract import text
from grafana.model import Words

Status = Literal["firing", "pending", "resolved"]
SEVERITIES = {
    "critical": ("✖ NGHIÊM TRỌNG", "✖ CRITICAL"),
    "warning": ("▲ CẢNH BÁO", "▲ WARNING"),
    "info": ("· THÔNG TIN", "· FOR INFORMATION"),
    "watch": ("· DẤU HIỆU SỐNG", "· SIGN OF LIFE"),
}
OVER = ("✓ HẾT CẢNH BÁO", "✓ ALERT OVER")
PENDING = ("◌ CHƯA ĐỦ LÂU ĐỂ BÁO", "◌ NOT YET LONG ENOUGH")
SINCE = ("Từ lúc", "Since")
BOARD = ("Bảng", "Board")
RUNBOOK = ("Sổ tay", "Runbook")
CONTACT = ("Nơi trả lời", "Who answers")
TAKE = ("Nhận việc", "Take it")
RULE = ("Quy tắc", "Rule")
BLIND = {
    "DatasourceError": ("Quy tắc {rule} không hỏi được kho", "Rule {rule} cannot ask the store"),
    "DatasourceNoData": ("Quy tắc {rule} hỏi kho mà không có dòng nào", "Rule {rule} asks the store and gets no row"),
}
"""By Grafana's `alertname` for a rule that sees nothing. Its words and addresses were filled in without labels and
values: of them only the runbook is told, and what Grafana says of the error."""
ERROR = "Error"
MORE = ("… tất cả {count}; xem bảng.", "… {count} in all; see the board.")
MOST = 5
"""Alerts written out in one message: of those that fire, and of those that are over."""
LONGEST_ADDRESS = 70
"""In a short message."""
_YEAR = re.compile(r"/20\d\d(?= )")
_ID = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{20}\b")


class Bases(msgspec.Struct, frozen=True):
    """Where addresses begin: Grafana, and the desk."""

    grafana: str
    desk: str

    def full(self, address: str) -> str:
        if address.startswith("desk:/"):
            return self.desk.rstrip("/") + address.removeprefix("desk:")
        return self.grafana.rstrip("/") + address if address.startswith("/") else address


class Message(msgspec.Struct, frozen=True):
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    status: Status
    since: datetime | None = None
    extras: Sequence[tuple[str, str]] = ()
    """Looked up when it is delivered: what the finding says now, the telephone of who answers."""

    @property
    def blind(self) -> Words | None:
        return BLIND.get(self.labels.get("alertname", ""))

    def word(self, name: str, lang: str) -> str:
        """An annotation in the reader's language."""
        if self.blind:
            said = {
                "summary": text.choose(*self.blind, lang=lang).format(rule=self.labels.get("rule", "")),
                "description": self.annotations.get(ERROR, ""),
            }
            return said.get(name, "")
        given = self.annotations.get(f"{name}_en" if lang == "en" else name)
        return given if given is not None else self.annotations.get(name, "")


def head(message: Message, lang: str) -> str:
    """Of a rule that is blind, a warning: nobody knows whether what it is for holds."""
    severity = "warning" if message.blind else message.labels.get("severity", "")
    words = {"resolved": OVER, "pending": PENDING}.get(message.status) or SEVERITIES.get(severity, SEVERITIES["info"])
    return text.choose(*words, lang=lang)


def parted(group: Sequence[Message]) -> tuple[list[Message], list[Message]]:
    """What holds, and what is over."""
    over = [message for message in group if message.status == "resolved"]
    return [message for message in group if message.status != "resolved"], over


def speaker(group: Sequence[Message]) -> tuple[Message, str]:
    """Who speaks for a group, and how many others: as long as one fires, nothing is over, and those that are over are
    not counted."""
    holds, over = parted(group)
    first, *others = holds or over
    return first, f" (+{len(others)})" if others else ""


def subject(group: Sequence[Message], lang: str = "vi") -> str:
    """One line for all that is told together."""
    first, others = speaker(group)
    return f"{head(first, lang)} · {first.word('summary', lang)}{others}"


def whole(group: Sequence[Message], bases: Bases, lang: str = "vi") -> str:
    """The long form of all that is told together; the first few are written out, the others counted."""
    holds, over = parted(group)
    told = [long(message, bases, lang) for message in (*holds[:MOST], *over[:MOST])]
    if len(group) > len(told):
        told.append(text.choose(*MORE, lang=lang).format(count=len(group)))
    return "\n\n".join(told)


def long(message: Message, bases: Bases, lang: str = "vi") -> str:
    taken = bases.full(message.annotations.get("take", "")) if not message.blind else ""
    command = message.annotations.get("take_command", "")
    lines = [
        subject([message], lang),
        message.word("description", lang),
        *(f"{key}: {value}" for key, value in message.extras),
    ]
    facts = (
        (SINCE, since(message, lang)),
        (BOARD, bases.full(message.word("board", lang))),
        (RUNBOOK, bases.full(message.annotations.get("runbook_url", ""))),
        (CONTACT, message.labels.get("contact", "")),
        (TAKE, f"{taken} ({command})" if taken else ""),
        (RULE, message.labels.get("rule", "")),
    )
    lines += [f"{text.choose(*words, lang=lang)}: {value}" for words, value in facts if value]
    return "\n".join(line for line in lines if line)


def since(message: Message, lang: str) -> str:
    """Of a finding, when it opened; of others, when the alert began."""
    return message.labels.get("since") or (text.instant(message.since, lang) if message.since else "")


def short(group: Sequence[Message], bases: Bases, lang: str = "vi") -> str:
    """At most 160 letters of the GSM alphabet. What to do next stands at the end and is never cut off."""
    first, others = speaker(group)
    said = f"{head(first, lang)[2:]}{others}: {first.word('summary', lang)}"
    began = _YEAR.sub("", since(first, lang))
    tail = gsm.plain(f". {began}. {_next(first, bases, lang)}" if began else f". {_next(first, bases, lang)}")
    return gsm.fitted(gsm.plain(said), gsm.LIMIT - len(tail)) + tail


def _next(message: Message, bases: Bases, lang: str) -> str:
    """Where the finding is taken, by the beginning of its id, unless the address leaves no room for what happened; else
    the runbook's heading."""
    take = _ID.sub(r"\1", bases.full(message.annotations.get("take", "")))
    if message.status == "firing" and not message.blind and 0 < len(take) <= LONGEST_ADDRESS:
        return f"{text.choose(*TAKE, lang=lang)}: {take}"
    return f"{text.choose(*RUNBOOK, lang=lang)}: {message.labels.get('rule', message.labels.get('alertname', ''))}"
