"""Databases of a test's own on the real engine: migrated, and gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from clickhouse.client import Store, connect
from clickhouse.migrate import migrate
from contract.settings import Settings


@contextmanager
def writing(engine: Settings, name: str) -> Iterator[Store]:
    """The writer's store."""
    own = msgspec.structs.replace(engine, store_database=name)
    writer = connect(own, "writer")
    migrate(writer, own)
    yield writer
    writer.command(f"DROP DATABASE {name} SYNC", in_database=False)


@contextmanager
def reading(engine: Settings, writer: Store) -> Iterator[Store]:
    """The reader's store of the same database."""
    reader = connect(msgspec.structs.replace(engine, store_database=writer.database), "reader")
    yield reader
    reader.close()
