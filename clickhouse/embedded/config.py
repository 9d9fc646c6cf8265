"""The engine's own configuration: what its one user may touch, and how much of the machine it may take.

Written anew at each start beside the data, so that it cannot drift from the code.
"""

import os
from pathlib import Path
from xml.sax.saxutils import escape

import msgspec

MIB = 1 << 20


class Limits(msgspec.Struct, frozen=True):
    """How much the endpoint may take. The defaults suit a machine with 2 cores and 4 GB."""

    memory_mb: int = 2000
    reader_memory_mb: int = 1000
    reader_seconds: int = 60
    reader_rows: int = 1_000_000
    reader_bytes: int = 256 * MIB
    reader_threads: int = max(1, (os.cpu_count() or 1) // 2)
    """Of one statement. Half of the cores: what comes in is written beside whatever is asked."""
    disk_floor_mb: int = 200
    """Of the disk that stays free: nothing is inserted or merged below it (`disk.py`)."""
    body_bytes: int = 256 * MIB
    statement_bytes: int = MIB
    writer_slots: int = 4
    """Statements of the writer that run at once; readers cannot take these."""
    reader_slots: int = 4
    wait_seconds: float = 30.0
    """How long a statement waits for a slot before it is told to come back."""


_DATA = (
    "SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP, TRUNCATE, OPTIMIZE, SHOW, CHECK, "
    "UNDROP TABLE, SYSTEM MERGES"
)

_USERS = """<clickhouse>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <users><default>
    <password></password><profile>default</profile><quota>default</quota>
    <networks><ip>::1</ip><ip>127.0.0.1</ip></networks>
    <grants>
      <query>GRANT {data} ON {database}*.*</query>
      <query>GRANT SELECT, SHOW ON system.*</query>
      <query>GRANT SELECT, SHOW ON information_schema.*</query>
      <query>GRANT CREATE TEMPORARY TABLE, CREATE FUNCTION, DROP FUNCTION, KILL QUERY ON *.*</query>
    </grants>
  </default></users>
</clickhouse>
"""
"""The engine's only user has no password because nobody can reach it but this process; people are told apart before."""

_CONFIG = """<clickhouse>
  <users_config>{users}</users_config>
  <max_server_memory_usage>{memory}</max_server_memory_usage>
  <mark_cache_size>{cache}</mark_cache_size>
  <index_mark_cache_size>{cache}</index_mark_cache_size>
  <storage_configuration><disks><default>
    <keep_free_space_bytes>{free}</keep_free_space_bytes>
  </default></disks></storage_configuration>
  <background_pool_size>2</background_pool_size>
  <background_schedule_pool_size>8</background_schedule_pool_size>
  <background_common_pool_size>2</background_common_pool_size>
  <background_fetches_pool_size>1</background_fetches_pool_size>
  <background_move_pool_size>1</background_move_pool_size>
</clickhouse>
"""


def write(folder: Path, database: str, limits: Limits) -> Path:
    """Write users and configuration into the folder; the path that the engine is opened with."""
    users, config = folder / "users.xml", folder / "config.xml"
    users.write_text(_USERS.format(data=_DATA, database=escape(database)))
    memory, cache = limits.memory_mb * MIB, 64 * MIB
    # Half of the floor: below what it keeps free itself, the engine does not even drop a partition.
    free = limits.disk_floor_mb * MIB // 2
    config.write_text(_CONFIG.format(users=escape(str(users)), memory=memory, free=free, cache=cache))
    return config


def reader_settings(limits: Limits) -> dict[str, str]:
    """What a reader's statement runs under; set after the client's own settings, and followed by readonly = 1."""
    return {
        "max_memory_usage": str(limits.reader_memory_mb * MIB),
        # What groups more than fits goes on by way of the disk.
        "max_bytes_before_external_group_by": str(limits.reader_memory_mb * MIB // 4),
        "max_result_rows": str(limits.reader_rows),
        "max_result_bytes": str(limits.reader_bytes),
        "result_overflow_mode": "throw",
        "timeout_overflow_mode": "throw",
        "max_threads": str(limits.reader_threads),
        # Two thirds of a board query's time go into planning; a view that is part of the query costs a third less.
        "analyzer_inline_views": "1",
    }


def seconds_allowed(asked: str | None, cap: int) -> str:
    """A reader's max_execution_time: its own wish where that is shorter; 0 (without limit) is not."""
    try:
        wish = float(asked) if asked else 0.0
    except ValueError:
        wish = 0.0
    return f"{wish:g}" if 0 < wish < cap else str(cap)
