"""Bytes on a topic: one message is one batch of one feed as an Arrow stream, or JSON from anyone, or a tick."""

import msgspec
import pyarrow as pa

from contract import topics

_LZ4 = pa.ipc.IpcWriteOptions(compression="lz4")


class Message(msgspec.Struct, frozen=True):
    """One Kafka message as the pipeline sees it."""

    topic: str
    partition: int
    offset: int
    arrived_at: int
    """The broker's clock (LogAppendTime), ms UTC."""
    value: bytes
    headers: dict[str, bytes] = {}

    @property
    def kind(self) -> str:
        return self.headers.get(topics.KIND, b"records").decode("ascii", "replace")


class Tick(msgspec.Struct, frozen=True):
    at: int
    """ms UTC, of the clock that drives the installation (which may run faster than the wall's)."""


def encode(batch: pa.RecordBatch) -> bytes:
    """An Arrow IPC stream of one batch, LZ4 inside."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=_LZ4) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue().to_pybytes())


def record_headers(feed: str, record: str, rows: int) -> dict[str, bytes]:
    """Headers of a batch; `record` is "figures" or "cases"."""
    return {
        topics.KIND: b"records",
        topics.FEED: feed.encode(),
        topics.SCHEMA: f"{record}/1".encode(),
        topics.ROWS: str(rows).encode(),
        topics.CONTENT_TYPE: topics.ARROW.encode(),
    }


TICK_HEADERS = {topics.KIND: b"tick", topics.CONTENT_TYPE: topics.JSON.encode()}

_encode_json = msgspec.json.Encoder().encode
_decode_tick = msgspec.json.Decoder(Tick).decode


def tick_body(at_ms: int) -> bytes:
    return _encode_json(Tick(at_ms))


def tick_time(value: bytes) -> int | None:
    """The tick's time in ms, or None where the bytes are no tick."""
    try:
        at = _decode_tick(value).at
    except msgspec.DecodeError:
        return None
    return at if 0 <= at < LATEST_MS else None


LATEST_MS = 7_258_118_400_000
"""1 January 2200: no clock of ours will show it."""
