"""The senders' time: it runs faster than the wall's, so that a whole minute passes every second or two, and it can be
made to jump. Time is a record in the log, so nothing downstream knows the difference.

One file in the senders' folder, which all of them look at; the programme writes it.
"""

import time
from pathlib import Path
from typing import Self

import msgspec

from bench.faults.points import write

FACTOR = 40.0
STEP_S = 0.1
MINUTE_MS = 60_000
BEFORE_NOW_MS = 12 * 3_600_000
"""A round begins this far in the past, so that its time never overtakes the wall's."""
FILE = "pace.json"


class Pace(msgspec.Struct, frozen=True):
    wall_0: float
    start_ms: int
    factor: float = FACTOR
    ahead_ms: int = 0
    """How far the time of all senders has jumped."""
    step_s: float = STEP_S
    """Seconds of the wall between two steps of a sender."""
    wrong_ms: dict[str, int] = {}
    """Sender -> how far the clock that its records are stamped with is off; its ticks are right."""

    @classmethod
    def fresh(cls, load: float = 1.0) -> Self:
        """`load`: times the usual number of records."""
        now = time.time()
        start = round(now * 1000) - BEFORE_NOW_MS
        return cls(now, start - start % MINUTE_MS, step_s=STEP_S / load)

    def at(self, wall: float) -> int:
        return self.start_ms + round((wall - self.wall_0) * 1000 * self.factor) + self.ahead_ms

    def save(self, folder: Path) -> None:
        write(folder / FILE, msgspec.json.encode(self).decode())


def load(folder: Path) -> Pace:
    return msgspec.json.decode((folder / FILE).read_bytes(), type=Pace)
