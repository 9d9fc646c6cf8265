"""`make scenarios`: every scenario, how it becomes visible, after how much, and whether within its bound.

    python -m bench.detection.scenarios [--seeds 1,2] [--tet 2027] [--no-days] [--live]

In memory the bound is the record that decides, or the first tick past the next whole minute. Storm and Tết run over the
simulated real feeds (some minutes). `--live` instead starts Kafka, engine and worker in a folder and on ports of its
own and measures one scenario of each outcome: at most two seconds of wall time. Exit code: 0 all within their bounds,
1 one is not, 2 it could not run.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from bench.detection import live
from bench.detection.days import storms, tets
from bench.detection.sight import Sight, look
from bench.installation import installation
from catalogue.load import Catalogue, load
from contract.errors import NhipError
from producers.simulate.scenarios import SCENARIOS
from producers.simulate.world import to_ms

START_MS = to_ms(date(2026, 11, 20), 9.5) + 17_000
"""In the middle of a minute: so a bound of a whole minute is not met by chance."""
LANDFALL_MS = to_ms(date(2026, 8, 5))
HEADER = ("scenario", "feed", "visible as", "after", "bound", "passed")
WIDTHS = (17, 16, 62, 19, 44, 6)
CALM = "tet"
"""On the drill feeds a stream without a fault; Tết itself is a matter of the real feeds."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.detection.scenarios")
    parser.add_argument("--seeds", type=_numbers, default=[1], metavar="N,N")
    parser.add_argument("--tet", type=int, default=2027, metavar="YEAR")
    parser.add_argument("--no-days", action="store_true", help="leave out storm and Tết on the real feeds")
    parser.add_argument("--live", action="store_true", help="one of each outcome on real services")
    arguments = parser.parse_args()
    catalogue = load()
    if arguments.live:
        return _live(catalogue, arguments.seeds[0])
    say(_line(HEADER))
    passed = [_said(sight) for seed in arguments.seeds for sight in sights(catalogue, seed, arguments)]
    missed = passed.count(False)
    say(f"{missed} of {len(passed)} not within their bound." if missed else "All within their bounds.")
    return 0 if all(passed) else 1


def sights(catalogue: Catalogue, seed: int, arguments: argparse.Namespace) -> Iterator[Sight]:
    for name in SCENARIOS:
        if name != CALM:
            yield look(catalogue, name, seed, START_MS)
    if not arguments.no_days:
        yield from storms(catalogue, seed, LANDFALL_MS)
        yield from tets(catalogue, seed, arguments.tet)


def _live(catalogue: Catalogue, seed: int) -> int:
    folder = Path(tempfile.mkdtemp(prefix="nhip-scenarios-"))
    try:
        with installation(folder, catalogue, lambda line: say(line.strip())) as place:
            live.ready(catalogue, place.settings)
            measured = live.run(catalogue, place.settings, seed)
    except (NhipError, TimeoutError) as error:
        print(f"{error} (logs: {folder / 'log'})", file=sys.stderr)
        return 2
    say(_line(("scenario", "feed", "visible as", "seconds", "from", "passed")))
    for one in measured:
        word = "yes" if one.passed else "NO"
        say(_line((one.scenario, one.feed, one.outcome, f"{one.seconds:.3f}", one.decided_by, word)))
    good = all(one.passed for one in measured)
    say(f"All within {live.BOUND_S:.0f} s." if good else f"Not all within {live.BOUND_S:.0f} s; logs: {folder / 'log'}")
    if good:
        shutil.rmtree(folder)
    return 0 if good else 1


def _said(sight: Sight) -> bool:
    word = "yes" if sight.passed else "NO"
    say(_line((sight.scenario, sight.feed, sight.how, sight.after, sight.bound, word)))
    for other in sight.others:
        say(f"    also: {other}")
    return sight.passed


def _line(cells: Iterable[str]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
