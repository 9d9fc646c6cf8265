"""Two workers share the feeds, and one of them is killed, stopped or put to sleep, again and again.

    python -m bench.workers [--times 30] [--seed 1] [--seconds 10]

Each time a seeded worker meets a seeded end: `kill -9`, SIGTERM, or SIGSTOP for longer than its session and SIGCONT (it
then works on with what it holds, while the other has its partitions). Printed is how soon the group is stable again
(every partition shared out between two members) and how often it was shared out; at the end what the store holds is
compared row by row with what the log should have led to. Exit code: 0 nothing lost or different, and stable in time.
"""

import argparse
import random
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np

from bench.faults.reference import behind, differences, doubled, expected
from bench.installation import Installation, Layout, installation
from catalogue.load import Catalogue, load
from clickhouse.client import Store, connect
from contract.kafka import Producer
from contract.settings import Settings
from producers.publisher import Publisher
from producers.simulate.drill_stream import cases_at, figures_between
from producers.ticks import Ticks

STABLE_S = 30.0
"""Within so long of the last end the group has to be stable."""
CALM_S = 10.0
"""For so long it must then stay so."""
ASLEEP_S = 9.0
"""Longer than a session."""
LIMIT_S = 120.0
WORKERS = ("worker", "worker-2")
TOLD = re.compile(r"share-out (\d+) of the group: (\d+) partitions")


class End(msgspec.Struct, frozen=True):
    name: str
    do: Callable[[Installation, str], None]


def _sleep(one: Installation, worker: str) -> None:
    one.kill(worker, signal.SIGSTOP)
    time.sleep(ASLEEP_S)
    one.kill(worker, signal.SIGCONT)


ENDS = (
    End("kill -9", lambda one, worker: _signal(one, worker, signal.SIGKILL)),
    End("SIGTERM", lambda one, worker: _signal(one, worker, signal.SIGTERM)),
    End(f"SIGSTOP {ASLEEP_S:.0f} s", _sleep),
)


def _signal(one: Installation, worker: str, number: signal.Signals) -> None:
    one.kill(worker, number)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0, help="between two ends")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="nhip-workers-"))
    catalogue = load()
    layout = Layout(workers=len(WORKERS), settings={"snapshot_s": 5.0})
    try:
        with installation(folder, catalogue, lambda line: None, layout) as one:
            return Trial(one, catalogue, asked.seed).run(asked.times, asked.seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Trial:
    def __init__(self, one: Installation, catalogue: Catalogue, seed: int) -> None:
        self._one, self._catalogue, self._seed = one, catalogue, seed
        self._store: Store = connect(one.settings, "reader")
        self._partitions = sum(catalogue.topic_partitions[record] for record in ("figures", "cases")) + 1
        self._worst = 0.0

    def run(self, times: int, seconds: float) -> int:
        chance = random.Random(self._seed)
        print(f"seed {self._seed}, {times} times, {self._partitions} partitions, two workers")
        print(f"{'':>4} {'worker':<9} {'end':<12} {'stable s':>9} {'first row s':>12} {'share-outs':>11}", flush=True)
        with sending(self._one.settings, self._catalogue):
            self._stable()
            for number in range(1, times + 1):
                self._meet(number, chance.choice(WORKERS), chance.choice(ENDS))
                time.sleep(chance.uniform(0.2, 1.0) * seconds)
            began, before = time.monotonic(), self._share_outs()
            self._stable()
            last = time.monotonic() - began
            time.sleep(CALM_S)
            storm = self._share_outs() - before
        print(f"after the last: stable in {last:.1f} s, share-outs in the {CALM_S:.0f} s after that: {storm}")
        return int(self._wrong() or last > STABLE_S or self._worst > STABLE_S or storm > 0)

    def _meet(self, number: int, worker: str, end: End) -> None:
        shares, newest, told = self._share_outs(), self._newest(), len(self._told(worker))
        end.do(self._one, worker)
        ended = time.monotonic()
        first = self._until(lambda: self._newest() > newest, ended)
        stable = self._stable(ended, {worker: told})
        self._worst = max(self._worst, stable)
        shared = self._share_outs() - shares
        print(f"{number:>4} {worker:<9} {end.name:<12} {stable:>9.1f} {first:>12.1f} {shared:>11}", flush=True)

    def _stable(self, since: float | None = None, anew: Mapping[str, int] | None = None) -> float:
        """Seconds until both have told of one share-out, in which all partitions are somebody's; those of `anew` have
        told once more than so often."""

        def shared() -> bool:
            told = {worker: self._told(worker) for worker in WORKERS}
            newer = all(len(told[worker]) > before for worker, before in (anew or {}).items())
            last = [lines[-1] for lines in told.values() if lines]
            complete = len(last) == len(WORKERS) and sum(count for _, count in last) == self._partitions
            return newer and complete and len({number for number, _ in last}) == 1

        return self._until(shared, since or time.monotonic())

    def _until(self, true: Callable[[], bool], since: float) -> float:
        while not true():
            self._one.check()
            if time.monotonic() - since > LIMIT_S:
                raise TimeoutError(f"waited {LIMIT_S:.0f} s; see {self._one.logs}")
            time.sleep(0.1)
        return time.monotonic() - since

    def _newest(self) -> int:
        ((count,),) = self._store.query("SELECT count() FROM ledger")
        return int(count)

    def _told(self, worker: str) -> list[tuple[int, int]]:
        """What a worker's log says of share-outs: the number of each, and the partitions it got."""
        log = self._one.logs / f"{worker}.log"
        found = TOLD.findall(log.read_text(errors="replace")) if log.exists() else []
        return [(int(number), int(count)) for number, count in found]

    def _share_outs(self) -> int:
        """The number of the newest."""
        return max((number for worker in WORKERS for number, _ in self._told(worker)), default=0)

    def _wrong(self) -> bool:
        settings = self._one.settings
        self._until(lambda: behind(self._store, settings) == 0, time.monotonic())
        result = expected(settings, self._catalogue)
        found = differences(self._store, settings, result)
        copies = doubled(self._store)
        print(f"{'table':<14} {'rows':>9} {'missing':>8} {'extra':>6} {'other':>6} {'copies':>7}")
        for table, d in found.items():
            counts = (len(d.missing), len(d.extra), len({key for key, *_ in d.other}), copies.get(table, 0))
            print(f"{table:<14} {d.rows:>9,} {counts[0]:>8} {counts[1]:>6} {counts[2]:>6} {counts[3]:>7}")
        return any(d.count for d in found.values())


@contextmanager
def sending(settings: Settings, catalogue: Catalogue) -> Iterator[None]:
    """Ticks to every partition, and ten batches a second to both drill feeds."""
    stop = threading.Event()

    def send() -> None:
        figures, cases = catalogue.feeds["drill-figures"], catalogue.feeds["drill-cases"]
        with Producer(settings, linger_ms=0) as door:
            publisher = Publisher(door, settings)
            ticks, number = Ticks(catalogue, publisher, 2_000), 0
            while not stop.wait(0.1):
                now = round(time.time() * 1000)
                ticks.send_if_due(now)
                publisher.publish(figures, 0, figures_between(figures, 1, np.array([now])), sent_at=now)
                publisher.publish(cases, 0, cases_at(cases, catalogue.kinds["dossier"], 1, number, now), sent_at=now)
                publisher.confirm()
                number += 1

    sender = threading.Thread(target=send, name="sender")
    sender.start()
    try:
        yield
    finally:
        stop.set()
        sender.join()


if __name__ == "__main__":
    sys.exit(main())
