"""Mistakes about what a shard remembers: which ids, which sums, which time, and as of which message it is kept."""

import contextlib
import time
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from bench.faults.patches import Patches
from clickhouse.client import StoreAway
from contract.codec import Tick
from streams import carrier as carrier_module
from streams import pipeline
from streams.admit.repeats import NEW, Seen
from streams.fold.windows import MEASURES, Buckets
from streams.shard import Shard
from streams.snapshots import Snapshots

DURATION = MEASURES.index("duration_ms")
DAY_MS = 86_400_000


def snapshot_ahead(patches: Patches) -> None:
    """Keeps a shard's state when messages have been through the table, while their rows are still to be written."""
    keepers: list[Snapshots] = []

    def making(init: Callable[..., None]) -> Callable[..., None]:
        def made(self: Snapshots, *given: Any, **named: Any) -> None:
            init(self, *given, **named)
            keepers.append(self)

        return made

    def running(run: Callable[..., Any]) -> Callable[..., Any]:
        def ran(shard: Shard, messages: Any, *rest: Any, **named: Any) -> Any:
            output = run(shard, messages, *rest, **named)
            with contextlib.suppress(StoreAway):
                keepers[-1].save([(shard, max(output.entries))])
            return output

        return ran

    patches.wrap(Snapshots, "__init__", making)
    patches.wrap(carrier_module, "run", running)


def dedup_by_offset(patches: Patches) -> None:
    """No two records have one place in the log, so that all are new."""
    patches.set(Seen, "judge", lambda _self, ids, _body: np.full(len(ids), NEW, np.int8))


def no_seen_in_snapshot(patches: Patches) -> None:
    def around(load: Callable[..., Any]) -> Callable[..., Any]:
        def loaded(self: Shard, *given: Any, **named: Any) -> Any:
            answer = load(self, *given, **named)
            self.seen = Seen()
            return answer

        return loaded

    patches.wrap(Shard, "load", around)


def float_sums(patches: Patches) -> None:
    """Times are summed in days, as 32-bit floats: a call adds what the running sum over it grows by."""

    def around(add: Callable[..., Any]) -> Callable[..., Any]:
        def added(self: Buckets, steps: Any, *rest: Any, **named: Any) -> Any:
            amounts = steps.amounts.copy()
            days = (amounts[:, DURATION] / DAY_MS).astype(np.float32)
            sums = np.cumsum(days, dtype=np.float32).astype(np.float64) * DAY_MS
            amounts[:, DURATION] = np.diff(sums.astype(np.int64), prepend=0)
            return add(self, msgspec.structs.replace(steps, amounts=amounts), *rest, **named)

        return added

    patches.wrap(Buckets, "add", around)


def clock_by_wall(patches: Patches) -> None:
    def around(read_tick: Callable[[bytes], Tick | None]) -> Callable[[bytes], Tick | None]:
        def read(value: bytes) -> Tick | None:
            tick = read_tick(value)
            return tick and msgspec.structs.replace(tick, at=round(time.time() * 1000))

        return read

    patches.wrap(pipeline, "read_tick", around)
