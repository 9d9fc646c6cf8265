"""Where the time goes: by stop, by message size, by process; and how far one machine carries.

    python -m bench.throughput.profile [--quick] [--seed N]

First the table of stops runs in this process over messages of 1, 100, 1,000 and 10,000 rows, with a clock around each
stop. Then the whole worker runs over the same sizes beside the real Kafka and engine, and an agent that does nothing.
What the stops do not explain of the worker's CPU is Faust, the carrier, the ledger and the inserts.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.installation import Layout, installation
from bench.throughput import capacity
from bench.throughput.feed_job import Form, Records, fill, items
from bench.throughput.race import OURS, Contender, Run, run
from catalogue.load import Catalogue, load
from contract.codec import Message
from contract.errors import NhipError
from contract.settings import load as settings_of_environment
from streams.ledger import ledger_rows
from streams.pipeline import run as run_pipeline
from streams.shard import Shard

IDLE = Contender("faust-idle", "faust_idle", "Faust agent that does nothing")
TURN_BYTES = 1_000_000
CASE_BYTES = 200.0
REST = "rest"
"""Of the pipeline, beside its stops: gathering messages into segments, rows into columns."""


class Stops(msgspec.Struct, frozen=True):
    """CPU µs a record in the table of stops."""

    rows: int
    spent: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.spent.values())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.throughput.profile")
    parser.add_argument("--quick", action="store_true", help="a tenth of the records")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case-bytes", type=float, default=CASE_BYTES, help="memory of one case, as bench/spike says")
    asked = parser.parse_args()
    catalogue = load(settings_of_environment().catalogue_dir)
    sizes = {1: 10_000, 100: 200_000, 1_000: 1_000_000, 10_000: 2_000_000}
    forms = [Form(rows, count // (10 if asked.quick else 1), json=False) for rows, count in sizes.items()]
    records = Records(catalogue, max(form.records for form in forms), asked.seed)
    folder = Path(tempfile.mkdtemp(prefix="nhip-profile-"))
    stops = [by_stop(catalogue, records, form) for form in forms]
    print("\n".join(stops_table(stops)), flush=True)
    try:
        found = whole(folder, catalogue, records, forms)
    except NhipError as error:
        print(f"{error} (logs: {folder / 'log'})", file=sys.stderr)
        return 2
    shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(processes_table(found, stops)))
    print("\n".join(capacity.words([mine for mine, _ in found], forms, asked.case_bytes)), flush=True)
    return 0


def by_stop(catalogue: Catalogue, records: Records, form: Form) -> Stops:
    """The stops over the messages of one shard, in turns as the carrier would cut them."""
    feed = records.feed
    shard = Shard(catalogue, feed, 0, "profile.cases")
    spent: dict[str, float] = defaultdict(float)

    @contextmanager
    def timer(stop: str) -> Iterator[None]:
        started = time.process_time()
        yield
        spent[stop] += time.process_time() - started

    count = whole_s = 0.0
    for turn in _turns(records, form, shard):
        started = time.process_time()
        output = run_pipeline(shard, turn, timer=timer)
        whole_s += time.process_time() - started
        with timer("ledger"):
            ledger_rows(shard, output.entries)
        count += sum(entry.records for entry in output.entries.values())
    spent[REST] = whole_s - sum(seconds for stop, seconds in spent.items() if stop != "ledger")
    return Stops(form.rows, {stop: seconds / count * 1e6 for stop, seconds in spent.items()})


def _turns(records: Records, form: Form, shard: Shard) -> Iterator[list[Message]]:
    turn: list[Message] = []
    size = offset = 0
    for item in items(records, form, ticks=True):
        if item.shard:
            continue
        turn.append(Message(shard.place.topic, shard.place.partition, offset, 0, item.value, item.headers))
        offset, size = offset + 1, size + len(item.value)
        if size >= TURN_BYTES:
            yield turn
            turn, size = [], 0
    if turn:
        yield turn


def whole(folder: Path, catalogue: Catalogue, records: Records, forms: list[Form]) -> list[tuple[Run, Run]]:
    """The worker, and the agent that does nothing, over each size."""
    found = []
    with installation(folder, catalogue, lambda _: None, Layout(workers=0)) as place:
        for form in forms:
            own = msgspec.structs.replace(place.settings, topic_prefix=form.name)
            plain = fill(place.settings, catalogue, records, form, ours=False).messages
            mine = fill(own, catalogue, records, form, ours=True).messages
            both = ((OURS, mine), (IDLE, plain))
            runs = [run(place, who, msgspec.structs.replace(form, messages=n), 0, None) for who, n in both]
            found.append((runs[0], runs[1]))
    return found


def stops_table(stops: list[Stops]) -> list[str]:
    names = sorted({name for one in stops for name in one.spent}, key=lambda name: -stops[-1].spent.get(name, 0.0))
    lines = ["CPU µs a record in the table of stops, by rows in a message"]
    lines.append(f"{'':<12}" + "".join(f"{one.rows:>10,}" for one in stops))
    for name in names:
        lines.append(f"{name:<12}" + "".join(f"{one.spent.get(name, 0.0):>10.3f}" for one in stops))
    lines.append(f"{'all':<12}" + "".join(f"{one.total:>10.3f}" for one in stops))
    return lines


def processes_table(found: list[tuple[Run, Run]], stops: list[Stops]) -> list[str]:
    lines = ["", "CPU µs a record of the whole, and of the worker what the stops, Faust and the rest take"]
    parts = ("worker", "engine", "kafka", "all", "stops", "Faust", "other", "records/s")
    lines.append(f"{'rows':<8}" + "".join(f"{part:>11}" for part in parts) + "   shares")
    for (mine, idle), by_stop in zip(found, stops, strict=True):
        worker, engine, kafka = (mine.per_million(part) for part in ("client", "engine", "kafka"))
        faust = idle.per_million("client")
        whole = worker + engine + kafka
        values = (worker, engine, kafka, whole, by_stop.total, faust, worker - by_stop.total - faust)
        shares = f"   worker {worker / whole:.0%}, engine {engine / whole:.0%}, Kafka {kafka / whole:.0%}"
        cells = "".join(f"{value:>11.2f}" for value in values)
        lines.append(f"{by_stop.rows:<8,}{cells}{mine.rate:>11,.0f}{shares}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
