"""Bytes on a topic: one message is one batch of one feed as an Arrow stream, or JSON from anyone, or a tick."""

import msgspec
import pyarrow as pa

from contract import topics

# Without threads: handing a message's few kilobytes to a pool costs ten times what the work does.
_WRITING = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
READING = pa.ipc.IpcReadOptions(use_threads=False)


MAX_RECORDS = 100_000
"""In one message. A few megabytes can unpack to millions of rows, and each that is refused becomes a row of its own."""


class Message(msgspec.Struct, frozen=True):
    """One Kafka message as the pipeline sees it."""

    topic: str
    partition: int
    offset: int
    arrived_at: int
    """The broker's clock (LogAppendTime), ms UTC."""
    value: bytes
    headers: dict[str, bytes] = {}
    ticks: bytes = b""
    """Those between its records, packed (`streams/past.py`): only of a replay's message, never of one as it came."""
    first: int = -1
    """The first of the offsets that it stands for: of a replay's message, which stands for many."""

    @property
    def replayed(self) -> bool:
        return self.first >= 0

    @property
    def begins(self) -> int:
        return self.first if self.replayed else self.offset

    @property
    def kind(self) -> str:
        return self.headers.get(topics.KIND, b"records").decode("ascii", "replace")


class Tick(msgspec.Struct, frozen=True):
    at: int
    """ms UTC, of the clock that drives the installation (which may run faster than the wall's)."""
    step: int = 0
    """How coarse this clock is, in ms: what a tick before a batch of the past says. Lateness and silence, which a
    coarse clock cannot judge more finely than its step, are judged by so much less."""


def encode(batch: pa.RecordBatch) -> bytes:
    """An Arrow IPC stream of one batch, LZ4 inside; columns without any value are left out."""
    held = [place for place in range(batch.num_columns) if batch.column(place).null_count < batch.num_rows]
    full = _cut(batch if len(held) == batch.num_columns else batch.select(held))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, full.schema, options=_WRITING) as writer:
        writer.write_batch(full)
    return bytes(sink.getvalue().to_pybytes())


def _cut(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Of a part of a batch whose lists are all empty, Arrow would write the items of the whole column with them."""
    for place, field in enumerate(batch.schema):
        if pa.types.is_list(field.type):
            lists = batch.column(place)
            if len(lists.values) and not len(lists.flatten()):
                batch = batch.set_column(place, field, lists.take(pa.array(range(len(lists)))))
    return batch


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


def tick_body(at_ms: int, step_ms: int = 0) -> bytes:
    return _encode_json(Tick(at_ms, step_ms))


def read_tick(value: bytes) -> Tick | None:
    """The tick, or None where the bytes are none."""
    try:
        tick = _decode_tick(value)
    except (msgspec.DecodeError, RecursionError):
        return None
    return tick if 0 <= tick.at < LATEST_MS and 0 <= tick.step <= DAY_MS else None


DAY_MS = 86_400_000
LATEST_MS = 7_258_118_400_000
"""1 January 2200: no clock of ours will show it."""
