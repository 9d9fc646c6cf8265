"""The one door to clickhouse_connect: the same for the embedded engine and for a server; only settings differ.

    store = connect(settings, "writer")
    store.insert("figures", table)                                      one insert, one block
    store.rows("SELECT * FROM figures WHERE feed = {feed:String}", feed="power-load")

A statement that fails says which kind of failure it is: `StoreAway` is waited out and tried again, `StoreError` is not.
An insert that ended in `StoreAway` may have been done, wholly or in part; and clickhouse_connect itself sends an insert
a second time when the connection closed before the answer. Tables keep a window of block hashes against the second
(migrations: non_replicated_deduplication_window), callers look up what is there against the first.
"""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import clickhouse_connect
import pyarrow as pa
import zstandard
from clickhouse_connect.driver import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError

from contract.errors import StoreError
from contract.settings import Settings

Role = Literal["writer", "reader"]

logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)  # what it would log is raised, and handled here

_CONNECT_SECONDS = 5
_ANSWER_SECONDS = {"writer": 60, "reader": 90}
_AWAY = frozenset((3, 74, 75, 76, 202, 209, 210, 236, 242, 243, 252, 265, 319, 373, 394, 425, 473, 999))
"""The server is there but cannot now: starting, stopping, full disk, too many parts, table read-only, timed out."""
_SERVER_FAULT = re.compile(r"HTTP status 5\d\d")
"""What a proxy in front of a server answers while the server is away: no code of ClickHouse's."""
_AWAY_FOR_WRITER = frozenset((159, 160, 164, 241, 40, 271, 354, 561, 618))
"""Memory, time and read-only: for the writer a state of the server; for a reader, its query's own fault. And a frame
whose checksum does not hold: what was sent is not what arrived, so it is sent again."""


_FORBIDDEN = {
    60: "a table is missing: `nhip up` makes the tables",
    81: "the database is missing: `nhip up` makes it",
    192: "see NHIP_STORE_{role}",
    193: "see NHIP_STORE_{role}_PASSWORD",
    194: "see NHIP_STORE_{role}_PASSWORD",
    497: "the {role} lacks a right: grant it",
    516: "it does not know the {role}: see NHIP_STORE_{role} and its password",
}
"""Nothing is wrong with the statement or the rows: somebody has to put the store right. A reader's statement may as
well name a table that there never was."""
_STRANGER = frozenset((192, 193, 194, 516))


class StoreAway(ConnectionError):
    """The store cannot be reached or cannot take anything now. Nothing is wrong with the statement."""


class StoreForbids(StoreError):
    """Refused for what an operator did or did not do. Who types a command is told; a worker waits for it to be done."""


class Store:
    """A connection to the store. May be shared by threads: each has a client of its own."""

    def __init__(self, settings: Settings, role: Role) -> None:
        self.settings = settings
        self.role: Role = role
        self.database = settings.store_database
        self._of_thread = threading.local()

    def insert(self, table: str, columns: pa.Table, token: str = "") -> None:
        """One insert of one block. The same token on a repeated insert makes the repeat do nothing."""
        if not columns.num_rows:
            return
        settings: dict[str, Any] = {"async_insert": 0}
        if token:
            settings["insert_deduplication_token"] = token
        name, body = f"{self.database}.{table}", self._packed(_stream(columns))
        with self._failures(table):
            self._client().raw_insert(name, columns.column_names, body, settings, "ArrowStream", compression="zstd")

    def query(self, sql: str, /, **parameters: Any) -> list[tuple[Any, ...]]:
        with self._failures(sql):
            return [tuple(row) for row in self._client().query(sql, parameters=parameters or None).result_rows]

    def rows(self, sql: str, /, **parameters: Any) -> list[dict[str, Any]]:
        with self._failures(sql):
            return list(self._client().query(sql, parameters=parameters or None).named_results())

    def arrow(self, sql: str, /, **parameters: Any) -> pa.Table:
        with self._failures(sql):
            return self._client().query_arrow(sql, parameters=parameters or None)

    def command(self, sql: str, /, *, in_database: bool = True) -> None:
        """A statement without a result. `in_database=False` for what comes before the database is there."""
        with self._failures(sql):
            self._client().command(sql, use_database=in_database)

    def ping(self) -> bool:
        """Whether the store answers, and knows us."""
        try:
            with self._failures("SELECT 1"):
                self._client().command("SELECT 1", use_database=False)
        except StoreAway:
            return False
        return True

    def close(self) -> None:
        """Close the calling thread's client."""
        client: Client | None = self._of_thread.__dict__.pop("client", None)
        if client is not None:
            client.close()

    def _packed(self, body: bytes) -> bytes:
        """In a frame with a checksum: a bit that flips on the way would else be stored as another value."""
        packer: zstandard.ZstdCompressor | None = getattr(self._of_thread, "packer", None)
        if packer is None:
            packer = self._of_thread.packer = zstandard.ZstdCompressor(level=-5, write_checksum=True)
        return packer.compress(body)

    def _client(self) -> Client:
        client: Client | None = getattr(self._of_thread, "client", None)
        if client is None:
            client = self._of_thread.client = self._connected()
        return client

    def _connected(self) -> Client:
        settings = self.settings
        client = clickhouse_connect.get_client(
            host=settings.store_address,
            port=settings.store_port,
            username=getattr(settings, f"store_{self.role}"),
            password=getattr(settings, f"store_{self.role}_password"),
            compress=False,
            autogenerate_session_id=False,
            connect_timeout=_CONNECT_SECONDS,
            send_receive_timeout=_ANSWER_SECONDS[self.role],
            query_retries=0,
            tz_mode="aware",
        )
        client.database = self.database
        return client

    @contextmanager
    def _failures(self, what: str) -> Iterator[None]:
        """Turn what the driver raises into StoreAway or StoreError, naming the table or the statement."""
        try:
            yield
        except ClickHouseError as error:
            raise self._named(what, error) from error
        except OSError as error:
            raise StoreAway(f"{self._where()} cannot be reached: {error}") from error

    def _named(self, what: str, error: ClickHouseError) -> Exception:
        code: int | None = getattr(error, "code", None)
        reason = " ".join(str(error).split())[:500]
        if code is None and (isinstance(error, OperationalError) or _SERVER_FAULT.search(reason)):
            return StoreAway(f"{self._where()} cannot be reached ({reason})")
        if code in _AWAY or (self.role == "writer" and code in _AWAY_FOR_WRITER):
            return StoreAway(f"{self._where()} cannot take this now ({_short(what)}): {reason}")
        if code in _FORBIDDEN and (self.role == "writer" or code in _STRANGER):
            advice = _FORBIDDEN[code].format(role=self.role.upper())
            return StoreForbids(f"{self._where()} refused ({_short(what)}): {advice}; {reason}")
        return StoreError(f"ClickHouse refused ({_short(what)}): {reason}")

    def _where(self) -> str:
        return f"the store at {self.settings.store_address}:{self.settings.store_port}"


def connect(settings: Settings, role: Role = "reader") -> Store:
    """A Store of the role. Nothing is sent yet: the first statement connects, and any later one connects again."""
    return Store(settings, role)


def _stream(columns: pa.Table) -> bytes:
    """One record batch, so that the insert is one block and falls whole or not at all on a partition."""
    sink = pa.BufferOutputStream()
    whole = columns.combine_chunks()
    with pa.ipc.new_stream(sink, whole.schema) as writer:
        writer.write_table(whole)
    return bytes(sink.getvalue().to_pybytes())


def _short(what: str) -> str:
    return " ".join(what.split())[:120]
