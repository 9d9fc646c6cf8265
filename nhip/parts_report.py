"""`var/run/parts.json`: how each part of a run is, for other processes to read."""

import contextlib
import os
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

EVERY_S = 5.0

Line = dict[str, str | int | None]
"""State, process, how often it was started again, why it last ended; in the file, since when it is in its state."""


class PartsReport:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._told: dict[str, Line] = {}
        self._at = 0.0

    def tell(self, parts: Mapping[str, Line]) -> None:
        """Written when something has changed, and every few seconds: an old file means that nobody supervises."""
        now = time.time()
        found = {name: {**line, "since": self._since(name, line, now)} for name, line in parts.items()}
        if found == self._told and 0 <= now - self._at < EVERY_S:
            return
        self._told, self._at = found, now
        whole = msgspec.json.encode({"at": round(now * 1000), "supervisor": os.getpid(), "parts": found})
        with contextlib.suppress(OSError):  # the disk may be full; the parts go on
            self._file.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self._file.with_suffix(".new")
            unfinished.write_bytes(whole)
            unfinished.replace(self._file)

    def _since(self, name: str, line: Line, now: float) -> str | int | None:
        before = self._told.get(name, {})
        return before["since"] if before.get("state") == line["state"] else round(now * 1000)
