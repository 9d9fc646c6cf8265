"""The line of a year: what a replay of 1, 5 and 20 million case steps costs, and what 160 million would.

    python -m bench.throughput.line [--sizes 1,5,20] [--scale X] [--rows N] [--beside] [--memory] [--seed N]

First the cases that are open when the history begins take their first steps (about a million cases at scale 3). Then
each size is put into the log and a worker started over it: Kafka, Faust, worker and engine, everything on, ticks in
the topics. The time runs from the worker's start to the last ledger row. `--beside` fills the log of one more piece
while the worker reads it. `--memory` is another run: ten million steps at a scale at which all that a shard remembers
(cases closed within 60 days, ids of three days) has come and gone before the second million is over.

Exit code: 0 every row is there, 1 one is not, 2 it could not run.
"""

import argparse
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from bench.installation import Installation, installation
from bench.throughput.history import FEED, Portal
from bench.throughput.messages import Group, by_spans, opening
from bench.throughput.statistics import line
from bench.throughput.watch import Watched, memory_lines, watch
from catalogue.load import Catalogue, load
from clickhouse.client import connect
from contract.errors import NhipError
from contract.kafka import Producer
from contract.settings import load as settings_of_environment
from nhip.check import verdict
from producers.simulate.world import DAY, HOUR

YEAR = 160_000_000
BAR, AIM = 90_000, 220_000
ODD = 0.002
MEMORY_SCALE, MEMORY_STEPS, MEMORY_FROM = 0.04, 10_000_000, 2_000_000
MEMORY_MAY_GROW = 0.05


class Filled(msgspec.Struct):
    """What stands in the log."""

    records: int = 0
    repeats: int = 0
    refused: int = 0
    seconds: float = 0.0

    @property
    def accepted(self) -> int:
        return self.records - self.repeats - self.refused


def main() -> int:
    asked = arguments()
    catalogue = load(settings_of_environment().catalogue_dir)
    folder = Path(tempfile.mkdtemp(prefix="nhip-line-"))
    try:
        with installation(folder, catalogue, lambda _: None) as place:
            good = memory(place, catalogue, asked) if asked.memory else year(place, catalogue, asked)
    except NhipError as error:
        print(f"{error} (logs: {folder / 'log'})", file=sys.stderr)
        return 2
    if good and not asked.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if good else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.throughput.line")
    parser.add_argument("--sizes", default="1,5,20", help="millions of steps, in the order they are run")
    parser.add_argument("--scale", type=float, default=3.0, help="of the nation's dossiers a day; 3: a million open")
    parser.add_argument("--rows", type=int, default=10_000, help="in a message, at most")
    parser.add_argument("--beside", action="store_true", help="one more piece, filled while it is read")
    parser.add_argument("--memory", action="store_true", help="ten million steps at a steady number of cases")
    parser.add_argument("--steps", type=int, default=MEMORY_STEPS, help="of --memory")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave the folder for a look")
    return parser.parse_args()


def year(place: Installation, catalogue: Catalogue, asked: argparse.Namespace) -> bool:
    portal = Portal(catalogue, asked.scale, seed=asked.seed, odd=ODD)
    sizes = [round(float(size) * 1e6) for size in asked.sizes.split(",")]
    total = Filled()
    place.supervisor.pause("worker", 30.0)
    began = piece(place, total, opening(portal, asked.rows))
    say(f"cases open when it begins: {open_cases(place):,}; their first {began.records:,} steps: {told(began)}")
    history = groups(portal, asked.rows, HOUR)
    done = []
    for size in sizes:
        done.append(piece(place, total, some(history, size)))
        say(f"{done[-1].records:>12,} steps: {told(done[-1])}")
        say("\n".join(memory_lines(done[-1].samples)))
    if asked.beside:
        say(f"with the producer beside it: {told(beside(place, total, some(history, sizes[len(sizes) // 2])))}")
    extrapolate(done)
    return every_row_is_there(place, total)


def memory(place: Installation, catalogue: Catalogue, asked: argparse.Namespace) -> bool:
    portal = Portal(catalogue, MEMORY_SCALE, seed=asked.seed, odd=ODD)
    total = Filled()
    place.supervisor.pause("worker", 30.0)
    found = piece(place, total, some(groups(portal, asked.rows, DAY), asked.steps))
    say(f"{found.records:,} steps, {open_cases(place):,} cases open at the end: {told(found)}")
    say("\n".join(memory_lines(found.samples, 11)))
    early = min(MEMORY_FROM, asked.steps // 5)
    first, last = found.rss_after(early), found.rss_after(asked.steps)
    within = last <= first * (1 + MEMORY_MAY_GROW)
    say(
        f"memory of the worker: {first:.0f} MB after {early:,}, {last:.0f} MB after {asked.steps:,}: "
        f"{last / first - 1:+.1%}; the bar is {MEMORY_MAY_GROW:.0%}: {'met' if within else 'not met'}"
    )
    return every_row_is_there(place, total)


def groups(portal: Portal, rows: int, span: int) -> Iterator[Group]:
    for day in portal.days():
        yield from by_spans(portal, day, rows, span)


def some(history: Iterator[Group], records: int) -> Iterator[Group]:
    """The next of a history, so many records or a few more."""
    taken = 0
    while taken < records:
        group = next(history)
        taken += group.records
        yield group


def piece(place: Installation, total: Filled, history: Iterable[Group]) -> Watched:
    """Fills the log while no worker runs, then starts one over it; it is stopped at the end."""
    filled = fill(place, history)
    _add(total, filled)
    say(f"    the log filled with {filled.records:,} steps in {filled.seconds:.1f} s")
    found = watch(place, lambda: place.supervisor.resume("worker"), 60 + filled.records * 100e-6)
    place.supervisor.pause("worker", 60.0)
    return found


def beside(place: Installation, total: Filled, history: Iterable[Group]) -> Watched:
    """Fills the log while the worker reads it; the producer has its share of the same cores."""
    filling = threading.Thread(target=lambda: _add(total, fill(place, history)))
    filling.start()
    found = watch(place, lambda: place.supervisor.resume("worker"), 600.0, lambda: not filling.is_alive())
    filling.join()
    return found


def fill(place: Installation, history: Iterable[Group]) -> Filled:
    settings, started = place.settings, time.monotonic()
    feed = load(settings.catalogue_dir).feeds[FEED]
    filled = Filled()
    with Producer(settings) as producer:
        for group in history:
            for item in group.items:
                producer.send(settings.topics.cases, feed.partition + item.shard, item.value, item.headers)
            _add(filled, Filled(group.records, group.repeats, group.refused))
    filled.seconds = time.monotonic() - started
    return filled


def _add(total: Filled, part: Filled) -> None:
    total.records += part.records
    total.repeats += part.repeats
    total.refused += part.refused


def extrapolate(done: list[Watched]) -> None:
    if len({found.records for found in done}) < 2:
        return
    fitted = line([found.records for found in done], [found.seconds for found in done])
    rate, minutes = 1 / fitted.slope, fitted.at(YEAR) / 60
    word = "aim reached" if rate >= AIM else "bar met" if rate >= BAR else "below the bar"
    say(
        f"straight line: {fitted.start:.1f} s and {fitted.slope * 1e6:.2f} s a million, largest residual "
        f"{fitted.residual:.1%}; {rate:,.0f} steps a second (bar {BAR:,}, aim {AIM:,}): {word}; "
        f"{YEAR:,} steps would take {minutes:.1f} minutes"
    )


def every_row_is_there(place: Installation, total: Filled) -> bool:
    """The counts that the history asks for, and what `nhip check` proves."""
    place.supervisor.resume("worker")
    store = connect(place.settings)
    sums = "sum(records), sum(accepted), sum(duplicates), sum(rejected)"
    (found,) = store.query(f"SELECT {sums} FROM ledger")
    ((rows,),) = store.query("SELECT count() FROM case_steps")
    asked = (total.records, total.accepted, total.repeats, total.refused)
    same = tuple(int(count) for count in found) == asked and int(rows) == total.accepted
    names = ("records", "accepted", "sent again", "refused")
    counts = ", ".join(f"{int(a):,} {name}" for a, name in zip(found, names, strict=True))
    say(f"{counts}; {int(rows):,} rows of case_steps: {'as the history asks' if same else f'asked were {asked}'}")
    proof = [one for one in verdict(store, place.settings).lines if one.question in PROOF]
    say("\n".join(f"nhip check, {one.question}: {one.en}" for one in proof))
    return same and all(one.level == 0 for one in proof)


PROOF = ("lost", "balance", "stored", "doubled")


def open_cases(place: Installation) -> int:
    """By the newest daily buckets of each unit."""
    sql = (
        "SELECT sum(last) FROM (SELECT argMax(open_end, (bucket, revision)) AS last FROM case_buckets "
        "WHERE width = 'day' GROUP BY kind, unit, shard)"
    )
    ((count,),) = connect(place.settings).query(sql)
    return int(count)


def told(found: Watched) -> str:
    cpu = ", ".join(f"{part} {found.per_record_us(part):.2f}" for part in ("worker", "engine", "kafka"))
    return f"{found.seconds:.1f} s from the start, {found.rate:,.0f}/s at work; CPU µs a record: {cpu}"


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
