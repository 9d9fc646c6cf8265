"""Inside a worker: its end at a named point, a loop that stands still, a wall clock that jumps, another version."""

import sys
import time
import urllib.request
from collections.abc import Callable, Sequence

import msgspec

from bench.faults import clocks, points
from bench.faults.kinds import Blow, Kind, proven
from bench.faults.kinds_parts import reborn
from bench.faults.scene import Scene, alive, until
from clickhouse.client import StoreAway
from streams.state import FORMAT

REACHED_S = 30.0
"""A point that is not passed within this time is not passed."""
MOST_PASSES = 4
SNAPSHOT_METRIC = "nhip_snapshot_timestamp_seconds "
WORKER = (sys.executable, "-m", "bench.faults.worker")
ANOTHER_FORMAT = FORMAT + 1_000


def at_point(point: str) -> Callable[[Scene], Blow]:
    def strike(scene: Scene) -> Blow:
        before = {name: scene.pid(name) for name in scene.workers}
        fired = len(points.fired(scene.var))
        points.arm(scene.var, point, scene.chance.randrange(1, MOST_PASSES))
        if point == "taking_over":  # partitions come when a worker starts
            scene.place.kill(scene.a_worker())
        met = until(lambda: len(points.fired(scene.var)) > fired, REACHED_S)
        over = time.time()
        points.disarm(scene.var)
        there = points.fired(scene.var)[fired:]
        until(lambda: any(not alive(pid) for pid in before.values()), 2.0)
        dead = {name: pid for name, pid in before.items() if not alive(pid)}
        missing = "" if met and there[0] == point and dead else f"no worker came to {point}"
        return Blow(over, lambda: missing or reborn(scene, dead))

    return strike


def blocked(seconds: float) -> Callable[[Scene], Blow]:
    """Its end is that of the sleep, or of the worker where a watchdog ends it before."""

    def strike(scene: Scene) -> Blow:
        before = {name: scene.pid(name) for name in scene.workers}
        known = len(points.blocked(scene.var))
        points.block(scene.var, seconds)
        began = until(lambda: len(points.blocked(scene.var)) > known, REACHED_S)
        until(lambda: any(not alive(pid) for pid in before.values()), seconds if began else 0.0)
        return Blow(time.time(), proven((began, "no event loop stood still")))

    return strike


def wall_clock(seconds: float) -> Callable[[Scene], Blow]:
    """The workers' `time.time` jumps, and is right again some seconds later."""

    def strike(scene: Scene) -> Blow:
        clocks.set_offset(scene.var, seconds)
        seen = until(lambda: abs(_said(scene) - time.time() - seconds) < 60.0, 10.0, 0.2)
        clocks.set_offset(scene.var, 0.0)
        return Blow(time.time(), proven((seen, "no worker's clock was seen to be wrong")))

    return strike


def _said(scene: Scene) -> float:
    """What a worker's clock said when it last stored a snapshot."""
    port = scene.place.settings.worker_metrics_port
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/metrics", timeout=2) as answer:
            found = [line for line in answer.read().decode().splitlines() if line.startswith(SNAPSHOT_METRIC)]
    except OSError:
        return 0.0
    return float(found[0].split()[1]) if found else 0.0


def upgrade_and_back(scene: Scene) -> Blow:
    """A version whose snapshots have another format takes over all state, works for a while, and is taken back."""
    before = {name: scene.pid(name) for name in scene.workers}
    _replace(scene, ["--format", str(ANOTHER_FORMAT)])
    started = time.time()
    scene.recovered(started)
    kept = until(lambda: _kept(scene, started) > 0, REACHED_S, 0.2)
    _replace(scene, [])
    return Blow(time.time(), lambda: ("" if kept else "the other version kept nothing") or reborn(scene, before))


def _replace(scene: Scene, more: Sequence[str]) -> None:
    for name in scene.workers:
        scene.end(name)
    for name in scene.workers:
        running = scene.place.supervisor.part(name)
        running.part = msgspec.structs.replace(running.part, command=lambda: [*WORKER, *more])
        scene.begin(name)


def _kept(scene: Scene, since: float) -> int:
    sql = "SELECT count() FROM snapshots WHERE format = {f:UInt16} AND stored_at > fromUnixTimestamp64Milli({t:Int64})"
    try:
        ((count,),) = scene.store.query(sql, f=ANOTHER_FORMAT, t=round(since * 1000))
    except StoreAway:
        return 0
    return int(count)


POINTS = tuple(
    Kind(
        point,
        f"kill -9 of a worker at a named point: {what}",
        "worker",
        at_point(point),
        "a worker wrote the point's name and died",
        "its death",
        seconds=7.0,
    )
    for point, what in points.POINTS.items()
)
WORKER_KINDS = (
    *POINTS,
    Kind(
        "loop-blocked",
        "a worker's event loop stands still for three seconds",
        "worker",
        blocked(3.0),
        "the block was taken",
        "the loop goes on",
    ),
    Kind(
        "loop-blocked-long",
        "a worker's event loop stands still for longer than its session",
        "worker",
        blocked(20.0),
        "the block was taken",
        "the loop goes on, or the worker ended",
        seconds=25.0,
    ),
    Kind(
        "clock-jump",
        "the workers' wall clock jumps ahead by a day, and back",
        "worker",
        wall_clock(86_400.0),
        "a worker's metric showed the wrong time",
        "it is right again",
    ),
    Kind(
        "clock-back",
        "the workers' wall clock jumps back by two hours, and ahead again",
        "worker",
        wall_clock(-7_200.0),
        "a worker's metric showed the wrong time",
        "it is right again",
    ),
    Kind(
        "upgrade-and-back",
        "a version with another snapshot format takes over, and is taken back",
        "worker",
        upgrade_and_back,
        "snapshots of that format were stored, then new processes",
        "today's version may start again",
        seconds=20.0,
    ),
)
