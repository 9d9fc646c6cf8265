"""A running trial: its parts, its senders, the proxies between them, and how far it is."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import msgspec

from bench.faults import mix, senders
from bench.faults.between import Way
from bench.faults.pace import Pace, load
from bench.faults.proxy import LOOPBACK
from bench.installation import Installation
from catalogue.load import Catalogue
from clickhouse.client import Store, StoreAway, connect
from contract.errors import NhipError
from nhip.processes import Part

STALL_S, QUIET_S = 60.0, 120.0
LOOK_S = 0.2
SENDERS = ("figures", "cases", "inbox")
Where = tuple[str, int]


class Stalled(NhipError):
    """Nothing new came into the store for too long."""


class Patience(msgspec.Struct, frozen=True):
    """How long a trial waits, and how much is sent. Other than this only where other programs keep the machine busy."""

    stall_s: float = STALL_S
    quiet_s: float = QUIET_S
    load: float = 1.0


class Recovery(msgspec.Struct, frozen=True):
    """Seconds from the end of a fault to the first new row of a message that arrived after it."""

    first_s: float
    """In any partition."""
    all_s: float
    """In each partition that senders send to."""


class Scene:
    def __init__(
        self,
        place: Installation,
        way: Way,
        catalogue: Catalogue,
        folder: Path,
        seed: str,
        told: dict[tuple[str, str], float],
        patience: Patience,
    ) -> None:
        self.place, self.way, self.catalogue, self.folder, self.seed = place, way, catalogue, folder, seed
        self.told, self.patience = told, patience
        """(part, what) -> when the supervisor last said so, seconds of the epoch."""
        self.chance = Random(f"{seed}/faults")
        self.var = place.settings.var_dir
        self.store: Store = connect(place.settings, "writer")
        self.workers = [name for name in place.supervisor.states() if name.startswith("worker")]
        self.active: set[Where] = set()

    # The parts.

    def a_worker(self) -> str:
        return self.chance.choice(self.workers)

    def pid(self, part: str) -> int:
        return self.place.pid(part)

    def forgive(self) -> None:
        """Faults come ten a minute: that a part was brought to its end before counts neither against it nor towards
        the wait before its next start."""
        for name in self.place.supervisor.states():
            running = self.place.supervisor.part(name)
            running.own_ends.clear()
            running.delay_s = 0.0

    def end(self, part: str) -> float:
        """Asks a part to end, as a deploy does, and keeps it down. Seconds from SIGTERM to the end of the process."""
        pid = self.pid(part)
        self.place.supervisor.pause(part)
        while alive(pid):
            time.sleep(0.01)
        gone = time.time()
        self.place.supervisor.pause(part, wait_s=1.0)
        return gone - self.told.get((part, "stopping"), gone)

    def begin(self, part: str) -> None:
        self.place.supervisor.resume(part)

    # Its senders.

    def start_senders(self) -> None:
        Pace.fresh(self.patience.load).save(self.folder)
        for name in SENDERS:
            self.start_sender(name)
        for name in SENDERS:
            started = mix.role(name, self.catalogue, self.seed, 0, 0)
            self.active |= {(self.place.settings.topics.of(topic), partition) for topic, partition in started.ticks}

    def start_sender(self, name: str, seconds: float | None = None) -> None:
        words = [sys.executable, "-m", "bench.faults.senders", "--name", name, "--folder", str(self.folder)]
        words += ["--seed", self.seed] + ([] if seconds is None else ["--seconds", str(seconds)])
        environment = {"NHIP_KAFKA": f"{LOOPBACK}:{self.way.senders.port}"}
        self.place.supervisor.start(Part(sender(name), lambda: words, environment=environment, stop_s=2.0))

    def pace(self, **different: object) -> Pace:
        changed = msgspec.structs.replace(load(self.folder), **different)
        changed.save(self.folder)
        return changed

    def ask(self, name: str, order: str) -> None:
        senders.ask(self.folder, name, order)

    def finished(self) -> set[str]:
        return set(lines(self.folder / "finished"))

    # How far it is.

    def first_rows(self, after: float) -> Mapping[Where, float]:
        """Per partition: when the first row of a message was stored that arrived after a moment."""
        sql = (
            "SELECT topic, partition, min(toUnixTimestamp64Milli(stored_at)) FROM ledger "
            "WHERE arrived_at > fromUnixTimestamp64Milli({at:Int64}) GROUP BY topic, partition"
        )
        found = self.store.query(sql, at=round(after * 1000))
        return {(topic, partition): stored / 1000 for topic, partition, stored in found}

    def recovered(self, ended: float) -> Recovery:
        """Waits until each partition has something new; raises Stalled where that takes too long."""
        while True:
            found: Mapping[Where, float] = {}
            with suppress(StoreAway):
                found = self.first_rows(ended)
            missing = self.active - set(found)
            if not missing:
                times = [found[where] - ended for where in self.active]
                return Recovery(max(0.0, min(times)), max(0.0, *times))
            self.place.check()
            if time.time() - ended > self.patience.stall_s:
                names = ", ".join(f"{topic}/{partition}" for topic, partition in sorted(missing)[:4])
                raise Stalled(f"nothing new within {self.patience.stall_s:.0f} s in {len(missing)} partitions: {names}")
            time.sleep(LOOK_S)

    def log(self, part: str) -> "LogFrom":
        return LogFrom(self.place.logs / f"{part}.log")


class LogFrom:
    """What a part says in its log from now on."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._start = file.stat().st_size if file.is_file() else 0

    def text(self) -> str:
        if not self._file.is_file():
            return ""
        with self._file.open("rb") as log:
            size = self._file.stat().st_size
            log.seek(self._start if size >= self._start else 0)  # it was turned over meanwhile
            return log.read().decode("utf-8", "replace")


def sender(name: str) -> str:
    return f"sender-{name}"


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.is_file() else []


def alive(pid: int) -> bool:
    """A zombie is no longer alive."""
    return process_state(pid) not in ("", "Z", "X")


def process_state(pid: int) -> str:
    """The kernel's letter: R, S, T (stopped), Z …; "" where there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Stopped for the length of the block, and surely let go."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def until(true: Callable[[], object], limit_s: float, every_s: float = 0.02) -> bool:
    """Whether it became true in time."""
    deadline = time.monotonic() + limit_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(every_s)
    return True
