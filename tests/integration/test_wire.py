"""The examples of docs/wire.md, sent by another client, arrive as they were written."""

import re
from typing import Any

import msgspec
import pytest
from confluent_kafka import Producer

from catalogue.load import load
from contract import topics
from contract.kafka import Log
from contract.kafka_topics import ensure_topics
from contract.settings import CHECKOUT, Settings
from streams.inbox import place
from streams.memory import Memory
from tests.messages import read

DOCUMENT = (CHECKOUT / "docs" / "wire.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```json (\w+)\n(.*?)```", DOCUMENT, re.DOTALL))
RECORDS = {"figure": "figures", "cases": "cases"}


@pytest.fixture
def installation(kafka: Settings) -> Settings:
    """Topics of this module's own."""
    own = msgspec.structs.replace(kafka, topic_prefix="wire")
    counts = {own.topics.of(record): load().partitions(record) for record in RECORDS.values()}
    ensure_topics(own, {own.topics.inbox: 1, **counts})
    return own


def _send(settings: Settings, topic: str, partition: int, value: bytes) -> None:
    problems: list[Any] = []
    producer = Producer({"bootstrap.servers": settings.kafka_address, "acks": "all", "enable.idempotence": True})
    headers: dict[str, str | bytes | None] = {topics.CONTENT_TYPE: topics.JSON}
    producer.produce(topic, value, partition=partition, headers=headers, callback=lambda e, _: problems.append(e))
    assert producer.flush(20) == 0
    assert problems == [None]


@pytest.mark.parametrize("example", RECORDS)
def test_an_example_sent_by_another_client_is_taken_whole(installation: Settings, example: str) -> None:
    record, value = RECORDS[example], EXAMPLES[example].encode()
    parsed = msgspec.json.decode(value)
    records = parsed if isinstance(parsed, list) else [parsed]
    feed = load().feeds[records[0]["feed"]]
    topic, partition = installation.topics.of(record), feed.partition
    _send(installation, topic, partition, value)

    with Log(installation) as log:
        (message,) = log.read(topic, partition)
    assert message.arrived_at > 0
    decoded, _ = read(message, record, installation.max_batch_bytes)
    assert decoded.refusals == []
    memory = Memory(load(), installation.topics)
    memory.run([message], record)
    rows = memory.result().rows
    assert rows["rejected"].num_rows == 0
    assert rows["figures" if record == "figures" else "case_steps"].num_rows == len(records)


def test_the_inbox_places_what_another_client_sends(installation: Settings) -> None:
    for value in EXAMPLES.values():
        _send(installation, installation.topics.inbox, 0, value.encode())
    with Log(installation) as log:
        messages = list(log.read(installation.topics.inbox, 0))
    memory = Memory(load(), installation.topics)
    for message in messages:
        placed = place(message, load(), installation.max_batch_bytes)
        assert placed.refused == []
        for onward in placed.onward:
            memory.message(onward.record, onward.partition, onward.value, onward.headers)
    rows = memory.result().rows
    assert (rows["figures"].num_rows, rows["case_steps"].num_rows, rows["rejected"].num_rows) == (1, 2, 0)
