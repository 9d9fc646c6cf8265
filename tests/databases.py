"""Databases of a test's own on the real engine: migrated, and gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec

from bench.fill.plan import Size, minute
from bench.fill.run import Fill
from catalogue.load import load as load_catalogue
from clickhouse import dimensions
from clickhouse.client import Store, connect
from clickhouse.migrate import migrate
from contract.settings import Settings

FRIDAY = minute(datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
"""When a filled store ends, ms UTC: an afternoon of work in Viet Nam."""


@contextmanager
def writing(engine: Settings, name: str) -> Iterator[Store]:
    """The writer's store."""
    own = msgspec.structs.replace(engine, store_database=name)
    writer = connect(own, "writer")
    migrate(writer, own)
    try:
        yield writer
    finally:
        writer.command(f"DROP DATABASE {name} SYNC", in_database=False)
        writer.close()


@contextmanager
def filling(engine: Settings, name: str, size: Size | None, *ends: int) -> Iterator[Store]:
    """The writer's store with units and names, and the fill of this size, if any, up to each of these ends in turn."""
    with writing(engine, name) as writer:
        dimensions.fill(writer, load_catalogue())
        if size is not None:
            for until in ends or (FRIDAY,):
                Fill(writer, load_catalogue(), size, until).run()
        yield writer


@contextmanager
def reading(engine: Settings, writer: Store) -> Iterator[Store]:
    """The reader's store of the same database."""
    reader = connect(msgspec.structs.replace(engine, store_database=writer.database), "reader")
    try:
        yield reader
    finally:
        reader.close()
