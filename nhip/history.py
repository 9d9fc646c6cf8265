"""How far the simulated past has come: what the feeds say they sent, and what the ledger says was taken."""

import contextlib
import time
from typing import Any

import msgspec

from clickhouse.client import Store, connect
from contract.errors import NhipError
from contract.settings import Settings
from contract.text import number
from nhip.words import language, say


class Report(msgspec.Struct):
    """What the feeds write to var/run/feeds.json."""

    phase: str = ""
    sent: int = 0
    total: int = 0


Ends = dict[tuple[str, int], int]
"""The offset that the next message of each partition will get."""


def log_ends(settings: Settings) -> Ends:
    from contract.kafka import Log

    with Log(settings) as log:
        both = (settings.topics.figures, settings.topics.cases)
        return {(topic, p): end for topic in both for p, end in log.end_offsets(topic).items()}


def pending(store: Store, ends: Ends) -> int:
    """Messages below those ends that the ledger does not have yet."""
    rows = store.query("SELECT topic, partition, max(offset) + 1 FROM ledger GROUP BY topic, partition")
    taken = {(str(topic), int(partition)): int(offset) for topic, partition, offset in rows}
    return sum(max(end - taken.get(place, 0), 0) for place, end in ends.items())


class History:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ends: Ends | None = None
        self._file = settings.var_dir / "run" / "feeds.json"
        self._file.unlink(missing_ok=True)  # an older run's
        self._store: Store = connect(settings, "reader")
        self._before = self._ledger() or 0
        self._taken = 0
        self._asked = 0.0
        self._total = 0
        self._report = Report()

    def is_over(self) -> bool:
        self._look()
        if self._report.phase not in ("played", "live") or self._taken < self._total:
            return False
        if self._ends is None:
            self._ends = log_ends(self._settings)
        with contextlib.suppress(ConnectionError):
            return not pending(self._store, self._ends)
        return False

    def is_live(self) -> bool:
        """The feeds have gone on to the present, and the store has its first record of it."""
        self._look()
        return self._report.phase == "live" and self._taken > self._total

    def told(self) -> str:
        lang = language()
        sent, total, taken = (number(n, 0, lang) for n in (self._report.sent, self._total, self._taken))
        return say(f"{sent}/{total} bản ghi đã gửi, {taken} đã vào kho", f"{sent}/{total} records sent, {taken} stored")

    def _look(self) -> None:
        try:
            self._report = msgspec.json.decode(self._file.read_bytes(), type=Report)
        except (OSError, msgspec.DecodeError):
            return
        self._total = max(self._total, self._report.total)
        if time.monotonic() - self._asked > 0.5:
            self._asked = time.monotonic()
            found = self._ledger()
            self._taken = self._taken if found is None else found - self._before

    def _ledger(self) -> int | None:
        try:
            rows: list[tuple[Any, ...]] = self._store.query("SELECT sum(records) FROM ledger")
        except (ConnectionError, NhipError):
            return None
        return int(rows[0][0])
