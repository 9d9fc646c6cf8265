"""Messages for tests: of any rule, about one feed, as Grafana would have filled them in."""

from datetime import UTC, datetime
from typing import Any

from alerts.annotations import LAST_DAY, filled
from alerts.grafana_files import labels as labels_of
from alerts.message import Bases, Message
from alerts.rules import RULES

BASES = Bases("https://nhip.invalid/", "https://nhip.invalid/desk")
SINCE = datetime(2026, 11, 20, 3, 40, tzinfo=UTC)
LABELS = {
    "system": "command-centre",
    "feed": "power-load",
    "feed_name": "Công suất hệ thống điện",
    "feed_name_en": "Power load",
    "contact": "Trực ban NSMO",
    "unit": "VN",
    "unit_name": "Việt Nam",
    "unit_name_en": "Viet Nam",
    "what": "Công suất toàn hệ thống",
    "what_en": "Load of the whole system",
    "family": "hard_bounds",
    "family_name": "ngoài khoảng có thể có",
    "family_name_en": "outside what is possible",
    "origin": "simulated",
    "finding_id": "0123456789abcdef0123456789abcdef",
    "since": "20/11/2026 10:40",
}


def a_blind(name: str = "FeedLost", why: str = "DatasourceError") -> Message:
    """As Grafana tells of a rule that cannot ask: labels of the rule, none of a row, and words without either."""
    rule = next(rule for rule in RULES if rule.name == name)
    labels = {"alertname": why, "rulename": rule.title[0], "ref_id": "A", **labels_of(rule)}
    words = {key: value.replace("power-load", "[no value]") for key, value in a_message(name).annotations.items()}
    error = {"Error": "[sse.dataQueryError] failed to execute query [A]: code: 497"} if why == "DatasourceError" else {}
    return Message(labels, words | error, "firing", SINCE)


def a_message(name: str = "FindingCritical", value: float = 3.0, **changes: Any) -> Message:
    rule = next(rule for rule in RULES if rule.name == name)
    labels = {**LABELS, "rule": name, **labels_of(rule), **changes.pop("labels", {})}
    given = {"status": "firing", "since": SINCE, **changes}
    return Message(labels, filled(rule, labels, value, LAST_DAY), **given)
