"""Wall clocks that are wrong: a worker's whose `time.time` jumps, and a sender's. Durations stay right, as in life.

    set_offset(var_dir, -7200)            the worker's wall clock is two hours behind, within a twentieth of a second
    set_offset(var_dir, 0)                it is right again
    Clock(var_dir, "sender").now()        what a sender's clock says, seconds of the epoch
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench.faults.points import folder, write

LOOK_S = 0.05
TRUE = time.time
"""The right time, whatever is put in its place later."""


def set_offset(var_dir: Path, seconds: float, who: str = "worker") -> None:
    write(_file(var_dir, who), str(seconds))


def offset(var_dir: Path, who: str = "worker") -> float:
    try:
        return float(_file(var_dir, who).read_text())
    except FileNotFoundError:
        return 0.0


class Clock:
    """A clock that looks at its offset each time."""

    def __init__(self, var_dir: Path, who: str = "sender") -> None:
        self._var_dir, self._who = var_dir, who

    def now(self) -> float:
        return TRUE() + offset(self._var_dir, self._who)


def wrong_time(var_dir: Path, who: str = "worker") -> Callable[[], float]:
    """A `time.time` that follows the offset; a thread looks for a new one, so that asking costs nothing."""
    now = [offset(var_dir, who)]

    def follow() -> None:
        while True:
            time.sleep(LOOK_S)
            now[0] = offset(var_dir, who)

    threading.Thread(target=follow, name="clock", daemon=True).start()
    return lambda: TRUE() + now[0]


def _file(var_dir: Path, who: str) -> Path:
    return folder(var_dir) / f"clock-{who}"
