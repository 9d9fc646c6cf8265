"""What statements cost, by the minute and by who asked: embedded, the engine keeps no log of queries.

Gathered in memory and written to the table `query_costs` when the minute is over, with nothing of a statement's text. A
minute that cannot be written (no table yet, no room) is forgotten: it is worth no trouble.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import msgspec

from clickhouse.embedded.engine import Result
from clickhouse.embedded.guards import READING

SLOW_MS = 1000
ASKERS = 1000
"""Of one minute; who comes after them is counted as nobody."""
_GRAFANA = re.compile(r"grafana_dashboard:([A-Za-z0-9_-]{1,40})\b.*?grafana_panel:(\d{1,9})\b")
"""Grafana's ClickHouse plugin names dashboard and panel in the comment of its user agent."""
_COLUMNS = (
    "minute, role, kind, board, panel, statements, refused, slow, total_ms, longest_ms, rows, bytes"  # of `query_costs`
)

Asker = tuple[str, str, str, str]
"""Role, kind of statement, board and panel."""


class Sum(msgspec.Struct):
    statements: int = 0
    refused: int = 0
    slow: int = 0
    total_ms: float = 0.0
    longest_ms: float = 0.0
    rows: int = 0
    bytes: int = 0

    def add(self, ms: float, result: Result | None) -> None:
        self.statements += 1
        self.refused += result is None
        self.slow += ms > SLOW_MS
        self.total_ms += ms
        self.longest_ms = max(self.longest_ms, ms)
        if result is not None:
            self.rows += result.read_rows or result.written_rows
            self.bytes += result.read_bytes or result.written_bytes


class Answered:
    """What a statement gave; None until it has, and where it was refused."""

    result: Result | None = None


class Costs:
    """`write` runs an INSERT; `clock` is the wall's, in seconds."""

    def __init__(self, write: Callable[[str], None], clock: Callable[[], float] = time.time) -> None:
        self._write, self._clock = write, clock
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._sums: dict[int, dict[Asker, Sum]] = {}
        self._stopped = threading.Event()

    @contextmanager
    def of(self, role: str, keyword: str, headers: Mapping[str, str]) -> Iterator[Answered]:
        answered, started = Answered(), time.perf_counter()
        try:
            yield answered
        finally:
            ms = (time.perf_counter() - started) * 1000
            self._add((role, kind_of(keyword), *asker_of(headers)), ms, answered.result)

    def _add(self, asker: Asker, ms: float, result: Result | None) -> None:
        minute = int(self._clock()) // 60
        with self._lock:
            sums = self._sums.setdefault(minute, {})
            if asker not in sums and len(sums) >= ASKERS:
                asker = (asker[0], asker[1], "", "")
            sums.setdefault(asker, Sum()).add(ms, result)

    def start(self) -> None:
        threading.Thread(target=self._keep, args=(5.0,), name="costs", daemon=True).start()

    def stop(self) -> None:
        """Write no more; returns when nothing is being written."""
        self._stopped.set()
        with self._writing:
            pass

    def flush(self) -> None:
        """Write the minutes that are over."""
        with self._writing:
            for minute, sums in self._over():
                if not self._stopped.is_set():
                    with suppress(Exception):
                        self._write(insert(minute, sums))

    def _over(self) -> list[tuple[int, dict[Asker, Sum]]]:
        now = int(self._clock()) // 60
        with self._lock:
            return [(minute, self._sums.pop(minute)) for minute in sorted(self._sums) if minute < now]

    def _keep(self, every_s: float) -> None:
        while not self._stopped.wait(every_s):
            self.flush()


def kind_of(keyword: str) -> str:
    return "read" if keyword in READING else "insert" if keyword == "INSERT" else "other"


def asker_of(headers: Mapping[str, str]) -> tuple[str, str]:
    found = _GRAFANA.search(headers.get("User-Agent") or "")
    return (found[1], found[2]) if found else ("", "")


def insert(minute: int, sums: Mapping[Asker, Sum]) -> str:
    """Names are of closed lists or of letters, digits and dashes, so nothing needs to be escaped."""
    rows = (
        f"({minute * 60}, '{role}', '{kind}', '{board}', '{panel}', {one.statements}, {one.refused}, {one.slow}, "
        f"{round(one.total_ms)}, {round(one.longest_ms)}, {one.rows}, {one.bytes})"
        for (role, kind, board, panel), one in sums.items()
    )
    return f"INSERT INTO query_costs ({_COLUMNS}) VALUES {', '.join(rows)}"
