"""A worker process of a test's own, on topics, group and database of its own, beside the run's Kafka and engine."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from bench.faults.reference import behind
from catalogue.load import load
from clickhouse.client import Store, connect
from clickhouse.migrate import migrate
from contract.kafka import Log, Producer
from contract.kafka_topics import ensure_topics
from contract.settings import Settings, to_environment
from nhip.local import ports
from nhip.processes import last_line, spawn

LIMIT_S = 45.0


class Installation:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.catalogue = load()
        self.store: Store = connect(settings, "writer")
        self._log = settings.var_dir / "log" / f"worker-{settings.group}.log"
        self.worker: subprocess.Popen[bytes] | None = None
        self._others: list[subprocess.Popen[bytes]] = []

    def prepare(self) -> None:
        migrate(self.store, self.settings)
        topics = self.settings.topics
        counts = {topics.of(record): self.catalogue.partitions(record) for record in ("figures", "cases")}
        ensure_topics(self.settings, counts | {topics.inbox: 1})

    def start(self) -> None:
        self.worker = spawn([sys.executable, "-m", "nhip", "worker"], self._log, to_environment(self.settings))

    def another(self) -> subprocess.Popen[bytes]:
        """A second worker of the same group."""
        settings = msgspec.structs.replace(self.settings, worker_metrics_port=ports.free())
        self._others.append(spawn([sys.executable, "-m", "nhip", "worker"], self._log, to_environment(settings)))
        return self._others[-1]

    def kill(self) -> None:
        assert self.worker is not None
        self.worker.kill()
        self.worker.wait()

    def terminate(self) -> int:
        """Gives the exit code."""
        assert self.worker is not None
        self.worker.terminate()
        return self.worker.wait(15)

    def stop(self) -> None:
        for process in (self.worker, *self._others):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        self.store.close()

    def send(self, topic: str, partition: int | None, *values: bytes, **headers: bytes) -> list[int]:
        """Gives the offsets."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        with Producer(self.settings, linger_ms=0) as producer:
            sent = [producer.send(topic, partition, value, given) for value in values]
            return [one.offset(10) for one in sent]

    def caught_up(self) -> None:
        """Returns when every message of the topics has its ledger row."""
        self.until(lambda: behind(self.store, self.settings) == 0, "the worker to catch up")

    def until(self, true: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + LIMIT_S
        while not true():
            assert self.worker is not None
            assert self.worker.poll() is None, f"the worker ended: {last_line(self._log)}"
            assert time.monotonic() < deadline, f"waited {LIMIT_S:.0f} s for {what}: {last_line(self._log)}"
            time.sleep(0.1)

    def committed(self, topic: str) -> dict[int, int]:
        with Log(self.settings) as log:
            return log.committed(topic, self.settings.group)

    def one(self, sql: str, **parameters: Any) -> tuple[Any, ...]:
        (row,) = self.store.query(sql, **parameters)
        return row


@contextmanager
def installed(services: Settings, name: str, **different: Any) -> Iterator[Installation]:
    """A prepared installation, its worker not started yet."""
    own = {"topic_prefix": name, "group": name, "store_database": f"nhip_{name}", "worker_metrics_port": ports.free()}
    installation = Installation(msgspec.structs.replace(services, **own, **different))
    try:
        installation.prepare()
        yield installation
    finally:
        installation.stop()
