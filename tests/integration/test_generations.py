"""A generation derived anew beside live intake by the real worker: compared, put in force, and back to the old one."""

import secrets
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bench.faults.reference import doubled, expected
from catalogue.load import load
from clickhouse import generations
from clickhouse.compare import Group
from clickhouse.sink import DERIVED
from clickhouse.tables import TABLES, schema
from contract import actions
from contract.actions import Action
from contract.kafka import Producer
from contract.settings import Settings
from nhip.check import verdict
from nhip.generation_compare import differences, told
from nhip.generation_enforce import Refused, enforce
from nhip.generation_replay import Replay
from producers.publisher import Publisher
from producers.simulate.drill_stream import Event
from producers.simulate.scenarios import stream
from tests.integration.installation import Installation, installed
from tests.messages import an_action

CATALOGUE = load()
SCENARIOS = ("times_1000", "status_backwards", "sum_mismatch", "batch_sent_twice", "late_batch", "future_time")
BAD = b'[{"feed": "drill-figures", "unit": "Atlantis"}]'
WITHOUT = {"generation", "topic", "partition", "offset"}


@pytest.fixture(scope="module")
def installation(kafka: Settings, engine: Settings) -> Iterator[Installation]:
    """With a worker, and records that came in already."""
    with installed(engine, "generations", snapshot_s=2.0) as one:
        one.start()
        with sending(one, 4.0):
            one.until(lambda: bool(generations.received(one.store, [(one.settings.topics.cases, 0)])), "the first rows")
        one.caught_up()
        yield one


class Senders:
    """What they send goes on where the last one stopped. The first of them passes the end of a bucket at any hour of
    the test: of a bucket that still fills, two generations have nothing that could be compared."""

    start = int(time.time()) // 300 * 300_000 - 60_000


@contextmanager
def sending(installation: Installation, seconds: float) -> Iterator[None]:
    """Sends meanwhile; ends when all is sent."""
    events: list[Event] = []
    for name in SCENARIOS:
        events += stream(CATALOGUE, name, 5, Senders.start, calm_s=20, after_s=15)[0]
        Senders.start = events[-1].at + 1_000
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(_send, installation.settings, events, seconds)
        yield
        sent.result()


def _send(settings: Settings, events: list[Event], seconds: float) -> None:
    """Faults of every outcome one after another on both drill feeds, with bad input, repeats and people's actions among
    it."""
    with Producer(settings) as door:
        publisher = Publisher(door, settings)
        for nth, event in enumerate(events):
            feed = CATALOGUE.feeds.get(event.feed)
            if event.batch is None or feed is None:
                for record in ("figures", "cases"):
                    publisher.tick(record, 0, event.at)
            else:
                publisher.publish(feed, 0, event.batch)
            if nth % 50 == 0:
                door.send(settings.topics.figures, 0, BAD)
                door.send(settings.topics.figures, 0, actions.body(taken()), actions.headers("drill-figures"))
                publisher.confirm()
            time.sleep(seconds / len(events))


def taken() -> Action:
    """Sent again and again; only the first changes anything."""
    return an_action(secrets.randbits(100), at=int(time.time() * 1000))


def a_replay(installation: Installation, generation: int, catalogue: Path | None = None) -> Replay:
    settings = installation.settings
    if catalogue is not None:
        settings = msgspec.structs.replace(settings, catalogue=str(catalogue))
    known = load(settings.catalogue_dir)
    generations.begin(installation.store, generation, [], "test", "")
    return Replay(settings, known, installation.store, generation, known.feeds, print)


def compared(installation: Installation, old: int, new: int) -> list[Group]:
    found = differences(installation.store, installation.settings, old, new)
    assert {group.table for group in found} == set(DERIVED)
    return found


def different(found: list[Group]) -> list[Group]:
    return [group for group in found if group.differences]


def caught_up(installation: Installation) -> None:
    """A worker whose source was edited meanwhile has ended at the handover, to be started with the new one."""
    if installation.worker is not None and installation.worker.poll() == 0:
        installation.start()
    installation.caught_up()


def the_same_as_the_log_gives(installation: Installation, generation: int) -> None:
    caught_up(installation)
    result = expected(installation.settings, installation.catalogue)
    for table in DERIVED:
        columns = [name for name in schema(table).names if name not in WITHOUT]
        wanted = {str({name: _plain(row[name]) for name in columns}) for row in result.newest(table)}
        sql = f"SELECT {', '.join(columns)} FROM {table} FINAL WHERE generation = {{g:UInt32}}"
        found = [str({k: _plain(v) for k, v in row.items()}) for row in installation.store.rows(sql, g=generation)]
        assert set(found) == wanted
        assert len(found) == len(wanted) > 0
    accepted = sum(result.rows["ledger"].column("accepted").to_pylist())
    sums = " + ".join(f"(SELECT uniqExact(feed, record_id) FROM {table})" for table in ("figures", "case_steps"))
    assert installation.one(f"SELECT {sums} + (SELECT count() FROM finding_actions FINAL)") == (accepted,)
    acted = "SELECT countIf(outcome = 'done'), count() > 1, any(holder) FROM finding_history"
    assert installation.one(acted) == (1, True, "truc-ban-1"), "what people did is of no generation"
    assert not any(doubled(installation.store).values())
    levels = {line.question: line.level for line in verdict(installation.store, installation.settings).lines}
    assert [levels[question] for question in ("lost", "balance", "stored", "doubled")] == [0, 0, 0, 0]


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode()
    return value.isoformat() if hasattr(value, "isoformat") else value


def as_of(installation: Installation, moment: str) -> set[int]:
    views = [f"SELECT DISTINCT generation FROM {table}_as_of(as_of = '{moment}')" for table in DERIVED]
    return {int(row[0]) for view in views for row in installation.store.query(view)}


def now(installation: Installation) -> str:
    return str(installation.one("SELECT toString(now64(3, 'Asia/Ho_Chi_Minh'))")[0])


def test_a_generation_comes_into_force_while_records_arrive_and_the_old_one_again(installation: Installation) -> None:
    store, settings = installation.store, installation.settings
    with sending(installation, 20.0), a_replay(installation, 2) as replay:
        replay.near()
        assert different(compared(installation, 1, 2)) == []
        seconds = enforce(settings, store, replay, "test", "", print, even_if_different=False)
    assert seconds < 60
    assert generations.standing(store).in_force == 2
    the_same_as_the_log_gives(installation, 2)
    assert installation.one("SELECT DISTINCT generation FROM case_buckets_in_force, generation_in_force") == (2,)
    of_second = now(installation)
    with sending(installation, 15.0), a_replay(installation, 1) as replay:
        enforce(settings, store, replay, "back", "", print, even_if_different=False)
    the_same_as_the_log_gives(installation, 1)
    assert (as_of(installation, of_second), as_of(installation, now(installation))) == ({2}, {1})
    assert [era.generation for era in generations.eras(store)] == [1, 2, 1]


def test_a_changed_rule_shows_as_differences_of_its_indicator(installation: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(installation.settings.catalogue_dir, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = folder / "indicators.toml"
    tighter = file.read_text().replace("1000.0], soft = [50.0, 950.0]", "510.0], soft = [50.0, 500.0]")
    assert tighter != file.read_text()
    file.write_text(tighter)
    caught_up(installation)
    with a_replay(installation, 3, folder) as replay:
        replay.near()
        replay.end()
        found = compared(installation, generations.standing(installation.store).in_force, 3)
        assert {(group.table, group.about) for group in different(found)} >= {
            ("findings", ("drill-figures", "hard_bounds", "drill-value"))
        }
        assert {group.about[0] for group in different(found)} == {"drill-figures"}
        assert any("hard_bounds · drill-value" in line for line in told(found, 2, 3))
    with a_replay(installation, 3, folder) as replay, pytest.raises(Refused):
        enforce(installation.settings, installation.store, replay, "", "", print, even_if_different=False)
    assert generations.standing(installation.store).in_force != 3


def test_a_row_that_is_not_the_same_is_found_and_a_generation_that_is_dropped_is_gone(
    installation: Installation,
) -> None:
    store = installation.store
    columns = ", ".join(name for name in schema("case_buckets").names if name not in ("generation", "received"))
    store.command(
        f"INSERT INTO case_buckets (generation, received, {columns}) SELECT 2, received + 5, {columns} "
        "FROM case_buckets FINAL WHERE generation = 2 AND width = '5m' AND delta = 0 ORDER BY bucket LIMIT 1"
    )
    (group,) = different(compared(installation, 1, 2))
    assert (group.table, group.about, group.other) == ("case_buckets", ("drill-cases", "dossier"), 1)
    assert (group.columns["received"].rows, group.columns["received"].change) == (1, 5.0)
    assert "differs: " in group.examples[0]
    generations.drop(store, 2)
    tables = (*DERIVED, "replay_ledger", "snapshots")
    left = " UNION ALL ".join(f"SELECT count() FROM {table} WHERE generation = 2" for table in tables)
    assert {count for (count,) in store.query(left)} == {0}
    assert set(generations.rows_of(store)) == {1, 3}
    assert set(TABLES) >= set(DERIVED)


def test_a_request_that_nobody_follows_up_is_over_by_itself(installation: Installation) -> None:
    store = installation.store
    generations.ask(store, 3, 4)
    with sending(installation, 6.0):
        time.sleep(3.0)
    assert generations.standing(store).pending is None
    the_same_as_the_log_gives(installation, 1)
