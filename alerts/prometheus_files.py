"""Prometheus's rule files."""

from typing import Any

from alerts import annotations
from alerts.model import Monitor
from alerts.monitor import GROUPS, RECORDED
from grafana.files import as_yaml

EVERY = "30s"


def files() -> dict[str, str]:
    """One file a group, and the recorded ratios in front of the group that uses them."""
    return {f"{name}.yml": _file(name, rules) for name, rules in GROUPS.items()}


def _file(name: str, rules: tuple[Monitor, ...]) -> str:
    recorded = [{"record": one.record, "expr": one.expr} for one in RECORDED] if name == "freshness" else []
    group = {"name": f"nhip-{name}", "interval": EVERY, "rules": [*recorded, *(_rule(rule) for rule in rules)]}
    return as_yaml({"groups": [group]}, "alerts", f"alerts/monitor/{name}.py")


def _rule(rule: Monitor) -> dict[str, Any]:
    found: dict[str, Any] = {"alert": rule.name, "expr": rule.expr}
    if rule.lasts_s:
        found["for"] = f"{rule.lasts_s}s"
    return found | {"labels": labels(rule), "annotations": annotations.of_prometheus(rule)}


def labels(rule: Monitor) -> dict[str, str]:
    given = {"rule": rule.name, "severity": rule.severity, "audience": rule.audience, "system": "nhip", "unit": "VN"}
    return given | ({"feed": rule.feed} if rule.feed else {})
