"""Kafka, the engine and the workers of a trial, supervised as `nhip up` does, in a folder and on ports of their own."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from catalogue.load import Catalogue
from clickhouse.client import connect
from clickhouse.migrate import migrate
from contract.errors import SetupError
from contract.kafka_topics import ensure_topics
from contract.settings import Settings, load, to_environment, with_secrets
from nhip import parts, secrets
from nhip.local import ports
from nhip.processes import Part, State, Supervisor

PREFIX = "trial"
START_S = 60.0
PORTS = 8
"""Kafka, its controller, the engine, the metrics of worker, feeds, two more workers and audit."""


class Layout(msgspec.Struct, frozen=True):
    """How a trial differs from an ordinary run."""

    workers: int = 1
    settings: Mapping[str, Any] = {}
    """Fields of Settings with other values, for every part."""
    worker_command: Sequence[str] = ()
    """What runs instead of `nhip worker`."""
    worker_environment: Mapping[str, str] = {}
    kafka_lines: Sequence[str] = ()
    """Further lines of the broker's properties; a key that comes again replaces the earlier one."""


def settings_in(folder: Path, changed: Mapping[str, Any] | None = None) -> Settings:
    """The environment's settings, with everything that two installations must not share replaced."""
    first = ports.free(PORTS)
    own = msgspec.structs.replace(
        load(),
        var=str(folder),
        kafka="",
        kafka_port=first,
        store_host="",
        store_port=first + 2,
        store_writer_password="",
        store_reader_password="",
        worker_metrics_port=first + 3,
        feeds_metrics_port=first + 4,
        audit_metrics_port=first + 7,
        topic_prefix=PREFIX,
        group=PREFIX,
    )
    own = msgspec.structs.replace(own, **dict(changed or {}))
    secrets.ensure(own)
    return with_secrets(own)


class Installation:
    """Its parts are "kafka", "engine", "worker" and, with more than one worker, "worker-2", "worker-3", …"""

    def __init__(self, settings: Settings, supervisor: Supervisor) -> None:
        self.settings, self.supervisor = settings, supervisor
        self.environment = to_environment(settings)
        self.logs = settings.var_dir / "log"

    def pid(self, name: str, limit_s: float = 60.0) -> int:
        """The process of a part that runs; waits for one that is just coming back."""
        deadline = time.monotonic() + limit_s
        running = self.supervisor.part(name)
        while (pid := running.pid) is None or running.state is not State.UP:
            self.check()
            if time.monotonic() > deadline:
                raise SetupError(f"{name} did not come back within {limit_s:.0f} s: {running.reason}")
            time.sleep(0.02)
        return pid

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> float:
        """Sends a part that runs a signal. Gives the time of it, seconds of the epoch."""
        pid = self.pid(name)
        at = time.time()
        os.kill(pid, number)
        return at

    def check(self) -> None:
        """Raises where a part was given up."""
        for name in self.supervisor.failed():
            raise SetupError(f"{name} does not run: {self.supervisor.part(name).reason}")


@contextmanager
def installation(
    folder: Path, catalogue: Catalogue, told: Callable[[str], None], layout: Layout | None = None
) -> Iterator[Installation]:
    layout = layout or Layout()
    settings = settings_in(folder, layout.settings)
    supervisor = Supervisor(
        folder / "log", to_environment(settings), lambda part, what, why: told(f"{part} {what} {why}")
    )
    try:
        for part in (kafka_part(settings, layout), parts.engine_part(settings)):
            supervisor.start(part)
        _wait(supervisor, ("kafka", "engine"))
        migrate(connect(settings, "writer"), settings)
        counts = {settings.topics.of(record): catalogue.partitions(record) for record in ("figures", "cases")}
        ensure_topics(settings, counts | {settings.topics.inbox: 1})
        workers = [worker_part(settings, number, layout) for number in range(1, layout.workers + 1)]
        for part in workers:
            supervisor.start(part)
        _wait(supervisor, [part.name for part in workers])
        yield Installation(settings, supervisor)
    finally:
        supervisor.stop()


def kafka_part(settings: Settings, layout: Layout) -> Part:
    part = parts.kafka_part(settings)

    def command() -> Sequence[str]:
        words = part.command()
        with Path(words[-1]).open("a") as properties:
            properties.writelines(f"{line}\n" for line in layout.kafka_lines)
        return words

    return msgspec.structs.replace(part, command=command)


def worker_part(settings: Settings, number: int, layout: Layout) -> Part:
    part = parts.worker_part(settings, number)
    environment = {**part.environment, **layout.worker_environment}
    command = list(layout.worker_command)
    return msgspec.structs.replace(
        part, environment=environment, command=(lambda: command) if command else part.command
    )


def _wait(supervisor: Supervisor, names: Sequence[str]) -> None:
    deadline = time.monotonic() + START_S
    while any(supervisor.states()[name] is not State.UP for name in names):
        if time.monotonic() > deadline or supervisor.failed():
            reasons = "; ".join(f"{name}: {supervisor.part(name).reason}" for name in names)
            raise SetupError(f"the installation did not start: {reasons}")
        time.sleep(0.05)
