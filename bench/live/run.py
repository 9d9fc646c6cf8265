"""One run on an installation that stands: phases one after another, boards and the probe beside them."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from bench.installation import Installation
from bench.live.measure import Cpu, Freshness, freshness, resident_mb, slowest
from bench.live.phases import Phase, phases
from bench.live.probe import Probe
from bench.live.report import Measured
from bench.live.sender import Begun, Sent, permit
from bench.wall.queries import wall
from bench.wall.run import Asked, Wall, burst
from catalogue.load import Catalogue
from clickhouse.client import connect
from contract.errors import SetupError
from nhip.processes import last_line, spawn
from producers.ticks import is_live

OPEN_S = 180.0
"""The worker opens every partition within this, on a store with a long past."""
CATCH_UP_S = 60.0
PARTS = ("worker", "engine", "kafka")
OPENED = """
SELECT uniqExact(topic, partition) FROM ledger
WHERE topic IN ({figures:String}, {cases:String}) AND arrived_at >= fromUnixTimestamp64Milli({since:Int64})
"""
_decode = msgspec.json.Decoder(Begun | Sent).decode


class Run:
    def __init__(self, place: Installation, catalogue: Catalogue, rate: int, seconds: float, run: str) -> None:
        self._place, self._phases = place, phases(rate, seconds)
        self._partitions = sum(len(feed.partitions) for feed in catalogue.feeds.values() if is_live(feed))
        self._store = connect(place.settings, "reader")
        self._queries = wall()
        self._wall = Wall(connect(place.settings, "reader"), self._queries, lambda: int(time.time()))
        self._probe = Probe(place.settings, catalogue, connect(place.settings, "reader"), run)
        self._permits = Path(tempfile.mkdtemp(prefix="nhip-live-go-"))
        self._log = place.logs / f"sender-{run}.log"
        command = [sys.executable, "-m", "bench.live.sender", str(rate), str(seconds), str(self._permits)]
        self._started = time.time()
        self._sender = spawn(command, self._log, place.environment)
        self._read = 0
        self.together: tuple[list[Asked], float] = ([], 0.0)
        """The burst, and its seconds."""

    def measured(self, say: Callable[[str], None]) -> list[Measured]:
        pids = {name: self._place.pid(name) for name in PARTS} | {"sender": self._sender.pid, "boards": os.getpid()}
        cpu = Cpu(pids)
        cpu.start()
        found: list[tuple[Phase, Sent, int]] = []
        try:
            opened_s = self._until(OPEN_S, lambda: self._opened() >= self._partitions)
            say(f"every partition open after {opened_s:.1f} s")
            self._wall.start()
            self._probe.start()
            for number, phase in enumerate(self._phases):
                sent = self._phase(number, phase)
                behind_s = self._until(CATCH_UP_S, lambda sent=sent: self._unread(sent) == 0)  # type: ignore[misc]
                say(f"{phase.name}: sent, and stored {behind_s:.1f} s later")
                found.append((phase, sent, self._unread(sent)))
        finally:
            self._wall.stop()
            self._probe.stop()
            cpu.stop()
            self._stop_sender()
        say("memory: " + ", ".join(f"{name} {resident_mb(pids[name]):,.0f} MB" for name in PARTS))
        return [self._measured(phase, sent, unread, cpu) for phase, sent, unread in found]

    def _phase(self, number: int, phase: Phase) -> Sent:
        permit(self._permits, number).touch()
        for event in self._events():
            if isinstance(event, Sent):
                return event
            if phase.burst:
                time.sleep(phase.seconds / 2)
                self.together = burst(connect(self._place.settings, "reader"), self._queries, int(time.time()))
        raise SetupError(f"the sender ended with {self._sender.returncode}: {last_line(self._log)}")

    def _events(self) -> Iterator[Begun | Sent]:
        """What the sender says, as it says it, until it ends."""
        running = True
        while running:
            self._place.check()
            running = self._sender.poll() is None
            said = self._log.read_text().splitlines() if self._log.exists() else []
            for line in said[self._read :]:
                self._read += 1
                if line.startswith("{"):
                    yield _decode(line)
            time.sleep(0.05)

    def _until(self, limit_s: float, reached: Callable[[], bool]) -> float:
        """Waits so long at most; gives the seconds."""
        started = time.monotonic()
        while not reached() and time.monotonic() - started < limit_s:
            self._place.check()
            time.sleep(0.3)
        return time.monotonic() - started

    def _opened(self) -> int:
        topics = self._place.settings.topics
        since = round(self._started * 1000)
        ((count,),) = self._store.query(OPENED, figures=topics.figures, cases=topics.cases, since=since)
        return int(count)

    def _fresh(self, sent: Sent) -> Freshness:
        return freshness(self._store, self._place.settings, sent)

    def _unread(self, sent: Sent) -> int:
        """Messages of the phase, the probe's included, that the ledger does not hold."""
        probes = sum(sent.since_ms <= at < sent.until_ms for at in self._probe.sent)
        return max(sent.messages + probes - self._fresh(sent).messages, 0)

    def _measured(self, phase: Phase, sent: Sent, unread: int, cpu: Cpu) -> Measured:
        since, until = sent.since_ms / 1000, sent.until_ms / 1000
        return Measured(
            phase,
            sent,
            self._fresh(sent),
            slowest(self._store, self._place.settings, sent),
            [ms for at, ms in self._probe.seen if since <= at < until],
            [asked for at, asked in self._wall.asked if since <= at < until],
            cpu.between(since, until),
            unread,
        )

    def _stop_sender(self) -> None:
        permit(self._permits, len(self._phases)).touch()
        try:
            self._sender.wait(10)
        except subprocess.TimeoutExpired:
            self._sender.kill()
            self._sender.wait()
        shutil.rmtree(self._permits, ignore_errors=True)
