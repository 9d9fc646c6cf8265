"""What a rule is: a query or an expression, a threshold, and words in two languages. Values only.

In words `{name}` is the label of that name, `{value}` the number, `{threshold}` what it was compared with, and `{mark}`
says MÔ PHỎNG or DIỄN TẬP where that is so. Labels are what an alert is known by: one that changes from minute to minute
would end it and begin another, so only keys and names may be labels. What changes goes into the one number.
"""

from datetime import timedelta
from typing import Literal

import msgspec

from grafana.model import Words

Severity = Literal["critical", "warning", "info", "watch"]
"""`critical` calls, `warning` goes to the channel, `info` into the daily digest, `watch` is a sign of life."""
Audience = Literal["operations", "leaders", "head", "platform", "review"]
"""The shift, the next level and the one after it, the operators of Nhịp, and those who look through evidence by day."""

BACK = timedelta(minutes=10)
"""The time range that Grafana gives a rule's query; the queries use its end."""


class Link(msgspec.Struct, frozen=True):
    """A board and its panel, and the labels that go along as the board's variables."""

    board: str
    panel: str
    variables: tuple[str, ...] = ()


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What every rule has, whoever evaluates it."""

    name: str
    """A statement of the problem in CamelCase: the label `rule`, and the heading of its runbook."""
    title: Words
    severity: Severity
    audience: Audience
    lasts_s: int = 0
    """How long it must hold before anybody is told."""
    summary: Words
    description: Words
    link: Link
    decimals: int = 0
    """With which the value is printed."""


class Rule(Named, frozen=True, kw_only=True):
    """Asked of the store. `sql` gives texts, which become labels, and exactly one number; a row for every key each
    time, also for those that are well, so that an alert ends by its value and not by vanishing."""

    sql: str
    above: float | None = None
    below: float | None = None
    every_s: int = 60
    no_data: Literal["OK", "NoData", "Alerting"] = "NoData"
    """No rows at all: `OK` where rows are rare, `Alerting` where rows are the sign of life. The others tell the
    operators that the rule is blind."""
    error: Literal["Error", "Alerting"] = "Error"

    @property
    def uid(self) -> str:
        return "nhip-" + "".join(f"-{c.lower()}" if c.isupper() else c for c in self.name).removeprefix("-")

    @property
    def threshold(self) -> float:
        found = self.above if self.above is not None else self.below
        if found is None:
            raise ValueError(f"rule {self.name} has no threshold: set `above` or `below`")
        return found

    def fires(self, value: float) -> bool:
        return value > self.threshold if self.above is not None else value < self.threshold


class Monitor(Named, frozen=True, kw_only=True):
    """Asked of Prometheus."""

    expr: str
    feed: str = "all"
    """Empty where the expression's own label says it."""


class Recorded(msgspec.Struct, frozen=True):
    """A ratio that several alerts use, worked out once."""

    record: str
    expr: str
