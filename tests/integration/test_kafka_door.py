"""The one door to Kafka, against the real broker."""

import threading
import uuid
from collections.abc import Iterator

import msgspec
import pytest

from contract.codec import TICK_HEADERS, tick_body
from contract.errors import SetupError
from contract.kafka import Log, MessageTooLarge, NotAcknowledged, Producer, ensure_topics, wait_for_broker
from contract.settings import Settings
from nhip.local import ports


@pytest.fixture
def topic(kafka: Settings) -> str:
    name = f"test.{uuid.uuid4().hex[:8]}"
    ensure_topics(kafka, {name: 2})
    return name


@pytest.fixture
def log(kafka: Settings) -> Iterator[Log]:
    with Log(kafka) as opened:
        yield opened


def test_what_is_acknowledged_stands_in_the_log_in_order(kafka: Settings, topic: str, log: Log) -> None:
    with Producer(kafka) as producer:
        first = producer.send(topic, 1, tick_body(1), TICK_HEADERS)
        for at in range(2, 1001):
            producer.send(topic, 1, tick_body(at), TICK_HEADERS)
    assert first.offset() == 0
    messages = list(log.read(topic, 1))
    assert [message.offset for message in messages] == list(range(1000))
    assert messages[-1].value == tick_body(1000)
    assert messages[0].headers == TICK_HEADERS
    assert log.end_offsets(topic) == {0: 0, 1: 1000}
    assert log.beginning_offsets(topic) == {0: 0, 1: 0}


def test_the_broker_stamps_the_time_of_arrival(kafka: Settings, topic: str, log: Log) -> None:
    with Producer(kafka) as producer:
        producer.send(topic, 0, b"{}")
    (message,) = log.read(topic, 0)
    assert message.arrived_at > 1_700_000_000_000


def test_reading_stops_where_it_was_told_to(kafka: Settings, topic: str, log: Log) -> None:
    with Producer(kafka) as producer:
        for number in range(10):
            producer.send(topic, 0, str(number).encode())
    assert [message.value for message in log.read(topic, 0, start=3, stop=6)] == [b"3", b"4", b"5"]


def test_seven_megabytes_pass_and_nine_are_refused_at_the_sender(kafka: Settings, topic: str, log: Log) -> None:
    with Producer(kafka) as producer:
        producer.send(topic, 0, bytes(7_000_000))
        with pytest.raises(MessageTooLarge, match=r"9,000,000 bytes .* too large"):
            producer.send(topic, 0, bytes(9_000_000))
        producer.send(topic, 0, b"after it")
    assert [len(message.value) for message in log.read(topic, 0)] == [7_000_000, 8]


def test_the_largest_message_that_the_sender_lets_pass_is_taken_by_the_broker(kafka: Settings, topic: str) -> None:
    with Producer(kafka) as producer:
        assert producer.send(topic, 0, bytes(8_388_608 - 512)).offset(30) == 0


def test_a_message_for_a_partition_that_is_not_there_is_an_error(kafka: Settings, topic: str) -> None:
    with Producer(kafka) as producer, pytest.raises(NotAcknowledged, match=topic):
        producer.send(topic, 77, b"x")


def test_topics_are_never_made_by_a_mistyped_name(kafka: Settings, log: Log) -> None:
    assert log.partitions("test.mistyped") == []


def test_a_topic_grows_when_the_catalogue_needs_more_partitions(kafka: Settings, topic: str, log: Log) -> None:
    ensure_topics(kafka, {topic: 5})
    assert log.partitions(topic) == [0, 1, 2, 3, 4]
    ensure_topics(kafka, {topic: 2})
    assert len(log.partitions(topic)) == 5


def test_whoever_waits_for_a_broker_that_is_away_is_told(kafka: Settings) -> None:
    away = msgspec.structs.replace(kafka, kafka=f"127.0.0.1:{ports.free()}")
    told: list[float] = []
    with pytest.raises(SetupError, match="no Kafka at"):
        wait_for_broker(away, told.append, limit_s=1.0)
    assert told


def test_a_sender_waits_for_a_broker_that_comes_later(kafka: Settings, topic: str, log: Log) -> None:
    port = ports.free()
    late = msgspec.structs.replace(kafka, kafka=f"127.0.0.1:{port}")
    told = threading.Event()
    sender = threading.Thread(target=lambda: Producer(late, lambda waited: told.set()).close(), daemon=True)
    sender.start()
    assert told.wait(20)
    assert sender.is_alive()
