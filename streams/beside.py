"""Tasks beside a main one, whose failure is the main one's failure."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Beside:
    def __init__(self, woken: Callable[[], None]) -> None:
        """`woken` is called when one has failed, so that the main task looks."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._error: BaseException | None = None
        self._woken = woken

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def check(self) -> None:
        """Raises what one of them failed with."""
        if self._error is not None:
            raise self._error

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._error = error
            self._woken()
