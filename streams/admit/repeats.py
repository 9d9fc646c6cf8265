"""Ids tell a repeat: a record whose id was seen is a duplicate (same body) or a conflict (another body).

The horizon is bounded: a shard remembers at least HORIZON of its own clock, or MOST ids, whichever is less. Beyond it
the raw table itself collapses what is sent again.
"""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from streams.idmap import IdMap, Ids, first_places, ids_from, ids_of
from streams.state import Packed

HORIZON_MS = 3 * 86_400_000
MOST = 2_000_000

Hashes = npt.NDArray[np.uint64]


def hashes(names: list[str]) -> Hashes:
    """xxh3_64 of each name, and of the empty one in the last place, where code -1 finds it."""
    return np.array([xxhash.xxh3_64_intdigest(name.encode()) for name in [*names, ""]], np.uint64)


def digests(columns: list[npt.NDArray[Any]]) -> list[bytes]:
    """xxh3_128 of each row: its columns as 64-bit little-endian numbers, side by side."""
    width = len(columns) * 8
    packed = np.column_stack([column.view(np.uint64) for column in columns]).astype("<u8").tobytes()
    digest = xxhash.xxh3_128_digest
    return [digest(packed[start : start + width]) for start in range(0, len(packed), width)]


class Identity(msgspec.Struct):
    """Who each record is: what the table keeps as record_id, the id in memory, and a hash of its body."""

    texts: list[str]
    ids: Ids
    body: npt.NDArray[np.int64]


def with_given_ids(given: pa.ChunkedArray, own: list[bytes], body: list[bytes]) -> Identity:
    """The sender's id where there is one, else the hash `own` of what identifies the record, as 32 hex digits."""
    if given.null_count == len(given):
        texts, ids = [digest.hex() for digest in own], ids_from(b"".join(own))
    else:
        sent = given.to_pylist()
        texts = [text or digest.hex() for text, digest in zip(sent, own, strict=True)]
        of_sent = ids_of([text.encode() for text in texts])
        missing = np.array([not text for text in sent])
        ids = np.where(missing[:, None], ids_from(b"".join(own)), of_sent)
    bodies = np.frombuffer(b"".join(body), np.uint64)[::2] >> np.uint64(1)
    return Identity(texts, ids, bodies.astype(np.int64))


NEW, DUPLICATE, CONFLICTING = 0, 1, 2


class Seen:
    """The ids of a shard, in two generations: when the young one is full or old enough, the old one is forgotten."""

    def __init__(self, horizon_ms: int = HORIZON_MS) -> None:
        self._horizon_ms = horizon_ms
        self._young, self._old = IdMap(), IdMap()
        self._since: int | None = None

    def judge(self, ids: Ids, body: npt.NDArray[np.int64]) -> npt.NDArray[np.int8]:
        """NEW, DUPLICATE or CONFLICTING per record, in order; the new are remembered."""
        known = self._young.find(ids)
        missing = known < 0
        if missing.any() and len(self._old):
            known[missing] = self._old.find(ids[missing])
        _, first = first_places(ids)
        is_first = first == np.arange(len(ids))
        new = (known < 0) & is_first
        reference = np.where(known >= 0, known, body[first])
        self._young.add(ids[new], body[new])
        return np.where(new, NEW, np.where(reference == body, DUPLICATE, CONFLICTING)).astype(np.int8)

    def on_minute(self, clock: int) -> None:
        if self._since is None:
            self._since = clock
        if clock - self._since >= self._horizon_ms or len(self._young) > MOST:
            self._old, self._young, self._since = self._young, IdMap(), clock

    def dump(self) -> Packed:
        young, old = self._young.items(), self._old.items()
        return {"young": young[0], "young_body": young[1], "old": old[0], "old_body": old[1], "since": self._since}

    def load(self, packed: Packed) -> None:
        self._young, self._old = IdMap(len(packed["young"]) * 4), IdMap(len(packed["old"]) * 4)
        self._young.add(packed["young"], packed["young_body"])
        self._old.add(packed["old"], packed["old_body"])
        self._since = packed["since"]
