"""`make faults`: faults on purpose, and the proof that nothing came of them.

    python -m bench.faults [--faults N] [--seed S] [--kinds a,b] [--results FILE] [--minutes M] [--short]
    python -m bench.faults --sum FILE …
    python -m bench.faults --mutants [NAME …]
    python -m bench.faults --list

A run is cut into rounds; each that is finished becomes a line of the results. The same seed goes on after the last
finished round of that seed. Exit code: 0 all as it must be, 1 something is lost, doubled, invented or different, or
stood still too long, 2 it could not run.
"""

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from bench.faults import registry, rounds, seeded, sums
from bench.faults.registry import KINDS, SHORT, chosen
from bench.faults.scene import QUIET_S, STALL_S, Patience
from bench.faults.schedule import Round, schedule
from bench.faults.sums import Line
from catalogue.load import load
from contract.errors import NhipError
from contract.settings import CHECKOUT

RESULTS = CHECKOUT / "var" / "faults.jsonl"
SHORT_SEED = 4


def main() -> int:
    asked = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # parts are ended in order, whoever asks
    try:
        if asked.sum:
            return _sum(sums.read(asked.sum))
        if asked.list:
            return _list()
        if asked.mutants is not None:
            return seeded.run(asked.mutants, say)
        return _run(asked)
    except NhipError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        say("\ninterrupted; finished rounds stand in the results, and the same --seed goes on")
        return 2


def _run(asked: argparse.Namespace) -> int:
    if asked.short:
        asked.seed = SHORT_SEED if asked.seed is None else asked.seed
        plans = [short(asked.seed)]
    else:
        asked.seed = random.SystemRandom().randrange(1, 1_000_000) if asked.seed is None else asked.seed
        plans = schedule(chosen(asked.kinds), asked.faults, asked.seed, asked.round)
    file = asked.results or (None if asked.short else RESULTS)
    done = [line for line in sums.read([file] if file else []) if line.run == asked.seed]
    left = [plan for plan in plans if plan.number not in {line.round for line in done}]
    faults = sum(len(plan.kinds) for plan in plans)
    say(f"seed {asked.seed}: {faults} faults in {len(plans)} rounds" + (f", {len(done)} of them done" if done else ""))
    ends = time.monotonic() + asked.minutes * 60
    lines = list(done)
    for plan in left:
        if time.monotonic() > ends:
            say(f"time is up; `--seed {asked.seed}` goes on with round {plan.number}")
            break
        line = _round(plan, asked, len(plans))
        if not line.struck:  # it could not run: that says nothing, and is tried again
            return 2
        lines.append(line)
        if file:
            sums.append(file, line)
    return _sum(lines)


def short(seed: int) -> Round:
    return Round(1, f"{seed}-short", 1, False, SHORT)


def _round(plan: Round, asked: argparse.Namespace, of: int) -> Line:
    folder = Path(tempfile.mkdtemp(prefix="nhip-faults-"))
    disk = ", a small disk" if plan.disk else ""
    say(f"\nround {plan.number} of {of}, seed {plan.seed}: {len(plan.kinds)} faults, {plan.workers} worker(s){disk}")
    say(f"{'':>10}{'fault':<22} first row   everywhere   effect")
    patience = Patience(asked.stall, max(QUIET_S, asked.stall), asked.load)
    outcome = rounds.run(plan, folder, load(), say, (), patience)
    line = sums.line(outcome, asked.seed, of)
    say(f"round {plan.number}: {line.records:,} records, {line.seconds:.0f} s, {'good' if line.good else line.why}")
    for name, found in line.examples.items():
        for example in found:
            say(f"          {name}: {example}")
    if line.good and not asked.keep:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        say(f"logs and data: {folder}")
    return line


def _sum(lines: list[Line]) -> int:
    if not lines:
        say("no finished round")
        return 2
    for text in ["", *sums.table(lines, KINDS)]:
        say(text)
    return 0 if all(line.good for line in lines) else 1


def _list() -> int:
    for kind in registry.KINDS.values():
        say(f"{kind.name:<22} {kind.what}\n{'':<22} effect: {kind.effect}; end: {kind.end}")
    return 0


def say(line: str) -> None:
    print(line, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description="faults on purpose")
    parser.add_argument("--faults", type=int, default=1_000, metavar="N")
    parser.add_argument("--seed", type=int, metavar="S", help="default: drawn and printed")
    parser.add_argument("--kinds", default="", metavar="A,B", help="only these; --list shows them")
    parser.add_argument("--round", type=int, default=50, metavar="N", help="faults in a round")
    parser.add_argument("--results", type=Path, metavar="FILE", help="where finished rounds go: var/faults.jsonl")
    parser.add_argument("--minutes", type=float, default=float("inf"), metavar="M", help="begin no round after these")
    parser.add_argument("--stall", type=float, default=STALL_S, metavar="SECONDS", help="standing still so long fails")
    parser.add_argument("--load", type=float, default=1.0, metavar="X", help="times the usual number of records")
    parser.add_argument("--short", action="store_true", help="a dozen faults at named points, a fixed seed")
    parser.add_argument("--keep", action="store_true", help="leave folders of good rounds too")
    parser.add_argument("--sum", type=Path, nargs="+", metavar="FILE", help="the table over all results")
    parser.add_argument("--mutants", nargs="*", metavar="NAME", help="planted mistakes, each of which must be caught")
    parser.add_argument("--list", action="store_true", help="every kind of fault")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
