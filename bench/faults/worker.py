"""The product's worker, made to be tried: points at which it can be ended, a clock that can be put wrong, an event loop
that can be stopped, and if asked for a planted mistake or the snapshots of another version.

    python -m bench.faults.worker [--mutant NAME] [--format N]

Without orders in the run's folder (`points.arm`, `clocks.set_offset`, `points.block`) it behaves as `nhip worker`.
"""

import argparse
import sys

from bench.faults import mutants, upgrade
from bench.faults.patches import Patches
from bench.faults.points import Passage
from bench.faults.weave import weave
from contract.settings import load
from nhip import cli


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.faults.worker")
    parser.add_argument("--mutant", choices=list(mutants.MUTANTS), help="plant this mistake")
    parser.add_argument("--format", type=int, metavar="N", help="keep snapshots as a version of that format would")
    asked = parser.parse_args()
    var_dir, patches = load().var_dir, Patches()
    if asked.mutant:
        mutants.apply(asked.mutant, patches)
    if asked.format is not None:
        upgrade.another_format(patches, asked.format)
    weave(patches, Passage(var_dir), var_dir)
    return cli.main(["worker"])


if __name__ == "__main__":
    sys.exit(main())
