"""One contender's run: an empty database, the process, its CPU between its first and its last record, its end state."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

import msgspec

from bench.installation import Installation
from bench.throughput import clocks, ours
from bench.throughput.endstate import Difference, EndState, compare, kept_cases, stored_buckets, stored_steps
from bench.throughput.feed_job import Form
from bench.throughput.job import VARIABLE, Job
from bench.throughput.setup import PYTHON
from clickhouse.client import connect
from clickhouse.migrate import migrate
from contract.errors import SetupError
from contract.settings import CHECKOUT, Settings, to_environment
from nhip.processes import ORPHAN, last_line

FLUSH_ROWS = 50_000
"""As the product's setting `flush_rows`."""
LIMIT_S, RECORD_LIMIT_S = 60.0, 5e-3
"""A run that takes longer than this and so much a record hangs."""


class Contender(msgspec.Struct, frozen=True):
    name: str
    module: str
    title: str
    package: str = ""
    """What has to be installed beside the product for it."""

    @property
    def is_ours(self) -> bool:
        return self.module == "ours"


OURS = Contender("ours", "ours", "Nhịp, whole worker, everything on")
FAUST_COLUMNS = Contender("faust-columns", "faust_columns", "Faust noack agent, columns")
AIOKAFKA_COLUMNS = Contender("aiokafka-columns", "aiokafka_columns", "aiokafka by hand, columns")
FRAMEWORKS = (
    Contender("quix", "quix_records", "Quix Streams", "quixstreams"),
    Contender("bytewax", "bytewax_records", "Bytewax", "bytewax"),
    Contender("faust-take", "faust_take", "stock Faust, take()"),
)
CONTENDERS = (
    OURS,
    FAUST_COLUMNS,
    AIOKAFKA_COLUMNS,
    Contender("aiokafka", "aiokafka_records", "aiokafka by hand, per record"),
    *FRAMEWORKS,
)


class Run(msgspec.Struct, frozen=True):
    contender: str
    form: str
    records: int
    seconds: float
    cpu: dict[str, float]
    """Seconds of client, engine and kafka between the first record and the last row."""
    difference: Difference | None = None

    def per_million(self, name: str) -> float:
        return self.cpu[name] / self.records * 1e6

    @property
    def rate(self) -> float:
        return self.records / self.seconds


class Timed(msgspec.Struct, frozen=True):
    seconds: float
    cpu: dict[str, float]


def run(place: Installation, contender: Contender, form: Form, number: int, wanted: EndState | None) -> Run:
    """Runs it once. `wanted` None leaves the end state unread, for runs that are repeated."""
    settings = settings_of(place, contender, form, number)
    store = connect(settings, "writer")
    store.command(f"DROP DATABASE IF EXISTS `{settings.store_database}` SYNC", in_database=False)
    migrate(store, settings)
    folder = place.settings.var_dir / "race" / f"{contender.name}-{form.name}-{number}"
    folder.mkdir(parents=True)
    clocks.until_quiet(place.pid("engine"))
    try:
        timed = _timed(place, settings, contender, form, folder)
        difference = None
        if wanted is not None:
            cases = ours.cases(settings, wanted) if contender.is_ours else kept_cases(str(folder / "cases.arrow"))
            found = EndState(stored_steps(store), stored_buckets(store), cases)
            difference = compare(wanted, found)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Run(contender.name, form.name, form.records, timed.seconds, timed.cpu, difference)


def settings_of(place: Installation, contender: Contender, form: Form, number: int) -> Settings:
    """A group of its own; ours reads the topics that the catalogue asks for."""
    own = {"group": f"race-{contender.name}-{form.name}-{number}", "topic_prefix": form.name}
    return msgspec.structs.replace(place.settings, **own)


def _timed(place: Installation, settings: Settings, contender: Contender, form: Form, folder: Path) -> Timed:
    reading, writing = os.pipe()
    job = Job(
        topic=form.name,
        records=form.records,
        flush_rows=FLUSH_ROWS,
        messages=max(1, FLUSH_ROWS // form.rows),
        log_messages=form.messages,
        group=settings.group,
        cases=str(folder / "cases.arrow"),
        told=writing,
        folder=str(folder),
        broker=settings.kafka_address,
    )
    log = place.logs / f"race-{contender.name}-{form.name}.log"
    environment = {**os.environ, **to_environment(settings), VARIABLE: msgspec.json.encode(job).decode()}
    python = str(PYTHON) if contender.package else sys.executable
    bound = [sys.executable, "-I", "-S", str(ORPHAN), str(os.getpid())]  # it ends with us, however we end
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*bound, python, "-m", f"bench.throughput.contenders.{contender.module}"],
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[writing],
        )
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as said:
            timed = _between(said, process, place, LIMIT_S + form.records * RECORD_LIMIT_S)
        _end(process, contender)
        return timed
    except (EOFError, subprocess.TimeoutExpired) as error:
        raise SetupError(f"{contender.name}, {form.name}: {last_line(log) or error} ({log})") from error
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _between(said: IO[bytes], process: subprocess.Popen[bytes], place: Installation, limit_s: float) -> Timed:
    pids = {"client": process.pid, "engine": place.pid("engine"), "kafka": place.pid("kafka")}
    overdue = threading.Timer(limit_s, process.kill)
    overdue.start()
    try:
        _expect(said, b"first\n")
        started, before = time.perf_counter(), clocks.all_cpu_s(pids)
        _expect(said, b"done\n")
        seconds, after = time.perf_counter() - started, clocks.all_cpu_s(pids)
    finally:
        overdue.cancel()
    return Timed(seconds, clocks.spent(before, after))


def _expect(said: IO[bytes], word: bytes) -> None:
    line = said.readline()
    if line != word:
        raise EOFError(f"said {line!r} where {word!r} was expected")


def _end(process: subprocess.Popen[bytes], contender: Contender) -> None:
    """A contender ends by itself when it has left its cases; ours is asked to, and keeps a snapshot."""
    if contender.is_ours:
        process.send_signal(signal.SIGTERM)
    process.wait(60)
