"""The one door to Kafka, against the real broker."""

import shutil
import subprocess
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from contract.codec import TICK_HEADERS, tick_body
from contract.errors import SetupError
from contract.kafka import Log, MessageTooLarge, NotAcknowledged, Producer, free_bytes, wait_for_broker
from contract.kafka_topics import ensure_topics
from contract.settings import Settings
from nhip.local import kafka as local_kafka
from nhip.local import ports
from nhip.processes import spawn


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


def test_the_broker_says_how_much_room_its_disk_has(kafka: Settings) -> None:
    free = free_bytes(kafka)
    assert free is not None
    assert abs(free - shutil.disk_usage(kafka.var_dir).free) < 2_000_000_000


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


class Broker:
    """One of its own, that a test may kill."""

    def __init__(self, kafka: Settings, folder: Path) -> None:
        self.settings = msgspec.structs.replace(kafka, var=str(folder), kafka_port=ports.free(2))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = self.settings.var_dir / "log" / "kafka.log"
        self._process = spawn(local_kafka.command(self.settings), log, {})

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def broker(kafka: Settings, tmp_path: Path) -> Iterator[Broker]:
    own = Broker(kafka, tmp_path)
    yield own
    own.kill()


def test_a_sender_waits_for_its_broker_and_loses_nothing_when_that_is_killed(broker: Broker) -> None:
    told: list[float] = []
    threading.Timer(1.0, broker.start).start()
    ensure_topics(broker.settings, {"test.killed": 1}, told.append)
    assert told, "nobody was told that the broker was not there yet"
    with Producer(broker.settings, told.append) as producer:
        for number in range(3000):
            producer.send("test.killed", 0, str(number).encode())
            if number == 1500:
                broker.kill()
                told.clear()
                threading.Timer(1.0, broker.start).start()
        producer.flush()
    with Log(broker.settings) as log:
        assert [int(message.value) for message in log.read("test.killed", 0)] == list(range(3000))
    assert told, "nobody was told that the broker was away"
