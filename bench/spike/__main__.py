"""A shard's memory at the country's real size: 20 million steps with a million open cases and string ids.

    python -m bench.spike [--steps 20000000] [--open 1000000] [--batch 10000] [--no-maps]

Cases of the last 60 days and four million record ids are remembered from the start, so that the size is steady from
the first step on. Times are CPU time of the fold alone; making the steps is not in them.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from bench.spike.fold import PARTS, Memory, Timed, resident
from bench.spike.keeping import keep
from bench.spike.maps import compare
from bench.spike.steps import DAY_MS, STEPS_A_CASE, STEPS_A_DAY, Population
from catalogue.load import load
from streams.admit.identity import ids_of
from streams.admit.repeats import HORIZON_MS, MOST
from streams.fold.cases import KEEP_CLOSED_MS

MILLION = 1_000_000
SHOWN = (1, 2, 5, 10, 20)
PRELOAD = 50_000
START_MS = 1_795_200_000_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.spike")
    parser.add_argument("--steps", type=int, default=20 * MILLION)
    parser.add_argument("--open", type=int, default=MILLION)
    parser.add_argument("--batch", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-maps", action="store_true", help="leave out the comparison of maps")
    arguments = parser.parse_args()
    kind = load().kinds["dossier"]
    population = Population(kind, arguments.open, START_MS, arguments.seed)
    memory = Memory([kind])
    _remember(memory, population, arguments.open)
    say("")
    _fold(memory, population, arguments.steps, arguments.batch)
    say("")
    _keeping(memory, population, arguments.batch)
    if not arguments.no_maps:
        del memory
        say("")
        _maps(arguments.open, arguments.batch)
    return 0


def _remember(memory: Memory, population: Population, open_: int) -> None:
    """Cases and record ids as a long life would have left them; each sort's weight, counted and as the process grew."""
    ended = int(STEPS_A_DAY / STEPS_A_CASE * KEEP_CLOSED_MS / DAY_MS)
    weights, counted = [resident()], [0]
    for batch in population.remembered(ended, KEEP_CLOSED_MS, PRELOAD):
        memory.cases.trace(ids_of(batch.texts), batch.kind, batch.state, batch.unit, batch.at, batch.due_at)
        memory.cases.on_minute(int(batch.at[-1]))
    weights, counted = [*weights, resident()], [*counted, memory.cases.nbytes]
    for batch in population.first(PRELOAD):
        memory.cases.trace(ids_of(batch.texts), batch.kind, batch.state, batch.unit, batch.at, batch.due_at)
    memory.cases.on_minute(START_MS)
    weights, counted = [*weights, resident()], [*counted, memory.cases.nbytes]
    _remember_ids(memory)
    weights, counted = [*weights, resident()], [*counted, memory.cases.nbytes + memory.seen.nbytes]
    say(_line(("remembered", "number", "bytes each", "process grew")))
    counts = {"cases that ended": ended, "open cases": open_, "record ids": 2 * MOST}
    for what, size, grew in zip(counts, np.diff(counted).tolist(), np.diff(weights).tolist(), strict=True):
        say(_line((what, f"{counts[what]:,}", f"{size / counts[what]:.0f}", f"{grew / MILLION:.0f} MB")))


def _remember_ids(memory: Memory) -> None:
    """Two full generations."""
    random = np.random.default_rng(1)
    for start in range(0, 2 * MOST, PRELOAD):
        if start == MOST:
            memory.seen.on_minute(START_MS - 2 * HORIZON_MS)
            memory.seen.on_minute(START_MS - HORIZON_MS)
        ids = random.integers(1, 1 << 63, (PRELOAD, 2)).astype(np.uint64)
        memory.seen.judge(ids, (ids[:, 0] >> np.uint64(1)).astype(np.int64))


def _fold(memory: Memory, population: Population, steps: int, batch: int) -> None:
    say(_line(("steps", *(f"{part}, us" for part in PARTS), "all, us", "open", "remembered", "resident, MB")))
    timed, done = Timed(), 0
    shown = sorted({million * MILLION for million in SHOWN if million * MILLION < steps} | {steps})
    before, since = dict.fromkeys(PARTS, 0.0), 0
    for until in shown:
        while done < until:
            memory.take(population.steps(batch), timed)
            done += batch
        each = [(timed.seconds[part] - before[part]) / (done - since) * MILLION for part in PARTS]
        before, since = {part: timed.seconds[part] for part in PARTS}, done
        held = (f"{sum(memory.cases.open.values()):,}", f"{len(memory.cases.rows):,}")
        times = (f"{us:.3f}" for us in (*each, sum(each)))
        say(_line((f"{done:,}", *times, *held, f"{resident() / MILLION:.0f}")))
    say("longest call: " + ", ".join(f"{part} {timed.longest_ms[part]:.0f} ms" for part in PARTS))


def _keeping(memory: Memory, population: Population, batch: int) -> None:
    say(_line(("snapshots of all that", "rows", "MB", "seconds")))
    for kept in keep(memory, population, load(), batch):
        say(_line((kept.what, f"{kept.rows}", f"{kept.size / MILLION:.1f}", f"{kept.seconds:.3f}")))


def _maps(ids: int, batch: int) -> None:
    say(_line((f"{ids:,} string ids in", "us an id", "longest, ms", "bytes an id")))
    for cost in compare(ids, batch):
        say(_line((cost.name, f"{cost.us_an_id:.3f}", f"{cost.longest_ms:.0f}", f"{cost.bytes_an_id:.0f}")))


def _line(cells: Sequence[str]) -> str:
    first, *rest = cells
    return f"{first:<40}" + "".join(f"{cell:>14}" for cell in rest)


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
