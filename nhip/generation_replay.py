"""A generation derived anew: topics and workers of its own beside the live ones, and legs until it is near the end.

A leg plays what came into the store since the last one. The workers keep snapshots in the place of the live ones, so
that a replay that was broken off goes on where it was, and a live worker can go on from its end.
"""

import shutil
import sys
import time
from collections.abc import Callable, Iterable
from typing import Self

import msgspec

from catalogue.load import Catalogue
from clickhouse import generations
from clickhouse.client import Store
from clickhouse.generations import Offsets
from contract.errors import NhipError, SetupError
from contract.kafka import MAX_MESSAGE_BYTES
from contract.kafka_topics import drop_topics, ensure_topics
from contract.settings import Settings, to_environment
from contract.text import number
from contract.topics import Topics
from nhip.generation_send import Sender
from nhip.local import ports
from nhip.processes import Part, Supervisor
from nhip.words import language, say
from streams.rebuild import Place, Span

KEPT_BYTES, KEPT_HOURS = 1_000_000_000, 24
"""Of a partition of a replay's topic; far more than a replay is ahead of its workers."""
NEAR_S, FEW = 5.0, 1_000
"""A leg that took no longer, or had no more records, left the generation near the live end."""
MOST_LEGS = 20
SNAPSHOT_S, FLUSH_ROWS = 20.0, 200_000
LEAVE_S = 180.0
"""How long a worker may take to keep the state of all that it has."""

Say = Callable[[str], None]


class Leg(msgspec.Struct, frozen=True):
    records: int
    seconds: float


class Replay:
    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        store: Store,
        generation: int,
        feeds: Iterable[str],
        tell: Say,
        workers: int = 1,
    ) -> None:
        self._settings, self._store, self.generation, self._tell = settings, store, generation, tell
        self._workers = workers
        self._prefix = f"{settings.topic_prefix}-g{generation}-{int(time.time()):x}"
        self._topics = Topics(self._prefix)
        self._partitions = {self._topics.of(record): catalogue.partitions(record) for record in ("figures", "cases")}
        self._places = {(place.topic, place.partition): place for place in places(settings, catalogue, feeds)}
        self._reached = generations.remembered(store, generation)
        self._log = settings.var_dir / "log"
        self._supervisor = Supervisor(self._log, to_environment(settings), self._part_told)
        self._sender: Sender | None = None

    def __enter__(self) -> Self:
        kept = {"retain_kafka_bytes": KEPT_BYTES, "retain_kafka_hours": KEPT_HOURS}
        ensure_topics(msgspec.structs.replace(self._settings, **kept), self._partitions)
        for nth in range(self._workers):
            self._supervisor.start(worker_part(self._settings, self.generation, self._prefix, nth))
        self._sender = Sender(self._settings, self._store, self.generation, self._topics, self._check)
        return self

    def __exit__(self, *_: object) -> None:
        self._supervisor.stop()
        if self._sender is not None:
            self._sender.close()
        drop_topics(self._settings, self._partitions)

    def near(self) -> None:
        """Legs until the generation is near the live end."""
        for _ in range(MOST_LEGS):
            leg = self.leg()
            self._tell_leg(leg)
            if leg.seconds <= NEAR_S or leg.records <= FEW:
                return
        raise NhipError(f"generation {self.generation} does not come near the live end: more comes in than is replayed")

    def leg(self) -> Leg:
        """What came in since the last leg, up to each partition's mark as it is now."""
        assert self._sender is not None
        started = time.monotonic()
        ends = self.live()
        spans = self._spans(ends)
        sent = self._sender.send(spans, _Progress(self._tell)) if spans else 0
        self._reached |= ends
        return Leg(sent, time.monotonic() - started)

    @property
    def behind(self) -> bool:
        """Whether there is anything to replay."""
        return bool(self._spans(self.live()))

    def _spans(self, ends: Offsets) -> list[Span]:
        after = {where: self._reached.get(where, -1) for where in ends}
        return [Span(self._places[where], after[where], end) for where, end in ends.items() if after[where] < end]

    def live(self) -> Offsets:
        """Up to where each partition's live messages are in the store."""
        return generations.received(self._store, self._places)

    def end(self) -> None:
        """Ends the workers; returns when snapshots of all that was replayed are in the store."""
        self._supervisor.stop()
        kept = generations.remembered(self._store, self.generation)
        missing = [where for where, offset in self._reached.items() if kept.get(where, -1) < offset]
        if missing:
            raise NhipError(f"generation {self.generation}: no snapshot of {missing[0]}; replay it again ({self._log})")

    def _check(self) -> None:
        for name in self._supervisor.failed():
            raise SetupError(f"{name}: {self._supervisor.part(name).reason} ({self._log / name}.log)")
        if self._supervisor.crashed:
            raise SetupError(f"supervisor: {self._supervisor.crashed!r}")

    def _part_told(self, part: str, what: str, why: str) -> None:
        if what not in ("started", "up", "stopping"):
            self._tell(f"▲ {part}: {what} {why}")

    def _tell_leg(self, leg: Leg) -> None:
        lang = language()
        count, rate = number(leg.records, lang=lang), number(leg.records / max(leg.seconds, 0.001), lang=lang)
        seconds = number(leg.seconds, 1, lang)
        vi, en = f"✓ {count} bản ghi trong {seconds} s ({rate}/s)", f"✓ {count} records in {seconds} s ({rate}/s)"
        self._tell(say(vi, en))


class _Progress:
    """A line every few seconds."""

    EVERY_S = 5.0

    def __init__(self, tell: Say) -> None:
        self._tell, self._said = tell, time.monotonic()

    def __call__(self, sent: int, total: int) -> None:
        if time.monotonic() - self._said < self.EVERY_S:
            return
        self._said = time.monotonic()
        lang = language()
        sent_, total_ = number(sent, lang=lang), number(total, lang=lang)
        self._tell(say(f"  {sent_}/{total_} bản ghi đã phát", f"  {sent_}/{total_} records played"))


def places(settings: Settings, catalogue: Catalogue, feeds: Iterable[str]) -> list[Place]:
    """The partitions of the live log that belong to these feeds."""
    known = [catalogue.feeds[name] for name in feeds]
    return [Place(f.record, settings.topics.of(f.record), partition, f.id) for f in known for partition in f.partitions]


def worker_part(settings: Settings, generation: int, prefix: str, number: int) -> Part:
    """A worker that derives a generation from the topics of a replay; the live ones go before it."""
    name = f"worker-g{generation}" + (f"-{number + 1}" if number else "")
    environment = {
        "NHIP_GENERATION": str(generation),
        "NHIP_REPLAY_FROM": prefix,
        "NHIP_GROUP": prefix,
        "NHIP_WORKER_METRICS_PORT": str(ports.free()),
        "NHIP_MAX_BATCH_BYTES": str(MAX_MESSAGE_BYTES),
        "NHIP_SNAPSHOT_S": str(SNAPSHOT_S),
        "NHIP_FLUSH_ROWS": str(FLUSH_ROWS),
    }
    nice = shutil.which("nice")
    command = [*([nice, "-n", "10"] if nice else []), sys.executable, "-m", "nhip", "worker"]
    return Part(name, lambda: command, stop_s=LEAVE_S, environment=environment)
