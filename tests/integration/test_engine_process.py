"""The engine as a process: started, stopped, killed, started again."""

import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from clickhouse.client import Store, StoreAway, connect
from contract.settings import Settings
from nhip import secrets
from tests.integration.endpoint import ask, command, engine_of, environment


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Settings of an engine that is the test's own."""
    plain = Settings(var=str(tmp_path / "var"))
    secrets.ensure(plain)
    return msgspec.structs.replace(
        plain,
        store_writer_password=(plain.var_dir / "secrets" / "store_writer_password").read_text().strip(),
        store_reader_password=(plain.var_dir / "secrets" / "store_reader_password").read_text().strip(),
    )


def refused(settings: Settings, folder: Path, port: int = 0) -> str:
    """What an engine says that cannot start."""
    done = subprocess.run(
        command(folder, port), env=environment(settings), capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode != 0
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_second_engine_on_the_same_data_is_told_so(own: Settings, tmp_path: Path) -> None:
    with engine_of(own, tmp_path / "store") as (process, _):
        line = refused(own, tmp_path / "store")
    assert f"process {process.pid}" in line
    assert "NHIP_VAR" in line


def test_a_taken_port_is_one_clear_line(own: Settings, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        line = refused(own, tmp_path / "store", taken.getsockname()[1])
    assert "NHIP_STORE_PORT" in line


def test_without_passwords_it_does_not_start(tmp_path: Path) -> None:
    line = refused(Settings(var=str(tmp_path / "empty")), tmp_path / "store")
    assert "no password" in line
    assert "NHIP_STORE_WRITER_PASSWORD" in line


def test_sigterm_lets_a_running_insert_end_and_leaves_in_time(own: Settings, tmp_path: Path) -> None:
    with engine_of(own, tmp_path / "store") as (process, at):
        ask(at, "CREATE TABLE t (x UInt64) ENGINE = MergeTree ORDER BY x", "writer")
        slow = "INSERT INTO t SELECT number + sleepEachRow(0.05) FROM numbers(20) SETTINGS max_block_size = 1"
        replies: list[int] = []
        inserting = threading.Thread(target=lambda: replies.append(ask(at, slow, "writer").status))
        inserting.start()
        time.sleep(0.4)
        process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        assert process.wait(6) == 0
        assert time.monotonic() - started < 5
        inserting.join()
        assert replies == [200]
    with engine_of(own, tmp_path / "store") as (_, again):
        assert ask(again, "SELECT count() FROM t").text == "20\n"


def test_sigterm_does_not_wait_for_a_read(own: Settings, tmp_path: Path) -> None:
    with engine_of(own, tmp_path / "store") as (process, at):
        heavy = "SELECT sum(cityHash64(number)) FROM numbers(10000000000000)"
        reading = threading.Thread(target=lambda: _ignored(at, heavy), daemon=True)
        reading.start()
        time.sleep(0.4)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0


def _ignored(settings: Settings, sql: str) -> None:
    try:
        ask(settings, sql)
    except OSError:
        return


def test_what_was_confirmed_survives_kill_9_and_the_folder_opens_again(own: Settings, tmp_path: Path) -> None:
    confirmed: list[int] = []
    for cycle in range(5):
        with engine_of(own, tmp_path / "store") as (process, at):
            store = connect(at, "writer")
            store.command(
                "CREATE TABLE IF NOT EXISTS t (batch UInt64, x UInt64) ENGINE = MergeTree ORDER BY (batch, x)"
            )
            killer = threading.Timer(0.25, os.kill, (process.pid, signal.SIGKILL))
            killer.start()
            _insert_until_away(store, cycle * 10_000, confirmed)
            killer.join()
    assert len(confirmed) > 10
    with engine_of(own, tmp_path / "store") as (_, at):
        rows = dict(connect(at).query("SELECT batch, count() FROM t GROUP BY batch"))
    assert [batch for batch in confirmed if rows.get(batch) != 100] == []
    assert set(rows.values()) == {100}


def _insert_until_away(store: Store, first: int, confirmed: list[int]) -> None:
    for batch in range(first, first + 10_000):
        rows = pa.table({"batch": pa.array([batch] * 100, pa.uint64()), "x": pa.array(range(100), pa.uint64())})
        try:
            store.insert("t", rows)
        except StoreAway:
            return
        confirmed.append(batch)
    pytest.fail("the engine was not killed")
