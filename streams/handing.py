"""Runs a coroutine as far as it goes without waiting, and hands over the rest where it does wait."""

from collections.abc import Coroutine, Generator
from typing import Any


class Rest:
    """A coroutine that has begun and waits for something: to be awaited in a task."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], waits_for: Any) -> None:
        self._coroutine, self._waits_for = coroutine, waits_for

    def __await__(self) -> Generator[Any, Any, Any]:
        waits_for = self._waits_for
        while True:
            thrown: BaseException | None = None
            answer: Any = None
            try:
                answer = yield waits_for
            except BaseException as error:  # a cancellation, first of all
                thrown = error
            try:
                waits_for = self._coroutine.send(answer) if thrown is None else self._coroutine.throw(thrown)
            except StopIteration as done:
                return done.value


def handed_over(coroutine: Coroutine[Any, Any, Any]) -> Rest | None:
    """None where it ended without having to wait; it raises what the coroutine raises."""
    try:
        waits_for = coroutine.send(None)
    except StopIteration:
        return None
    return Rest(coroutine, waits_for)
