"""Alerts on the wire: the body that Alertmanager and Grafana post to a webhook, read and written.

Both give the same fields for what we need: status, labels, annotations, when it began.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from alerts.evaluate import AlertError
from alerts.message import Bases, Message, subject, whole

VERSION = "4"
_NEVER = "0001-01-01T00:00:00Z"


class _Alert(msgspec.Struct):
    status: str
    labels: dict[str, str]
    startsAt: datetime
    annotations: dict[str, str] = {}


class _Body(msgspec.Struct):
    alerts: list[_Alert]


def read(body: bytes) -> list[Message]:
    """What a body says, firing first. Raises AlertError for a body of another shape."""
    try:
        given = msgspec.json.decode(body, type=_Body)
    except msgspec.MsgspecError as error:
        raise AlertError(f"this is no webhook of Alertmanager's or Grafana's: {error}") from error
    return sorted((_message(one) for one in given.alerts), key=lambda message: message.status != "firing")


def _message(given: _Alert) -> Message:
    began = given.startsAt if given.startsAt.year > 1 else None  # Go's zero time
    return Message(given.labels, given.annotations, "resolved" if given.status == "resolved" else "firing", began)


def write(messages: Sequence[Message], bases: Bases, lang: str) -> bytes:
    """One body for what is told together. `title` and `message` are ready to be shown, as Grafana gives them."""
    status = "firing" if any(message.status == "firing" for message in messages) else "resolved"
    return msgspec.json.encode(
        {
            "version": VERSION,
            "receiver": "nhip",
            "status": status,
            "externalURL": bases.grafana,
            "groupKey": "nhip",
            "groupLabels": {},
            "commonLabels": {},
            "commonAnnotations": {},
            "truncatedAlerts": 0,
            "title": subject(messages, lang),
            "message": whole(messages, bases, lang),
            "alerts": [_alert(message, bases) for message in messages],
        }
    )


def _alert(message: Message, bases: Bases) -> dict[str, Any]:
    addresses = ("board", "board_en", "runbook_url", "take")
    annotations = {
        name: bases.full(value) if name in addresses else value for name, value in message.annotations.items()
    }
    return {
        "status": "resolved" if message.status == "resolved" else "firing",
        "labels": {"alertname": message.labels.get("rule", ""), **message.labels},
        "annotations": annotations,
        "startsAt": message.since.isoformat() if message.since else _NEVER,
        "endsAt": _NEVER,
        "generatorURL": annotations.get("board", ""),
    }
