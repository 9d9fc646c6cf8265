"""Stores that several files of tests only read."""

from collections.abc import Iterator

import pytest

from bench.fill.plan import SMALL
from clickhouse.client import Store
from contract.settings import Settings
from tests.databases import filling, reading


@pytest.fixture(scope="session")
def filled(engine: Settings) -> Iterator[Store]:
    """A small fill of every table up to `FRIDAY`, as a reader sees it."""
    with filling(engine, "nhip_filled", SMALL) as writer, reading(engine, writer) as reader:
        yield reader
