"""Runs a board's queries as Grafana would, and gives what each panel is to show."""

import time
from collections.abc import Mapping, Sequence

import msgspec

from contract.errors import StoreError
from grafana.classic import in_language, sql_of
from grafana.macros import Range, expand
from grafana.model import Board, Panel
from nhip.asking import AHEAD, Reader, Row

DAY_MS = 86_400_000
AHEAD_MS = round(AHEAD.total_seconds() * 1000)

_VIRTUAL = """
    SELECT toUnixTimestamp(max(clock)) * 1000 AS newest_ms
    FROM feed_states WHERE clock > fromUnixTimestamp64Milli({at:Int64})
"""


class Answer(msgspec.Struct, frozen=True):
    panel: Panel
    rows: Sequence[Row] = ()
    took_ms: float = 0.0
    problem: str = ""
    """What the store said instead of rows."""


def ask(store: Reader, panel: Panel, during: Range, lang: str, variables: Mapping[str, str]) -> Answer:
    """Raises where the store is away; a query that the store refuses is an answer with a problem."""
    if panel.kind == "note":
        return Answer(panel)
    started = time.perf_counter()
    try:
        rows = store.rows(expand(sql_of(panel, lang), own_range(panel, during), variables))
    except StoreError as error:
        return Answer(panel, problem=" ".join(str(error).split()))
    return Answer(panel, rows, (time.perf_counter() - started) * 1000)


def defaults(board: Board, lang: str) -> dict[str, str]:
    return {variable.name: in_language(variable.default, lang) for variable in board.variables}


def choices(store: Reader, board: Board, until_ms: int, lang: str) -> dict[str, str]:
    """The board's defaults; where there is none, the first choice that the variable's own query gives."""
    given = defaults(board, lang)
    for variable in board.variables:
        if variable.sql and not given[variable.name] and not any(variable.all):
            rows = store.rows(expand(in_language(variable.sql, lang), during(board, until_ms), given))
            given[variable.name] = str(next(iter(rows[0].values()))) if rows else ""
    return given


def during(board: Board, until_ms: int) -> Range:
    """The board's own range, ending at a moment."""
    return ending_at(until_ms, board.since)


def own_range(panel: Panel, during: Range) -> Range:
    """A panel may have a range of its own, which ends where the board's ends."""
    return ending_at(during.until_ms, panel.since) if panel.since else during


def ending_at(until_ms: int, since: str) -> Range:
    length_ms = span_ms(since)
    return Range(until_ms - length_ms, until_ms, max(60, length_ms // 1000 // 300))


def span_ms(since: str) -> int:
    """`now-24h` in milliseconds."""
    unit = {"m": 60_000, "h": 3_600_000, "d": DAY_MS, "y": 366 * DAY_MS}
    return int(since.removeprefix("now-")[:-1]) * unit[since[-1]]


def ask_all(store: Reader, board: Board, until_ms: int, lang: str, variables: Mapping[str, str]) -> dict[str, Answer]:
    """Every panel's answer by its key; raises where the store is away."""
    found = during(board, until_ms)
    return {panel.key: ask(store, panel, found, lang, variables) for panel in board.panels}


def moment_ms(store: Reader, now_ms: int) -> int:
    """What time it is for the data: the wall clock's, which is finer than the data's own, unless time runs fast.

    A clock that has stopped is behind; by it every age would stand still, and a frozen board would look calm.
    """
    (row,) = store.rows(_VIRTUAL, at=now_ms + AHEAD_MS)
    return max(now_ms, int(row["newest_ms"]))
