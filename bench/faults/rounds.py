"""One round: an installation of its own, senders at work, fault after fault, then quiet, and the verdict."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

import msgspec

from bench.faults import disk, reference, verify
from bench.faults.between import Way, between
from bench.faults.kinds import Kind
from bench.faults.kinds_worker import WORKER
from bench.faults.registry import KINDS
from bench.faults.scene import SENDERS, Patience, Recovery, Scene, Stalled, sender
from bench.faults.schedule import PAUSE_S, Round
from bench.faults.verify import Verdict
from bench.installation import Layout, installation
from catalogue.load import Catalogue
from clickhouse.client import StoreAway
from contract.codec import TICK_HEADERS, tick_body
from contract.errors import NhipError, SetupError
from contract.kafka import Producer

SNAPSHOT_S = 2.0
"""So that snapshots and what lies around them are met often."""
DISK_MB = 900
CALM_S = 2.0
Say = Callable[[str], None]


class Struck(msgspec.Struct, frozen=True):
    """What came of one fault."""

    kind: str
    effect: str
    """"" where it is proven, else what is missing."""
    first_s: float | None
    all_s: float | None
    facts: dict[str, float] = {}
    failed: str = ""


class Outcome(msgspec.Struct):
    round: Round
    struck: list[Struck] = []
    verdict: Verdict | None = None
    seconds: float = 0.0
    ended: str = ""
    """Why it came to no verdict."""

    @property
    def good(self) -> bool:
        return (
            self.verdict is not None
            and self.verdict.good
            and not self.ended
            and not any(one.failed or one.first_s is None for one in self.struck)
        )


def run(
    plan: Round,
    folder: Path,
    catalogue: Catalogue,
    say: Say,
    worker: Sequence[str] = (),
    patience: Patience | None = None,
) -> Outcome:
    """Strikes every fault of the plan. Whatever happens, what was found out until then is in the outcome."""
    outcome, began, patience = Outcome(plan), time.monotonic(), patience or Patience()
    try:
        with running(plan, folder, catalogue, worker, patience) as scene:
            scene.start_senders()
            scene.recovered(time.time())
            chance = Random(f"{plan.seed}/pauses")
            for place, name in enumerate(plan.kinds, start=1):
                time.sleep(chance.uniform(*PAUSE_S))
                struck = strike(scene, KINDS[name])
                outcome.struck.append(struck)
                say(told(place, len(plan.kinds), struck))
                if struck.first_s is None:
                    break
            settle(scene, patience.quiet_s)
            outcome.verdict = verify.verdict(scene.store, scene.place.settings, catalogue, scene.folder)
    except (NhipError, StoreAway) as error:
        outcome.ended = str(error)
    outcome.seconds = time.monotonic() - began
    return outcome


@contextmanager
def running(
    plan: Round, folder: Path, catalogue: Catalogue, worker: Sequence[str], patience: Patience
) -> Iterator[Scene]:
    heard: dict[tuple[str, str], float] = {}
    with ExitStack() as stack:
        way = stack.enter_context(between())
        if plan.disk:
            stack.enter_context(disk.small(folder / "store", DISK_MB))
        layout = layout_of(plan, way, worker)
        log = stack.enter_context((folder / "supervisor.log").open("a"))

        def hear(line: str) -> None:
            part, what, *_ = line.split(" ", 2)
            heard[part, what] = time.time()
            log.write(f"{time.time():.3f} {line}\n")
            log.flush()

        place = stack.enter_context(installation(folder, catalogue, hear, layout))
        senders = folder / "senders"
        senders.mkdir(exist_ok=True)
        yield Scene(place, way, catalogue, senders, plan.seed, heard, patience)


def layout_of(plan: Round, way: Way, worker: Sequence[str]) -> Layout:
    return Layout(
        workers=plan.workers,
        settings={**way.settings, "snapshot_s": SNAPSHOT_S},
        worker_command=[*WORKER, *worker],
        worker_environment=way.worker_environment,
        kafka_lines=way.kafka_lines,
    )


def strike(scene: Scene, kind: Kind) -> Struck:
    """One fault, from its beginning to progress in every partition."""
    scene.forgive()
    blow = kind.strike(scene)
    try:
        recovery: Recovery | None = scene.recovered(blow.ended)
    except Stalled as error:
        return Struck(kind.name, blow.effect(), None, None, blow.facts, str(error))
    assert recovery is not None
    return Struck(kind.name, blow.effect(), recovery.first_s, recovery.all_s, blow.facts, blow.failed)


def settle(scene: Scene, limit_s: float) -> None:
    """Everything works again, the senders finish, and nothing moves any more."""
    scene.way.calm()
    scene.forgive()
    for name in SENDERS:
        scene.ask(name, "finish")
    deadline = time.monotonic() + limit_s
    _until(scene, deadline, lambda: set(SENDERS) <= scene.finished(), "the senders to finish")
    for name in SENDERS:
        scene.place.supervisor.pause(sender(name))
    _until(scene, deadline, lambda: is_quiet(scene), "the worker to catch up")
    last_ticks(scene)
    _until(scene, deadline, lambda: is_quiet(scene), "the worker to catch up")
    counted, since = counts(scene), time.monotonic()
    while time.monotonic() - since < CALM_S:
        time.sleep(0.3)
        if (now := counts(scene)) != counted or not is_quiet(scene):
            counted, since = now, time.monotonic()
        if time.monotonic() > deadline:
            raise SetupError(f"rows still come {limit_s:.0f} s after the last record")


def last_ticks(scene: Scene) -> None:
    """Time goes on past two whole minutes, so that every bucket that changed is written."""
    at = scene.pace().at(time.time())
    with Producer(scene.place.settings) as door:
        for minutes in (1, 2):
            for topic, partition in sorted(scene.active):
                door.send(topic, partition, tick_body(at + minutes * 60_000), TICK_HEADERS)


def is_quiet(scene: Scene) -> bool:
    try:
        return reference.behind(scene.store, scene.place.settings) == 0
    except StoreAway:
        return False


def counts(scene: Scene) -> list[int]:
    names = ("ledger", *reference.COMPARED)
    asked = ", ".join(f"(SELECT count() FROM {name})" for name in dict.fromkeys(names))
    (found,) = scene.store.query(f"SELECT {asked}")
    return [int(count) for count in found]


def _until(scene: Scene, deadline: float, true: Callable[[], bool], what: str) -> None:
    while not true():
        scene.place.check()
        if time.monotonic() > deadline:
            raise SetupError(f"waited in vain for {what}")
        time.sleep(0.2)


def told(place: int, of: int, struck: Struck) -> str:
    first = "  –  " if struck.first_s is None else f"{struck.first_s:5.1f}"
    everywhere = "  –  " if struck.all_s is None else f"{struck.all_s:5.1f}"
    facts = "  ".join(f"{name} {value:.2f}" for name, value in struck.facts.items())
    seen = "✓" if not struck.effect else f"without effect: {struck.effect}"
    line = f"{place:>4}/{of:<4} {struck.kind:<22} {first} s {everywhere} s  {seen}  {facts}"
    return line + (f"\n          ✖ {struck.failed}" if struck.failed else "")
