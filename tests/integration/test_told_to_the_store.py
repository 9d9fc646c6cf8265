"""What the endpoint and a start tell the store: what statements cost, and where the desk is."""

from collections.abc import Iterator

import pytest

from clickhouse import desk
from clickhouse.client import Store
from clickhouse.embedded.costs import Sum, insert
from contract.settings import Settings
from tests.databases import writing

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def store(engine: Settings) -> Iterator[Store]:
    with writing(engine, "nhip_told") as writer:
        yield writer
        desk.tell(writer, "http://127.0.0.1:18124")


def test_a_minute_of_costs_is_rows_of_its_table(store: Store) -> None:
    sums = {
        ("reader", "read", "nhip-unit-vi", "17"): Sum(3, 1, 0, 12.6, 9.2, 70, 700),
        ("writer", "insert", "", ""): Sum(1, 0, 0, 4.0, 4.0, 5, 50),
    }
    store.command(insert(29_920_000, sums))
    found = store.query(
        "SELECT role, board, panel, statements, refused, total_ms, longest_ms, rows FROM query_costs ORDER BY role"
    )
    assert found == [("reader", "nhip-unit-vi", "17", 3, 1, 13, 9, 70), ("writer", "", "", 1, 0, 4, 4, 5)]
    assert store.query("SELECT DISTINCT toUnixTimestamp(minute) FROM query_costs") == [(29_920_000 * 60,)]


@pytest.mark.parametrize(
    "address", ["https://nhip.example.gov.vn/truc", "http://127.0.0.1:18124", "https://x/'quoted\\"]
)
def test_the_desk_is_where_the_settings_say(store: Store, address: str) -> None:
    desk.tell(store, address)
    assert store.query("SELECT desk_page('abc')") == [(f"{address}/f/abc",)]


def test_where_nobody_knows_how_the_desk_is_reached_there_is_no_link(store: Store) -> None:
    desk.tell(store, "")
    assert store.query("SELECT desk_page('abc')") == [("",)]
