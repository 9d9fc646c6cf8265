"""String ids to numbers, four ways: what finding, adding and forgetting cost at a million, making the id included."""

import gc
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, Protocol

import msgspec
import numpy as np
import pyarrow as pa
import xxhash

from bench.spike.fold import resident
from bench.spike.probing import Probing
from bench.spike.steps import UNITS, texts_of
from streams.admit.identity import ids_of
from streams.idmap import IdMap
from streams.rows import Rows

ROUNDS = 200
NEW = 0.1
"""Of a batch: ids not met before; as many old ones are forgotten."""
DAY = 100
"""Rounds, after which what nobody needs is dropped by those that can only do so all at once."""


class Map(Protocol):
    def take(self, texts: pa.Array, count: int) -> None:
        """Finds all, and adds those that are new; `count` ids were met before."""

    def forget(self, texts: pa.Array, first: int) -> None:
        """These, whose numbers begin at `first`."""

    def daily(self, first: int) -> None:
        """Ids numbered below are forgotten."""


class OfStrings:
    """A dict of strings."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}

    def take(self, texts: pa.Array, count: int) -> None:
        keys, numbers = self._keys(texts), self._numbers
        missing = [key for key in keys if numbers.get(key, -1) < 0]
        numbers |= zip(missing, range(count, count + len(missing)), strict=True)

    def forget(self, texts: pa.Array, first: int) -> None:
        for key in self._keys(texts):
            del self._numbers[key]

    def daily(self, first: int) -> None:
        return

    def _keys(self, texts: pa.Array) -> list[Any]:
        found: list[Any] = texts.to_pylist()
        return found


class OfNumbers(OfStrings):
    """A dict of 128-bit numbers."""

    def _keys(self, texts: pa.Array) -> list[Any]:
        return list(map(xxhash.xxh3_128_intdigest, texts.cast(pa.binary()).to_numpy(zero_copy_only=False)))


class Probed:
    """Open addressing in numpy, as it was."""

    def __init__(self) -> None:
        self._map = Probing()

    def take(self, texts: pa.Array, count: int) -> None:
        ids = ids_of(texts)
        missing = ids[self._map.find(ids) < 0]
        self._map.add(missing, np.arange(count, count + len(missing)))

    def forget(self, texts: pa.Array, first: int) -> None:
        return

    def daily(self, first: int) -> None:
        self._map.rebuild(len(self._map._keys) // 4, first)


class Lines:
    """Rows and lines of marks: the one in use."""

    def __init__(self) -> None:
        self._rows = Rows(2)
        self._map = IdMap(self._rows)

    def take(self, texts: pa.Array, count: int) -> None:
        ids = ids_of(texts)
        missing = ids[self._map.find(ids) < 0]
        self._map.add(missing, self._rows.add(missing.view(np.int64)))

    def forget(self, texts: pa.Array, first: int) -> None:
        self._rows.free(self._map.find(ids_of(texts)))

    def daily(self, first: int) -> None:
        return


class Cost(msgspec.Struct, frozen=True):
    name: str
    us_an_id: float
    longest_ms: float
    bytes_an_id: float


def compare(ids: int, batch: int) -> Iterator[Cost]:
    """Each in a process of its own, for what one leaves behind must not stand in the next one's weight."""
    spawned = multiprocessing.get_context("spawn")
    for kind in (OfStrings, OfNumbers, Probed, Lines):
        with ProcessPoolExecutor(1, spawned) as process:
            yield process.submit(measured, kind, ids, batch).result()


def measured(kind: type[OfStrings | Probed | Lines], ids: int, batch: int) -> Cost:
    made = kind()
    _texts(np.arange(50_000)).to_pylist()
    before = resident()
    for start in range(0, ids, 50_000):
        made.take(_texts(np.arange(start, min(start + 50_000, ids))), start)
    gc.collect()
    size = (resident() - before) / ids
    seconds = _rounds(made, ids, batch)
    name = (kind.__doc__ or "").rstrip(".")
    return Cost(name, sum(seconds) / ROUNDS / batch * 1e6, max(seconds) * 1000, size)


def _rounds(made: Map, ids: int, batch: int) -> list[float]:
    random, new = np.random.default_rng(1), int(batch * NEW)
    seconds: list[float] = []
    oldest = 0
    for number in range(ROUNDS):
        count = ids + number * new
        old = random.integers(oldest, count, batch - new)
        texts, gone = _texts(np.append(old, np.arange(count, count + new))), _texts(np.arange(oldest, oldest + new))
        started = time.thread_time()
        made.take(texts, count)
        made.forget(gone, oldest)
        if number % DAY == DAY - 1:
            made.daily(oldest + new)
        seconds.append(time.thread_time() - started)
        oldest += new
    return seconds


def _texts(number: Any) -> pa.Array:
    return texts_of(number, number % UNITS)
