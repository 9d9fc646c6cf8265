"""The guards of the embedded endpoint, each tried on the real engine."""

import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contract.settings import Settings
from tests.integration.endpoint import ask, send

FAILS_AFTER_ROWS = "SELECT throwIf(number = 60000) + number FROM numbers(65409) SETTINGS max_block_size = 100"
EMPTY = "SELECT number FROM numbers(10) WHERE number > 100"


@pytest.mark.parametrize("session", [{}, {"session_id": "stale"}])
def test_the_rows_of_a_failed_query_are_never_given_to_the_next(engine: Settings, session: dict[str, str]) -> None:
    for _ in range(50):
        assert ask(engine, FAILS_AFTER_ROWS, "writer", **session).status != 200
        reply = ask(engine, EMPTY, "writer", **session)
        assert (reply.status, reply.text) == (200, "")


def test_a_session_keeps_what_was_set_until_an_error(engine: Settings) -> None:
    session = {"session_id": "kept"}
    assert ask(engine, "CREATE TEMPORARY TABLE mine (x UInt8)", "writer", **session).status == 200
    assert ask(engine, "SELECT count() FROM mine", "writer", **session).text == "0\n"
    assert ask(engine, "SELECT nothing", "writer", **session).status == 404
    assert ask(engine, "SELECT count() FROM mine", "writer", **session).status == 404


@pytest.mark.parametrize(
    "source",
    [
        "file('/etc/passwd', 'LineAsString')",
        "url('http://127.0.0.1:1/', 'LineAsString')",
        "default.`/etc/passwd`",
        "filesystem('/etc')",
        "remote('127.0.0.1', 'system.one')",
        "s3('http://127.0.0.1:1/x')",
        "python(settings)",
    ],
)
@pytest.mark.parametrize("role", ["reader", "writer"])
def test_files_and_addresses_are_shut_to_everyone(engine: Settings, source: str, role: str) -> None:
    reply = ask(engine, f"SELECT * FROM {source}", role)
    assert (reply.status, reply.headers["X-ClickHouse-Exception-Code"]) == (403, "497")
    assert "root:" not in reply.text


def test_a_path_is_no_table(engine: Settings) -> None:
    assert ask(engine, "SELECT * FROM `/etc/passwd`", "writer").status == 404
    assert ask(engine, "SELECT * FROM `/etc/passwd`", "writer", database="default").status == 403


@pytest.mark.parametrize("role", ["reader", "writer"])
def test_the_function_file_is_shut_as_well(engine: Settings, role: str) -> None:
    assert ask(engine, "SELECT file('/etc/passwd')", role).status == 403
    assert ask(engine, "SELECT * APPLY file FROM (SELECT '/etc/passwd')", role).status == 403


def test_a_template_cannot_show_a_file(engine: Settings) -> None:
    reply = ask(engine, "SELECT 1", format_template_row="/etc/passwd", default_format="Template")
    assert reply.status == 403


def test_nothing_is_written_to_or_read_from_files(engine: Settings, tmp_path: Path) -> None:
    assert ask(engine, f"SELECT 1 INTO OUTFILE '{tmp_path}/out'", "writer").status == 403
    assert not (tmp_path / "out").exists()
    assert ask(engine, "INSERT INTO t FROM INFILE '/etc/passwd' FORMAT CSV", "writer").status == 403


def test_other_databases_than_ours_cannot_be_made(engine: Settings) -> None:
    assert ask(engine, "CREATE DATABASE other", "writer").status == 403


def test_one_body_is_one_statement(engine: Settings) -> None:
    assert ask(engine, "SELECT 1; SELECT 2", "writer").status == 400


@pytest.mark.parametrize("sql", ["KILL QUERY WHERE 1", "SYSTEM STOP MERGES", "SET readonly = 0", "DROP DATABASE nhip"])
def test_a_reader_only_reads(engine: Settings, sql: str) -> None:
    assert ask(engine, sql).status == 403


def test_a_reader_cannot_raise_its_limits(engine: Settings) -> None:
    raised = {"readonly": "0", "max_result_rows": "0", "max_memory_usage": "0", "max_threads": "64"}
    sql = "SELECT getSetting('readonly'), getSetting('max_result_rows'), getSetting('max_memory_usage') > 0"
    assert ask(engine, sql, **raised).text == "1\t1000000\t1\n"
    assert ask(engine, "SELECT 1 SETTINGS max_result_rows = 0").status == 403
    assert ask(engine, "SELECT * FROM numbers(1000001)").status != 200


@pytest.mark.parametrize(("asked", "given"), [("5", "5"), ("90", "60"), ("0", "60"), ("-1", "60"), ("x", "60")])
def test_a_reader_may_ask_for_less_time_but_not_for_more(engine: Settings, asked: str, given: str) -> None:
    sql = "SELECT toUInt32(getSetting('max_execution_time'))"
    assert ask(engine, sql, max_execution_time=asked).text == f"{given}\n"


def test_get_changes_nothing_whoever_asks(engine: Settings) -> None:
    reply = ask(engine, role="writer", method="GET", query="CREATE DATABASE nhip_get")
    assert reply.headers["X-ClickHouse-Exception-Code"] == "164"


def test_without_the_right_password_nobody_gets_in(engine: Settings) -> None:
    address = f"http://127.0.0.1:{engine.store_port}/?query=SELECT+1"
    for suffix in ("", "&user=default", "&user=writer", "&user=reader&password=reader", "&user=nobody&password=x"):
        reply = send(urllib.request.Request(address + suffix))
        assert (reply.status, reply.headers["X-ClickHouse-Exception-Code"]) == (403, "516")


def test_it_listens_on_loopback_only(engine: Settings) -> None:
    listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ours = [address for address in listening if address.endswith(f":{engine.store_port:04X}")]
    assert ours
    assert {address.split(":")[0] for address in ours if not address.startswith("0100007F")} == set()


def test_heavy_reads_do_not_hold_up_inserts(engine: Settings) -> None:
    ask(engine, "CREATE DATABASE IF NOT EXISTS nhip_busy", "writer")
    ask(engine, "CREATE TABLE nhip_busy.t (x UInt64) ENGINE = MergeTree ORDER BY x", "writer")
    heavy = "SELECT sum(cityHash64(number, number + 1)) FROM numbers(1000000000000)"
    try:
        with ThreadPoolExecutor(8) as pool:
            reads = [pool.submit(ask, engine, heavy, max_execution_time="3") for _ in range(8)]
            time.sleep(0.3)
            longest = 0.0
            for number in range(10):
                started = time.monotonic()
                assert ask(engine, f"INSERT INTO nhip_busy.t VALUES ({number})", "writer").status == 200
                longest = max(longest, time.monotonic() - started)
            codes = {read.result().headers["X-ClickHouse-Exception-Code"] for read in reads}
        assert longest < 2.0
        assert codes == {"159"}
        assert ask(engine, "SELECT count() FROM nhip_busy.t").text == "10\n"
    finally:
        ask(engine, "DROP DATABASE nhip_busy SYNC", "writer")


def test_a_query_that_needs_too_much_memory_is_refused_and_the_engine_lives(engine: Settings) -> None:
    sql = "SELECT length(groupArray(number)) FROM (SELECT number FROM numbers(400000000))"
    assert ask(engine, sql).headers["X-ClickHouse-Exception-Code"] == "241"
    assert ask(engine, "SELECT 1").text == "1\n"
