"""How far the simulated past has come: what the feeds say they sent, and what the ledger says was taken."""

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


class History:
    def __init__(self, settings: Settings) -> None:
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
        return self._report.phase in ("played", "live") and self._taken >= self._total

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
