"""Looks whether what Kafka has is read, for a reader in the group may stop without a word; and whether Kafka still has
the log that was read."""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from clickhouse.sink import Where
from contract.kafka import Log
from contract.settings import Settings
from streams.watchdog import EXIT, EXIT_GONE, end

log = logging.getLogger("nhip.worker")
FIRST_S, LOOK_S, LOOKS = 2.0, 5.0, 6

Ends = dict[Where, tuple[int, int]]
"""The first offset that is kept of each partition, and the one that its next message will get."""


class Reading:
    def __init__(
        self,
        ends: Callable[[], Ends | None],
        read: Callable[[], Mapping[Where, int | None]],
        reached: Callable[[], Mapping[Where, int]],
        end: Callable[[str, int], None] = end,
    ) -> None:
        """`ends` gives None while Kafka is away; `read` the last offset read of each partition that is to be read now,
        None for none yet; `reached` the offset that each will take next."""
        self._ends, self._read, self._reached, self._end = ends, read, reached, end
        self._behind: dict[Where, tuple[int | None, int]] = {}
        """The last offset read of those with more behind it, and how many looks have found it so."""

    def start(self) -> None:
        threading.Thread(target=self._run, name="reading", daemon=True).start()

    def look(self) -> None:
        reached, read = dict(self._reached()), dict(self._read())  # before Kafka is asked, whose log goes on meanwhile
        ends = self._ends() or {}
        for where, (_, following) in ends.items():
            if reached.get(where, 0) > following:
                self._end(_another_log(where, following, reached[where] - 1), EXIT_GONE)
        self._behind = {
            where: self._looks(where, read[where])
            for where, (first, following) in ends.items()
            if where in read and following > _after(read[where], first)
        }
        for (topic, partition), (last, looks) in self._behind.items():
            if looks > LOOKS:
                waited = f"none came for {LOOK_S * LOOKS:.0f} s"
                self._end(f"{topic}/{partition} has messages after offset {last}, and {waited}", EXIT)

    def _looks(self, where: Where, last: int | None) -> tuple[int | None, int]:
        before, looks = self._behind.get(where, (last, 0))
        return last, looks + 1 if before == last else 1

    def _run(self) -> None:
        time.sleep(FIRST_S)
        while True:
            self.look()
            time.sleep(LOOK_S)


def _after(last: int | None, first: int) -> int:
    return first if last is None else max(first, last + 1)


def _another_log(where: Where, following: int, taken: int) -> str:
    topic, partition = where
    return (
        f"{topic}/{partition} ends before offset {following} in Kafka, and messages up to {taken} were taken in: Kafka "
        "lost what it had acknowledged, or the topic was made anew. What comes now would pass for what was read. "
        "Give the topics another name (NHIP_TOPIC_PREFIX); what is stored remains"
    )


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
        except Exception as error:  # an answer that was damaged on its way leads to any
            log.warning("Kafka cannot be asked how far its log goes: %r", error)
            self._log = None
            return None


def _both(kafka: Log, topic: str) -> list[tuple[int, int, int]]:
    ends = kafka.end_offsets(topic)
    return [(partition, first, ends[partition]) for partition, first in kafka.beginning_offsets(topic).items()]


def _away(waited_s: float) -> None:
    raise ConnectionError("no broker answers")
