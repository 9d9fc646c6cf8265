"""xxh3_128 of many rows at once, in numpy: the same digests as the library's, which takes rows one by one.

Of XXH3 it is the branch for 17 to 128 bytes. Rows of other lengths go to the library, and so do few rows, for which
numpy is the slower one. A digest is its 16 bytes as the library gives them: two 64-bit words as they lie in memory.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

Digests = npt.NDArray[np.uint64]
"""Shape (n, 2)."""
Word = npt.NDArray[Any]
"""Eight bytes of every row, as numbers of 64 bits; a single one where they are the same in all rows."""

FEW = 400
"""Rows below which the library is faster."""
LONGEST = 128
_PIECE = 32
"""Bytes that one round of XXH3 takes in, half from the front and half from the back."""
_AT_ONCE = 4096
"""Rows whose words stay in the processor's cache."""

_SECRET = np.frombuffer(
    bytes.fromhex(
        "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
        "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
        "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
        "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
    ),
    "<u8",
)
_PRIME_1, _PRIME_2 = np.uint64(0x9E3779B185EBCA87), np.uint64(0xC2B2AE3D27D4EB4F)
_PRIME_4, _PRIME_MIX = np.uint64(0x85EBCA77C2B2AE63), np.uint64(0x165667919E3779F9)
_LOW, _32, _37 = np.uint64(0xFFFFFFFF), np.uint64(32), np.uint64(37)
_HEX_DIGITS = 32
_NIBBLE = np.full(256, 255, np.uint8)
"""The value of each hexadecimal digit, by its letter; of any other letter 255."""
_NIBBLE[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)
_HEX = np.array([f"{byte:02x}".encode() for byte in range(256)], "S2").view(np.uint16)


def digests(columns: list[Word], rows: int) -> Digests:
    """Of each row: its columns side by side, as little-endian numbers; three to sixteen of them."""
    words = [column.view("<u8") for column in columns]
    found = np.empty((rows, 2), np.uint64)
    if rows < FEW:
        packed = np.empty((rows, len(words)), "<u8")
        for place, word in enumerate(words):
            packed[:, place] = word
        width = 8 * len(words)
        ends = range(width, rows * width + 1, width)
        return _by_library(packed.tobytes(), range(0, rows * width, width), ends, found)
    size = np.array([8 * len(words)], np.uint64)
    for start in range(0, rows, _AT_ONCE):
        part = slice(start, min(start + _AT_ONCE, rows))
        here = [word if len(word) == 1 else word[part] for word in words]
        rounds = [(*here[n : n + 2], *here[len(here) - n - 2 :][:2]) for n in range(0, (len(here) + 3) // 4 * 2, 2)]
        _mix(rounds, size, found[part])
    return found


def text_digests(texts: pa.Array) -> Digests:
    """Of each text's bytes; of a missing one, those of the empty text."""
    n = len(texts)
    found = np.empty((n, 2), np.uint64)
    starts, lengths, data = spans(texts)
    if n < FEW:
        return _by_library(data, starts.tolist(), (starts + lengths).tolist(), found)
    rounds = (lengths + (_PIECE - 1)) // _PIECE
    rounds[(lengths <= 16) | (lengths > LONGEST)] = 0
    at_offset = np.ndarray((max(len(data) - 7, 0),), "<u8", data, strides=(1,))
    for number in np.flatnonzero(np.bincount(rounds)).tolist():
        rows = np.flatnonzero(rounds == number)
        if not number:
            ends = (starts + lengths)[rows].tolist()
            found[rows] = _by_library(data, starts[rows].tolist(), ends, np.empty((len(rows), 2), np.uint64))
            continue
        for first in range(0, len(rows), _AT_ONCE):
            some = rows[first : first + _AT_ONCE]
            found[some] = _texts(at_offset, starts[some], lengths[some], number)
    return found


def spans(texts: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], bytes | pa.Buffer]:
    """Where each text of a plain column starts, how many bytes it has (none where it is missing), and all the bytes."""
    _, offsets, data = texts.buffers()
    edges = np.frombuffer(offsets, np.int32, len(texts) + 1, 4 * texts.offset).astype(np.int64)
    lengths = edges[1:] - edges[:-1]
    if texts.null_count:
        lengths[texts.is_null().to_numpy(zero_copy_only=False)] = 0
    return edges[:-1], lengths, data or b""


def hexed(found: Digests) -> pa.Array:
    """Each digest as 32 hexadecimal digits."""
    digits = _HEX[np.ascontiguousarray(found).view(np.uint8)]
    offsets = np.arange(0, 32 * len(found) + 1, 32, dtype=np.int32)
    return pa.StringArray.from_buffers(len(found), pa.py_buffer(offsets), pa.py_buffer(digits))


def unhexed(texts: pa.Array) -> tuple[Digests, npt.NDArray[np.bool_]]:
    """Texts of 32 lower-case hexadecimal digits as the digests they are, and which are such."""
    starts, lengths, data = spans(texts)
    fits = lengths == _HEX_DIGITS
    found = np.zeros((len(texts), 2), np.uint64)
    if not fits.any():
        return found, fits
    whole = bool(fits.all()) and starts[-1] - starts[0] == _HEX_DIGITS * (len(starts) - 1)
    letters = np.frombuffer(data, np.uint8)
    if whole:
        letters = letters[starts[0] : starts[0] + _HEX_DIGITS * len(starts)].reshape(-1, _HEX_DIGITS)
    else:
        letters = letters[starts[fits][:, None] + np.arange(_HEX_DIGITS)]
    values = _NIBBLE[letters]
    are_digits = values.max(axis=1) < 16
    fits[fits] = are_digits
    found[fits] = (values[are_digits, ::2] << 4 | values[are_digits, 1::2]).view(np.uint64)
    return found, fits


def _by_library(data: Any, starts: Any, ends: Any, found: Digests) -> Digests:
    digest, view = xxhash.xxh3_128_digest, memoryview(data)
    joined = b"".join([digest(view[start:end]) for start, end in zip(starts, ends, strict=True)])
    found[:] = np.frombuffer(joined, np.uint64).reshape(-1, 2)
    return found


def _texts(at_offset: Word, starts: Word, lengths: Word, number: int) -> Digests:
    """Texts that take the same number of rounds."""
    ends = starts + lengths
    rounds = []
    for piece in range(number):
        front, back = starts + 16 * piece, ends - 16 * (piece + 1)
        rounds.append(tuple(at_offset[place] for place in (front, front + 8, back, back + 8)))
    found = np.empty((len(starts), 2), np.uint64)
    _mix(rounds, lengths.astype(np.uint64), found)
    return found


def _mix(rounds: list[tuple[Word, ...]], size: Word, found: Digests) -> None:
    """A round has four words, two from the front of the row and two from its back; the outermost is mixed in last."""
    low, high = np.zeros(len(found), np.uint64), np.zeros(len(found), np.uint64)
    low += size * _PRIME_1
    for number in range(len(rounds) - 1, -1, -1):
        a, b, c, d = rounds[number]
        secret = _SECRET[4 * number : 4 * number + 4]
        low += _folded(a ^ secret[0], b ^ secret[1])
        low ^= c + d
        high += _folded(c ^ secret[2], d ^ secret[3])
        high ^= a + b
    second = low + high
    low *= _PRIME_1
    high *= _PRIME_4
    low += high
    low += size * _PRIME_2
    first = np.zeros(1, np.uint64) - _scattered(low)
    found[:, 0], found[:, 1] = _as_bytes(first), _as_bytes(_scattered(second))


def _folded(a: Word, b: Word) -> Word:
    """Both halves of the 128-bit product, one laid over the other."""
    a_low, a_high, b_low, b_high = a & _LOW, a >> _32, b & _LOW, b >> _32
    cross = a_low * b_low
    cross >>= _32
    middle = a_high * b_low
    cross = cross + (middle & _LOW)
    cross = cross + a_low * b_high
    middle = (middle >> _32) + (cross >> _32)
    middle = middle + a_high * b_high
    middle ^= a * b
    whole: Word = middle
    return whole


def _scattered(word: Word) -> Word:
    mixed = word ^ (word >> _37)
    mixed *= _PRIME_MIX
    mixed ^= mixed >> _32
    whole: Word = mixed
    return whole


def _as_bytes(word: Word) -> Word:
    """A digest's halves are written high byte first."""
    halves: Word = word.astype(">u8").view(np.uint64)
    return halves
