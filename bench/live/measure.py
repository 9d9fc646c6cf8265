"""What a run came to: freshness from the ledger, processor time of every part."""

import os
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from bench.live.sender import Sent
from clickhouse.client import Store
from contract.settings import Settings

FRESHNESS = """
SELECT count() AS messages, sum(records) AS records, quantiles(0.5, 0.95, 0.99)(age) AS q, max(age) AS longest,
    quantile(0.99)(toUnixTimestamp64Milli(stored_at) - toUnixTimestamp64Milli(arrived_at)) AS p99_since_arrived
FROM
(
    SELECT
        records, sent_at, arrived_at, stored_at,
        toUnixTimestamp64Milli(stored_at) - toUnixTimestamp64Milli(sent_at) AS age
    FROM ledger
    WHERE topic IN ({figures:String}, {cases:String}) AND kind = 'records'
        AND sent_at >= fromUnixTimestamp64Milli({since:Int64}) AND sent_at < fromUnixTimestamp64Milli({until:Int64})
)
"""


SLOWEST = """
SELECT feed, sent_at, toUnixTimestamp64Milli(stored_at) - toUnixTimestamp64Milli(sent_at) AS age
FROM ledger
WHERE topic IN ({figures:String}, {cases:String}) AND kind = 'records'
    AND sent_at >= fromUnixTimestamp64Milli({since:Int64}) AND sent_at < fromUnixTimestamp64Milli({until:Int64})
ORDER BY age DESC
LIMIT 1 BY toStartOfSecond(sent_at)
LIMIT 5
"""


class Freshness(msgspec.Struct, frozen=True):
    messages: int
    records: int
    p50: float
    p95: float
    p99: float
    longest: float
    p99_since_arrived: float


def freshness(store: Store, settings: Settings, sent: Sent) -> Freshness:
    """Milliseconds from the sender's clock to the ledger's row, over the messages of a phase."""
    topics = settings.topics
    span = {"since": sent.since_ms, "until": sent.until_ms}
    (row,) = store.rows(FRESHNESS, figures=topics.figures, cases=topics.cases, **span)
    p50, p95, p99 = row["q"]
    return Freshness(row["messages"], row["records"], p50, p95, p99, row["longest"], row["p99_since_arrived"])


def slowest(store: Store, settings: Settings, sent: Sent) -> list[str]:
    """The five worst seconds of a phase: when, by the second of the minute, which feed, and how long it took."""
    topics = settings.topics
    span = {"since": sent.since_ms, "until": sent.until_ms}
    rows = store.rows(SLOWEST, figures=topics.figures, cases=topics.cases, **span)
    return [f"at :{row['sent_at']:%S} {row['feed']} {row['age']:,} ms" for row in rows]


def cpu_s(pid: int) -> float:
    """Processor time of a process so far, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Cpu(threading.Thread):
    """Processor time of several processes, looked at every second."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        super().__init__(daemon=True)
        self._pids = dict(pids)
        self._samples: list[tuple[float, dict[str, float]]] = []
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(1.0):
            with suppress(OSError):  # a part that ends ends the run elsewhere
                self._samples.append((time.time(), {name: cpu_s(pid) for name, pid in self._pids.items()}))

    def stop(self) -> None:
        self._stopping.set()
        self.join()

    def between(self, since_s: float, until_s: float) -> dict[str, float]:
        """Each process's share of one core in this time."""
        inside = [sample for sample in self._samples if since_s <= sample[0] <= until_s]
        if len(inside) < 2:
            return {}
        (first, before), (last, after) = inside[0], inside[-1]
        return {name: (after[name] - before[name]) / (last - first) for name in after}
