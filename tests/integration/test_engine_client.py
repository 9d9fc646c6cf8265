"""The product's client, and clickhouse-connect as others use it, against the real engine."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import clickhouse_connect
import msgspec
import pyarrow as pa
import pytest
import zstandard

from clickhouse import dimensions, retention
from clickhouse.client import Store, StoreAway, connect
from clickhouse.migrate import FOLDER, migrate
from clickhouse.tables import schema
from contract.errors import StoreError
from contract.settings import Settings
from tests.integration.endpoint import ask

DATABASE = "nhip_client"


@pytest.fixture(scope="module")
def own(engine: Settings) -> Settings:
    return msgspec.structs.replace(engine, store_database=DATABASE)


@pytest.fixture(scope="module")
def store(own: Settings) -> Iterator[Store]:
    store = connect(own, "writer")
    migrate(store, own)
    yield store
    store.command(f"DROP DATABASE {DATABASE} SYNC", in_database=False)


def ticks(count: int, first: int = 0) -> pa.Table:
    moments = pa.array([1_795_253_412_000 + first + n for n in range(count)], pa.timestamp("ms", tz="UTC"))
    columns = {
        "topic": pa.array(["t"] * count).dictionary_encode(),
        "partition": pa.array([1] * count, pa.uint16()),
        "offset": pa.array(range(first, first + count), pa.uint64()),
        "at": moments,
        "step": pa.array([0] * count, pa.uint32()),
        "arrived_at": moments,
    }
    return pa.table(columns)


def test_what_is_inserted_comes_back_with_its_types(store: Store) -> None:
    store.insert("ticks", ticks(3))
    row = store.rows("SELECT at, offset FROM ticks WHERE topic = {topic:String} ORDER BY at LIMIT 1", topic="t")[0]
    assert row == {"at": datetime(2026, 11, 21, 10, 10, 12, tzinfo=UTC), "offset": 0} | row
    assert row["at"].tzinfo is not None
    assert store.query("SELECT count() FROM ticks") == [(3,)]
    assert store.arrow("SELECT at FROM ticks").schema.field("at").type == pa.timestamp("ms", tz="UTC")


def test_one_insert_is_one_part(store: Store) -> None:
    store.command("TRUNCATE TABLE ticks")
    store.insert("ticks", ticks(100_000))
    sql = "SELECT count() FROM system.parts WHERE database = {d:String} AND table = 'ticks' AND active"
    assert store.query(sql, d=DATABASE) == [(1,)]


def test_an_empty_table_is_not_inserted(store: Store) -> None:
    before = store.query("SELECT count() FROM ticks")
    store.insert("ticks", ticks(0))
    assert store.query("SELECT count() FROM ticks") == before


def test_the_same_token_inserts_once(store: Store) -> None:
    row = dict.fromkeys(schema("ledger").names) | {"topic": "token", "offset": 1, "written": []}
    rows = pa.Table.from_pylist([row], schema=pa.schema([field.with_nullable(True) for field in schema("ledger")]))
    for _ in range(2):
        store.insert("ledger", rows, token="token-1")
    assert store.query("SELECT count() FROM ledger WHERE topic = 'token'") == [(1,)]


def test_an_insert_that_the_driver_sends_twice_is_stored_once(own: Settings, store: Store) -> None:
    """The connection closes after the first insert was done and before its answer: the driver sends it again."""
    with _dropping_first_insert(own) as (port, inserts):
        through = connect(msgspec.structs.replace(own, store_port=port), "writer")
        row = {"topic": "twice", "partition": 1, "offset": 9, "written": []}
        rows = pa.Table.from_pylist([row], schema=pa.schema([schema("ledger").field(name) for name in row]))
        through.insert("ledger", rows)
        through.close()
    assert len(inserts) == 2
    assert store.query("SELECT count() FROM ledger WHERE topic = 'twice'") == [(1,)]


class _dropping_first_insert:
    """A relay in front of the store that closes the connection instead of passing on its first insert's answer."""

    def __init__(self, settings: Settings) -> None:
        self.inserts: list[str] = []
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers["Content-Encoding"] == "zstd":
                    body = zstandard.ZstdDecompressor().decompress(body)
                parameters = dict(part.split("=", 1) for part in self.path.partition("?")[2].split("&"))
                from urllib.parse import unquote_plus

                reply = ask(settings, body, "writer", **{k: unquote_plus(v) for k, v in parameters.items()})
                if b"INSERT" in body[:200] or "INSERT" in self.path:
                    relay.inserts.append(self.path)
                    if len(relay.inserts) == 1:
                        self.close_connection = True
                        return
                self.send_response(reply.status)
                for name in ("X-ClickHouse-Format", "X-ClickHouse-Timezone", "X-ClickHouse-Summary"):
                    if name in reply.headers:
                        self.send_header(name, reply.headers[name])
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> tuple[int, list[str]]:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.server.server_port, self.inserts

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_a_store_that_is_not_there_is_away_and_a_wrong_statement_is_an_error(own: Settings, store: Store) -> None:
    with pytest.raises(StoreAway, match=r"127\.0\.0\.1:1"):
        connect(msgspec.structs.replace(own, store_port=1), "writer").query("SELECT 1")
    with pytest.raises(StoreError, match="nowhere"):
        store.query("SELECT * FROM nowhere")
    with pytest.raises(StoreError, match="ticks"):
        store.insert("ticks", pa.table({"nothing": [1]}))
    with pytest.raises(StoreError, match="NHIP_STORE_WRITER"):
        connect(msgspec.structs.replace(own, store_writer_password="wrong"), "writer").query("SELECT 1")


@pytest.mark.parametrize(
    ("setting", "code"),
    [("min_free_disk_bytes_to_perform_insert = 1000000000000000", 243), ("parts_to_throw_insert = 1", 252)],
)
def test_an_insert_that_cannot_be_stored_is_never_confirmed(store: Store, setting: str, code: int) -> None:
    store.command(
        f"CREATE TABLE full (x UInt64) ENGINE = MergeTree ORDER BY x "
        f"SETTINGS {setting}, parts_to_delay_insert = 1, max_delay_to_insert = 1, merge_selecting_sleep_ms = 50000"
    )
    confirmed: list[int] = []
    try:
        with pytest.raises(StoreAway, match=f"code: {code}"):
            _insert_one_by_one(store, confirmed)
        assert store.query("SELECT count() FROM full") == [(len(confirmed),)]
    finally:
        store.command("DROP TABLE full SYNC")


def _insert_one_by_one(store: Store, confirmed: list[int]) -> None:
    for number in range(20):
        store.insert("full", pa.table({"x": pa.array([number], pa.uint64())}))
        confirmed.append(number)


def test_threads_share_a_store(own: Settings, store: Store) -> None:
    reader = connect(own)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: reader.query("SELECT {n:UInt32}", n=n), range(100)))
    assert answers == [[(n,)] for n in range(100)]


def test_clickhouse_connect_works_as_others_use_it(own: Settings, store: Store) -> None:
    client = clickhouse_connect.get_client(
        host="127.0.0.1",
        port=own.store_port,
        username=own.store_writer,
        password=own.store_writer_password,
        database=DATABASE,
    )
    try:
        client.command("CREATE TABLE others (x UInt32, at DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY x")
        client.insert("others", [[1, datetime(2026, 1, 1, tzinfo=UTC)], [2, datetime(2026, 1, 2, tzinfo=UTC)]])
        assert client.query("SELECT x FROM others ORDER BY x").result_rows == [(1,), (2,)]
        assert client.query_arrow("SELECT x FROM others").num_rows == 2
        with client.query_row_block_stream("SELECT number FROM numbers(200000)") as blocks:
            assert sum(len(block) for block in blocks) == 200_000
    finally:
        client.command("DROP TABLE IF EXISTS others SYNC")
        client.close()


def test_migrations_are_applied_once(own: Settings, store: Store) -> None:
    assert migrate(store, own) == []


def test_a_migration_that_was_changed_or_lost_is_refused(own: Settings, store: Store, tmp_path: Path) -> None:
    files = sorted(FOLDER.glob("*.sql"))
    for file in files:
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / files[0].name).open("a") as changed:
        changed.write("-- more\n")
    with pytest.raises(StoreError, match=f"{files[0].name} was changed"):
        migrate(store, own, tmp_path)
    (tmp_path / files[-1].name).unlink()
    (tmp_path / files[0].name).write_bytes(files[0].read_bytes())
    with pytest.raises(StoreError, match=f"{files[-1].name} was applied .* missing"):
        migrate(store, own, tmp_path)


def test_a_migration_that_fails_names_its_file_and_statement(own: Settings, store: Store, tmp_path: Path) -> None:
    other = msgspec.structs.replace(own, store_database=f"{DATABASE}_bad")
    (tmp_path / "0001_a.sql").write_text("CREATE TABLE IF NOT EXISTS a (x UInt8) ENGINE = MergeTree ORDER BY x; SELEC;")
    writer = connect(other, "writer")
    try:
        with pytest.raises(StoreError, match=r"0001_a\.sql, statement 2"):
            migrate(writer, other, tmp_path)
        (tmp_path / "0001_a.sql").write_text("CREATE TABLE IF NOT EXISTS a (x UInt8) ENGINE = MergeTree ORDER BY x;")
        assert migrate(writer, other, tmp_path) == ["0001_a.sql"]
    finally:
        writer.command(f"DROP DATABASE {other.store_database} SYNC", in_database=False)


def test_retention_follows_the_settings_and_old_rows_go(own: Settings, store: Store) -> None:
    retention.apply(store, own)
    assert retention.apply(store, own) == []
    longer = msgspec.structs.replace(own, retain_rejected_days=60, retain_ledger_days=0)
    assert retention.apply(store, longer) == ["rejected", "ledger"]
    assert retention.apply(store, own) == ["rejected", "ledger"]
    for days, offset in ((90, 1), (1, 2)):
        store.command(
            f"INSERT INTO rejected (topic, partition, offset, row, arrived_at) "
            f"SELECT 'old', 1, {offset}, 0, now64(3) - INTERVAL {days} DAY"
        )
    store.command("OPTIMIZE TABLE rejected FINAL")
    assert store.query("SELECT offset FROM rejected WHERE topic = 'old'") == [(2,)]


def test_five_minute_buckets_go_and_days_stay(own: Settings, store: Store) -> None:
    retention.apply(store, own)
    for width in ("5m", "day"):
        store.command(
            f"INSERT INTO case_buckets (generation, width, bucket, stored_at) "
            f"SELECT 9, '{width}', now() - INTERVAL 200 DAY, now64(3) - INTERVAL 100 DAY"
        )
    store.command("OPTIMIZE TABLE case_buckets FINAL")
    assert store.query("SELECT width FROM case_buckets WHERE generation = 9") == [("day",)]


def test_the_catalogue_is_filled_once_and_replaced_whole(store: Store) -> None:
    from catalogue.load import load
    from clickhouse.dimension_rows import ROWS

    catalogue = load()
    assert dimensions.fill(store, catalogue) == [name for name, rows in ROWS.items() if rows(catalogue)]
    assert dimensions.fill(store, catalogue) == []
    store.command("ALTER TABLE units DELETE WHERE unit = 'H26' SETTINGS mutations_sync = 1")
    assert dimensions.fill(store, catalogue) == ["units"]
    assert store.query("SELECT count() FROM units") == [(len(catalogue.units.all),)]
    assert store.query("SELECT name_ascii FROM units WHERE unit = 'H26'") == [("ha noi",)]
