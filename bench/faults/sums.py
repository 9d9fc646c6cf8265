"""Results of rounds as lines of JSON, and the table over all of them."""

import hashlib
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec
import numpy as np

from bench.faults.kinds import Kind
from bench.faults.rounds import Outcome, Struck
from bench.faults.verify import FAULTS
from contract.settings import CHECKOUT

LIBRARIES = ("faust-streaming", "aiokafka", "kafka-python", "chdb", "clickhouse-connect", "pyarrow")
PRODUCT = ("catalogue", "clickhouse", "contract", "nhip", "producers", "streams")
BOUNDS = {"worker": 10.0, "engine": 5.0}
"""p95 of the recovery, by part, seconds."""
STOP_S = 5.0
"""From SIGTERM of a worker to its end."""


class Line(msgspec.Struct, frozen=True):
    """What stays of one finished round."""

    run: int
    round: int
    of: int
    seed: str
    workers: int
    versions: dict[str, str]
    struck: list[Struck]
    records: int
    messages: int
    refused: int
    numbers: dict[str, int]
    extras: dict[str, int]
    seconds: float
    good: bool
    why: str = ""
    examples: dict[str, list[str]] = {}


def line(outcome: Outcome, run: int, of: int) -> Line:
    verdict, plan = outcome.verdict, outcome.round
    failed = [f"{one.kind}: {one.failed}" for one in outcome.struck if one.failed]
    return Line(
        run=run,
        round=plan.number,
        of=of,
        seed=plan.seed,
        workers=plan.workers,
        versions=versions(),
        struck=outcome.struck,
        records=verdict.intended if verdict else 0,
        messages=verdict.messages + verdict.ticks if verdict else 0,
        refused=verdict.refused if verdict else 0,
        numbers=verdict.numbers if verdict else {},
        extras=verdict.extras if verdict else {},
        seconds=round(outcome.seconds, 1),
        good=outcome.good,
        why="; ".join([*([outcome.ended] if outcome.ended else []), *([verdict.why()] if verdict else []), *failed]),
        examples=verdict.told() if verdict else {},
    )


def versions() -> dict[str, str]:
    """Libraries, and a hash of the product's own code: rounds of different code can be told apart."""
    product = hashlib.sha256()
    for folder in PRODUCT:
        for file in sorted((CHECKOUT / folder).rglob("*")):
            if file.suffix in (".py", ".sql", ".toml"):
                product.update(file.read_bytes())
    found = {name: version(name) for name in LIBRARIES}
    return {"code": product.hexdigest()[:12], "python": platform.python_version(), **found}


def append(file: Path, done: Line) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as out:
        out.write(msgspec.json.encode(done) + b"\n")


def read(files: Iterable[Path]) -> list[Line]:
    found = []
    for file in files:
        for text in file.read_bytes().splitlines() if file.is_file() else []:
            try:
                found.append(msgspec.json.decode(text, type=Line))
            except msgspec.DecodeError:  # an interrupted run may have torn its last line
                continue
    return found


def table(lines: Sequence[Line], kinds: Mapping[str, Kind]) -> list[str]:
    struck = [one for done in lines for one in done.struck]
    head = f"{'fault':<22}{'times':>7}{'seen':>6}{'p50 s':>8}{'p95 s':>8}{'max s':>8}{'everywhere p95':>16}"
    rows = [head]
    for name in [*(name for name in kinds if any(one.kind == name for one in struck))]:
        rows.append(_row(name, [one for one in struck if one.kind == name]))
    return [*rows, "", *_parts(struck, kinds), "", *_totals(lines, struck)]


def _row(name: str, mine: Sequence[Struck]) -> str:
    seen = sum(not one.effect for one in mine)
    everywhere = [one.all_s for one in mine if one.all_s is not None]
    p95 = f"{np.quantile(everywhere, 0.95):>16.1f}" if everywhere else f"{'–':>16}"
    return f"{name:<22}{len(mine):>7}{seen:>6}{_quantiles([one.first_s for one in mine])}{p95}"


def _quantiles(seconds: Iterable[float | None]) -> str:
    known = [one for one in seconds if one is not None]
    if not known:
        return f"{'–':>8}" * 3
    return "".join(f"{value:>8.1f}" for value in (*np.quantile(known, [0.5, 0.95]), max(known)))


def _parts(struck: Sequence[Struck], kinds: Mapping[str, Kind]) -> list[str]:
    rows = []
    for part in dict.fromkeys(kind.part for kind in kinds.values()):
        mine = [one for one in struck if one.kind in kinds and kinds[one.kind].part == part]
        if not mine:
            continue
        bound = BOUNDS.get(part)
        said = f"   bound {bound:.0f} s: {'kept' if _p95(mine) < bound else 'NOT KEPT'}" if bound else ""
        rows.append(f"recovery, {part:<12}{len(mine):>7}{'':>6}{_quantiles([one.first_s for one in mine])}{said}")
    stops = [one.facts["stop_s"] for one in struck if one.kind == "worker-stop" and "stop_s" in one.facts]
    if stops:
        said = "kept" if max(stops) < STOP_S else "NOT KEPT"
        rows.append(f"{'graceful stop':<22}{len(stops):>7}{'':>6}{_quantiles(stops)}   bound {STOP_S:.0f} s: {said}")
    return rows


def _p95(mine: Sequence[Struck]) -> float:
    known = [one.first_s for one in mine if one.first_s is not None]
    return float(np.quantile(known, 0.95)) if known else float("inf")


def _totals(lines: Sequence[Line], struck: Sequence[Struck]) -> list[str]:
    seen = [one for one in struck if not one.effect]
    bad = [done for done in lines if not done.good]
    numbers = {name: sum(done.numbers.get(name, 0) for done in lines) for name in FAULTS}
    extras = sum(sum(done.extras.values()) for done in lines)
    codes = sorted({done.versions.get("code", "") for done in lines})
    rows = [
        f"{len(seen):,} faults with proven effect ({len(struck):,} struck) of {len({one.kind for one in seen})} kinds "
        f"in {len(lines)} rounds, {sum(done.seconds for done in lines) / 3600:.2f} h; "
        f"seeds {', '.join(sorted({str(done.run) for done in lines}))}; code {', '.join(codes)}",
        f"{sum(done.records for done in lines):,} records in {sum(done.messages for done in lines):,} messages, "
        f"{sum(done.refused for done in lines):,} refused as they had to be",
        " · ".join(f"{name} {count:,}" for name, count in numbers.items()) + f"   (physical copies: {extras:,})",
    ]
    rows += [f"✖ round {done.seed}: {done.why}" for done in bad]
    if seen and not bad:
        rows.append(f"None in {len(seen):,} faults: below {3 / len(seen):.2%} a fault with 95 % confidence (3/n).")
    return rows
