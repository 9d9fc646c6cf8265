"""The rules for the monitor itself, asked of Prometheus: they must speak when the store, Grafana or we are silent."""

from alerts.model import Monitor
from alerts.monitor import freshness, integrity, machine, pipeline

GROUPS: dict[str, tuple[Monitor, ...]] = {
    "pipeline": pipeline.RULES,
    "integrity": integrity.RULES,
    "freshness": freshness.RULES,
    "machine": machine.RULES,
}
MONITORS: tuple[Monitor, ...] = tuple(rule for rules in GROUPS.values() for rule in rules)
RECORDED = freshness.RECORDED
