"""Asks the library of queries (`clickhouse/queries`) by name."""

from collections.abc import Sequence
from typing import Any, Protocol

from clickhouse.queries import load

Row = dict[str, Any]


class Reader(Protocol):
    """What is needed of a store to be asked."""

    def rows(self, sql: str, /, **parameters: Any) -> Sequence[Row]: ...


def ask(store: Reader, name: str, **parameters: Any) -> Sequence[Row]:
    return store.rows(load(name).sql, **parameters)
