"""How many statements run at once: readers and the writer each have their own slots, so reads never hold up inserts."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from clickhouse.embedded.config import Limits
from clickhouse.embedded.refusal import Refusal


class Gates:
    def __init__(self, limits: Limits) -> None:
        self._wait = limits.wait_seconds
        self._slots = {
            "writer": threading.BoundedSemaphore(limits.writer_slots),
            "reader": threading.BoundedSemaphore(limits.reader_slots),
        }
        self._state = threading.Condition()
        self._writing = 0
        self._closed = False

    @contextmanager
    def passed(self, role: str) -> Iterator[None]:
        """Hold a slot of the role while the statement runs."""
        if not self._slots[role].acquire(timeout=self._wait):
            raise Refusal(202, "TOO_MANY_SIMULTANEOUS_QUERIES", f"Too many simultaneous queries of role {role}.")
        try:
            with self._counted(role == "writer"):
                yield
        finally:
            self._slots[role].release()

    @contextmanager
    def _counted(self, writing: bool) -> Iterator[None]:
        with self._state:
            if self._closed:
                raise Refusal(236, "ABORTED", "The engine is being stopped.")
            self._writing += writing
        try:
            yield
        finally:
            with self._state:
                self._writing -= writing
                self._state.notify_all()

    def close(self, seconds: float) -> bool:
        """Let nothing more in and wait for the writer's statements; whether they all ended in time."""
        until = time.monotonic() + seconds
        with self._state:
            self._closed = True
            while self._writing and (left := until - time.monotonic()) > 0:
                self._state.wait(left)
            return not self._writing
