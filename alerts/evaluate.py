"""A rule asked of the store and judged as Grafana judges it: every row is an alert, its texts are what it is known by.

`for` is judged from two moments: what holds now and held when it had to begin to hold is firing, what holds only now is
pending. Grafana looks once a minute; in between we do not.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

import msgspec
import pyarrow as pa

from alerts.model import BACK, Rule
from contract.errors import NhipError
from grafana.macros import Range, expand

State = Literal["firing", "pending", "normal"]


class AlertError(NhipError):
    """A rule's answer is not what Grafana could make alerts of."""


class Asker(Protocol):
    def arrow(self, sql: str, /) -> pa.Table: ...


class Alert(msgspec.Struct, frozen=True):
    rule: Rule
    labels: Mapping[str, str]
    value: float
    state: State
    at: datetime

    @property
    def key(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(self.labels.items()))


def ask(store: Asker, rule: Rule, at: datetime) -> list[tuple[dict[str, str], float]]:
    """The rows of a rule at a moment: labels and value. Raises AlertError for an answer of another shape."""
    until = round(at.timestamp() * 1000)
    during = Range(until - round(BACK.total_seconds() * 1000), until)
    return rows_of(rule, store.arrow(expand(rule.sql, during)))


def rows_of(rule: Rule, table: pa.Table) -> list[tuple[dict[str, str], float]]:
    numbers = [field.name for field in table.schema if _is_number(field.type)]
    strange = [field.name for field in table.schema if not (_is_number(field.type) or _is_text(field.type))]
    if len(numbers) != 1 or strange:
        raise AlertError(
            f"rule {rule.name}: one number and texts are wanted; numbers are {numbers}, neither are {strange}"
        )
    rows = [(_labels(rule, row, numbers[0]), row[numbers[0]]) for row in table.to_pylist()]
    if len({tuple(sorted(labels.items())) for labels, _ in rows}) != len(rows):
        raise AlertError(f"rule {rule.name}: two rows have the same labels")
    return [(labels, float(value)) for labels, value in rows if value is not None and math.isfinite(value)]


def evaluate(store: Asker, rule: Rule, at: datetime) -> list[Alert]:
    """Every row as an alert, the normal ones too."""
    now = ask(store, rule, at)
    held: set[tuple[tuple[str, str], ...]] = set()
    if rule.lasts_s and any(rule.fires(value) for _, value in now):
        before = ask(store, rule, at - timedelta(seconds=rule.lasts_s))
        held = {tuple(sorted(labels.items())) for labels, value in before if rule.fires(value)}
    return [_judged(rule, labels, value, held, at) for labels, value in now]


def _judged(rule: Rule, labels: dict[str, str], value: float, held: set[Any], at: datetime) -> Alert:
    alert = Alert(rule, labels, value, "normal", at)
    if not rule.fires(value):
        return alert
    state: State = "firing" if not rule.lasts_s or alert.key in held else "pending"
    return msgspec.structs.replace(alert, state=state)


def evaluate_all(store: Asker, rules: Sequence[Rule], at: datetime) -> list[Alert]:
    return [alert for rule in rules for alert in evaluate(store, rule, at)]


def _labels(rule: Rule, row: Mapping[str, Any], number: str) -> dict[str, str]:
    """The row's own, and the rule's; Grafana adds the rule's to what it delivers."""
    own = {name: str(value) for name, value in row.items() if name != number}
    empty = [name for name, value in own.items() if not value]
    if empty:
        raise AlertError(f"rule {rule.name}: label {empty[0]} is empty, which Grafana prints as `[no value]`")
    return own


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _is_text(kind: pa.DataType) -> bool:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))
