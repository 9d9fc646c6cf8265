"""`python -m bench.live`: see the package."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench.installation import Layout, installation
from bench.live.report import Measured, lines
from bench.live.run import Run
from catalogue.load import load
from clickhouse.client import Store, connect
from contract.errors import NhipError


def rows_in(store: Store) -> int:
    raw = "active AND database = {d:String} AND table IN ('figures', 'case_steps')"
    ((rows,),) = store.query(f"SELECT sum(rows) FROM system.parts WHERE {raw}", d=store.database)
    return int(rows)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.live")
    parser.add_argument("--folder", type=Path, help="a folder that bench.fill has filled; else the store is empty")
    parser.add_argument("--rate", type=int, default=2_000, help="records a second in the first phase")
    parser.add_argument("--seconds", type=float, default=120.0, help="length of the first phase; the others take half")
    asked = parser.parse_args()
    folder = asked.folder.resolve() if asked.folder else Path(tempfile.mkdtemp(prefix="nhip-live-"))
    shutil.rmtree(folder / "kafka", ignore_errors=True)  # the log of the run before
    run = f"live{int(time.time())}"
    layout = Layout(settings={"topic_prefix": run, "group": run})
    try:
        with installation(folder, load(), lambda line: print(f"  {line.strip()}", flush=True), layout) as place:
            print(f"{rows_in(connect(place.settings)):,} raw rows stored; load of the machine {os.getloadavg()[0]:.1f}")
            one = Run(place, load(), asked.rate, asked.seconds, run)
            found = one.measured(lambda line: print(line, flush=True))
            for line in lines(found, *one.together):
                print(line)
    except NhipError as error:
        print(f"{error} (logs: {folder / 'log'})", file=sys.stderr)
        return 2
    finally:
        if not asked.folder:
            shutil.rmtree(folder, ignore_errors=True)
    return 0 if all(kept(one) for one in found) else 1


def kept(one: Measured) -> bool:
    return not one.unread and (not one.phase.bar_ms or one.fresh.p99 <= one.phase.bar_ms)


if __name__ == "__main__":
    sys.exit(main())
