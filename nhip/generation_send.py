"""From the store to the topics of a replay: no further ahead of its workers than what Kafka is asked to keep."""

import time
from collections import deque
from collections.abc import Callable, Sequence

from clickhouse import generations
from clickhouse.client import Store, StoreAway
from clickhouse.sink import Where
from contract.kafka import Producer
from contract.settings import Settings
from contract.topics import Topics
from streams import past
from streams.rebuild import Past, Span

AHEAD_BYTES = 128_000_000
ASKED_S = 0.25
"""Between two looks at how far the workers are."""
Told = Callable[[int, int], None]
"""Told now and then: records sent, and records in all."""


class Sender:
    """One generation's replay, for one thread."""

    def __init__(self, settings: Settings, store: Store, generation: int, topics: Topics, check: Callable[[], None]):
        """`check` raises where the workers cannot go on; it is called while they are waited for."""
        self._store, self._generation, self._topics, self._check = store, generation, topics, check
        self._producer = Producer(settings)
        self._ahead: dict[Where, deque[tuple[int, int]]] = {}
        """What was sent and is not known to be in the store: last original offset and bytes of each message."""
        self._bytes = 0
        self._asked = 0.0

    def send(self, spans: Sequence[Span], told: Told) -> int:
        """The past of these spans; returns the records when all of it is derived and in the store."""
        log = Past(self._store, spans)
        reached = {(span.place.topic, span.place.partition): span.after for span in spans}
        sent = 0
        for place, stretch in log:
            where = (place.topic, place.partition)
            value, headers = past.written(stretch, place.feed, place.record, reached[where])
            self._hand_over(place.record, where, stretch.offset, value, headers)
            reached[where] = stretch.offset
            sent += stretch.records
            told(sent, log.records)
        for span in spans:
            where = (span.place.topic, span.place.partition)
            if reached[where] < span.upto:
                self._hand_over(span.place.record, where, span.upto, b"", past.mark(reached[where], span.upto))
        self._producer.flush()
        while self._bytes:
            self._settle()
        return sent

    def close(self) -> None:
        self._producer.close()

    def _hand_over(self, record: str, where: Where, offset: int, value: bytes, headers: dict[str, bytes]) -> None:
        size = len(value) + sum(map(len, headers.values()))
        while self._bytes and self._bytes + size > AHEAD_BYTES:
            self._settle()
        self._producer.send(self._topics.of(record), where[1], value, headers)
        self._ahead.setdefault(where, deque()).append((offset, size))
        self._bytes += size

    def _settle(self) -> None:
        """Asks how far the workers are, no more often than is worth it."""
        self._check()
        time.sleep(max(0.0, self._asked + ASKED_S - time.monotonic()))
        self._asked = time.monotonic()
        try:
            come = generations.replayed(self._store, self._generation)
        except StoreAway:  # the workers wait for it as well
            return
        for where, offset in come.items():
            waiting = self._ahead.get(where, deque())
            while waiting and waiting[0][0] <= offset:
                self._bytes -= waiting.popleft()[1]
