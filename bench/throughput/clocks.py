"""CPU and memory of other processes, read from outside."""

import time
from collections.abc import Mapping
from pathlib import Path

_OF_PROCESS = 2
"""Linux: the clock of a process is its number, inverted, and this kind (sched) in the lowest three bits."""


def cpu_s(pid: int) -> float:
    """Seconds that all threads of a process have used so far, those that ended included; to the nanosecond, where
    /proc/PID/stat has the same sum in hundredths of a second."""
    return time.clock_gettime((~pid << 3) | _OF_PROCESS)


def rss_mb(pid: int) -> float:
    """Resident memory. Raises OSError where the process is gone."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError(f"process {pid} has no memory any more")


def all_cpu_s(pids: Mapping[str, int]) -> dict[str, float]:
    return {name: cpu_s(pid) for name, pid in pids.items()}


def spent(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    return {name: after[name] - at for name, at in before.items()}


def until_quiet(pid: int, limit_s: float = 20.0, share: float = 0.1) -> None:
    """Waits until a process does next to nothing: the engine merges for a while after an insert."""
    deadline = time.monotonic() + limit_s
    before = cpu_s(pid)
    while time.monotonic() < deadline:
        time.sleep(0.5)
        now = cpu_s(pid)
        if now - before < share * 0.5:
            return
        before = now
