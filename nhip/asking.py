"""Asks the library of queries (`clickhouse/queries`) by name."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from clickhouse.queries import load

AHEAD = timedelta(seconds=120)
"""A clock of the data that is ahead of the wall's by more is virtual."""

Row = dict[str, Any]


class Reader(Protocol):
    """What is needed of a store to be asked."""

    def rows(self, sql: str, /, **parameters: Any) -> Sequence[Row]: ...


def ask(store: Reader, name: str, **parameters: Any) -> Sequence[Row]:
    return store.rows(load(name).sql, **parameters)


def time_of_data(now: datetime, clock: datetime | None) -> datetime:
    """What time it is for the data: the wall clock's, unless time runs fast; a clock that stopped is behind."""
    return clock if clock is not None and clock - now > AHEAD else now
