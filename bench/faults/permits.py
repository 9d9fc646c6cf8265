"""`make faults-permits`: ten copies of the real permit log through the whole way while its parts are killed.

    python -m bench.faults.permits [--over SECONDS] [--kills X] [--seed N]

Worker, engine, Kafka and producer get kill -9 at seeded moments and are started again as `nhip up` does. At the end
the ledger must be continuous, the counts exact, and every row the one that the in-memory table over the same log
gives. Exit code: 0 all of it, 1 something differs, 2 it could not run.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from bench.faults import reference
from bench.faults.report import Outcome, Struck, report
from bench.installation import PREFIX, Installation, installation
from catalogue.load import Catalogue, load
from clickhouse.client import Store, StoreAway, connect
from contract.errors import NhipError, SetupError
from contract.kafka import Log
from nhip import words
from nhip.check import verdict
from nhip.local import kafka
from nhip.processes import last_line, spawn

KILLS = {"worker": 20, "engine": 5, "kafka": 5, "producer": 5}
COPIES = 10
STEPS, ENDED, LATE = 9_906, 1_329, 377
"""Of one copy: steps, cases that ended, and of these after their deadline."""
FEED = "permits-replay"
CATCH_UP_S = 300.0
CALM = (0.03, 0.97)
"""Faults fall between these parts of the time."""


class Fault(msgspec.Struct, frozen=True):
    kind: str
    at: float
    """Seconds from the start."""


def schedule(over: float, scale: float, seed: int) -> list[Fault]:
    """Each kind's kills at random moments, one in each part of the time."""
    chance, (begin, end) = random.Random(seed), CALM
    faults = []
    for kind, usual in KILLS.items():
        count = max(1, round(usual * scale))
        width = (end - begin) / count
        faults += [Fault(kind, over * (begin + width * (nth + chance.random()))) for nth in range(count)]
    return sorted(faults, key=lambda fault: fault.at)


class Sender:
    """`nhip replay`, started again with --resume until it has sent everything."""

    def __init__(self, place: Installation, file: Path, over: float) -> None:
        self._place = place
        words = ["replay", str(file), "--mapping", "permits", "--copies", str(COPIES), "--prefix", PREFIX]
        self._command = [sys.executable, "-m", "nhip", *words, "--over", str(over)]
        self._log = place.logs / "producer.log"
        self._next = 0.0
        self._killed = False
        self.starts = 0
        self._process = self._start([])

    @property
    def done(self) -> bool:
        """Looks after the process; True when it has ended of itself."""
        code = self._process.poll()
        if code == 0:
            return True
        if code is not None and not self._killed:
            raise SetupError(f"the producer ended with {code}: {last_line(self._log)}")
        if code is not None and time.monotonic() >= self._next:
            self._process = self._start(["--resume"])
        return False

    def kill(self) -> float:
        at = time.time()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._killed, self._next = True, time.monotonic() + 1.0
        return at

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _start(self, more: list[str]) -> subprocess.Popen[bytes]:
        self.starts += 1
        self._killed = False
        return spawn([*self._command, *more], self._log, self._place.environment)


def strike(place: Installation, sender: Sender, faults: list[Fault]) -> list[Struck]:
    """Sends everything, kills on schedule; gives what was struck and when."""
    store, waiting, struck = connect(place.settings), list(faults), []
    started = time.monotonic()
    while not sender.done or waiting:
        if waiting and time.monotonic() - started >= waiting[0].at:
            kind = waiting.pop(0).kind
            unread = unread_s(place, store) if kind == "worker" else None
            at = sender.kill() if kind == "producer" else place.kill(kind)
            struck.append(Struck(kind, at, unread))
            say(f"{time.monotonic() - started:6.1f} s  kill -9 {kind}")
        time.sleep(0.05)
    return struck


def unread_s(place: Installation, store: Store) -> float | None:
    """How far back, in seconds, a worker that started now would begin to read; None where nobody can tell."""
    settings = place.settings
    if not kafka.is_up(settings):
        return None
    feed = load(settings.catalogue_dir).feeds[FEED]
    topic = settings.topics.of(feed.record)
    sql = "SELECT toUnixTimestamp64Milli(min(arrived_at)) FROM ledger WHERE topic = {t:String} AND offset >= {o:UInt64}"
    try:
        with Log(settings) as log:
            committed = log.committed(topic, settings.group).get(feed.partition, 0)
        ((first,),) = store.query(sql, t=topic, o=committed)
    except (NhipError, StoreAway, RuntimeError):
        return None
    return max(0.0, time.time() - first / 1000) if first > 0 else 0.0


def catch_up(place: Installation) -> float:
    """Waits until the ledger holds all that the topics do; gives the seconds."""
    started = time.monotonic()
    store = connect(place.settings)
    while True:
        try:
            if reference.behind(store, place.settings) == 0:
                return time.monotonic() - started
        except StoreAway:
            pass
        place.check()
        if time.monotonic() - started > CATCH_UP_S:
            raise SetupError(f"the worker has not caught up after {CATCH_UP_S:.0f} s")
        time.sleep(0.5)


def judge(place: Installation, catalogue: Catalogue, struck: list[Struck], caught_up_s: float) -> Outcome:
    store, settings = connect(place.settings), place.settings
    ((steps,),) = store.query("SELECT count() FROM case_steps FINAL")
    sums = "SELECT sum(finished), sum(overdue), sum(steps) FROM case_buckets_in_force WHERE width = 'day'"
    ((ended, late, counted),) = store.query(sums)
    ((messages, records, accepted, rejected, repeats),) = store.query(
        "SELECT count(), sum(records), sum(accepted), sum(rejected), sum(duplicates) FROM ledger"
    )
    return Outcome(
        struck=struck,
        recovered=[recovery(store, one) for one in struck],
        caught_up_s=caught_up_s,
        messages=messages,
        records=records,
        accepted=accepted,
        rejected=rejected,
        repeats=repeats,
        counts={
            "steps": (steps, COPIES * STEPS),
            "steps in buckets": (int(counted), COPIES * STEPS),
            "ended": (int(ended), COPIES * ENDED),
            "late": (int(late), COPIES * LATE),
        },
        verdict=verdict(store, settings),
        doubled=reference.doubled(store),
        differences=reference.differences(store, settings, reference.expected(settings, catalogue)),
    )


def recovery(store: Store, struck: Struck) -> float | None:
    """From the fault to the first row of a message that arrived after it; None where none came."""
    sql = (
        "SELECT min(toUnixTimestamp64Milli(stored_at)), count() FROM ledger "
        "WHERE toUnixTimestamp64Milli(arrived_at) > {at:Int64}"
    )
    ((first, count),) = store.query(sql, at=round(struck.at * 1000))
    return first / 1000 - struck.at if count else None


def say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.faults.permits")
    parser.add_argument("--over", type=float, default=600.0, metavar="SECONDS", help="how long the sending takes")
    parser.add_argument("--kills", type=float, default=1.0, metavar="X", help="times the usual number of kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave the folder for a look")
    arguments = parser.parse_args()
    data = os.environ.get("NHIP_DATA_DIR", "")
    file = Path(data) / "permits" / "receipt.csv"
    if not data or not file.is_file():
        vi = "NHIP_DATA_DIR chưa đặt, hoặc thư mục đó không có permits/receipt.csv"
        print(words.say(vi, "NHIP_DATA_DIR is not set, or holds no permits/receipt.csv"), file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="nhip-faults-"))
    try:
        outcome = run(folder, file.resolve(), arguments)
    except NhipError as error:
        print(f"{error} (logs: {folder / 'log'})", file=sys.stderr)
        return 2
    for line in report(outcome):
        say(line)
    if outcome.good and not arguments.keep:
        shutil.rmtree(folder)
    else:
        say(f"Logs and data: {folder}")
    return 0 if outcome.good else 1


def run(folder: Path, file: Path, arguments: argparse.Namespace) -> Outcome:
    catalogue = load()
    faults = schedule(arguments.over, arguments.kills, arguments.seed)
    say(f"{COPIES} copies over {arguments.over:.0f} s, {len(faults)} kills, seed {arguments.seed}")
    with installation(folder, catalogue, lambda line: say(f"          {line.strip()}")) as place:
        sender = Sender(place, file, arguments.over)
        try:
            struck = strike(place, sender, faults)
        finally:
            sender.stop()
        return judge(place, catalogue, struck, catch_up(place))


if __name__ == "__main__":
    sys.exit(main())
