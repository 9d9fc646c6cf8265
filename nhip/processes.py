"""The supervisor: starts parts, starts them again when they end, and ends them all in order.

One thread starts every part and lives to the end, because the kernel kills a part when the thread that started it
is gone. A part that ends three times in a minute of its own accord is given up; the others go on. An end by a
signal from outside is never a part's own.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

from contract.errors import NhipError
from contract.settings import CHECKOUT
from nhip.parts_report import PartsReport

ORPHAN = Path(__file__).with_name("orphan.py")
OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT})
LOG_BYTES = 5_000_000
OWN_ENDS, WITHIN_S = 3, 60.0
BACKOFF_S = (1.0, 30.0)
OUTSIDE_S = 0.1
"""Before a part that was ended from outside is started again: nothing is wrong with it, and people wait."""
SETTLED_S = 2.0
STEADY_S = 30.0
"""A part that ran so long starts its back-off anew."""


class Part(msgspec.Struct, frozen=True):
    """How one process is started, known to be there, and ended."""

    name: str
    command: Callable[[], Sequence[str]]
    """Asked at every start, so that it can look at ports and files; what it raises counts as an end of its own."""
    is_up: Callable[[], bool] = lambda: True
    stop_s: float = 10.0
    """How long it may take to end in order before it is killed."""
    environment: Mapping[str, str] = {}
    """What differs from that of the other parts."""


class State(StrEnum):
    STARTING = "starting"
    UP = "up"
    WAITING = "waiting"
    FAILED = "failed"
    PAUSED = "paused"
    STOPPED = "stopped"


class Running:
    """A part and what became of it so far. Only the supervisor's thread changes it."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.state = State.WAITING
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.next_start = 0.0
        self.delay_s = 0.0
        self.own_ends: list[float] = []
        self.restarts = 0
        self.starts = 0
        self.reason = ""

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.poll() is None else None

    def line(self) -> dict[str, str | int | None]:
        return {"state": self.state.value, "pid": self.pid, "restarts": self.restarts, "reason": self.reason}


Told = Callable[[str, str, str], None]
"""Told what happened: the part, what, and the reason in one line or ""."""


class Supervisor:
    def __init__(
        self,
        logs: Path,
        environment: Mapping[str, str],
        told: Told = lambda part, what, why: None,
        report: Path | None = None,
    ) -> None:
        """`report` is a file that says how the parts are, for other processes."""
        self._logs = logs
        self._report = PartsReport(report) if report else None
        self._environment = dict(environment)
        self._told = told
        self._parts: dict[str, Running] = {}
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self.crashed: BaseException | None = None

    def start(self, part: Part) -> None:
        """Starts a part and keeps it running. Returns at once."""
        with self._lock:
            self._parts[part.name] = Running(part)
        if not self._thread.ident:
            self._thread.start()

    def states(self) -> dict[str, State]:
        with self._lock:
            return {name: running.state for name, running in self._parts.items()}

    def part(self, name: str) -> Running:
        return self._parts[name]

    def failed(self) -> list[str]:
        return [name for name, state in self.states().items() if state is State.FAILED]

    def pause(self, name: str, wait_s: float = 0.0) -> None:
        """Ends a part until `resume`; this is no failure. A part that has failed stays so."""
        running = self._parts[name]
        if running.state is not State.FAILED:
            running.state = State.PAUSED
        deadline = time.monotonic() + wait_s
        while running.process is not None and time.monotonic() < deadline:
            time.sleep(0.02)

    def resume(self, name: str) -> None:
        running = self._parts[name]
        if running.state is State.PAUSED:
            running.state, running.next_start = State.WAITING, 0.0

    def stop(self) -> None:
        """Ends every part, the one started last first, each within its bound. Returns when all are gone."""
        self._ending.set()
        if self._thread.ident:
            self._thread.join()

    def hurry(self) -> None:
        """Whoever asked twice does not want to wait: the bounds shrink to a second."""
        self._hurry.set()

    def _run(self) -> None:
        try:
            while not self._ending.wait(0.1):
                for running in self._all():
                    self._look_after(running)
                self._tell_report()
        except BaseException as error:  # the parts must not be left to a thread that is gone
            self.crashed = error
        finally:
            for running in reversed(self._all()):
                self._end(running)
            self._tell_report()

    def _tell_report(self) -> None:
        if self._report:
            self._report.tell({running.part.name: running.line() for running in self._all()})

    def _all(self) -> list[Running]:
        with self._lock:
            return list(self._parts.values())

    def _look_after(self, running: Running) -> None:
        process, now = running.process, time.monotonic()
        if process is not None and (code := process.poll()) is not None:
            self._ended(running, code, now)
        elif process is not None and running.state is State.PAUSED:
            self._end(running, State.PAUSED)
        elif process is None and running.state is State.WAITING and now >= running.next_start:
            self._spawn(running, now)
        elif running.state is State.STARTING and running.part.is_up():
            running.state = State.UP
            self._told(running.part.name, "up", "")

    def _spawn(self, running: Running, now: float) -> None:
        running.started = now
        running.restarts += running.starts > 0
        running.starts += 1
        try:
            command = running.part.command()
        except NhipError as error:
            self._ended(running, 1, now, str(error))
            return
        environment = {**self._environment, **running.part.environment}
        running.process = spawn(command, self._logs / f"{running.part.name}.log", environment)
        running.state = State.STARTING
        self._told(running.part.name, "started", "")

    def _ended(self, running: Running, code: int, now: float, reason: str = "") -> None:
        running.process = None
        if running.state is State.PAUSED:
            return
        running.reason = reason or how_it_ended(code)
        # Who has run for a while and ends in order was asked to.
        outside = from_outside(code) or (code == 0 and now - running.started >= SETTLED_S)
        if not outside:
            running.reason = reason or f"{how_it_ended(code)}: {last_line(self._logs / f'{running.part.name}.log')}"
            running.own_ends = [*(end for end in running.own_ends if now - end < WITHIN_S), now]
        if len(running.own_ends) >= OWN_ENDS:
            running.state = State.FAILED
            self._told(running.part.name, "failed", running.reason)
            return
        shortest, longest = BACKOFF_S
        steady = outside or now - running.started >= STEADY_S
        running.delay_s = shortest if steady else min(longest, max(shortest, running.delay_s * 2))
        wait_s = min(OUTSIDE_S, running.delay_s) if outside else running.delay_s
        running.next_start, running.state = now + wait_s, State.WAITING
        self._told(running.part.name, "ended", running.reason)

    def _end(self, running: Running, after: State = State.STOPPED) -> None:
        process = running.process
        if process is not None:
            self._told(running.part.name, "stopping", "")
            if not self._terminate(process, running.part.stop_s):
                self._told(running.part.name, "killed", "")
        running.process = None
        if running.state is not State.FAILED:
            running.state = after

    def _terminate(self, process: subprocess.Popen[bytes], bound_s: float) -> bool:
        """True where the process ended by itself in time. Its group goes with it in any case."""
        started = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        while process.poll() is None:
            waited = time.monotonic() - started
            if waited > (min(1.0, bound_s) if self._hurry.is_set() else bound_s):
                break
            time.sleep(0.02)
        in_time = process.poll() is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return in_time


def spawn(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Starts a command in a session of its own, bound to this thread's life, its output going to a file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    rotate(log)
    bound = [sys.executable, "-I", "-S", str(ORPHAN), str(os.getpid()), *command]
    with log.open("ab") as output:
        return subprocess.Popen(
            bound,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=CHECKOUT,
            env=with_bytecode({**os.environ, **environment}),
            start_new_session=True,
        )


def with_bytecode(environment: dict[str, str]) -> dict[str, str]:
    """Compiled modules are kept in the cache folder, whatever the environment thinks of it: a worker that compiles two
    thousand of them at each start is back three seconds later."""
    cache = Path(environment.get("NHIP_CACHE", "~/.cache/nhip")).expanduser()
    kept = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str((CHECKOUT / cache) / "bytecode")}


def rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


def from_outside(code: int) -> bool:
    """Ended by a signal that somebody sent; Java reports such an end as 128 and the signal's number."""
    return -code in OUTSIDE or code - 128 in OUTSIDE


def how_it_ended(code: int) -> str:
    number = -code if code < 0 else code - 128
    if code < 0 or from_outside(code):
        with contextlib.suppress(ValueError):
            return signal.Signals(number).name
    return f"exit {code}"


def tail(log: Path, bytes_back: int = 8_000) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - bytes_back))
        return file.read().decode("utf-8", "replace")


def last_line(log: Path) -> str:
    """The last line of a part's log that says something, frames of a traceback left out."""
    lines = [line.strip() for line in tail(log).splitlines()]
    return next((line for line in reversed(lines) if line and not line.startswith(("at ", "^", "~"))), "")[:300]
