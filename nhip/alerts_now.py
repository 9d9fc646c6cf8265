"""`nhip alerts`: the rules evaluated now against the store, and each message as a person on call would get it.

Prints, or posts to `--webhook`. What one alert silences in Alertmanager is silent here too, and is counted. Muted hours
are not applied: who asks is awake.
"""

import argparse
import sys
import urllib.request
from datetime import UTC, datetime, timedelta

import msgspec

from alerts import webhook
from alerts.annotations import LAST_DAY, filled
from alerts.evaluate import Alert, evaluate_all
from alerts.grafana_files import labels as labels_of
from alerts.grouping import Group, groups
from alerts.message import MOST, Bases, Message, short, subject, whole
from alerts.routes import silenced
from alerts.rules import RULES
from clickhouse.client import Store, connect
from contract import text
from contract.errors import NhipError, SettingError
from contract.settings import Settings
from nhip.alerts_delivery import bases
from nhip.alerts_lookup import extras
from nhip.asking import time_of_data
from nhip.check_lines import times
from nhip.due import moment_typed
from nhip.words import say

_FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M")
_ORDER = {"critical": 0, "warning": 1, "info": 2}


class Found(msgspec.Struct, frozen=True):
    told: list[Group]
    """The gravest first; of a rule in the order of its rows."""
    waiting: list[Message]
    """Does not yet hold long enough."""
    silenced: int

    @property
    def firing(self) -> int:
        return sum(len(group.messages) for group in self.told)


def run(settings: Settings, args: argparse.Namespace) -> int:
    store = connect(settings, "reader")
    at = moment(args.at) if args.at else _now(store)
    found, known = look(store, at, args.lang), bases(settings, args.delivery)
    if args.webhook:
        post(args.webhook, found, known, args.lang)
    elif args.short:
        print("\n".join(short(group.messages, known, args.lang) for group in found.told))
    else:
        print(printed(found, known, at, args.lang))
    return 0


def moment(typed: str) -> datetime:
    """A local time as people write it: `2026-11-21 09:30`, `21/11/2026 09:30`."""
    if found := moment_typed(typed.strip(), _FORMS):
        return found
    raise SettingError(
        say(
            f"--at {typed!r} không đọc được; viết 2026-11-21 09:30 hoặc 21/11/2026 09:30",
            f"--at {typed!r} is no time; write 2026-11-21 09:30 or 21/11/2026 09:30",
        )
    )


def _now(store: Store) -> datetime:
    now, clock, _ = times(store)
    return time_of_data(now, clock)


def look(store: Store, at: datetime, lang: str) -> Found:
    raised = [
        alert for alert in evaluate_all(store, RULES, at) if alert.state != "normal" and alert.rule.severity != "watch"
    ]
    firing = [_labels(alert) for alert in raised if alert.state == "firing"]
    heard = [alert for alert in raised if not silenced(_labels(alert), firing)]
    heard.sort(key=lambda alert: _ORDER[alert.rule.severity])
    told = groups(_message(alert) for alert in heard if alert.state == "firing")
    waiting = [_message(alert) for alert in heard if alert.state == "pending"]
    return Found(_with_extras(told, store, lang), waiting, len(raised) - len(heard))


def _with_extras(told: list[Group], store: Store, lang: str) -> list[Group]:
    """Only what is written out is looked up."""

    def one(message: Message) -> Message:
        return msgspec.structs.replace(message, extras=extras(store, message.labels, lang))

    return [
        msgspec.structs.replace(group, messages=[*map(one, group.messages[:MOST]), *group.messages[MOST:]])
        for group in told
    ]


def _labels(alert: Alert) -> dict[str, str]:
    return {**alert.labels, **labels_of(alert.rule)}


def _message(alert: Alert) -> Message:
    labels = _labels(alert)
    annotations = filled(alert.rule, labels, alert.value, _during(alert.at))
    if alert.state != "firing":
        return Message(labels, annotations, "pending", alert.at)
    return Message(labels, annotations, "firing", alert.at - timedelta(seconds=alert.rule.lasts_s))


def _during(at: datetime) -> str:
    """The day up to then, as Grafana's address has it; the moving one where that is now."""
    if abs((datetime.now(UTC) - at).total_seconds()) < 300:
        return LAST_DAY
    until = round(at.timestamp() * 1000)
    return f"from={until - 86_400_000}&to={until}"


def printed(found: Found, known: Bases, at: datetime, lang: str) -> str:
    blocks = [f"{_told(group)}\n{whole(group.messages, known, lang)}" for group in found.told]
    blocks += [subject([message], lang) for message in found.waiting]
    counts = (found.firing, len(found.waiting), found.silenced)
    vi = "{}: {} cảnh báo, {} chưa đủ lâu, {} bị cảnh báo khác làm im; {} quy tắc."
    en = "{}: {} alerts, {} not yet long enough, {} silenced by others; {} rules."
    return "\n\n".join([*blocks, say(vi, en).format(text.instant(at, lang), *counts, len(RULES))])


def _told(group: Group) -> str:
    hours = ", ".join(group.muted)
    muted = say(f", hoãn trong {hours}", f", kept back in {hours}") if hours else ""
    return f"── {say('Gửi tới', 'Sent to')} {group.receiver}{muted}"


def post(url: str, found: Found, known: Bases, lang: str) -> None:
    """A body for each group, as Alertmanager would post it; raises NhipError where one is not taken."""
    if not url.startswith(("http://", "https://")):
        raise SettingError(f"--webhook {url}: an address begins with http:// or https://")
    for group in found.told:
        request = urllib.request.Request(url, webhook.write(group.messages, known, lang), method="POST")
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=30):
                pass
        except OSError as error:
            raise NhipError(f"{url} did not take the alerts: {error}") from error
    bodies = len(found.told)
    told = say(f"{found.firing} cảnh báo, {bodies} tin tới", f"{found.firing} alerts, {bodies} messages to")
    print(told, url, file=sys.stderr)
