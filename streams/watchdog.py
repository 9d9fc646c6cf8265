"""Ends a worker that stands still and does not know why, so that it is started again.

A thread of its own: whatever hangs (the event loop, a call that never comes back), it looks on. It counts its looks,
not the clock's seconds: that a machine slept is no fault of the worker's.
"""

import faulthandler
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping

import msgspec

log = logging.getLogger("nhip.worker")
EXIT, EXIT_GONE = 70, 65
"""A surprise, after which the worker is started again; and messages that Kafka has lost, which no start brings back."""
LOOK_S = 1.0
LOOP_LOOKS, WORK_LOOKS = 10, 60


class Work(msgspec.Struct, frozen=True):
    """How one kind of work stands."""

    moved: int
    """Grows with everything that gets done."""
    waits: bool
    """Something is to be done."""
    patient: bool
    """It is known what it waits for."""


def end(why: str, code: int = EXIT) -> None:
    if code == EXIT:
        log.critical("%s; the worker ends and is started again. What its threads were doing:", why)
        _flush()
        faulthandler.dump_traceback(file=sys.__stderr__ or sys.stderr, all_threads=True)
    log.critical("%s", why)  # the last line is what the supervisor shows
    _flush()
    os._exit(code)


def _flush() -> None:
    for handler in logging.getLogger().handlers:
        handler.flush()


class Watchdog:
    def __init__(self, works: Mapping[str, Callable[[], Work]], end: Callable[[str], None] = end) -> None:
        self._works, self._end = works, end
        self._beats = self._seen = self._still = 0
        self._stuck = dict.fromkeys(works, (-1, 0))
        """What had moved at the last look, and how many looks ago that was."""

    def start(self) -> None:
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    def beat(self) -> None:
        """Called again and again by the event loop; before the first time it is still starting."""
        self._beats += 1

    def look(self) -> None:
        self._still = self._still + 1 if self._beats and self._beats == self._seen else 0
        self._seen = self._beats
        if self._still >= LOOP_LOOKS:
            self._end(f"the event loop has stood still for {self._still * LOOK_S:.0f} s")
        for name, ask in self._works.items():
            work, (moved, looks) = ask(), self._stuck[name]
            stuck = work.waits and not work.patient and work.moved == moved
            self._stuck[name] = work.moved, looks + 1 if stuck else 0
            if stuck and looks + 1 >= WORK_LOOKS:
                self._end(f"{name}: messages wait, and nothing was done for {WORK_LOOKS * LOOK_S:.0f} s")

    def _run(self) -> None:
        while True:
            time.sleep(LOOK_S)
            self.look()
