"""Planted mistakes: each runs with the few faults under which it shows, and the programme must catch it."""

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from bench.faults import rounds
from bench.faults.mutants import MUTANTS, Mutant
from bench.faults.registry import KINDS
from bench.faults.rounds import Outcome
from bench.faults.scene import Patience
from bench.faults.schedule import Round
from catalogue.load import load
from contract.errors import SetupError

FAULTS = 3
SEED = 11
PATIENCE = Patience(quiet_s=60.0, load=5.0)
Say = Callable[[str], None]


class Trial(msgspec.Struct, frozen=True):
    mutant: str
    caught: bool
    by: str
    seconds: float


def run(names: Sequence[str], say: Say) -> int:
    """0 where every mistake is caught."""
    for name in names:
        if name not in MUTANTS:
            raise SetupError(f"--mutants: there is no {name!r}; there are {', '.join(MUTANTS)}")
    trials = []
    say(f"{'planted mistake':<26}{'caught':<8}{'s':>5}  by")
    for name in names or MUTANTS:
        trials.append(_try(MUTANTS[name]))
        one = trials[-1]
        say(f"{one.mutant:<26}{'yes' if one.caught else 'NO':<8}{one.seconds:>5.0f}  {one.by}")
    caught = sum(one.caught for one in trials)
    say(f"{caught} of {len(trials)} caught in {sum(one.seconds for one in trials):.0f} s, seed {SEED}")
    return 0 if caught == len(trials) else 1


def plan(mutant: Mutant) -> Round:
    """The quickest of the faults under which it shows, each point more than once where there are few."""
    usable = sorted((name for name in mutant.kinds if name in KINDS), key=lambda name: KINDS[name].seconds)
    kinds = tuple((usable * FAULTS)[:FAULTS])
    workers = max((KINDS[name].workers for name in kinds), default=1)
    return Round(1, f"{SEED}-{mutant.name}", workers, False, kinds)


def _try(mutant: Mutant) -> Trial:
    folder, began = Path(tempfile.mkdtemp(prefix="nhip-mutant-")), time.monotonic()
    outcome = rounds.run(plan(mutant), folder, load(), lambda line: None, ["--mutant", mutant.name], PATIENCE)
    shutil.rmtree(folder, ignore_errors=True)
    return Trial(mutant.name, is_caught(outcome), by(outcome), time.monotonic() - began)


def is_caught(outcome: Outcome) -> bool:
    """By the verdict alone: that it stood still, or did not run at all, proves nothing about rows."""
    return outcome.verdict is not None and not outcome.verdict.good


def by(outcome: Outcome) -> str:
    kinds = ", ".join(dict.fromkeys(outcome.round.kinds)) or "no fault"
    if outcome.verdict is None:
        return f"no verdict: {outcome.ended} ({kinds})"
    tables = [f"{table} {count:,}" for table, count in outcome.verdict.different.items()]
    why = outcome.verdict.why() or "nothing"
    return f"{why}{' [' + ', '.join(tables) + ']' if tables else ''} under {kinds}"
