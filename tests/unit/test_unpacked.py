"""A small message that unpacks to very much is told by its headers, before anything is unpacked."""

import resource

import pyarrow as pa
import pytest

from contract.codec import Message, encode
from contract.reasons import Reason
from streams.unpacked import is_too_much
from tests.messages import arrow, figure, read

ROWS = 40_000_000


def bomb(compression: str) -> bytes:
    zeros = pa.Array.from_buffers(pa.float64(), ROWS, [None, pa.py_buffer(bytes(8 * ROWS))])
    sink = pa.BufferOutputStream()
    batch = pa.record_batch([zeros], names=["value"])
    with pa.ipc.new_stream(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue().to_pybytes())


@pytest.mark.parametrize("compression", ["lz4", "zstd"])
def test_a_message_that_unpacks_to_hundreds_of_megabytes_is_refused_unread(compression: str) -> None:
    value = bomb(compression)
    assert len(value) < 6_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    decoded, _ = read(Message("nhip.figures", 0, 0, 0, value))
    assert [refusal.reason for _, refusal in decoded.refusals] == [Reason.TOO_LARGE]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KB


def test_a_full_batch_is_not_too_much() -> None:
    records = [figure(document=f"{number} " + "x" * 400) for number in range(20_000)]
    assert not is_too_much(arrow(records))
    dictionary = pa.array([f"u{number}" for number in range(5_000)]).dictionary_encode()
    assert not is_too_much(encode(pa.record_batch([dictionary], names=["unit"])))
