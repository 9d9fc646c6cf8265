"""The endpoint as any HTTP client sees it: ClickHouse's protocol, without any library."""

import gzip
import json
import struct
import urllib.request

import pytest

from contract.settings import Settings
from tests.integration.endpoint import ask, send


def test_it_says_that_it_is_there(engine: Settings) -> None:
    reply = send(urllib.request.Request(f"http://127.0.0.1:{engine.store_port}/ping"))
    assert (reply.status, reply.text) == (200, "Ok.\n")


def test_a_query_in_the_address_or_in_the_body_is_answered(engine: Settings) -> None:
    assert ask(engine, method="GET", query="SELECT 1").text == "1\n"
    assert ask(engine, "SELECT 'Nhịp'").text == "Nhịp\n"


def test_format_and_parameters_are_taken_as_clickhouse_takes_them(engine: Settings) -> None:
    reply = ask(engine, "SELECT {n:UInt8} AS n, {t:String} AS t", param_n="7", param_t="Đà Nẵng", default_format="JSON")
    assert json.loads(reply.text)["data"] == [{"n": 7, "t": "Đà Nẵng"}]
    assert reply.headers["X-ClickHouse-Format"] == "JSON"
    assert ask(engine, "SELECT 1 AS x FORMAT CSVWithNames").text == '"x"\n1\n'


def test_the_headers_that_clients_read_are_there(engine: Settings) -> None:
    reply = ask(engine, "SELECT count() FROM numbers(10)", query_id="abc")
    assert reply.headers["X-ClickHouse-Query-Id"] == "abc"
    assert reply.headers["X-ClickHouse-Timezone"] in ("UTC", "Etc/UTC")
    assert int(json.loads(reply.headers["X-ClickHouse-Summary"])["read_rows"]) >= 1


@pytest.mark.parametrize(
    ("sql", "status", "code"),
    [("SELECT * FROM nowhere", 404, 60), ("SELECT 1 AS", 400, 62), ("SELECT nothing", 404, 47)],
)
def test_an_error_has_clickhouses_status_and_code(engine: Settings, sql: str, status: int, code: int) -> None:
    reply = ask(engine, sql)
    assert (reply.status, reply.headers["X-ClickHouse-Exception-Code"]) == (status, str(code))
    assert reply.text.startswith(f"Code: {code}. DB::Exception:")


def test_rows_are_inserted_from_the_body_also_when_it_is_compressed(engine: Settings) -> None:
    ask(engine, "CREATE DATABASE IF NOT EXISTS nhip_http", "writer")
    ask(engine, "CREATE TABLE nhip_http.t (x UInt64, y String) ENGINE = MergeTree ORDER BY x", "writer")
    try:
        plain = ask(engine, "1,a\n2,b\n", "writer", query="INSERT INTO nhip_http.t FORMAT CSV")
        assert json.loads(plain.headers["X-ClickHouse-Summary"])["written_rows"] == "2"
        ask(engine, 'INSERT INTO nhip_http.t SETTINGS async_insert = 0 FORMAT JSONEachRow {"x": 4, "y": "d"}', "writer")
        request = urllib.request.Request(
            f"http://127.0.0.1:{engine.store_port}/?query=INSERT+INTO+t+FORMAT+TSV&database=nhip_http",
            data=gzip.compress(b"3\tc\n"),
            headers={
                "Content-Encoding": "gzip",
                "X-ClickHouse-User": engine.store_writer,
                "X-ClickHouse-Key": engine.store_writer_password,
            },
        )
        assert send(request).status == 200
        assert ask(engine, "SELECT x, y FROM nhip_http.t ORDER BY x").text == "1\ta\n2\tb\n3\tc\n4\td\n"
    finally:
        ask(engine, "DROP DATABASE nhip_http SYNC", "writer")


def test_a_large_answer_is_compressed_when_the_client_asks(engine: Settings) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{engine.store_port}/?enable_http_compression=1",
        data=b"SELECT number FROM numbers(1000)",
        headers={
            "Accept-Encoding": "gzip",
            "X-ClickHouse-User": engine.store_reader,
            "X-ClickHouse-Key": engine.store_reader_password,
        },
    )
    reply = send(request)
    assert reply.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(reply.body).count(b"\n") == 1000


def test_clickhouse_go_is_greeted_in_the_revision_it_will_go_on_reading(engine: Settings) -> None:
    sql = "SELECT displayName(), version(), revision(), timezone()"
    reply = ask(engine, sql, client_protocol_version="54460", default_format="Native")
    head, rest = reply.body[:10], reply.body[10:]
    assert head == b"\x01\x00\x02" + struct.pack("<i", -1) + b"\x00" + b"\x04\x01"
    name = rest.index(b"revision()")
    assert rest[name + 10 :].startswith(b"\x06UInt32\x00" + struct.pack("<I", 0))
    assert rest.startswith(b"\x0ddisplayName()\x06String\x00")


def test_a_connection_serves_many_requests(engine: Settings) -> None:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", engine.store_port, timeout=10)
    headers = {"X-ClickHouse-User": engine.store_reader, "X-ClickHouse-Key": engine.store_reader_password}
    try:
        for number in range(5):
            connection.request("POST", "/", f"SELECT {number}", headers)
            assert connection.getresponse().read() == f"{number}\n".encode()
    finally:
        connection.close()


def test_a_body_in_chunks_is_read_whole(engine: Settings) -> None:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", engine.store_port, timeout=10)
    headers = {"X-ClickHouse-User": engine.store_reader, "X-ClickHouse-Key": engine.store_reader_password}
    try:
        connection.request("POST", "/", iter([b"SELECT ", b"1 + ", b"1"]), headers, encode_chunked=True)
        assert connection.getresponse().read() == b"2\n"
    finally:
        connection.close()
