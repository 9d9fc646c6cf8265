"""`nhip alerts`: the rules evaluated now against the store, and each message as a person on call would get it.

Prints, or posts to `--webhook`. What one alert silences in Alertmanager is silent here too, and is counted. Muted hours
are not applied: who asks is awake.
"""

import argparse
import sys
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from alerts import webhook
from alerts.annotations import LAST_DAY, filled
from alerts.evaluate import Alert, evaluate_all
from alerts.grafana_files import labels as labels_of
from alerts.grouping import Group, groups
from alerts.message import Bases, Message, short, subject, whole
from alerts.routes import silenced
from alerts.rules import RULES
from clickhouse.client import Store, connect
from contract import text
from contract.errors import NhipError, SettingError
from contract.settings import Settings
from contract.text import LOCAL
from nhip.alerts_delivery import bases
from nhip.alerts_lookup import extras
from nhip.board import read
from nhip.check_lines import times
from nhip.words import say

_FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M")
_ORDER = {"critical": 0, "warning": 1, "info": 2}


class Found(msgspec.Struct, frozen=True):
    messages: list[Message]
    """Firing first, the gravest first; of a rule in the order of its rows."""
    silenced: int
    rules: int


def run(settings: Settings, args: argparse.Namespace) -> int:
    store = connect(settings, "reader")
    at = moment(args.at) if args.at else _now(store)
    found = look(store, at, args.lang)
    known = bases(settings, args.delivery)
    if args.webhook:
        post(args.webhook, [m for m in found.messages if m.status == "firing"], known, args.lang)
        return 0
    print("\n".join(lines(found, known, at, args.lang, args.short)))
    return 0


def moment(typed: str) -> datetime:
    """A local time as people write it: `2026-11-21 09:30`, `21/11/2026 09:30`."""
    for form in _FORMS:
        try:
            return datetime.strptime(typed.strip(), form).replace(tzinfo=LOCAL)
        except ValueError:
            continue
    raise SettingError(
        say(
            f"--at {typed!r} không đọc được; viết 2026-11-21 09:30 hoặc 21/11/2026 09:30",
            f"--at {typed!r} is no time; write 2026-11-21 09:30 or 21/11/2026 09:30",
        )
    )


def _now(store: Store) -> datetime:
    now, clock, _ = times(store)
    return read.time_of_data(now, clock)


def look(store: Store, at: datetime, lang: str) -> Found:
    raised = [
        alert for alert in evaluate_all(store, RULES, at) if alert.state != "normal" and alert.rule.severity != "watch"
    ]
    firing = [_labels(alert) for alert in raised if alert.state == "firing"]
    heard = [alert for alert in raised if not silenced(_labels(alert), firing)]
    heard.sort(key=lambda alert: (alert.state != "firing", _ORDER[alert.rule.severity]))
    messages = [_message(store, alert, lang) for alert in heard]
    return Found(messages, len(raised) - len(heard), len(RULES))


def _labels(alert: Alert) -> dict[str, str]:
    return {**alert.labels, **labels_of(alert.rule)}


def _message(store: Store, alert: Alert, lang: str) -> Message:
    labels = _labels(alert)
    annotations = filled(alert.rule, labels, alert.value, _during(alert.at))
    found = extras(store, labels, lang)
    if alert.state != "firing":
        return Message(labels, annotations, "pending", alert.at, found)
    return Message(labels, annotations, "firing", alert.at - timedelta(seconds=alert.rule.lasts_s), found)


def _during(at: datetime) -> str:
    """The day up to then, as Grafana's address has it; the moving one where that is now."""
    if abs((datetime.now(UTC) - at).total_seconds()) < 300:
        return LAST_DAY
    until = round(at.timestamp() * 1000)
    return f"from={until - 86_400_000}&to={until}"


def lines(found: Found, known: Bases, at: datetime, lang: str, shortly: bool) -> list[str]:
    firing = [message for message in found.messages if message.status == "firing"]
    if shortly:
        return [short(group.messages, known, lang) for group in groups(firing)]
    waiting = [message for message in found.messages if message.status == "pending"]
    blocks = [f"{_told(group)}\n{whole(group.messages, known, lang)}" for group in groups(firing)]
    blocks += [subject([message], lang) for message in waiting]
    counts = say(
        f"{text.instant(at)}: {len(firing)} cảnh báo, {len(waiting)} chưa đủ lâu, {found.silenced} bị cảnh báo khác "
        f"làm im; {found.rules} quy tắc.",
        f"{text.instant(at, 'en')}: {len(firing)} alerts, {len(waiting)} not yet long enough, {found.silenced} "
        f"silenced by others; {found.rules} rules.",
    )
    return ["\n\n".join([*blocks, counts])]


def _told(group: Group) -> str:
    hours = ", ".join(group.muted)
    muted = say(f", hoãn trong {hours}", f", kept back in {hours}") if hours else ""
    return f"── {say('Gửi tới', 'Sent to')} {group.receiver}{muted}"


def post(url: str, messages: Sequence[Message], known: Bases, lang: str) -> None:
    """A body for each group, as Alertmanager would post it; raises NhipError where one is not taken."""
    if not url.startswith(("http://", "https://")):
        raise SettingError(f"--webhook {url}: an address begins with http:// or https://")
    told = groups(messages)
    for group in told:
        request = urllib.request.Request(url, webhook.write(group.messages, known, lang), method="POST")
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=30):
                pass
        except OSError as error:
            raise NhipError(f"{url} did not take the alerts: {error}") from error
    alerts, bodies = len(messages), len(told)
    print(say(f"{alerts} cảnh báo, {bodies} tin tới", f"{alerts} alerts, {bodies} messages to"), url, file=sys.stderr)
