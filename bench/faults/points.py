"""Named points in a worker's life at which it can be made to die, and the way to ask for it: files in the run's folder.

    arm(var_dir, "before_ledger", nth=3)      the worker that comes there for the third time from now kills itself
    fired(var_dir)                            where workers really died so far
    block(var_dir, 20.0)                      the worker's event loop stands still once

Random kills hardly ever meet the millisecond between an insert and the ledger; these do. `weave.py` puts the points
into a worker; the product knows nothing of them.
"""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

POINTS = {
    "inside_batch": "half of a turn's messages are through the table of stops, nothing is written",
    "after_raw_insert": "records are stored, nothing else of the turn is",
    "between_tables": "one table's rows are stored, the next table's are not",
    "between_pieces": "a table's rows for one partition of the store are stored, for the next one not",
    "before_ledger": "all rows are stored, the ledger is not",
    "after_ledger": "the ledger is stored, no snapshot is",
    "before_snapshot": "snapshots are about to be sent to the store",
    "in_snapshot": "states are being turned into bytes",
    "after_snapshot": "snapshots are stored, nothing is acknowledged",
    "before_ack": "a message is about to be acknowledged",
    "between_acks": "some of a snapshot's messages are acknowledged, the others are not",
    "taking_over": "a partition came, its state is being fetched",
    "after_forward": "an inbox message's records are in their partitions, its ledger row is not stored",
}


def folder(var_dir: Path) -> Path:
    return var_dir / "faults"


def arm(var_dir: Path, point: str, nth: int = 1) -> None:
    """The worker that reaches the point for the nth time from now ends there. With several workers, the first to."""
    if point not in POINTS:
        raise ValueError(f"no point {point!r}; there are {', '.join(POINTS)}")
    write(folder(var_dir) / "arm" / point, str(nth))


def disarm(var_dir: Path) -> list[str]:
    """Takes back what no worker has reached yet, and says what that was."""
    waiting = armed(var_dir)
    for point in waiting:
        (folder(var_dir) / "arm" / point).unlink(missing_ok=True)
    return waiting


def armed(var_dir: Path) -> list[str]:
    place = folder(var_dir) / "arm"
    return sorted(file.name for file in place.iterdir() if file.name in POINTS) if place.is_dir() else []


def fired(var_dir: Path) -> list[str]:
    """Points at which a worker ended, in order, since the folder was made."""
    return _lines(folder(var_dir) / "fired")


def block(var_dir: Path, seconds: float) -> None:
    """Stops the event loop of one worker for so long, once."""
    write(folder(var_dir) / "block", str(seconds))


def blocked(var_dir: Path) -> list[float]:
    """The stops of an event loop that really began, each with its seconds."""
    return [float(line) for line in _lines(folder(var_dir) / "blocked")]


def write(file: Path, text: str) -> None:
    """Whole or not at all, for whoever reads at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
    unfinished.write_text(text)
    unfinished.replace(file)


def note(file: Path, line: str) -> None:
    """A line that is there even when the process ends at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as out:
        out.write(f"{line}\n")


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.is_file() else []


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Passage:
    """A worker's side: asked at every point, which costs the look at a file that nearly always is not there."""

    def __init__(self, var_dir: Path, end: Callable[[], None] = die) -> None:
        self._folder, self._end = folder(var_dir), end
        self._passed: dict[str, tuple[int, int]] = {}
        """Per point: which order it was (the file's inode), and how often it was passed since."""
        self._lock = threading.Lock()

    def at(self, point: str) -> None:
        """Ends the process here where that was asked for and it is the nth time."""
        order = self._folder / "arm" / point
        try:
            which, nth = order.stat().st_ino, int(order.read_text())
        except FileNotFoundError:
            return
        with self._lock:
            before, times = self._passed.get(point, (which, 0))
            times = times + 1 if before == which else 1
            self._passed[point] = which, times
        if times >= nth and _claimed(order):
            self._passed.pop(point, None)
            note(self._folder / "fired", point)
            self._end()

    def is_armed(self, *points: str) -> bool:
        return any((self._folder / "arm" / point).exists() for point in points)

    def stop_asked(self) -> float:
        """Seconds for which the event loop is to stand still now; given once."""
        order = self._folder / "block"
        try:
            seconds = float(order.read_text())
        except FileNotFoundError:
            return 0.0
        if not _claimed(order):
            return 0.0
        note(self._folder / "blocked", str(seconds))
        return seconds


def _claimed(order: Path) -> bool:
    """True for one of several workers that want to take an order."""
    try:
        order.unlink()
    except FileNotFoundError:
        return False
    return True
