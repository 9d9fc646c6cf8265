"""Rows of a store one at a time, and panels asked of them: what a board says of a single thing that is odd."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from clickhouse.client import Store
from grafana.boards import board as board_of
from nhip.boards.ask import ask, defaults, during
from tests.alert_rows import finding_id
from tests.seeds import put

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
"""16:30 of a Saturday in Viet Nam."""
TABLES = ("figures", "case_buckets", "case_steps", "findings", "finding_actions", "feed_states", "ledger", "snapshots")


def ago(**own: float) -> datetime:
    return AT - timedelta(**own)


class Seeds:
    """Every row is a message of its own."""

    def __init__(self, store: Store) -> None:
        self.store, self._number = store, 0

    def empty(self) -> None:
        for table in TABLES:
            self.store.command(f"TRUNCATE TABLE {table} SYNC")

    def put(self, table: str, **row: Any) -> None:
        self._number += 1
        put(self.store, table, **({"topic": "f", "partition": 1, "offset": self._number} | row))

    def finding(self, name: str, opened: datetime, **more: Any) -> None:
        """A critical one about the country's load, unless something else is said."""
        times = dict.fromkeys(("at", "opened_at", "severity_at", "updated_at", "stored_at"), opened)
        own = {
            **{"generation": 1, "finding_id": finding_id(name), "revision": 1, "rule": "hard_bounds"},
            **{"severity": "critical", "state": "open", "feed": "power-load", "indicator": "power-load", "unit": "VN"},
            **{"sentence_vi": f"Câu về {name}.", "sentence_en": f"About {name}."},
        }
        self.put("findings", **(times | own | more))

    def acted(self, name: str, step: str, at: datetime, feed: str = "power-load") -> None:
        own = {"feed": feed, "finding_id": finding_id(name), "step": step, "actor": "truc-ban-1", "at": at}
        self.put("finding_actions", **own, action_id=f"{self._number:032x}", arrived_at=at, row=0)

    def figure(self, feed: str, indicator: str, at: datetime, value: float, **more: Any) -> None:
        sent = more.pop("sent_at", at)
        own = {"feed": feed, "indicator": indicator, "unit": "VN", "at": at, "value": value, "verdict": "ok"}
        self.put("figures", **(own | more), record_id=f"r{self._number}", sent_at=sent, arrived_at=sent)

    def step(self, feed: str, kind: str, unit: str, case: str, state: str, at: datetime, **more: Any) -> None:
        own = {"feed": feed, "kind": kind, "unit": unit, "case_id": case, "state": state, "event_at": at}
        own |= {"verdict": "ok", "record_id": f"r{self._number}", "sent_at": at, "arrived_at": at}
        self.put("case_steps", **(own | more))

    def bucket(self, feed: str, kind: str, unit: str, width: str, at: datetime, received: int, **more: Any) -> None:
        own = {"generation": 1, "feed": feed, "kind": kind, "unit": unit, "width": width, "bucket": at}
        put(self.store, "case_buckets", **(own | {"revision": 1, "received": received, "clock": AT} | more))

    def state(self, feed: str, state: str, clock: datetime, last_at: datetime | None, **more: Any) -> None:
        own = {"generation": 1, "feed": feed, "shard": 0, "clock": clock, "state": state, "last_at": last_at}
        self.put("feed_states", **(own | {"reporting": 1, "expected": 1} | more))

    def shown(
        self, board: str, panel: str, lang: str = "vi", at: datetime = AT, **variables: str
    ) -> Sequence[dict[str, Any]]:
        """What the panel shows, over the board's own range up to a moment."""
        named = board_of(board)
        until = int(at.timestamp() * 1000)
        answer = ask(self.store, named.panel(panel), during(named, until), lang, defaults(named, lang) | variables)
        assert answer.problem == ""
        return answer.rows

    def text(self, board: str, panel: str, **asked: Any) -> str:
        """Of a stat."""
        (row,) = self.shown(board, panel, **asked)
        return str(row["text"])

    def tile(self, board: str, panel: str, name: str, **asked: Any) -> str:
        (text,) = [str(row["text"]) for row in self.shown(board, panel, **asked) if row["name"] == name]
        return text
