"""Kafka, the engine and the worker of a trial, supervised as `nhip up` does, in a folder and on ports of their own."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from catalogue.load import Catalogue
from clickhouse.client import connect
from clickhouse.migrate import migrate
from contract.errors import SetupError
from contract.kafka import ensure_topics
from contract.settings import Settings, load, to_environment, with_secrets
from nhip import parts, secrets
from nhip.local import ports
from nhip.processes import State, Supervisor

PREFIX = "faults"
START_S = 60.0


def settings_in(folder: Path) -> Settings:
    """The environment's settings, with everything that two installations must not share replaced."""
    first = ports.free(4)
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
        topic_prefix=PREFIX,
        group=PREFIX,
    )
    secrets.ensure(own)
    return with_secrets(own)


class Installation:
    def __init__(self, settings: Settings, supervisor: Supervisor) -> None:
        self.settings, self._supervisor = settings, supervisor
        self.environment = to_environment(settings)
        self.logs = settings.var_dir / "log"

    def kill(self, name: str, limit_s: float = 60.0) -> float:
        """kill -9 of a part that runs; waits for one that is just coming back. Gives the time of it."""
        deadline = time.monotonic() + limit_s
        running = self._supervisor.part(name)
        while (pid := running.pid) is None or running.state is not State.UP:
            self.check()
            if time.monotonic() > deadline:
                raise SetupError(f"{name} did not come back within {limit_s:.0f} s: {running.reason}")
            time.sleep(0.02)
        at = time.time()
        os.kill(pid, signal.SIGKILL)
        return at

    def check(self) -> None:
        """Raises where a part was given up."""
        for name in self._supervisor.failed():
            raise SetupError(f"{name} does not run: {self._supervisor.part(name).reason}")


@contextmanager
def installation(folder: Path, catalogue: Catalogue, told: Callable[[str], None]) -> Iterator[Installation]:
    settings = settings_in(folder)
    supervisor = Supervisor(
        folder / "log", to_environment(settings), lambda part, what, why: told(f"{part} {what} {why}")
    )
    try:
        for part in (parts.kafka_part(settings), parts.engine_part(settings)):
            supervisor.start(part)
        _wait(supervisor, ("kafka", "engine"))
        migrate(connect(settings, "writer"), settings)
        counts = {settings.topics.of(record): catalogue.partitions(record) for record in ("figures", "cases")}
        ensure_topics(settings, counts | {settings.topics.inbox: 1})
        supervisor.start(parts.worker_part())
        _wait(supervisor, ("worker",))
        yield Installation(settings, supervisor)
    finally:
        supervisor.stop()


def _wait(supervisor: Supervisor, names: tuple[str, ...]) -> None:
    deadline = time.monotonic() + START_S
    while any(supervisor.states()[name] is not State.UP for name in names):
        if time.monotonic() > deadline or supervisor.failed():
            reasons = "; ".join(f"{name}: {supervisor.part(name).reason}" for name in names)
            raise SetupError(f"the installation did not start: {reasons}")
        time.sleep(0.05)
