"""A generation derived anew from the store's own rows, compared and put in force, while the log goes on growing.

    python -m bench.throughput.again [--steps 5] [--scale X] [--rows N] [--seed N]

The store is filled as `bench.throughput.line` fills it. Then its raw rows and ticks go through Kafka, Faust and a
worker into generation 2, as `nhip generation replay 2` and `enforce 2` do it, beside a live worker and a producer that
goes on.

Exit code: 0 no row differs and the generation is in force, 1 otherwise, 2 it could not run.
"""

import argparse
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.installation import Installation, installation
from bench.throughput.history import Portal
from bench.throughput.line import ODD, Filled, every_row_is_there, fill, groups, piece, say, some, told
from bench.throughput.messages import Group, opening
from bench.throughput.watch import behind, log_ends
from catalogue.load import Catalogue, load
from clickhouse import generations
from clickhouse.client import connect
from contract.errors import NhipError, SetupError
from contract.settings import load as settings_of_environment
from contract.version import version
from nhip.generation_enforce import Refused, enforce
from nhip.generation_replay import Replay
from producers.simulate.world import HOUR

NEW = 2
LIMIT_S = 120.0
PAUSE_S = 1.0
"""Between two hours of the history: a producer that goes on, and leaves the cores to the replay."""


def main() -> int:
    asked = arguments()
    catalogue = load(settings_of_environment().catalogue_dir)
    folder = Path(tempfile.mkdtemp(prefix="nhip-again-"))
    try:
        with installation(folder, catalogue, lambda _: None) as place:
            good = again(place, catalogue, asked)
    except Refused as refused:
        print(refused)
        good = False
    except NhipError as error:
        print(f"{error} (logs: {folder / 'log'})", file=sys.stderr)
        return 2
    if good:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if good else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.throughput.again")
    parser.add_argument("--steps", type=float, default=5.0, help="millions of steps in the store")
    parser.add_argument("--scale", type=float, default=3.0, help="of the nation's dossiers a day; 3: a million open")
    parser.add_argument("--rows", type=int, default=10_000, help="in a message, at most")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def again(place: Installation, catalogue: Catalogue, asked: argparse.Namespace) -> bool:
    portal = Portal(catalogue, asked.scale, seed=asked.seed, odd=ODD)
    history, total = groups(portal, asked.rows, HOUR), Filled()
    place.supervisor.pause("worker", 30.0)
    piece(place, total, opening(portal, asked.rows))
    say(f"from the log: {told(piece(place, total, some(history, round(asked.steps * 1e6))))}")
    place.supervisor.resume("worker")
    store = connect(place.settings, "writer")
    generations.begin(store, NEW, [], "bench", version(place.settings))
    with growing(place, total, history), _replay(place, catalogue) as replay:
        started = time.monotonic()
        replay.near()
        say(f"from the store: near the live end after {time.monotonic() - started:.1f} s")
        standstill = enforce(place.settings, store, replay, "bench", version(place.settings), say, False)
    say(f"generation {generations.standing(store).in_force} is in force; nothing was derived for {standstill:.1f} s")
    caught_up(place)
    return every_row_is_there(place, total) and generations.standing(store).in_force == NEW


def caught_up(place: Installation) -> None:
    """The live worker has the last of what came in."""
    store, ends, until = connect(place.settings), log_ends(place), time.monotonic() + LIMIT_S
    while behind(store, ends)[0]:
        if time.monotonic() > until:
            raise SetupError(f"the worker has not caught up after {LIMIT_S:.0f} s; see {place.logs}")
        time.sleep(0.5)


def _replay(place: Installation, catalogue: Catalogue) -> Replay:
    return Replay(place.settings, catalogue, connect(place.settings, "writer"), NEW, catalogue.feeds, say)


@contextmanager
def growing(place: Installation, total: Filled, history: Iterator[Group]) -> Iterator[None]:
    """The log goes on, an hour of one shard at a time; what was sent is added at the end."""
    over, sent = threading.Event(), Filled()

    def go_on() -> None:
        while not over.wait(PAUSE_S):
            added = fill(place, [next(history)])
            sent.records += added.records
            sent.repeats += added.repeats
            sent.refused += added.refused

    producer = threading.Thread(target=go_on)
    producer.start()
    try:
        yield
    finally:
        over.set()
        producer.join()
    say(f"meanwhile {sent.records:,} more steps came in")
    total.records += sent.records
    total.repeats += sent.repeats
    total.refused += sent.refused


if __name__ == "__main__":
    sys.exit(main())
