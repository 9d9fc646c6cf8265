"""The door to kafka-python: sending, offsets, and reading back what stands in the log (topics: kafka_topics.py).

A record is sent when its acknowledgement is here, never before: `send` and `flush` raise what any earlier record
failed with. A broker that is away is waited for without limit, and the caller is told; anything else is an error.
"""

import contextlib
import importlib.util
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import kafka
import kafka.errors
from kafka.structs import TopicPartition

from contract.codec import Message
from contract.errors import NhipError, SetupError
from contract.knock import knock
from contract.settings import Settings

MAX_MESSAGE_BYTES = 8_388_608
"""What the broker takes, headers and framing included."""
_FRAMING_BYTES = 512
_UNACKNOWLEDGED_BYTES = 64_000_000
"""A sender stops here while the broker is slow or away; it would else fill the memory."""
_FOR_EVER_MS = 2_147_483_647

_AWAY = (kafka.errors.RetriableError, kafka.errors.BrokerNotAvailableError, OSError)
"""Worth another try. Anything else, a mistaken setting first of all, would be waited for in vain."""

OnWait = Callable[[float], None]
"""Told every second or so that the broker is away, with the seconds waited so far."""

if importlib.util.find_spec("crc32c") is None:
    raise SetupError("package crc32c is missing: without it a large message costs 60 times as much; run `make setup`")


class NotAcknowledged(NhipError):
    """Kafka refused a record, or nobody knows whether it stands in the log. Send it again under the same id."""


class MessageTooLarge(NotAcknowledged):
    """Refused before it was sent."""


class Sent:
    """One message on its way."""

    __slots__ = ("_future", "size")

    def __init__(self, future: Any, size: int) -> None:
        self._future = future
        self.size = size

    @property
    def done(self) -> bool:
        return bool(self._future.is_done)

    def offset(self, timeout_s: float | None = None) -> int:
        """Waits for the acknowledgement; raises NotAcknowledged where there will be none."""
        try:
            return int(self._future.get(timeout=timeout_s).offset)
        except kafka.errors.KafkaError as error:
            raise NotAcknowledged(f"Kafka did not take a message: {error}") from error


class Producer:
    """Idempotent, acknowledged by all replicas. For one thread.

    After a failure everything unacknowledged is to be sent again. The driver's producer would refuse every later record
    with that same failure, so the next one is sent by a new one.
    """

    def __init__(self, settings: Settings, on_wait: OnWait | None = None, linger_ms: int = 10) -> None:
        self._on_wait: OnWait = on_wait or (lambda waited_s: None)
        self._pending: deque[Sent] = deque()
        self._pending_bytes = 0
        self._settings, self._linger_ms = settings, linger_ms
        wait_for_broker(settings, on_wait)
        self._producer = self._made()

    def _made(self) -> Any:
        return kafka.KafkaProducer(
            **client_settings(self._settings),
            acks="all",
            enable_idempotence=True,
            linger_ms=self._linger_ms,
            batch_size=262_144,
            max_request_size=MAX_MESSAGE_BYTES,
            delivery_timeout_ms=_FOR_EVER_MS,
            retry_backoff_ms=100,
            allow_auto_create_topics=False,
        )

    def send(self, topic: str, partition: int | None, value: bytes, headers: Mapping[str, bytes] | None = None) -> Sent:
        """Hands one message over; waits while too much is unacknowledged; raises what an earlier one failed with."""
        pairs = list((headers or {}).items())
        size = len(value) + sum(len(name) + len(content) for name, content in pairs)
        if size > MAX_MESSAGE_BYTES - _FRAMING_BYTES:
            raise MessageTooLarge(
                f"a message of {size:,} bytes for {topic} is too large: Kafka takes {MAX_MESSAGE_BYTES:,}; "
                "send fewer records in a batch"
            )
        self._settle()
        self._make_room(size)
        try:
            future = self._producer.send(topic, value=value, headers=pairs, partition=partition)
        except (kafka.errors.KafkaError, ValueError) as error:
            raise NotAcknowledged(f"Kafka did not take a message for {topic}/{partition}: {error}") from error
        sent = Sent(future, size)
        self._pending.append(sent)
        self._pending_bytes += size
        return sent

    def flush(self) -> None:
        """Returns when every message is acknowledged; raises if one was not."""
        started = time.monotonic()
        while self._pending:
            try:
                self._producer.flush(timeout=1.0)
            except kafka.errors.KafkaTimeoutError:
                self._on_wait(time.monotonic() - started)
            self._settle()

    def close(self, limit_s: float = 5.0) -> None:
        """Gives what is under way a bound to arrive, then lets go; call `flush` first to be sure."""
        try:
            self._producer.close(timeout=limit_s)
        except kafka.errors.KafkaTimeoutError:
            self._producer._sender.force_close()  # without a broker it would neither end nor let go
            self._producer.close(timeout=limit_s)

    def _settle(self) -> None:
        """Takes away what is acknowledged, in order; raises the first failure."""
        while self._pending and self._pending[0].done:
            sent = self._pending.popleft()
            self._pending_bytes -= sent.size
            try:
                sent.offset(0)
            except NotAcknowledged:
                self._begin_anew()
                raise

    def _begin_anew(self) -> None:
        self._pending.clear()
        self._pending_bytes = 0
        self._producer._sender.force_close()  # what it still holds is sent again by whoever gave it
        with contextlib.suppress(kafka.errors.KafkaError):
            self._producer.close(timeout=1.0)
        self._producer = self._made()

    def _make_room(self, size: int) -> None:
        started = told = time.monotonic()
        while self._pending and self._pending_bytes + size > _UNACKNOWLEDGED_BYTES:
            time.sleep(0.002)
            self._settle()
            if (now := time.monotonic()) - told > 1.0:
                told = now
                self._on_wait(now - started)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self.close()


class Log:
    """What stands in the topics: offsets, and the messages themselves, for checks and replays."""

    def __init__(self, settings: Settings, on_wait: OnWait | None = None) -> None:
        wait_for_broker(settings, on_wait)
        self._consumer = kafka.KafkaConsumer(
            **client_settings(settings),
            enable_auto_commit=False,
            auto_offset_reset="none",
            fetch_max_wait_ms=50,
            max_partition_fetch_bytes=MAX_MESSAGE_BYTES,
        )
        self._admin = kafka.KafkaAdminClient(**client_settings(settings))

    def partitions(self, topic: str) -> list[int]:
        """Empty where there is no such topic."""
        described = self._admin.describe_topics([topic])
        return sorted(p["partition_index"] for t in described if not t["error_code"] for p in t["partitions"])

    def beginning_offsets(self, topic: str) -> dict[int, int]:
        """The first offset of each partition that is still kept."""
        return self._offsets(self._consumer.beginning_offsets, topic)

    def end_offsets(self, topic: str) -> dict[int, int]:
        """The offset that each partition's next message will get."""
        return self._offsets(self._consumer.end_offsets, topic)

    def committed(self, topic: str, group: str) -> dict[int, int]:
        """Where a consumer group would go on, by partition; those it never acknowledged anything of are left out."""
        offsets = self._admin.list_group_offsets(group)[group]
        return {where.partition: at.offset for where, at in offsets.items() if where.topic == topic and at.offset >= 0}

    def read(self, topic: str, partition: int, start: int | None = None, stop: int | None = None) -> Iterator[Message]:
        """Messages from `start` (default: the first kept) up to `stop` (default: the end as it is now), in order."""
        where = TopicPartition(topic, partition)
        self._consumer.assign([where])
        first = self.beginning_offsets(topic)[partition]
        position = first if start is None else max(start, first)
        end = self.end_offsets(topic)[partition] if stop is None else stop
        self._consumer.seek(where, position)
        while position < end:
            for record in self._consumer.poll(timeout_ms=1000).get(where, []):
                if record.offset >= end:
                    return
                yield _message(record)
            position = self._consumer.position(where)

    def close(self) -> None:
        self._consumer.close(autocommit=False)
        self._admin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _offsets(self, ask: Callable[[list[Any]], dict[Any, int]], topic: str) -> dict[int, int]:
        wanted = [TopicPartition(topic, partition) for partition in self.partitions(topic)]
        return {where.partition: offset for where, offset in ask(wanted).items()} if wanted else {}


def free_bytes(settings: Settings, limit_s: float = 3.0) -> int | None:
    """Room on the fullest disk that a broker keeps its log on. None where brokers do not say (before 3.3)."""
    wait_for_broker(settings, limit_s=limit_s)
    admin = kafka.KafkaAdminClient(**client_settings(settings))
    try:
        told = [folder["usable_bytes"] for broker in admin.describe_log_dirs() for folder in broker["log_dirs"]]
    finally:
        admin.close()
    return min((int(free) for free in told if free >= 0), default=None)


def wait_for_broker(settings: Settings, on_wait: OnWait | None = None, limit_s: float = float("inf")) -> None:
    """Returns when a broker answers; raises SetupError after `limit_s`."""
    started = time.monotonic()
    while True:
        try:
            knock(settings.kafka_address)
            kafka.KafkaAdminClient(**{**client_settings(settings), "bootstrap_timeout_ms": 2_000}).close()
            return
        except _AWAY as error:
            waited = time.monotonic() - started
            if waited > limit_s:
                raise SetupError(f"no Kafka at {settings.kafka_address}: {error}") from error
            if on_wait:
                on_wait(waited)
            time.sleep(0.2)


def client_settings(settings: Settings) -> dict[str, Any]:
    return {
        "bootstrap_servers": settings.kafka_address.split(","),
        "client_id": "nhip",
        "reconnect_backoff_max_ms": 1_000,  # the default of 30 s would outlast a broker's restart by far
    }


def _message(record: Any) -> Message:
    return Message(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        arrived_at=record.timestamp,
        value=bytes(record.value or b""),
        headers=dict(record.headers),
    )
