"""Asks queries and takes the time: one after another, spread over a round, or all at once."""

import threading
import time
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from bench.wall.queries import values
from clickhouse.client import Store
from clickhouse.queries import Query


class Asked(msgspec.Struct, frozen=True):
    name: str
    ms: float
    rows: int
    error: str = ""


def ask(store: Store, query: Query, now_s: int) -> Asked:
    started = time.perf_counter()
    try:
        rows = len(store.query(query.sql, **values(query, now_s)))
        error = ""
    except Exception as failure:
        rows, error = 0, " ".join(str(failure).split())[:300]
    return Asked(query.name, (time.perf_counter() - started) * 1000, rows, error)


def burst(store: Store, queries: Sequence[Query], now_s: int) -> tuple[list[Asked], float]:
    """All at once, each on a connection of its own, as boards that refresh together ask. Gives the seconds."""
    found: list[Asked] = []

    def one(query: Query) -> None:
        found.append(ask(store, query, now_s))
        store.close()

    threads = [threading.Thread(target=one, args=(query,)) for query in queries]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found, time.perf_counter() - started


class Wall:
    """Asks all queries again and again, spread evenly over each round, however long one takes."""

    CONNECTIONS = 4

    def __init__(self, store: Store, queries: Sequence[Query], now: Callable[[], int], round_s: float = 30.0) -> None:
        self._store, self._queries, self._now = store, queries, now
        self._every_s = round_s / len(queries)
        self._begin = 0.0
        self._next = 0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self.asked: list[tuple[float, Asked]] = []
        """When each was due, by the wall's clock, and how it went. The wait for its turn counts."""

    def start(self) -> None:
        self._begin = time.time()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(self.CONNECTIONS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            with self._lock:
                number, self._next = self._next, self._next + 1
            due = self._begin + number * self._every_s
            if self._stopping.wait(max(due - time.time(), 0.0)):
                break
            waited_ms = (time.time() - due) * 1000
            asked = ask(self._store, self._queries[number % len(self._queries)], self._now())
            self.asked.append((due, msgspec.structs.replace(asked, ms=asked.ms + waited_ms)))
        self._store.close()


def quantiles(found: Sequence[float]) -> tuple[float, float, float, float]:
    """p50, p95, p99, max."""
    if not found:
        return (float("nan"),) * 4
    p50, p95, p99 = np.quantile(found, [0.5, 0.95, 0.99])
    return float(p50), float(p95), float(p99), max(found)
