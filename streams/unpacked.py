"""How much memory an Arrow stream asks for, read from its headers before anything is unpacked.

A few kilobytes of zstd can unpack to gigabytes, and a worker that the kernel kills for its memory meets the same
message again. Arrow's own reader has no limit to set. A compressed buffer begins with its unpacked length; where the
buffers lie stands in the header, a flatbuffer (Arrow's Message.fbs).
"""

import struct

import pyarrow as pa

MAX_UNPACKED = 128_000_000
SMALLEST_BOMB = {True: MAX_UNPACKED // 32_000, False: MAX_UNPACKED // 255}
"""Bytes of a message below which it cannot unpack to so much: zstd (True) packs no tighter than 32,000 to 1, LZ4 no
tighter than 255 to 1."""
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
"""With which every part packed by it begins; that it may stand anywhere else as well only costs the look."""
# Places of fields in Arrow's tables.
_HEADER, _CUSTOM = 2, 4  # of Message
_DATA = 1  # of DictionaryBatch
_BUFFERS, _COMPRESSION = 2, 3  # of RecordBatch


def is_too_much(value: bytes) -> bool:
    """Raises ValueError, struct.error or Arrow's own errors where the bytes are no Arrow stream."""
    if len(value) < SMALLEST_BOMB[False] and len(value) < SMALLEST_BOMB[ZSTD_MAGIC in value]:
        return False
    return sum(_unpacked(message) for message in pa.ipc.MessageReader.open_stream(value)) > MAX_UNPACKED


def _unpacked(message: pa.ipc.Message) -> int:
    if message.type not in ("record batch", "dictionary"):
        return 0
    header, body = message.metadata.to_pybytes(), memoryview(message.body or b"")
    root = _follow(header, 0)
    batch = _follow(header, _field(header, root, _HEADER))
    if message.type == "dictionary":
        batch = _follow(header, _field(header, batch, _DATA))
    if not _field(header, batch, _COMPRESSION):
        if _field(header, root, _CUSTOM):  # Arrow before 1.0 named the compression there
            raise ValueError("metadata of its own")
        return len(body)
    buffers = _follow(header, _field(header, batch, _BUFFERS))
    (count,) = struct.unpack_from("<I", header, buffers)
    places = struct.iter_unpack("<qq", header[buffers + 4 : buffers + 4 + 16 * count])
    return sum(_length(body, offset, size) for offset, size in places)


def _length(body: memoryview, offset: int, size: int) -> int:
    """-1 stands for a buffer that is not packed; an empty one has no length."""
    (unpacked,) = struct.unpack_from("<q", body, offset) if size else (0,)
    return size if unpacked < 0 else int(unpacked)


def _follow(header: bytes, place: int) -> int:
    if place < 0:
        raise ValueError("no such place")
    (offset,) = struct.unpack_from("<I", header, place)
    return place + int(offset)


def _field(header: bytes, table: int, number: int) -> int:
    """Where a table's field lies; 0 where it is left out."""
    (back,) = struct.unpack_from("<i", header, table)
    slots = table - int(back)
    (size,) = struct.unpack_from("<H", header, slots)
    if 4 + 2 * number >= size:
        return 0
    (offset,) = struct.unpack_from("<H", header, slots + 4 + 2 * number)
    return table + int(offset) if offset else 0
