"""Rows of a test's own, put into the store by their columns; what is not given is the column's default."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

from clickhouse.client import Store

_NUMBERS = count(1)


def put(store: Store, table: str, **row: Any) -> None:
    values = ", ".join(_literal(value) for value in row.values())
    store.command(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})")


def figure(store: Store, feed: str, indicator: str, at: datetime, value: float, **more: Any) -> None:
    """A record of its own, sent at its own time and received when it was sent, unless more is said."""
    number = next(_NUMBERS)
    sent = more.get("sent_at", at)
    plain = {"unit": "VN", "verdict": "ok", "record_id": f"r{number}", "sent_at": sent, "arrived_at": sent}
    put(store, "figures", feed=feed, indicator=indicator, at=at, value=value, **_PLACE, offset=number, **(plain | more))


def step(store: Store, case_id: str, state: str, at: datetime, **more: Any) -> None:
    number = next(_NUMBERS)
    plain = {"feed": "portal-dossiers", "kind": "dossier", "unit": "H26", "subject": "x", "verdict": "ok"}
    own = {"case_id": case_id, "state": state, "event_at": at, "sent_at": at, "arrived_at": at}
    put(store, "case_steps", **own, record_id=f"r{number}", **_PLACE, offset=number, **(plain | more))


def bucket(store: Store, feed: str, unit: str, width: str, at: datetime, received: int, **more: Any) -> None:
    key = {"generation": 1, "feed": feed, "kind": "dossier", "unit": unit, "width": width, "bucket": at, "revision": 1}
    put(store, "case_buckets", **key, received=received, clock=at, **more)


def feed_state(store: Store, feed: str, state: str, clock: datetime, last_at: datetime | None, **more: Any) -> None:
    own = {"feed": feed, "state": state, "clock": clock, "last_at": last_at}
    put(store, "feed_states", generation=1, **own, **({"reporting": 1, "expected": 1} | more))


_PLACE = {"topic": "f", "partition": 1}


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, datetime):
        return f"'{value:%Y-%m-%d %H:%M:%S}'"
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_literal(each) for each in value) + "]"
    return str(value).lower()
