"""The engine is never at work on a full disk.

A merge or an insert that meets a full disk says nothing of it: the engine (26.9) puts a part with empty files in force,
which nobody can read from then on. So below a floor merges are stopped, the running ones too, and what takes room is
refused. The engine itself starts neither below half of the floor (`config.py`), also between two looks; in between,
partitions can be dropped to make room.
"""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from clickhouse.embedded.refusal import Refusal

LOOK_S = 0.25
AGAIN = 1.25
"""Times the floor: work begins again above this, so that it does not begin and end with every merge."""
TAKES_ROOM = frozenset(("INSERT", "CREATE", "OPTIMIZE", "UPDATE", "DELETE"))
"""A table that is created now would merge although merges are stopped. ALTER is not among them: it drops partitions."""

Say = Callable[[str, str], None]
"""In Vietnamese, in English."""


class DiskWatch:
    """Looks at the free space for as long as the process lives, once it was started."""

    def __init__(self, floor: int, free: Callable[[], int], command: Callable[[str], None], say: Say) -> None:
        self._floor, self._free, self._command, self._say = floor, free, command, say
        self._low = False
        self._stopped = False
        """Whether the engine's merges are."""

    def start(self) -> None:
        threading.Thread(target=self._watch, name="disk", daemon=True).start()

    def check(self, keyword: str) -> None:
        """Refuses a statement that takes room where there is none."""
        if keyword in TAKES_ROOM and (self._low or self._free() < self._floor):
            raise Refusal(243, "NOT_ENOUGH_SPACE", f"Less than {_mb(self._floor)} MB of the disk are free.")

    def look(self) -> None:
        free = self._free()
        self._low = free < self._floor * (AGAIN if self._low else 1)
        if self._low != self._stopped:
            self._command(f"SYSTEM {'STOP' if self._low else 'START'} MERGES")
            self._stopped = self._low
            self._tell(free)

    def _watch(self) -> None:
        while True:
            with suppress(Exception):  # whatever it was, the next look tries again: without it nobody would
                self.look()
            time.sleep(LOOK_S)

    def _tell(self, free: int) -> None:
        if self._low:
            floor, again = _mb(self._floor), _mb(self._floor * AGAIN)
            self._say(
                f"Ổ đĩa của kho còn {_mb(free)} MB, dưới {floor} MB: kho ngừng ghi và gộp đến khi còn {again} MB.",
                f"The store's disk has {_mb(free)} MB left, under {floor}: no writes and merges until {again} MB.",
            )
        else:
            self._say(
                f"Ổ đĩa của kho lại có chỗ ({_mb(free)} MB): kho ghi và gộp tiếp.",
                f"The store's disk has room again ({_mb(free)} MB): writes and merges go on.",
            )


def free_bytes(folder: Path) -> int:
    """What is left for a user without special rights, as the engine counts it."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def _mb(size: float) -> int:
    return int(size) >> 20
