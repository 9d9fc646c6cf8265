"""Every kind of fault: what it does, how its effect is verified, and how its end is known.

A kind's `strike` does it to a running trial and comes back when it is over, with the moment of its end and a question
that tells, once the trial has gone on, whether it really had its effect. A fault without effect does not count.
"""

from collections.abc import Callable

import msgspec

from bench.faults.scene import Scene


class Blow(msgspec.Struct):
    """One fault that was struck."""

    ended: float
    """Seconds of the epoch: recovery runs from here."""
    effect: Callable[[], str]
    """Asked after progress was seen: "" where the effect is proven, else what is missing."""
    facts: dict[str, float] = {}
    """Seconds and counts that are worth a word: how long a graceful stop took."""
    failed: str = ""
    """What was asserted beside progress and does not hold."""


class Kind(msgspec.Struct, frozen=True):
    name: str
    what: str
    part: str
    """Whose recovery it is: worker, engine, kafka, sender, way."""
    strike: Callable[[Scene], Blow]
    effect: str
    """How its effect is verified."""
    end: str
    """How its end is known."""
    workers: int = 1
    """It needs so many."""
    disk: bool = False
    """It needs the engine's data on a small disk of its own."""
    seconds: float = 6.0
    """About how long it takes: the slow ones come less often."""


def proven(*facts: tuple[bool, str]) -> Callable[[], str]:
    """An effect that was seen already: the first of the facts that does not hold, or ""."""
    return lambda: next((missing for held, missing in facts if not held), "")
