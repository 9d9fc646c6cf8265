"""Grafana's alerting files: the rules, and the one way by which everything leaves it.

What a server does not know is fatal to it or silently ignored, so only what 10.1 and 12.2 both know is written: no
state `KeepLast`, no `keepFiringFor`, no `notification_settings`; routes by labels, thresholds `gt` and `lt`.
"""

from typing import Any

from alerts import annotations
from alerts.model import BACK, Rule
from alerts.rules import GROUPS
from grafana.files import as_yaml
from grafana.target import DATASOURCE, target

FOLDER = "Nhịp: cảnh báo"
CONTACT_POINT = "nhip"
_EXPRESSION = {"type": "__expr__", "uid": "__expr__"}


def rules_file() -> str:
    return as_yaml({"apiVersion": 1, "groups": list(_groups())}, "alerts", "alerts/rules")


def delivery_file(kind: str) -> str:
    """`prometheus-alertmanager`: all to Alertmanager, which groups, routes and mutes. `webhook`: to one receiver."""
    return as_yaml(
        {"apiVersion": 1, "contactPoints": [_contact_point(kind)], "policies": [_policy(kind)]},
        "alerts",
        "alerts/grafana_files.py",
    )


def _groups() -> list[dict[str, Any]]:
    """A group is evaluated in one rhythm, so rules of a subject that have another one are a group of their own."""
    found = []
    for name, rules in GROUPS.items():
        for every_s in dict.fromkeys(rule.every_s for rule in rules):
            found.append(
                {
                    "orgId": 1,
                    "name": f"{name}-{every_s}s",
                    "folder": FOLDER,
                    "interval": _duration(every_s),
                    "rules": [_rule(rule) for rule in rules if rule.every_s == every_s],
                }
            )
    return found


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "uid": rule.uid,
        "title": rule.title[0],
        "condition": "C",
        "data": _data(rule),
        "noDataState": rule.no_data,
        "execErrState": rule.error,
        "for": _duration(rule.lasts_s),
        "annotations": annotations.of_grafana(rule),
        "labels": labels(rule),
        "isPaused": False,
    }


def labels(rule: Rule) -> dict[str, str]:
    """Beside those of the row. `rule` is the name that routes, inhibition and runbooks use; the title is for
    readers."""
    return {"rule": rule.name, "severity": rule.severity, "audience": rule.audience}


def _data(rule: Rule) -> list[dict[str, Any]]:
    evaluator = {"type": "gt" if rule.above is not None else "lt", "params": [rule.threshold]}
    reduce = {"type": "reduce", "expression": "A", "reducer": "last", "settings": {"mode": "dropNN"}}
    threshold = {"type": "threshold", "expression": "B", "conditions": [{"evaluator": evaluator}]}
    query = target(rule.sql.strip()) | {"intervalMs": 60_000, "maxDataPoints": 43_200}
    return [
        _step("A", DATASOURCE["uid"], query),
        _step("B", "__expr__", reduce | {"refId": "B", "datasource": _EXPRESSION}),
        _step("C", "__expr__", threshold | {"refId": "C", "datasource": _EXPRESSION}),
    ]


def _step(ref: str, source: str, model: dict[str, Any]) -> dict[str, Any]:
    return {
        "refId": ref,
        "relativeTimeRange": {"from": round(BACK.total_seconds()), "to": 0},
        "datasourceUid": source,
        "model": model,
    }


def _contact_point(kind: str) -> dict[str, Any]:
    url = "$NHIP_ALERTMANAGER_URL" if kind == "prometheus-alertmanager" else "$NHIP_ALERTS_WEBHOOK"
    receiver = {"uid": f"nhip-{kind}", "type": kind, "settings": {"url": url}, "disableResolveMessage": False}
    return {"orgId": 1, "name": CONTACT_POINT, "receivers": [receiver]}


def _policy(kind: str) -> dict[str, Any]:
    """Alertmanager takes for over what it has not heard of for ten minutes, so it is told every two. A webhook is
    told as people would be."""
    own = {"orgId": 1, "receiver": CONTACT_POINT, "group_by": ["grafana_folder", "alertname"]}
    if kind == "prometheus-alertmanager":
        return own | {"group_wait": "5s", "group_interval": "30s", "repeat_interval": "2m"}
    routes = [
        {"object_matchers": [["severity", "=", severity]], "receiver": CONTACT_POINT, "repeat_interval": repeat}
        for severity, repeat in (("watch", "5m"), ("critical", "1h"), ("warning", "12h"), ("info", "24h"))
    ]
    return own | {"group_wait": "30s", "group_interval": "5m", "repeat_interval": "4h", "routes": routes}


def _duration(seconds: int) -> str:
    return f"{seconds // 60}m" if seconds % 60 == 0 and seconds else f"{seconds}s"
