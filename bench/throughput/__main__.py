"""The same job by others and by us, on one broker and one engine: `make bench`, `make bench-short`.

    python -m bench.throughput [--short] [--records N] [--single N] [--pairs N] [--only NAME ...] [--seed N]

Every contender reads the same records from Kafka, folds them, and writes raw steps and buckets into the same tables
in inserts of the same size; its end state is compared row by row. Exit code: 0 all the same, 1 an end state differs,
2 it could not run.
"""

import argparse
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench.installation import Installation, Layout, installation
from bench.throughput import setup, table
from bench.throughput.endstate import EndState
from bench.throughput.feed_job import Form, Records, fill, wanted
from bench.throughput.race import AIOKAFKA_COLUMNS, CONTENDERS, FAUST_COLUMNS, FLUSH_ROWS, Contender, Run, run
from catalogue.load import Catalogue, load
from contract.errors import NhipError
from contract.settings import load as settings_of_environment


class Plan(msgspec.Struct, frozen=True):
    """How much is run."""

    forms: tuple[Form, ...]
    pairs: int
    only: tuple[str, ...]
    seed: int


def main() -> int:
    asked = arguments()
    catalogue = load(settings_of_environment().catalogue_dir)
    folder = Path(tempfile.mkdtemp(prefix="nhip-bench-"))
    try:
        runs, pairs = race(folder, catalogue, plan(asked))
    except NhipError as error:
        print(f"{error} (logs: {folder / 'log'})", file=sys.stderr)
        return 2
    shutil.rmtree(folder, ignore_errors=True)
    print("\n".join([*table.written(runs, pairs, left_out()), "", versions()]), flush=True)
    return int(any(one.difference is not None and one.difference.count for one in runs))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.throughput")
    parser.add_argument("--short", action="store_true", help="small counts, below two minutes")
    parser.add_argument("--records", type=int, metavar="N", help="case steps in Arrow messages")
    parser.add_argument("--single", type=int, metavar="N", help="case steps sent one by one")
    parser.add_argument("--pairs", type=int, metavar="N", help="pairs of runs for the cost of Faust")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help=", ".join(c.name for c in CONTENDERS))
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def plan(asked: argparse.Namespace) -> Plan:
    records = asked.records or (200_000 if asked.short else 1_000_000)
    single = asked.single or (10_000 if asked.short else 100_000)
    pairs = (0 if asked.short else 10) if asked.pairs is None else asked.pairs
    sizes = (1_000,) if asked.short else (1_000, 10_000)
    forms = (Form(1, single, json=True), *(Form(rows, records) for rows in sizes))
    return Plan(forms, pairs, tuple(asked.only), asked.seed)


def race(folder: Path, catalogue: Catalogue, plan: Plan) -> tuple[list[Run], list[tuple[Run, Run]]]:
    records = Records(catalogue, max(form.records for form in plan.forms), plan.seed)
    runs: list[Run] = []
    pairs: list[tuple[Run, Run]] = []
    with installation(folder, catalogue, _quietly, Layout(workers=0)) as place:
        for empty in plan.forms:
            form = _filled(place, catalogue, records, empty)
            runs += _each(place, form, contenders(plan), wanted(records, form))
        for form in plan.forms[1:]:
            pairs += _pairs(place, form, plan.pairs)
    return runs, pairs


def _filled(place: Installation, catalogue: Catalogue, records: Records, form: Form) -> Form:
    """Both topics of a form."""
    fill(place.settings, catalogue, records, form, ours=False)
    own = msgspec.structs.replace(place.settings, topic_prefix=form.name)
    found = fill(own, catalogue, records, form, ours=True)
    print(f"{form.title}: {form.records:,} records, {found.bytes / form.records:.0f} bytes each", flush=True)
    return msgspec.structs.replace(form, messages=found.messages)


def contenders(plan: Plan) -> list[Contender]:
    here = [c for c in CONTENDERS if not plan.only or c.name in plan.only]
    return [c for c in here if not c.package or not setup.missing(c.package)]


def left_out() -> dict[str, str]:
    return {c.title: why for c in CONTENDERS if c.package and (why := setup.missing(c.package))}


def versions() -> str:
    packages = ("faust-streaming", "aiokafka", "quixstreams", "bytewax", "numpy", "pyarrow", "clickhouse-connect")
    named = ", ".join(f"{package} {setup.version(package)}" for package in packages)
    return f"Python {platform.python_version()}, {named}; inserts of {FLUSH_ROWS:,} rows"


def _each(place: Installation, form: Form, who: list[Contender], end: EndState) -> Iterator[Run]:
    for contender in who:
        done = run(place, contender, form, 0, end)
        print(f"  {table.short(done)}", flush=True)
        yield done


def _pairs(place: Installation, form: Form, count: int) -> Iterator[tuple[Run, Run]]:
    """By hand and in Faust, taking turns at going first, so that a slow minute falls on both."""
    for number in range(1, count + 1):
        order = (AIOKAFKA_COLUMNS, FAUST_COLUMNS) if number % 2 else (FAUST_COLUMNS, AIOKAFKA_COLUMNS)
        found = {c.name: run(place, c, form, number, None) for c in order}
        pair = (found[AIOKAFKA_COLUMNS.name], found[FAUST_COLUMNS.name])
        print(f"  pair {number}: {table.pair(pair)}", flush=True)
        yield pair


def _quietly(_line: str) -> None:
    """The parts' comings and goings are in the log."""


if __name__ == "__main__":
    sys.exit(main())
