"""The way of a step through a shard's memory, each part timed: ids, repeats, cases, buckets, the minute."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from bench.spike.steps import Batch
from catalogue.cases import CaseKind
from streams.admit.identity import Identity, identity, ids_of
from streams.admit.repeats import NEW, Seen
from streams.fold.cases import CaseFold, Moves
from streams.fold.windows import MEASURES, Buckets, Increments
from streams.hashing import digests
from streams.idmap import Ids

MINUTE_MS = 60_000
PARTS = ("ids", "repeats", "cases", "buckets", "minute")


class Timed:
    """CPU seconds and the longest single call of each part."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.longest_ms: dict[str, float] = defaultdict(float)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        started = time.thread_time()
        yield
        took = time.thread_time() - started
        self.seconds[name] += took
        self.longest_ms[name] = max(self.longest_ms[name], took * 1000)


class Memory:
    """What a shard of cases remembers, less findings and detectors."""

    def __init__(self, kinds: list[CaseKind]) -> None:
        self.kinds = kinds
        self.seen, self.cases, self.buckets = Seen(), CaseFold(kinds), Buckets()
        self.clock: int | None = None

    def take(self, batch: Batch, timed: Timed) -> None:
        with timed.part("ids"):
            case_ids = ids_of(batch.texts)
            identity = _identity(batch, case_ids)
        with timed.part("repeats"):
            new = np.flatnonzero(self.seen.judge(identity.ids, identity.body) == NEW)
        given: tuple[Any, ...] = (case_ids, batch.kind, batch.state, batch.unit, batch.at, batch.due_at)
        accepted = given if len(new) == len(case_ids) else tuple(column[new] for column in given)
        with timed.part("cases"):
            moves = self.cases.trace(*accepted)
        steps = _increments(accepted, moves, (identity.ids[new, 1] >> np.uint64(1)).astype(np.int64))
        with timed.part("buckets"):
            self.buckets.add(steps, self.clock)
        minute = int(batch.at[-1]) // MINUTE_MS * MINUTE_MS
        if self.clock is None or minute > self.clock:
            with timed.part("minute"):
                self.minute(minute)

    def minute(self, clock: int) -> None:
        self.clock = clock
        self.seen.on_minute(clock)
        self.cases.on_minute(clock)
        self.buckets.on_minute(clock, self.cases.open, self.cases.overdue)


def _identity(batch: Batch, case_ids: Ids) -> Identity:
    """As the stop `identify` makes it: six numbers tell a step, nine its body."""
    n, constant = len(case_ids), np.full(1, 7, np.uint64)
    own = [constant, constant, case_ids[:, 0], case_ids[:, 1], batch.state.astype(np.uint64), batch.at]
    body = [*own, batch.unit.astype(np.uint64), batch.due_at, constant]
    return identity(None, digests(own, n), digests(body, n))


def _increments(accepted: tuple[Any, ...], m: Moves, keys: Any) -> Increments:
    """As the stop `count` makes them."""
    _, kind, _, unit, at, _ = accepted
    amounts = {
        "received": m.received,
        "online": m.received,
        "finished": m.finishes & ~m.impossible,
        "on_time": m.timely,
        "overdue": m.late,
        "refused": m.refused,
        "withdrawn": m.withdrawn,
        "supplements": m.supplement,
        "impossible": m.impossible,
        "steps": np.ones(len(at), bool),
        "duration_ms": np.maximum(m.duration_ms, 0),
    }
    columns = np.column_stack([amounts[name].astype(np.int64) for name in MEASURES])
    return Increments(kind, unit, at, columns, m.duration_ms, np.ones(len(at), bool), keys)


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
