"""What a shard remembers, as bytes: nested plain values and numpy arrays, msgpack inside zstd.

No pickle: a snapshot is data, and another version of the code must be able to refuse or read it.
"""

from typing import Any

import msgspec
import numpy as np
import zstandard

Packed = dict[str, Any]
"""Plain values, nested dicts and lists of them, and numpy arrays."""

FORMAT = 2
"""Raise it when what is remembered changes its layout; a snapshot of another format is not loaded (format 1 is: see
format1.py)."""
_ARRAY = 1


def _encode(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        header = msgspec.msgpack.encode([value.dtype.str, list(value.shape)])
        return msgspec.msgpack.Ext(_ARRAY, len(header).to_bytes(2, "big") + header + value.tobytes())
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a snapshot cannot hold {type(value).__name__}")


def _decode(code: int, data: memoryview) -> Any:
    if code != _ARRAY:
        raise ValueError(f"unknown extension {code} in a snapshot")
    size = int.from_bytes(data[:2], "big")
    kind, shape = msgspec.msgpack.decode(data[2 : 2 + size])
    return np.frombuffer(data[2 + size :], dtype=np.dtype(kind)).reshape(shape).copy()


_encoder = msgspec.msgpack.Encoder(enc_hook=_encode)
_decoder = msgspec.msgpack.Decoder(ext_hook=_decode)


def pack(state: Packed) -> bytes:
    return zstandard.ZstdCompressor(level=1, write_checksum=True).compress(_encoder.encode(state))


def unpack(body: bytes) -> Packed:
    unpacked: Packed = _decoder.decode(zstandard.ZstdDecompressor().decompress(body))
    return unpacked
