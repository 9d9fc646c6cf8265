"""The one door to chdb.

Every request gets a handle of its own. A handle whose query failed after it had produced rows gives those rows to the
next query that has none; a fresh handle costs 0.2 ms and has never done so.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import msgspec

from clickhouse.embedded import config
from clickhouse.embedded.refusal import EngineRefusal, Refusal
from contract.errors import SetupError

os.environ["TZ"] = "UTC"  # the engine's time zone: its configuration has no say in it
import chdb

_CHDB: Any = chdb  # it is without types
_MEMFD = hasattr(os, "memfd_create")
_DESCRIPTORS = "/proc/self/fd" if _MEMFD else "/dev/fd"
_PYTHON_FORMATS = frozenset(("dataframe", "arrowtable", "datastore"))
"""Names that chdb takes for Python objects, not for formats."""


_TAKEN = "{folder} is in use by another engine (process {owner}); stop it, or set NHIP_VAR to another folder"


class Result(msgspec.Struct, frozen=True):
    body: bytes
    read_rows: int = 0
    read_bytes: int = 0
    written_rows: int = 0
    written_bytes: int = 0


class Handle:
    """One conversation with the engine. To be closed, and not to be used again after an error."""

    def __init__(self, address: str) -> None:
        self._connection: Any = _CHDB.connect(address)

    def set(self, database: str, settings: dict[str, str]) -> None:
        """The database and the settings of what follows, in their order."""
        lines = [f"USE {_quoted(database, '`')}"] if database else []
        if settings:  # in one statement: each costs the engine 0.1 ms
            lines.append("SET " + ", ".join(f"{name} = {_quoted(value, chr(39))}" for name, value in settings.items()))
        if lines:
            self._do(lambda: self._connection.query(";".join(lines), "Null"))

    def query(self, text: bytes, format_name: str, parameters: dict[str, str]) -> Result:
        if format_name.lower() in _PYTHON_FORMATS:
            raise Refusal(73, "UNKNOWN_FORMAT", f"Unknown format {format_name}.")
        sql = text.decode("utf-8", "surrogateescape")
        result = self._do(lambda: self._connection.query(sql, format_name, params=parameters or None))
        return Result(result.bytes() or b"", int(result.rows_read()), int(result.bytes_read()))

    def insert(self, text: bytes, clause: bytes, format_name: str, rows: bytes) -> Result:
        """Insert rows that came in a format.

        They are handed over as a file that is only in memory. The engine's own `send_insert` reports success for an
        insert that did not fit on the disk; a query's failure is always raised.
        """
        with _file_of(rows) as path:
            source = f" FROM INFILE '{path}' COMPRESSION 'none' ".encode()
            sql = text + source + clause + f" FORMAT {format_name}".encode()
            done = self._do(lambda: self._connection.query(sql.decode("utf-8", "surrogateescape"), "Null"))
        return Result(b"", written_rows=int(done.rows_read()), written_bytes=int(done.bytes_read()))

    def close(self) -> None:
        with suppress(Exception):
            self._connection.close()

    @staticmethod
    def _do(call: Any) -> Any:
        try:
            return call()
        except Exception as error:
            raise EngineRefusal(error) from error


class Engine:
    """The open engine. One process per data directory: a second one is told so.

    Who names no database is in ours: the engine's own default database takes a misspelt table for a file.
    """

    def __init__(self, folder: Path, database: str, limits: config.Limits) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = _lock(folder)
        written = config.write(folder, database, limits)
        self.data = folder / "data"
        self._address = f"{self.data}?config-file={written}"
        self._keep = _opened(self._address, folder)
        self.database = database
        self.command(f"CREATE DATABASE IF NOT EXISTS {_quoted(database, '`')}")
        self.version = self._ask("SELECT version()")
        self.timezone = self._ask("SELECT timezone()")

    @contextmanager
    def handle(self) -> Iterator[Handle]:
        handle = self.new_handle()
        try:
            yield handle
        finally:
            handle.close()

    def new_handle(self) -> Handle:
        return Handle(self._address)

    def command(self, sql: str) -> None:
        """A statement of the endpoint's own, without a result."""
        with self.handle() as handle:
            handle.query(sql.encode(), "Null", {})

    def close(self) -> None:
        self._keep.close()
        os.close(self._lock)

    def _ask(self, sql: str) -> str:
        with self.handle() as handle:
            return handle.query(sql.encode(), "TabSeparatedRaw", {}).body.decode().strip()


@contextmanager
def _file_of(rows: bytes) -> Iterator[str]:
    """A path from which the engine, in this process, can read the rows; gone afterwards, also after a kill."""
    with open(os.memfd_create("rows", os.MFD_CLOEXEC), "wb", buffering=0) if _MEMFD else TemporaryFile() as file:
        left = memoryview(rows)
        while left:
            left = left[file.write(left) :]
        file.flush()
        yield f"{_DESCRIPTORS}/{file.fileno()}"


def _quoted(text: str, quote: str) -> str:
    return quote + text.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote


def _lock(folder: Path) -> int:
    """The kernel gives the lock back when the process dies, however it dies."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        owner = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise SetupError(_TAKEN.format(folder=folder, owner=owner)) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def _opened(address: str, folder: Path) -> Handle:
    try:
        return Handle(address)
    except Exception as error:
        text = str(error)
        if "Code: 76." in text or "Cannot lock file" in text:
            raise SetupError(_TAKEN.format(folder=folder, owner="unknown")) from error
        raise SetupError(f"the engine cannot open {folder}: {text.splitlines()[0][:300]}") from error
