"""`python -m bench.fill`: see the package."""

import argparse
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bench.fill.engine import engine_in
from bench.fill.plan import Size, minute, parse, when
from bench.fill.run import Fill, filled_until
from catalogue.load import load
from clickhouse.client import Store, connect
from clickhouse.tables import TABLES
from contract.errors import NhipError


def compact(store: Store) -> None:
    """One part for each month that is over, as merges leave it in the end; the running month stays as it came."""
    sql = """
        SELECT table, partition_id FROM system.parts
        WHERE active AND database = {d:String} AND greatest(max_date, toDate(max_time)) < today() - 20
        GROUP BY table, partition_id HAVING count() > 1
    """
    for table, partition in store.query(sql, d=store.database):
        with suppress(ConnectionError):  # it goes on without us
            store.command(f"OPTIMIZE TABLE {table} PARTITION ID '{partition}' FINAL")


def took(table: str, seconds: float) -> None:
    print(f"{table:14} {seconds:7.1f} s", flush=True)


def report(store: Store) -> None:
    sql = """SELECT table, sum(rows), sum(bytes_on_disk), count() FROM system.parts
        WHERE active AND database = {d:String} GROUP BY table ORDER BY table"""
    total = 0
    for table, rows, size, parts in store.query(sql, d=store.database):
        if table in TABLES:
            total += rows
            print(f"{table:14} {rows:>12,} rows {size / 1e6:>9,.1f} MB {parts:>4} parts")
    print(f"{'all':14} {total:>12,} rows")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.fill")
    parser.add_argument("--folder", type=Path, required=True, help="where the store lies or is to lie")
    parser.add_argument("--scale", type=float, default=1.0, help="times the country's number of cases")
    parser.add_argument("--until", type=parse, default=minute(datetime.now(UTC)), help="end of the rows, ISO; now")
    parser.add_argument("--no-compact", action="store_true", help="leave the parts as the inserts made them")
    asked = parser.parse_args()
    started = time.monotonic()
    try:
        with engine_in(asked.folder) as settings:
            store = connect(settings, "writer")
            if (there := filled_until(store)) >= asked.until:
                print(f"filled up to {when(there)} UTC already")
            else:
                Fill(store, load(), Size(scale=asked.scale), asked.until, took).run()
            if not asked.no_compact:
                compact(store)
            report(store)
    except NhipError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
