"""The rules that are asked of the store. To add one, write it into the file of its subject, and its runbook."""

from alerts.model import Rule
from alerts.rules import dossiers, feeds, findings, life, targets

GROUPS: dict[str, tuple[Rule, ...]] = {
    "feeds": feeds.RULES,
    "findings": findings.RULES,
    "dossiers": dossiers.RULES,
    "targets": targets.RULES,
    "life": life.RULES,
}
RULES: tuple[Rule, ...] = tuple(rule for rules in GROUPS.values() for rule in rules)
