"""The engine is never at work on a full disk: merges stop and what takes room is refused, until there is room again."""

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from clickhouse.embedded import config, disk
from clickhouse.embedded.disk import DiskWatch, free_bytes
from clickhouse.embedded.engine import Engine, Result
from clickhouse.embedded.protocol import Answer, request
from clickhouse.embedded.refusal import Refusal
from clickhouse.embedded.server import Endpoint
from clickhouse.embedded.users import User, Users

FLOOR_MB = 200
INSERT = b"INSERT INTO t FORMAT CSV\n1\n"


class Disk:
    """A disk whose free space the test sets, and what the watch made of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free_mb = 1000
        self.commands: list[str] = []
        self.said: list[tuple[str, str]] = []
        self.broken = False
        monkeypatch.setattr("os.statvfs", self._statvfs)
        self.watch = DiskWatch(
            FLOOR_MB * config.MIB,
            lambda: free_bytes(cast(Any, "store")),
            self._command,
            lambda vi, en: self.said.append((vi, en)),
        )

    def looked_at(self, free_mb: int) -> list[str]:
        """The watch's commands to the engine at a look."""
        self.free_mb = free_mb
        before = len(self.commands)
        self.watch.look()
        return self.commands[before:]

    def _statvfs(self, folder: object) -> SimpleNamespace:
        return SimpleNamespace(f_bavail=self.free_mb * 256, f_bfree=10**9, f_frsize=4096)

    def _command(self, sql: str) -> None:
        if self.broken:
            raise Refusal(236, "ABORTED", "not now")
        self.commands.append(sql)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def test_merges_stop_once_below_the_floor_and_start_once_well_above_it(small: Disk) -> None:
    assert small.looked_at(201) == []
    assert small.looked_at(199) == ["SYSTEM STOP MERGES"]
    assert small.looked_at(10) == []
    assert small.looked_at(249) == []
    assert small.looked_at(250) == ["SYSTEM START MERGES"]
    assert small.looked_at(201) == []


def test_both_turns_are_said_in_both_languages(small: Disk) -> None:
    for free_mb in (1000, 150, 140, 900, 900):
        small.looked_at(free_mb)
    (stopped_vi, stopped_en), (started_vi, started_en) = small.said
    assert "150 MB" in stopped_vi
    assert "no writes and merges until 250 MB" in stopped_en
    assert "900 MB" in started_vi
    assert "room again" in started_en


def test_a_stop_that_the_engine_did_not_take_is_asked_for_again_and_inserts_are_refused_already(small: Disk) -> None:
    small.broken = True
    with pytest.raises(Refusal, match="ABORTED"):
        small.looked_at(100)
    with pytest.raises(Refusal, match="NOT_ENOUGH_SPACE"):
        small.watch.check("INSERT")
    small.broken = False
    assert small.looked_at(100) == ["SYSTEM STOP MERGES"]
    assert len(small.said) == 1


def test_an_insert_is_refused_between_two_looks_as_well(small: Disk) -> None:
    small.looked_at(1000)
    small.free_mb = 50
    with pytest.raises(Refusal, match="Code: 243"):
        small.watch.check("INSERT")


@pytest.mark.parametrize("keyword", ["SELECT", "DROP", "TRUNCATE", "ALTER", "KILL"])
def test_reading_and_making_room_are_never_refused(small: Disk, keyword: str) -> None:
    small.looked_at(0)
    small.watch.check(keyword)


@pytest.mark.parametrize("keyword", sorted(disk.TAKES_ROOM))
def test_what_takes_room_is_refused(small: Disk, keyword: str) -> None:
    small.looked_at(0)
    with pytest.raises(Refusal, match="NOT_ENOUGH_SPACE"):
        small.watch.check(keyword)


def test_the_engine_itself_keeps_half_of_the_floor_free(tmp_path: Path) -> None:
    written = config.write(tmp_path, "nhip", config.Limits(disk_floor_mb=FLOOR_MB)).read_text()
    assert f"<keep_free_space_bytes>{FLOOR_MB * config.MIB // 2}<" in written


class Handles:
    """Stands in for the engine: takes every insert."""

    database, timezone, version = "nhip", "UTC", "26"

    @contextmanager
    def handle(self) -> Iterator["Handles"]:
        yield self

    new_handle = handle

    def set(self, database: str, settings: dict[str, str]) -> None:
        """Nothing is to be set."""

    def insert(self, text: bytes, clause: bytes, format_name: str, rows: bytes) -> Result:
        return Result(b"", written_rows=1)


def test_an_insert_below_the_floor_is_refused_with_243_and_accepted_afterwards(small: Disk) -> None:
    users = Users((User("writer", "writer", "secret"),))
    endpoint = Endpoint(cast(Engine, Handles()), users, config.Limits(), small.watch)

    def inserted() -> Answer:
        return endpoint.answer(request("POST", "user=writer&password=secret", cast(Any, Message()), INSERT))

    assert inserted().status == 200
    small.looked_at(100)
    with pytest.raises(Refusal) as refused:
        inserted()
    assert refused.value.code == 243
    small.looked_at(900)
    assert inserted().status == 200
