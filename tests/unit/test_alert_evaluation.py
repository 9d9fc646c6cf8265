"""What becomes of a rule's answer: one alert a row, by threshold and by how long it has held."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from alerts.evaluate import AlertError, ask, evaluate, rows_of
from alerts.rules import RULES

AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
RULE = next(rule for rule in RULES if rule.name == "FeedSilent")


class Store:
    """Answers each question with what is given for the moment that the query names as now."""

    def __init__(self, **by_minutes_ago: Any) -> None:
        self.asked: list[str] = []
        self._answers = {
            f"toDateTime({round((AT - timedelta(seconds=int(name[1:]))).timestamp())})": rows
            for name, rows in by_minutes_ago.items()
        }

    def arrow(self, sql: str, /) -> pa.Table:
        self.asked.append(sql)
        rows = next(rows for now, rows in self._answers.items() if now in sql)
        schema = pa.schema({"feed": pa.string(), "value": pa.float64()})
        return pa.Table.from_pylist([{"feed": feed, "value": value} for feed, value in rows], schema=schema)


def states(store: Store, rule: Any = RULE) -> dict[str, str]:
    return {alert.labels["feed"]: alert.state for alert in evaluate(store, rule, AT)}


def test_a_row_above_the_threshold_fires_when_it_held_at_the_beginning_of_its_time_too() -> None:
    store = Store(s0=[("a", 2.0), ("b", 2.0), ("c", 0.0)], s120=[("a", 1.0), ("b", 0.0), ("c", 5.0)])
    assert states(store) == {"a": "firing", "b": "pending", "c": "normal"}


def test_a_rule_without_a_time_fires_at_once_and_asks_once() -> None:
    store = Store(s0=[("a", 2.0)])
    assert states(store, msgspec.structs.replace(RULE, lasts_s=0)) == {"a": "firing"}
    assert len(store.asked) == 1


def test_the_past_is_not_asked_while_nothing_fires() -> None:
    store = Store(s0=[("a", 0.0)])
    assert states(store) == {"a": "normal"}
    assert len(store.asked) == 1


def test_a_threshold_from_below() -> None:
    rule = msgspec.structs.replace(RULE, above=None, below=90.0, lasts_s=0)
    assert states(Store(s0=[("a", 89.9), ("b", 90.0)]), rule) == {"a": "firing", "b": "normal"}


def test_no_rows_are_no_alerts_and_what_is_no_number_is_left_out() -> None:
    assert states(Store(s0=[])) == {}
    assert states(Store(s0=[("a", math.nan), ("b", None), ("c", 1.0)], s120=[("c", 1.0)])) == {"c": "firing"}


@pytest.mark.parametrize(
    ("columns", "wrong"),
    [
        ({"feed": ["a"], "value": [1.0], "other": [2]}, "numbers are .'value', 'other'."),
        ({"feed": ["a"]}, "numbers are .."),
        ({"feed": ["a"], "value": [1.0], "at": [AT]}, "neither are .'at'."),
        ({"feed": ["a", "a"], "value": [1.0, 2.0]}, "same labels"),
        ({"feed": [""], "value": [1.0]}, "label feed is empty"),
    ],
)
def test_an_answer_that_grafana_could_not_take_is_an_error(columns: dict[str, list[Any]], wrong: str) -> None:
    with pytest.raises(AlertError, match=wrong):
        rows_of(RULE, pa.table(columns))


def test_names_from_a_dictionary_are_texts() -> None:
    feeds = pa.array(["a", "b", "a"]).dictionary_encode().slice(0, 2)
    assert rows_of(RULE, pa.table({"feed": feeds, "value": [1, 2]})) == [({"feed": "a"}, 1.0), ({"feed": "b"}, 2.0)]


def test_the_query_is_asked_with_the_moment_as_now() -> None:
    store = Store(s0=[("a", 0.0)])
    ask(store, RULE, AT)
    assert "$__" not in store.asked[0]
    assert f"toDateTime({round(AT.timestamp())}) AS t" in store.asked[0]
