"""Looks whether what Kafka has is read: a reader in the group may stop without a word."""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from clickhouse.sink import Where
from contract.errors import NhipError
from contract.kafka import Log
from contract.settings import Settings
from streams.watchdog import end

log = logging.getLogger("nhip.worker")
LOOK_S, LOOKS = 15.0, 4

Ends = dict[Where, tuple[int, int]]
"""The first offset that is kept of each partition, and the one that its next message will get."""


class Reading:
    def __init__(
        self,
        ends: Callable[[], Ends | None],
        read: Callable[[], Mapping[Where, int | None]],
        end: Callable[[str], None] = end,
    ) -> None:
        """`ends` gives None while Kafka is away; `read` the last offset read of each partition that is to be read now,
        None for none yet."""
        self._ends, self._read, self._end = ends, read, end
        self._behind: dict[Where, tuple[int | None, int]] = {}
        """The last offset read of those with more behind it, and how many looks have found it so."""

    def start(self) -> None:
        threading.Thread(target=self._run, name="reading", daemon=True).start()

    def look(self) -> None:
        ends, read = self._ends() or {}, dict(self._read())
        behind: dict[Where, tuple[int | None, int]] = {}
        for where, (first, following) in ends.items():
            last = read.get(where)
            if where in read and following > (first if last is None else max(first, last + 1)):
                before, looks = self._behind.get(where, (last, 0))
                behind[where] = last, looks + 1 if before == last else 1
        self._behind = behind
        for (topic, partition), (last, looks) in behind.items():
            if looks > LOOKS:
                waited = f"none came for {LOOK_S * LOOKS:.0f} s"
                self._end(f"{topic}/{partition} has messages after offset {last}, and {waited}")

    def _run(self) -> None:
        while True:
            time.sleep(LOOK_S)
            self.look()


class KafkaEnds:
    """Asks Kafka itself, by a connection of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._log: Log | None = None

    def __call__(self) -> Ends | None:
        topics = self._settings.topics
        try:
            self._log = self._log or Log(self._settings, _away)
            return {
                (topic, partition): (first, following)
                for topic in (topics.figures, topics.cases, topics.inbox)
                for partition, first, following in _both(self._log, topic)
            }
        except (OSError, NhipError, RuntimeError) as error:  # the driver's errors are RuntimeErrors
            log.warning("Kafka cannot be asked how far its log goes: %s", error)
            self._log = None
            return None


def _both(kafka: Log, topic: str) -> list[tuple[int, int, int]]:
    ends = kafka.end_offsets(topic)
    return [(partition, first, ends[partition]) for partition, first in kafka.beginning_offsets(topic).items()]


def _away(waited_s: float) -> None:
    raise ConnectionError("no broker answers")
