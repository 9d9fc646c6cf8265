"""`python -m bench.boards`: see the package."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bench.boards.examples import with_example
from bench.fill.engine import engine_in
from bench.fill.plan import Size, minute
from bench.fill.run import Fill, filled_until
from catalogue.load import load
from clickhouse.client import Store, connect
from contract.errors import NhipError
from contract.settings import CHECKOUT
from grafana.boards import BOARDS
from grafana.model import Board
from nhip.boards.ask import Answer, ask, choices, during

TEN_MILLION = Size(scale=0.03, figures_days=90, states_days=14, findings_a_day=300, ledger_hours=24)
FOLDER = CHECKOUT / "var" / "boards-bench"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.boards")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the filled store lies or is to lie")
    parser.add_argument("--times", type=int, default=5, help="how often each panel is asked")
    parser.add_argument("--only", default="", help="boards whose uid holds this")
    asked = parser.parse_args()
    try:
        with engine_in(asked.folder) as settings:
            writer = connect(settings, "writer")
            if not filled_until(writer):
                print("filling ten million rows", flush=True)
                Fill(writer, load(), TEN_MILLION, minute(datetime.now(UTC))).run()
            store, until = connect(settings, "reader"), filled_until(writer)
            print(f"{rows(writer):,} rows")
            asking = (board for board in BOARDS if any(panel.kind != "note" for panel in board.panels))
            boards = [board for board in asking if asked.only in board.uid]
            over = [line for board in boards for line in of(store, board, until, asked.times)]
    except NhipError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(over) if over else "every panel within its budget")
    return 1 if over else 0


def rows(store: Store) -> int:
    sql = "SELECT sum(rows) FROM system.parts WHERE active AND database = {d:String}"
    return int(store.query(sql, d=store.database)[0][0])


def of(store: Store, board: Board, until: int, times: int) -> list[str]:
    """Prints a line for the board; what went over its budget, or failed."""
    variables = choices(store, board, until, "vi")
    panels = [panel for panel in board.panels if panel.kind != "note"]
    given = {p.key: with_example(store, board, p, variables) for p in panels}
    found = {p.key: [ask(store, p, during(board, until), "vi", given[p.key]) for _ in range(times)] for p in panels}
    p95 = {panel.key: quantile(found[panel.key], 0.95) for panel in panels}
    slowest = max(panels, key=lambda panel: p95[panel.key])
    every = [answer for answers in found.values() for answer in answers]
    told = f"p50 {quantile(every, 0.5):6.0f} ms  p95 {quantile(every, 0.95):6.0f} ms"
    print(f"{board.uid:24} {len(panels):3} panels  {told}  slowest {slowest.key} {p95[slowest.key]:.0f} ms", flush=True)
    wrong = [f"{board.uid}:{key}: {a[0].problem}" for key, a in found.items() if a[0].problem]
    wrong += [f"{board.uid}:{key}: no rows" for key, a in found.items() if not a[0].problem and not a[0].rows]
    limit = {panel.key: board.budget_ms(panel) for panel in panels}
    return wrong + [f"{board.uid}:{k}: {p95[k]:.0f} ms of {limit[k]}" for k in p95 if p95[k] > limit[k]]


def quantile(answers: Sequence[Answer], at: float) -> float:
    return float(np.quantile([answer.took_ms for answer in answers], at))


if __name__ == "__main__":
    sys.exit(main())
