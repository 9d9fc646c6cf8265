"""Changing the product from outside, for as long as a trial lasts."""

from collections.abc import Callable
from typing import Any, Self


class Patches:
    """Attributes that have another value meanwhile. As a context manager it puts everything back."""

    def __init__(self) -> None:
        self._before: list[tuple[Any, str, Any]] = []

    def set(self, owner: Any, name: str, value: Any) -> None:
        self._before.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    def wrap(self, owner: Any, name: str, around: Callable[[Any], Any]) -> None:
        """`around` is given what is there and gives what takes its place. AttributeError where nothing is there: the
        product has changed, and the patch must change with it."""
        self.set(owner, name, around(getattr(owner, name)))

    def undo(self) -> None:
        while self._before:
            owner, name, value = self._before.pop()
            setattr(owner, name, value)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.undo()
