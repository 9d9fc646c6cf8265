"""The door to kafka-python, topics: making them, letting them grow, taking them away."""

from collections.abc import Iterable, Mapping
from typing import Any

import kafka
import kafka.errors
from kafka.admin import ConfigResource

from contract.errors import SetupError
from contract.kafka import MAX_MESSAGE_BYTES, OnWait, client_settings, wait_for_broker
from contract.settings import Settings


def ensure_topics(settings: Settings, partitions: Mapping[str, int], on_wait: OnWait | None = None) -> None:
    """Makes the topics, or gives those that are there more partitions and today's retention. Never fewer."""
    wait_for_broker(settings, on_wait)
    configuration = _topic_configuration(settings)
    admin = kafka.KafkaAdminClient(**client_settings(settings))
    try:
        there = set(admin.list_topics())
        new = {topic: {"num_partitions": count, "configs": configuration} for topic, count in partitions.items()}
        if missing := {topic: asked for topic, asked in new.items() if topic not in there}:
            admin.create_topics(missing, wait_for_metadata=True)
        if known := {topic: count for topic, count in partitions.items() if topic in there}:
            _bring_up_to_date(admin, known, configuration)
    except kafka.errors.KafkaError as error:
        raise SetupError(f"the topics cannot be made on {settings.kafka_address}: {error}") from error
    finally:
        admin.close()


def drop_topics(settings: Settings, topics: Iterable[str]) -> None:
    """Takes topics away with all that stands in them; those that are not there are no matter."""
    admin = kafka.KafkaAdminClient(**client_settings(settings))
    try:
        if there := sorted(set(topics) & set(admin.list_topics())):
            admin.delete_topics(there)
    except kafka.errors.KafkaError as error:
        raise SetupError(f"the topics cannot be taken away on {settings.kafka_address}: {error}") from error
    finally:
        admin.close()


def _bring_up_to_date(admin: Any, partitions: Mapping[str, int], configuration: Mapping[str, str]) -> None:
    described = {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics(list(partitions))}
    if grow := {topic: count for topic, count in partitions.items() if described[topic] < count}:
        admin.create_partitions(grow)
    admin.alter_configs([ConfigResource("TOPIC", topic, dict(configuration)) for topic in partitions])


def _topic_configuration(settings: Settings) -> dict[str, str]:
    return {
        "message.timestamp.type": "LogAppendTime",
        "max.message.bytes": str(MAX_MESSAGE_BYTES),
        "retention.ms": str(settings.retain_kafka_hours * 3_600_000),
        "retention.bytes": str(settings.retain_kafka_bytes),
    }
