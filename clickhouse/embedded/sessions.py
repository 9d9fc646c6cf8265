"""Sessions of the writer: a handle that outlives a request, for temporary tables and settings.

A session's handle is dropped after any error, because the engine may hold rows of the failed query in it. Readers have
no use for sessions (they may set nothing), so theirs are taken and ignored.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from clickhouse.embedded.engine import Handle
from clickhouse.embedded.refusal import Refusal

_MOST = 64
_LONGEST = 3600.0


class _Session:
    def __init__(self) -> None:
        self.handle: Handle | None = None
        self.busy = threading.Lock()
        self.ends = 0.0


class Sessions:
    def __init__(self, new_handle: Callable[[], Handle]) -> None:
        self._new_handle = new_handle
        self._open: dict[str, _Session] = {}
        self._lock = threading.Lock()

    @contextmanager
    def handle(self, name: str, seconds: float) -> Iterator[Handle]:
        session = self._entered(name)
        try:
            session.handle = session.handle or self._new_handle()
            yield session.handle
            session.ends = time.monotonic() + min(max(seconds, 1.0), _LONGEST)
        except BaseException:
            self._forget(name)
            raise
        finally:
            session.busy.release()

    def _entered(self, name: str) -> _Session:
        with self._lock:
            self._sweep()
            if name not in self._open and len(self._open) >= _MOST:
                raise Refusal(202, "TOO_MANY_SIMULTANEOUS_QUERIES", f"Too many sessions; there may be {_MOST}.")
            session = self._open.setdefault(name, _Session())
            if not session.busy.acquire(blocking=False):
                raise Refusal(373, "SESSION_IS_LOCKED", f"Session {name[:60]} is locked by a concurrent client.")
            return session

    def _forget(self, name: str) -> None:
        with self._lock:
            session = self._open.pop(name, None)
        if session and session.handle:
            session.handle.close()

    def _sweep(self) -> None:
        now = time.monotonic()
        for name in [n for n, s in self._open.items() if s.ends < now and not s.busy.locked()]:
            session = self._open.pop(name)
            if session.handle:
                session.handle.close()
