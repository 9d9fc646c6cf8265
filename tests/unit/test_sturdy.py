"""The driver under Faust goes on where it used to end without a word, and where it ends the process does."""

import asyncio
from types import SimpleNamespace
from typing import Any

import aiokafka.conn
import aiokafka.consumer.consumer
import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.metadata import MetadataRequest

from streams import sturdy
from streams.sturdy import SturdyFetcher, reading_ended


def fetcher(answer: Any) -> Any:
    """One that asked for offset 3 of a partition, and whose broker answers so."""
    made: Any = SturdyFetcher.__new__(SturdyFetcher)

    async def send(_node: Any, _request: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    made._client, made._client_rack = SimpleNamespace(send=send), None
    return made


def asked(made: Any) -> bool:
    request = SimpleNamespace(topics=[("nhip.figures", [(1, 3, 1000)])])
    return bool(asyncio.run(made._proc_fetch_request(SimpleNamespace(active=True), 1, request)))


def test_an_answer_about_a_partition_that_was_not_asked_for_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flipped bit made partition 34 of 16,418: the reader ended, and with it all reading."""
    monkeypatch.setattr(sturdy, "AGAIN_S", 0.0)
    answer = SimpleNamespace(API_VERSION=11, topics=[("nhip.figures", [(16418, 0, 9, 9, 0, [], -1, b"")])])
    assert asked(fetcher(answer)) is False


def test_an_answer_that_cannot_be_decoded_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sturdy, "AGAIN_S", 0.0)
    assert asked(fetcher(ValueError("Buffer underrun decoding string"))) is False


def test_the_consumer_has_our_fetcher_and_our_connection() -> None:
    assert vars(aiokafka.consumer.consumer)["Fetcher"] is SturdyFetcher
    assert vars(aiokafka.conn)["AIOKafkaConnection"] is sturdy.SturdyConnection


@pytest.mark.parametrize("surprise", [KeyError(TopicPartition("nhip.figures", 1)), None])
def test_a_reader_that_ends_by_a_surprise_ends_the_process(
    monkeypatch: pytest.MonkeyPatch, surprise: Exception | None
) -> None:
    ended: list[str] = []
    monkeypatch.setattr(sturdy, "end", ended.append)

    async def read() -> None:
        if surprise:
            raise surprise
        await asyncio.sleep(60)

    async def run() -> None:
        task = asyncio.create_task(read())
        task.add_done_callback(reading_ended)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0)

    asyncio.run(run())
    assert len(ended) == (1 if surprise else 0)
    assert all("nhip.figures" in why for why in ended)


def test_a_connection_that_is_closed_under_a_request_is_an_error_that_the_driver_knows() -> None:
    """With uvloop it was none: the fetcher ended, and nothing was read until somebody noticed."""

    def write(_given: bytes) -> None:
        raise RuntimeError("unable to perform operation on <TCPTransport closed=True>; the handler is closed")

    async def send() -> None:
        connection = aiokafka.conn.AIOKafkaConnection("127.0.0.1", 9)
        connection._reader, connection._writer = SimpleNamespace(), SimpleNamespace(write=write, close=lambda: None)
        connection._read_task = SimpleNamespace(done=lambda: True)
        with pytest.raises(KafkaConnectionError, match="is closed"):
            connection.send(MetadataRequest([]))
        assert connection._writer is None

    asyncio.run(send())
