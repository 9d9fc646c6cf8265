"""What a worker does over time: records in the ledger, CPU of the three processes, memory; a sample twice a second."""

import time
from collections.abc import Callable, Sequence

import msgspec

from bench.installation import Installation
from bench.throughput import clocks
from clickhouse.client import Store, StoreAway, connect
from contract.errors import SetupError
from contract.kafka import Log

PARTS = ("worker", "engine", "kafka")


class Sample(msgspec.Struct, frozen=True):
    at: float
    """Seconds since the watch began."""
    records: int
    """In the ledger, since the watch began."""
    cpu: dict[str, float]
    rss_mb: float
    """Of the worker."""


class Watched(msgspec.Struct, frozen=True):
    """From the worker's start to the last ledger row."""

    samples: list[Sample]
    records: int
    seconds: float
    """From the worker's start: what a person waits."""

    @property
    def working(self) -> list[Sample]:
        """From the last sample without a record to the first with all."""
        began = sum(sample.records == 0 for sample in self.samples) - 1
        return self.samples[max(began, 0) :]

    @property
    def rate(self) -> float:
        """Records a second while it worked."""
        first, last = self.working[0], self.working[-1]
        return self.records / max(last.at - first.at, 1e-9)

    def per_record_us(self, part: str) -> float:
        first, last = self.working[0], self.working[-1]
        return (last.cpu[part] - first.cpu[part]) / max(self.records, 1) * 1e6

    def rss_after(self, records: int) -> float:
        """Memory of the worker when so many records were written; of the sample nearest to it."""
        return min(self.samples, key=lambda sample: abs(sample.records - records)).rss_mb


def behind(store: Store, ends: dict[tuple[str, int], int]) -> tuple[int, int]:
    """Messages below those ends that the ledger does not have, and records that it has."""
    sql = "SELECT topic, partition, max(offset) + 1, sum(records) FROM ledger GROUP BY topic, partition"
    rows = {(str(topic), int(p)): (int(mark), int(records)) for topic, p, mark, records in store.query(sql)}
    missing = sum(max(end - rows.get(place, (0, 0))[0], 0) for place, end in ends.items())
    return missing, sum(records for _, records in rows.values())


def log_ends(place: Installation) -> dict[tuple[str, int], int]:
    topic = place.settings.topics.cases
    with Log(place.settings) as log:
        return {(topic, partition): end for partition, end in log.end_offsets(topic).items()}


def watch(
    place: Installation, start: Callable[[], object], limit_s: float, over: Callable[[], bool] = lambda: True
) -> Watched:
    """Starts the worker and watches it until the ledger holds all that stands in the log (and `over`, where the log
    still grows)."""
    store = connect(place.settings)
    _, before = behind(store, {})
    start()
    began = time.monotonic()
    pids = {part: place.pid(part) for part in PARTS}
    samples: list[Sample] = []
    ends = log_ends(place)
    while True:
        grown = not over()
        ends = log_ends(place) if grown else ends
        try:
            missing, records = behind(store, ends)
        except StoreAway:
            missing, records = 1, samples[-1].records + before if samples else before
        at = time.monotonic() - began
        samples.append(Sample(at, records - before, clocks.all_cpu_s(pids), clocks.rss_mb(pids["worker"])))
        if not missing and not grown:
            return Watched(samples, records - before, at)
        place.check()
        if at > limit_s:
            raise SetupError(f"the worker has {missing:,} messages left after {limit_s:.0f} s; see {place.logs}")
        time.sleep(0.5)


def memory_lines(samples: Sequence[Sample], steps: int = 8) -> list[str]:
    """Memory at even distances, from the first record on."""
    samples = [sample for sample in samples if sample.records] or samples
    chosen = [samples[round(i * (len(samples) - 1) / max(steps - 1, 1))] for i in range(min(steps, len(samples)))]
    return [f"    {sample.records:>12,} records  {sample.rss_mb:>7.0f} MB" for sample in chosen]
