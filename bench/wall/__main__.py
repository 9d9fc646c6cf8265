"""`python -m bench.wall`: see the package."""

import argparse
import os
import sys
from pathlib import Path

from bench.fill.engine import engine_in
from bench.fill.run import filled_until
from bench.wall.queries import wall
from bench.wall.run import Asked, ask, burst, quantiles
from clickhouse.client import connect
from contract.errors import NhipError
from contract.settings import Settings


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.wall")
    parser.add_argument("--folder", type=Path, required=True, help="a folder that bench.fill has filled")
    parser.add_argument("--times", type=int, default=5, help="how often each query is asked")
    parser.add_argument("--only", default="", help="queries whose name holds this")
    asked = parser.parse_args()
    queries = [query for query in wall() if asked.only in query.name]
    try:
        with engine_in(asked.folder) as settings:
            store = connect(settings, "reader")
            now_s = filled_until(store) // 1000
            found = []
            for query in queries:
                before = cpu_s(settings)
                own = [ask(store, query, now_s) for _ in range(asked.times)]
                found += own
                line(own, (cpu_s(settings) - before) * 1000 / asked.times)
            total(found)
            together, took_s = burst(store, queries, now_s)
    except NhipError as error:
        print(error, file=sys.stderr)
        return 2
    p50, p95, _, longest = quantiles([one.ms for one in together])
    print(f"{'all at once':38} p50 {p50:7.1f}  p95 {p95:7.1f}  max {longest:7.1f} ms, {took_s:.1f} s for all")
    return 1 if any(one.error for one in found) else 0


def line(own: list[Asked], cpu_ms: float) -> None:
    p50, p95, _, longest = quantiles([one.ms for one in own])
    times = f"p50 {p50:7.1f}  p95 {p95:7.1f}  max {longest:7.1f} ms  cpu {cpu_ms:7.1f} ms"
    print(f"{own[0].name:34} {times} {own[-1].rows:>6} rows {own[-1].error}", flush=True)


def total(found: list[Asked]) -> None:
    p50, p95, _, longest = quantiles([one.ms for one in found])
    print(f"{'every query':34} p50 {p50:7.1f}  p95 {p95:7.1f}  max {longest:7.1f} ms")


def cpu_s(settings: Settings) -> float:
    """Processor time of the engine so far."""
    owner = (settings.var_dir / "store" / "lock").read_text().strip()
    fields = Path(f"/proc/{owner}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
