"""Snapshots in the real engine: its merges, its bytes, its deletes; and what an older version left there."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from clickhouse.client import Store, connect
from clickhouse.migrate import FOLDER, migrate, read
from contract.settings import Settings
from streams import snapshots
from streams.pipeline import run
from streams.shard import Shard
from streams.snapshots import Snapshots
from tests.builders import HOUR
from tests.messages import NOON, batch, shard, step, tick

pytestmark = pytest.mark.integration
TOPIC = "nhip.cases"
MIGRATION = "0011_snapshots_in_parts.sql"


@pytest.fixture
def store(engine: Settings, request: pytest.FixtureRequest) -> Iterator[Store]:
    own = msgspec.structs.replace(engine, store_database=f"{engine.store_database}_{abs(hash(request.node.name))}")
    made = connect(own, "writer")
    yield made
    made.command(f"DROP DATABASE {own.store_database} SYNC", in_database=False)


def lived(one: Shard, offset: int, hours: range) -> int:
    for hour in hours:
        given = [step(case_id=f"{hour}-{n}", event_at=NOON + hour * HOUR) for n in range(40)]
        run(one, [batch(given, offset + 1, "cases"), tick(NOON + hour * HOUR, offset + 2, "cases")])
        offset += 2
    return offset


def test_parts_come_back_from_the_engine_whatever_it_merges_and_old_ones_go(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(store, store.settings)
    monkeypatch.setattr(snapshots, "PIECE_BYTES", 20_000)
    monkeypatch.setattr(snapshots, "CLEAN_S", 0.0)
    keeper, one, offset = Snapshots(store, 1), shard("cases"), -1
    for hour in range(24):
        offset = lived(one, offset, range(hour, hour + 1))
        keeper.save([(one, offset)])
        if hour % 6 == 5:
            store.command("OPTIMIZE TABLE snapshots FINAL")
        fresh = shard("cases")
        assert Snapshots(store, 1).load(fresh, TOPIC) == offset
        assert fresh.dump() == one.dump()
    store.command("OPTIMIZE TABLE snapshots FINAL")
    ((rows, first),) = store.query("SELECT count(), min(offset) FROM snapshots")
    assert first > 0
    assert rows < 24
    assert Snapshots(store, 2).load(shard("cases"), TOPIC) == -1


def test_a_table_of_before_takes_the_new_columns_as_often_as_it_is_told_and_its_rows_stand_alone(
    store: Store, tmp_path: Path
) -> None:
    for migration in read():
        if migration.name < MIGRATION:
            (tmp_path / migration.name).write_bytes((FOLDER / migration.name).read_bytes())
    migrate(store, store.settings, tmp_path)
    store.command(
        "INSERT INTO snapshots (topic, feed, shard, partition, offset, generation, format, size, body) "
        f"VALUES ('{TOPIC}', 'drill-cases', 0, 0, 7, 1, 1, 3, 'old')"
    )
    (statements,) = (migration.statements for migration in read() if migration.name == MIGRATION)
    for statement in (*statements, *statements[:1], *statements):
        store.command(statement)
    row = store.rows("SELECT hash, previous, back, ends FROM snapshots")
    assert row == [{"hash": 0, "previous": 0, "back": 0, "ends": True}]
    assert migrate(store, store.settings)
    one = shard("cases")
    offset = lived(one, 7, range(2))
    Snapshots(store, 1).save([(one, offset)])
    store.command("OPTIMIZE TABLE snapshots FINAL")
    assert store.query("SELECT count() FROM snapshots") == [(2,)]
    assert Snapshots(store, 1).load(shard("cases"), TOPIC) == offset
