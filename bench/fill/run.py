"""Fills one store, or goes on where an earlier fill ended."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from bench.fill import cases, figures, findings, log
from bench.fill.plan import LOCAL_MS, PREFIX, Size, Span, back
from catalogue.load import Catalogue
from clickhouse.client import Store

BUCKETS_PIECE_DAYS = 30
HOUR_MS = 3_600_000
Took = Callable[[str, float], None]
"""Told which table was filled, and in how many seconds."""


class Fill:
    def __init__(
        self, store: Store, catalogue: Catalogue, size: Size, until: int, took: Took = lambda table, seconds: None
    ) -> None:
        self._store, self._catalogue, self._size, self._until, self._took = store, catalogue, size, until, took
        self._on = datetime.fromtimestamp((until + LOCAL_MS) / 1000, UTC).date()
        """Units are those of this day, for all the past."""
        self._filled = filled_until(store)

    def run(self) -> None:
        span = self._days(self._size.figures_days)
        figures.prepare(self._store, self._catalogue, self._size, span, self._on)
        try:
            self._rows()
        finally:
            figures.drop(self._store)

    def _days(self, days: int) -> Span:
        return Span(max(back(self._until, days), self._filled), self._until)

    def _rows(self) -> None:
        catalogue, size, on = self._catalogue, self._size, self._on
        self._do("figures", figures.fill(catalogue, size, self._days(size.figures_days)))
        steps = self._days(size.steps_days)
        self._do("case_steps", cases.fill_steps(catalogue, size.scale, steps, on))
        self._do("case_buckets", cases.fill_buckets(catalogue, size.scale, steps, "day", on))
        for piece in self._days(size.buckets_days).pieces(BUCKETS_PIECE_DAYS):
            self._do("case_buckets", cases.fill_buckets(catalogue, size.scale, piece, "5m", on))
        messages = Span(max(self._until - size.ledger_hours * HOUR_MS, self._filled), self._until)
        self._do("ledger", log.ledger(catalogue, messages))
        self._do("rejected", [log.refusals(catalogue, self._days(size.rejected_days))])
        self._do("findings", findings.drawn(catalogue, size.findings_a_day, self._days(size.findings_days)))
        self._do("findings", findings.of_records(self._until))
        self._do("finding_actions", [findings.actions()])
        self._do("checks", [log.checks(messages)])
        self._do("snapshots", [log.snapshots(catalogue, messages)])
        self._do("query_costs", [log.costs(messages)])
        self._do("ticks", [log.ticks(catalogue, self._days(size.states_days))])
        # Last: its newest clock says how far the store is filled.
        self._do("feed_states", log.states(catalogue, self._days(size.states_days)))

    def _do(self, table: str, statements: Iterable[str]) -> None:
        started = time.monotonic()
        for statement in statements:
            self._store.command(statement)
        self._took(table, time.monotonic() - started)


def filled_until(store: Store) -> int:
    """The end of what an earlier fill left; 0 where there was none."""
    sql = "SELECT toUnixTimestamp(max(clock)) FROM feed_states WHERE topic LIKE {t:String}"
    ((last,),) = store.query(sql, t=f"{PREFIX}.%")
    return int(last) * 1000
