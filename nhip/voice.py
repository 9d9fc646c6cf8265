"""What `nhip up` says: to the terminal, rewriting a line there; to a pipe, a line every few seconds; and to a log."""

import contextlib
import os
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from contract.text import clock, duration
from nhip.processes import rotate
from nhip.words import language, say

_EVERY_S = 5.0
_WORDS = {
    "started": ("chạy", "started"),
    "up": ("sẵn sàng", "ready"),
    "ended": ("dừng ngoài ý muốn, sẽ chạy lại", "ended, will be started again"),
    "failed": ("HỎNG, không chạy lại nữa", "FAILED, not started again"),
    "stopping": ("đang dừng", "stopping"),
    "killed": ("không dừng kịp, đã buộc dừng", "did not end in time, killed"),
}


class Voice:
    """A terminal that is gone must not keep the parts from being ended: what cannot be said is left unsaid."""

    def __init__(self, log: Path, plain: bool = False) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        rotate(log)
        self._log = log.open("a")
        self._terminal = sys.stdout.isatty() and not plain
        self._lock = threading.Lock()
        self._rewriting = False
        self._told = 0.0
        self.quiet = False
        """While the board has the screen, only the log is written."""

    def say(self, text: str) -> None:
        with self._lock:
            self._write(text)

    def part_told(self, part: str, what: str, why: str) -> None:
        """For the supervisor. What goes well is for the log alone."""
        reason = f" ({why})" if why else ""
        with self._lock:
            if what in ("started", "up", "stopping"):
                self._record(f"{part}: {say(*_WORDS[what])}")
            else:
                self._write(f"{'✖' if what == 'failed' else '▲'} {part}: {say(*_WORDS[what])}{reason}")

    def progress(self, what: str, text: str, waited_s: float) -> None:
        with self._lock:
            now = time.monotonic()
            if now - self._told < (0.3 if self._terminal else _EVERY_S):
                return
            self._told = now
            line = " · ".join(word for word in (what, text, duration(waited_s, language())) if word)
            if self._terminal and not self.quiet:
                self._out(f"\r\x1b[2K{line}")
                self._rewriting = True
            else:
                self._write(line)

    def done(self, what: str, took_s: float) -> None:
        with self._lock:
            self._write(f"✓ {what} ({took_s:.1f} s)")

    def board_begins(self) -> None:
        with self._lock:
            self._write(say("✓ Bảng trực tiếp; Ctrl-C để dừng", "✓ The live board; Ctrl-C stops"))
            self.quiet = self._terminal

    def _write(self, line: str) -> None:
        self._record(line)
        if not self.quiet:
            self._out(("\r\x1b[2K" if self._rewriting else "") + line + "\n")
            self._rewriting = False

    def _record(self, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._log.write(f"{clock(datetime.now(UTC))} {line}\n")
            self._log.flush()

    def _out(self, text: str) -> None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except (OSError, ValueError):
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - takes the place of the terminal to the end
