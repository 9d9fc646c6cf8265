"""Reads a frame from the store, through the queries of `clickhouse/queries/board_*.sql`, as any client would."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from clickhouse.queries import load
from nhip.board.frame import RECENT_DRILL_S, FeedRow, FindingRow, Frame, Names, Pipeline, ProvinceRow, Source

FINDING_ROWS = 40
AHEAD = timedelta(seconds=120)
"""A clock of the data that is ahead of the wall's by more is virtual."""

Row = dict[str, Any]


class Reader(Protocol):
    """What the board needs of a store."""

    def rows(self, sql: str, /, **parameters: Any) -> Sequence[Row]: ...


def frame(store: Reader, names: Names) -> Frame:
    started = time.monotonic()
    pipeline = ask(store, "board_pipeline")[0]
    now = _instant(pipeline["now_ms"]) or datetime.now(UTC)
    states = {row["feed"]: row for row in ask(store, "board_feeds")}
    clock = max((datetime.fromtimestamp(row["clock_s"], UTC) for row in states.values()), default=None)
    at = time_of_data(now, clock)
    now_s = int(at.timestamp())
    feeds = _feeds(store, names, states, at, now_s)
    findings = tuple(_finding(row) for row in ask(store, "board_findings", now=now_s, rows=FINDING_ROWS))
    counts = {row["severity"]: int(row["open"]) for row in ask(store, "board_finding_counts", now=now_s)}
    provinces = tuple(ProvinceRow(**row) for row in ask(store, "board_provinces", now=now_s, kind="dossier"))
    return Frame(
        now=now,
        clock=clock,
        feeds=feeds,
        provinces=provinces,
        findings=findings,
        open_findings=counts,
        pipeline=_pipeline(pipeline),
        took_s=time.monotonic() - started,
    )


def ask(store: Reader, name: str, **parameters: Any) -> Sequence[Row]:
    return store.rows(load(name).sql, **parameters)


def time_of_data(now: datetime, clock: datetime | None) -> datetime:
    """What time it is for the data: the wall clock's, which is finer than the data's own, unless time runs fast.

    A clock that has stopped is behind; by it every age would stand still, and a frozen board would look calm.
    """
    return clock if clock is not None and clock - now > AHEAD else now


def _feeds(store: Reader, names: Names, states: dict[str, Row], at: datetime, now_s: int) -> tuple[FeedRow, ...]:
    headlines = [source for source in names.feeds if source.headline]
    values = {
        (row["feed"], row["indicator"]): row
        for row in ask(
            store,
            "board_last_values",
            now=now_s,
            feeds=[source.id for source in headlines],
            indicators=sorted({source.headline for source in headlines}),
        )
    }
    cases: dict[str, int] = {}
    for row in ask(store, "board_case_feeds", now=now_s):
        cases[row["feed"]] = cases.get(row["feed"], 0) + int(row["received"])
    known = {source.id for source in names.feeds}
    strangers = tuple(Source(id, id, id, "") for id in sorted(set(states) - known))
    rows = [
        _feed(source, names, states.get(source.id), values.get((source.id, source.headline)), cases.get(source.id), at)
        for source in names.feeds + strangers
    ]
    return tuple(row for row in rows if not row.source.drill or (row.age_s is not None and row.age_s < RECENT_DRILL_S))


def _feed(
    source: Source, names: Names, state: Row | None, value: Row | None, received: int | None, at: datetime
) -> FeedRow:
    if state is None:
        return FeedRow(source)
    last_at = _instant(state["last_ms"])
    if value is not None and not value["period"]:
        # The state is written once a minute; the record itself may be newer.
        last_at = max(filter(None, (last_at, _instant(value["at_ms"]))))
    return FeedRow(
        source=source,
        state=state["state"],
        last_at=last_at,
        age_s=max((at - last_at).total_seconds(), 0.0) if last_at else None,
        value=value["value"] if value else None,
        value_of=_value_of(value),
        suspect=bool(value and value["verdict"] != "ok"),
        received_today=received,
        reporting=int(state["reporting"]),
        expected=int(state["expected"]),
        simulated=bool(state["simulated"]),
    )


def _value_of(value: Row | None) -> str:
    if value is None:
        return ""
    return str(value["subject"] or ("" if value["unit"] == "VN" else value["unit"]))


def _finding(row: Row) -> FindingRow:
    return FindingRow(
        rule=row["rule"],
        unit=row["unit"],
        feed=row["feed"],
        severity=row["severity"],
        state=row["state"],
        drill=bool(row["drill"]),
        findings=int(row["findings"]),
        records=int(row["records"]),
        at=_instant(row["at_ms"]) or datetime.now(UTC),
        sentence_vi=row["sentence_vi"],
        sentence_en=row["sentence_en"],
        simulated=bool(row["simulated"]),
        ids=tuple(row["ids"]),
    )


def _pipeline(row: Row) -> Pipeline:
    tick_ms = row["tick_ms"]
    return Pipeline(
        tick_age_s=None if tick_ms is None else (row["now_ms"] - tick_ms) / 1000,
        lag_s=row["lag_s"],
        messages=int(row["messages"]),
        records=int(row["records"]),
        accepted=int(row["accepted"]),
        rejected=int(row["rejected"]),
        duplicates=int(row["duplicates"]),
        late=int(row["late"]),
        p99_s=row["p99_s"],
    )


def _instant(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
