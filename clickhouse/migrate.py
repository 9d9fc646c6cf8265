"""Numbered SQL files, applied once each and in order, never changed afterwards.

What was applied is recorded in the table `migrations` with a hash of the file. DDL is not transactional: a file that
was cut off in the middle is applied again, so each of its statements has to stand being repeated.
"""

import hashlib
import re
from pathlib import Path

import msgspec

from clickhouse.client import Store
from clickhouse.sql import statements
from contract.errors import StoreError
from contract.settings import Settings

FOLDER = Path(__file__).parent / "migrations"
_FILE = re.compile(r"\d{4}_\w+\.sql")
_FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+)")
_RECORD = """
CREATE TABLE IF NOT EXISTS migrations
(
    name String COMMENT 'tên tệp · file',
    checksum String COMMENT 'băm SHA-256 của tệp · SHA-256 of the file',
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'lúc áp dụng · when applied'
)
ENGINE = MergeTree
ORDER BY name
"""


class Migration(msgspec.Struct, frozen=True):
    name: str
    checksum: str
    statements: tuple[str, ...]


def migrate(store: Store, settings: Settings, folder: Path = FOLDER) -> list[str]:
    """Bring the store to the newest schema; the names of the files that were applied now."""
    found = read(folder)
    database = settings.store_database
    store.command(f"CREATE DATABASE IF NOT EXISTS `{database}`", in_database=False)
    store.command(_RECORD)
    applied = {str(name): str(checksum) for name, checksum in store.query("SELECT name, checksum FROM migrations")}
    _compare(found, applied)
    new = [migration for migration in found if migration.name not in applied]
    _bring_functions_back(store, [migration for migration in found if migration.name in applied])
    for migration in new:
        _apply(store, migration)
    return [migration.name for migration in new]


def read(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """The files in order. Numbers start at 1 and leave none out."""
    names = sorted(path.name for path in folder.glob("*.sql"))
    for number, name in enumerate(names, 1):
        if not _FILE.fullmatch(name) or int(name[:4]) != number:
            raise StoreError(f"migration {name}: number {number:04d} was expected in its place")
    return tuple(_read(folder / name) for name in names)


def _read(path: Path) -> Migration:
    body = path.read_bytes()
    cut = tuple(statement.decode() for statement in statements(body))
    return Migration(path.name, hashlib.sha256(body).hexdigest(), cut)


def _compare(found: tuple[Migration, ...], applied: dict[str, str]) -> None:
    """A schema that is not what its files say is not touched."""
    there = {migration.name: migration.checksum for migration in found}
    for name, checksum in sorted(applied.items()):
        if name not in there:
            raise StoreError(
                f"migration {name} was applied to this store but its file is missing: this checkout is older than the "
                "store; use a newer one, or another NHIP_VAR"
            )
        if there[name] != checksum:
            raise StoreError(
                f"migration {name} was changed after it had been applied: put the file back and write a new one"
            )
    last = max(applied, default="")
    for migration in found:
        if migration.name < last and migration.name not in applied:
            raise StoreError(f"migration {migration.name} comes before {last}, which was applied: give it a new number")


def _bring_functions_back(store: Store, applied: list[Migration]) -> None:
    """Functions belong to the server, not to the database: a backup of the database that is restored on another server
    has every table and view, and none of them."""
    made = [(name[1], one) for m in applied for one in m.statements if (name := _FUNCTION.match(one))]
    there = {str(name) for (name,) in store.query("SELECT name FROM system.functions WHERE origin = 'SQLUserDefined'")}
    if not {name for name, _ in made} <= there:
        for _, statement in made:
            store.command(statement)


def _apply(store: Store, migration: Migration) -> None:
    for number, statement in enumerate(migration.statements, 1):
        try:
            store.command(statement)
        except StoreError as error:
            raise StoreError(f"migration {migration.name}, statement {number}: {error}") from error
    store.command(f"INSERT INTO migrations (name, checksum) VALUES ('{migration.name}', '{migration.checksum}')")
