"""The job as a contender gets it, and what it tells while it works.

A contender is a process of its own: it reads the job's topic from the beginning, folds, and writes raw steps and
buckets into the engine. It says "first" when the first record is in its hands and "done" when the last row is written;
the race reads every process's CPU at these two moments. Then it leaves the state of its cases in a file.
"""

import os
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from clickhouse.client import Store, connect
from contract.settings import load

VARIABLE = "BENCH_JOB"
CASES = pa.schema([("case_id", pa.string()), ("state", pa.string())])
TIMES = ("started_at", "ended_at", "due_at")


class Job(msgspec.Struct, frozen=True):
    topic: str
    records: int
    flush_rows: int
    """Rows of one insert of raw steps."""
    messages: int
    """As many messages hold about so many rows."""
    log_messages: int
    """In the topic, ticks included."""
    group: str
    cases: str
    """Where the end state of the cases goes."""
    told: int
    """File descriptor to speak on."""
    folder: str
    """For whatever a framework wants to keep."""
    broker: str


def room(job: Job, rows: int) -> int:
    """Messages that still go into an insert that holds so many rows, one at least."""
    per_message = max(1, job.flush_rows // job.messages)
    return max(1, -(-(job.flush_rows - rows) // per_message))


def asked() -> Job:
    pa.array([""])  # pyarrow looks for pandas at its first list, which takes most of a second
    return msgspec.json.decode(os.environ[VARIABLE], type=Job)


def tell(job: Job, word: str) -> None:
    os.write(job.told, f"{word}\n".encode())


def store() -> Store:
    """Every contender writes through the same client."""
    return connect(load(), "writer")


def keep_cases(job: Job, case_ids: list[str], states: list[str], times: dict[str, Any]) -> None:
    """Leaves the end state; times in ms UTC, 0 for none."""
    columns = {"case_id": pa.array(case_ids, pa.string()), "state": pa.array(states, pa.string())}
    columns |= {name: pa.array(times[name], pa.int64()) for name in TIMES}
    unfinished = Path(f"{job.cases}.new")
    with pa.ipc.new_file(str(unfinished), (table := pa.table(columns)).schema) as writer:
        writer.write_table(table)
    unfinished.rename(job.cases)
