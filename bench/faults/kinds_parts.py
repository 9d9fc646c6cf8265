"""Parts that end, stand still, or are away: worker, engine, Kafka, in every combination."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

from bench.faults.kinds import Blow, Kind, proven
from bench.faults.scene import Scene, alive, frozen, process_state
from bench.installation import START_S
from contract.settings import to_environment
from nhip.local import ports
from nhip.processes import State

SESSION_S = 6.0
SHORT_S, MINUTE_S = 5.0, 60.0
DEAD_AND_NEW = "the process is gone and another one runs"
AT_ONCE = "the moment of the signal"


def killed(parts: Callable[[Scene], list[str]]) -> Callable[[Scene], Blow]:
    """kill -9 of all of them at one moment."""

    def strike(scene: Scene) -> Blow:
        names = parts(scene)
        before = {name: scene.pid(name) for name in names}
        ended = max(scene.place.kill(name) for name in names)
        return Blow(ended, lambda: reborn(scene, before))

    return strike


def reborn(scene: Scene, before: dict[str, int]) -> str:
    """Each of them died, and has another process now."""
    for name, pid in before.items():
        if alive(pid):
            return f"{name} {pid} still runs"
        if scene.pid(name) == pid:
            return f"{name} has no new process"
    return ""


def ended(part: Callable[[Scene], str], away_s: float = 0.0) -> Callable[[Scene], Blow]:
    """SIGTERM as a deploy sends it; started again at once, or after a while. Its end is when it may start again."""

    def strike(scene: Scene) -> Blow:
        name = part(scene)
        before = scene.pid(name)
        took = scene.end(name)
        gone = not alive(before)
        refused = _refuses(scene, name)
        time.sleep(away_s)
        over = time.time()
        scene.begin(name)
        missing = "" if gone and refused else f"{name} still answers"
        return Blow(over, lambda: missing or reborn(scene, {name: before}), {"stop_s": took})

    return strike


def _refuses(scene: Scene, name: str) -> bool:
    """A part that listens does so no more."""
    settings = scene.place.settings
    port = {"kafka": settings.kafka_port, "engine": settings.store_port}.get(name)
    return port is None or not ports.answers(port)


def stopped(part: Callable[[Scene], str], seconds: float) -> Callable[[Scene], Blow]:
    """SIGSTOP, and later SIGCONT."""

    def strike(scene: Scene) -> Blow:
        name = part(scene)
        pid = scene.pid(name)
        with frozen(pid):
            time.sleep(seconds / 2)
            state = process_state(pid)
            time.sleep(seconds / 2)
        return Blow(time.time(), proven((state == "T", f"{name} was in state {state!r}")))

    return strike


def zombie(scene: Scene) -> Blow:
    """One of two workers stands still until the other has all its partitions, and then goes on as if it had them."""
    name = scene.a_worker()
    pid = scene.pid(name)
    with frozen(pid):
        begun = time.time()
        time.sleep(SESSION_S)
        scene.recovered(begun + 1.0)
        state = process_state(pid)
        took_over = time.time() - begun
        time.sleep(1.0)
    return Blow(time.time(), proven((state == "T", f"{name} was in state {state!r}")), {"taken_over_s": took_over})


def handover(scene: Scene) -> Blow:
    """Partitions go from one of two workers to the other, and back when it returns."""
    name = scene.a_worker()
    before = scene.pid(name)
    took = scene.end(name)
    scene.recovered(time.time())
    scene.begin(name)
    scene.pid(name)
    back = time.time()
    scene.recovered(back)
    time.sleep(2.0)
    return Blow(time.time(), lambda: reborn(scene, {name: before}), {"stop_s": took})


def cold_start(other: str) -> Callable[[Scene], Blow]:
    """A worker is started while what it needs is not there; that comes later."""

    def strike(scene: Scene) -> Blow:
        name = scene.a_worker()
        before = scene.pid(name)
        scene.end(other)
        scene.place.kill(name)
        while scene.place.supervisor.part(name).pid in (None, before):
            time.sleep(0.05)
        time.sleep(3.0)
        waits = scene.place.supervisor.part(name).state is State.UP
        scene.begin(other)
        over = time.time()
        missing = "" if waits else f"{name} did not wait for {other}"
        return Blow(over, lambda: missing or reborn(scene, {name: before}))

    return strike


def second_engine(scene: Scene) -> Blow:
    """Another engine on the same folder is refused, and the first goes on."""
    settings, pid = scene.place.settings, scene.pid("engine")
    words = [sys.executable, "-m", "clickhouse.embedded", "--data", str(settings.var_dir / "store")]
    done = subprocess.run(
        [*words, "--port", str(ports.free())],
        env={**os.environ, **to_environment(settings)},
        capture_output=True,
        timeout=START_S,
        check=False,
    )
    over = time.time()
    return Blow(over, lambda: "" if done.returncode and scene.pid("engine") == pid else "the second engine was let in")


def one(name: str) -> Callable[[Scene], str]:
    return lambda scene: name


def _worker(scene: Scene) -> str:
    return scene.a_worker()


def _kill(name: str, what: str, part: str, parts: Callable[[Scene], list[str]], workers: int = 1) -> Kind:
    return Kind(name, what, part, killed(parts), DEAD_AND_NEW, AT_ONCE, workers)


PARTS = (
    _kill("worker-kill", "kill -9 of a worker", "worker", lambda scene: [scene.a_worker()]),
    _kill("workers-kill", "kill -9 of both workers at once", "worker", lambda scene: scene.workers, 2),
    _kill("engine-kill", "kill -9 of the engine", "engine", lambda scene: ["engine"]),
    _kill("kafka-kill", "kill -9 of Kafka", "kafka", lambda scene: ["kafka"]),
    _kill("worker-engine-kill", "kill -9 of a worker and the engine", "worker", lambda s: [s.a_worker(), "engine"]),
    _kill("all-kill", "kill -9 of Kafka, engine and workers", "kafka", lambda s: ["kafka", "engine", *s.workers]),
    Kind("worker-stop", "SIGTERM of a worker under load", "worker", ended(_worker), DEAD_AND_NEW, "it may start again"),
    Kind("engine-stop", "SIGTERM of the engine", "engine", ended(one("engine")), DEAD_AND_NEW, "it may start again"),
    Kind("kafka-stop", "SIGTERM of Kafka", "kafka", ended(one("kafka")), DEAD_AND_NEW, "it may start again"),
    Kind(
        "worker-frozen",
        "SIGSTOP of a worker for longer than its session, and back",
        "worker",
        stopped(_worker, SESSION_S + 2.5),
        "the kernel shows it as stopped",
        "SIGCONT",
        seconds=12.0,
    ),
    Kind(
        "worker-zombie",
        "SIGSTOP of one of two workers until the other has taken over, and back",
        "worker",
        zombie,
        "stopped, while every partition goes on with the other",
        "SIGCONT",
        workers=2,
        seconds=15.0,
    ),
    Kind(
        "handover",
        "one of two workers ends, the other takes over, it comes back",
        "worker",
        handover,
        "every partition goes on with the other, then there is a new process",
        "the partitions came back",
        workers=2,
        seconds=15.0,
    ),
    Kind(
        "engine-frozen",
        "SIGSTOP of the engine, and back",
        "engine",
        stopped(one("engine"), SHORT_S),
        "the kernel shows it as stopped",
        "SIGCONT",
    ),
    Kind(
        "kafka-frozen",
        "SIGSTOP of Kafka, and back",
        "kafka",
        stopped(one("kafka"), SHORT_S),
        "the kernel shows it as stopped",
        "SIGCONT",
    ),
    Kind(
        "store-away",
        "the engine is away for some seconds",
        "engine",
        ended(one("engine"), SHORT_S),
        "gone, its port answers nobody, then another process",
        "it may start again",
        seconds=9.0,
    ),
    Kind(
        "store-away-minute",
        "the engine is away for a minute",
        "engine",
        ended(one("engine"), MINUTE_S),
        "gone, its port answers nobody, then another process",
        "it may start again",
        seconds=66.0,
    ),
    Kind(
        "kafka-away",
        "Kafka is away for some seconds",
        "kafka",
        ended(one("kafka"), SHORT_S),
        "gone, its port answers nobody, then another process",
        "it may start again",
        seconds=12.0,
    ),
    Kind(
        "kafka-away-minute",
        "Kafka is away for a minute",
        "kafka",
        ended(one("kafka"), MINUTE_S),
        "gone, its port answers nobody, then another process",
        "it may start again",
        seconds=70.0,
    ),
    Kind(
        "worker-before-engine",
        "a worker is started while the engine is away",
        "worker",
        cold_start("engine"),
        "a new worker runs and waits",
        "the engine may start",
        seconds=10.0,
    ),
    Kind(
        "worker-before-kafka",
        "a worker is started while Kafka is away",
        "worker",
        cold_start("kafka"),
        "a new worker runs and waits",
        "Kafka may start",
        seconds=14.0,
    ),
    Kind(
        "second-engine",
        "another engine is started on the same data",
        "engine",
        second_engine,
        "it ends with an error, and the first runs on",
        "it has ended",
    ),
)
