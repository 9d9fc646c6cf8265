"""The permit log and the investment releases, through the table into the engine: what the fold says, SQL says."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from catalogue.load import Catalogue, load
from clickhouse import queries
from clickhouse.client import Store, connect
from clickhouse.migrate import migrate
from clickhouse.sink import Sink
from contract.settings import Settings
from producers.mapping import find
from producers.replay import batches
from streams.memory import Memory, Result


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def store(engine: Settings) -> Iterator[Store]:
    settings = msgspec.structs.replace(engine, store_database="nhip_real")
    writer = connect(settings, "writer")
    migrate(writer, settings)
    yield writer
    writer.close()


@pytest.fixture(scope="module")
def permits(data_dir: Path, catalogue: Catalogue, store: Store) -> Result:
    return played(catalogue, store, data_dir / "permits" / "receipt.csv")


@pytest.fixture(scope="module")
def releases(data_dir: Path, catalogue: Catalogue, store: Store) -> Result:
    return played(catalogue, store, data_dir / "gso" / "vdt.csv")


def played(catalogue: Catalogue, store: Store, file: Path) -> Result:
    """The file through the table in memory, and what it led to into the engine, as the worker writes it."""
    mapping, memory = find(file), Memory(catalogue)
    feed = catalogue.feeds[mapping.feed]
    for partition in feed.partitions:
        memory.shard(feed.record, partition)
    memory.feed(batches(mapping, catalogue, file))
    result = memory.result()
    rows = {name: [table] for name, table in result.rows.items() if table.num_rows and name != "ledger"}
    Sink(store).write(rows, [result.rows["ledger"]], [])
    return result


def test_377_of_1329_permits_are_late_by_the_buckets_and_by_the_steps(permits: Result, store: Store) -> None:
    buckets = store.query(
        "SELECT sum(received), sum(finished), sum(overdue), sum(on_time) FROM case_days WHERE kind = 'permit'"
    )
    assert buckets == [(1_434, 1_329, 377, 952)]
    steps = store.query(
        "SELECT count(), countIf(event_at > due_at), countIf(has(attributes, 'derived')) FROM case_steps FINAL "
        "WHERE feed = 'permits-replay' AND state = 'finished'"
    )
    assert steps == [(1_329, 377, 1_329)]
    assert store.query("SELECT count() FROM case_steps FINAL WHERE feed = 'permits-replay'") == [(9_906,)]


def test_the_oddities_of_the_permits_are_found_as_what_they_are(permits: Result, store: Store) -> None:
    found = dict(
        store.query(
            "SELECT rule, uniqExact(case_id) FROM findings_in_force WHERE feed = 'permits-replay' "
            "AND rule IN ('impossible_move', 'finish_before_start') GROUP BY rule"
        )
    )
    assert found == {"impossible_move": 145, "finish_before_start": 117}


def test_written_twice_the_permits_are_there_once(permits: Result, store: Store) -> None:
    """A second write of the same rows, as after a crash before the ledger, changes nothing that readers see."""
    Sink(store).write({"case_steps": [permits.rows["case_steps"]]}, [permits.rows["ledger"].slice(0, 1)], [])
    assert store.query("SELECT count(), uniqExact(record_id) FROM case_steps FINAL WHERE feed = 'permits-replay'") == [
        (9_906, 9_906)
    ]


def test_all_versions_of_the_investment_figures_are_kept(releases: Result, store: Store) -> None:
    kept = store.query(
        "SELECT vintage, count() FROM figures FINAL WHERE feed = 'investment-replay' GROUP BY vintage ORDER BY vintage"
    )
    assert kept == [("estimate", 3_942), ("preliminary", 3_624)]


def test_one_query_gives_a_ministrys_revisions_and_one_what_was_known(releases: Result, store: Store) -> None:
    revisions = store.rows(queries.load("revisions_of_a_unit").sql, unit="G18", indicator="")
    months = {row["period"] for row in revisions}
    assert len(months) > 100
    both = [row for row in revisions if row["version"] == 2 and row["period"] == "C-M2019-05"]
    assert len(both) == 1
    assert (both[0]["vintage"], both[0]["value_before"] is not None) == ("preliminary", True)
    # At the end of May 2019 only its estimate was known; a month later the revision was.
    asked = queries.load("known_on_a_day").sql
    then, later = (
        {row["period"]: row for row in store.rows(asked, day=day, feed="investment-replay", unit="G18")}
        for day in ("2019-06-10", "2019-07-10")
    )
    assert then["C-M2019-05"]["vintage"] == "estimate"
    assert later["C-M2019-05"]["vintage"] == "preliminary"
    assert "C-M2019-06" not in then
    assert "C-M2019-06" in later
