"""Messages that Faust did not hand over, read from Kafka itself: nothing between two messages may be left out.

They are missing where the newest snapshot that can be loaded is older than what Kafka was told of (it was damaged,
rolled back, or made by another version), and where Faust lets go of what it had in its hands.
"""

import logging
import time
from collections.abc import Callable

from clickhouse.sink import Where
from contract.codec import Message
from contract.errors import NhipError
from contract.kafka import Log
from contract.settings import Settings

log = logging.getLogger("nhip.worker")
PIECE_BYTES = 16_000_000
"""Read at once; a partition may keep gigabytes."""


class Gone(NhipError):
    """Kafka no longer has messages that the state needs. No restart brings them back."""


Read = Callable[[Where, int, int, bool], tuple[list[Message], int]]
"""(partition, first, end, whether it was ever taken in): messages in order, and the offset to go on from."""


def reader(settings: Settings, on_wait: Callable[[float], None]) -> Read:
    """Blocking: for a thread. Waits for the broker without limit."""

    def read(where: Where, first: int, end: int, has_memory: bool) -> tuple[list[Message], int]:
        with Log(settings, on_wait) as kafka:
            return _read(kafka, where, first, end, has_memory)

    return read


def nowhere(where: Where, first: int, end: int, has_memory: bool) -> tuple[list[Message], int]:
    """For a replay, whose messages come from the store: there is nothing to be missing."""
    raise NhipError(f"{where[0]}/{where[1]}: {first} to {end - 1} are missing in the replay; begin it again")


def _read(kafka: Log, where: Where, first: int, end: int, has_memory: bool) -> tuple[list[Message], int]:
    topic, partition = where
    kept = kafka.beginning_offsets(topic)[partition]
    if kept > first:
        if has_memory:
            raise _gone(where, first, min(kept, end) - 1)
        # Nothing of it was ever taken in: what was deleted before this worker first came is nobody's promise.
        log.warning("%s/%s begins at offset %s: what came before was deleted unread", topic, partition, kept)
        first = kept
    messages: list[Message] = []
    size, started = 0, time.monotonic()
    for message in kafka.read(topic, partition, first, end):
        messages.append(message)
        size += len(message.value)
        if size >= PIECE_BYTES:
            break
    if messages:
        log.warning(
            "%s/%s: %s messages from %s on were missing; read from Kafka in %.1f s",
            *(topic, partition, len(messages), messages[0].offset, time.monotonic() - started),
        )
    return messages, messages[-1].offset + 1 if size >= PIECE_BYTES else end


def _gone(where: Where, first: int, last: int) -> Gone:
    topic, partition = where
    return Gone(
        f"{topic}/{partition}: messages {first} to {last} are needed and Kafka has deleted them (their time of keeping "
        "is over); no state can be made without them. Replay the feed from the store into a new generation, and keep "
        "messages longer (NHIP_RETAIN_KAFKA_HOURS, NHIP_RETAIN_KAFKA_BYTES)"
    )
