"""The accounts of deploy/clickhouse as the real engine takes them: who may do what, and who sees which rows.

The embedded engine stands in for the server; `account.py` says what that leaves out.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from catalogue.load import load
from clickhouse.migrate import _RECORD, read
from clickhouse.queries import OWN, Query, library
from clickhouse.tables import TABLES
from grafana.boards import BOARDS
from grafana.classic import sources
from nhip import analysts
from tests.integration.account import ask

READ_ONLY, DENIED, UNKNOWN = 164, 497, 60
FIGURE = "'feed', 'gdp', '{unit}', '', '2026-11-21 00:00:00', '', 'final', {value}, 'ok', [], false, '', '', '', '{id}'"
LOGGED = "now(), now(), true, 'nhip.figures', 0, 0, 0"
"""Queries of the pipeline's own."""
UNITS = "('H60', ['H22', 'H60.63'], 'VN'), ('H26', [], 'VN'), ('G12', [], 'VN'), ('G24', [], 'G12')"

Answers = list[list[list[Any]] | int]


class Store:
    def __init__(self, data: Path, people: Path) -> None:
        self._data, self._people = data, people

    def ask(self, name: str, *statements: str) -> Answers:
        return ask(self._data, self._people, name, statements)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Migrated by the migrator, with rows of five units from the writer; lan is of two units, minh of the nation."""
    data, people = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("people")
    analysts.add(people, load(), "lan", ["H60", "G12"])
    analysts.add(people, load(), "minh", [])
    store = Store(data, people)
    schema = [statement for migration in read() for statement in migration.statements]
    made = store.ask("migrator", "CREATE DATABASE IF NOT EXISTS `nhip`", _RECORD, *schema)
    assert refused(made, ["", "", *schema]) == []
    written = store.ask(
        "writer",
        f"INSERT INTO units (unit, predecessors, parent) VALUES {UNITS}",
        *(
            f"INSERT INTO figures (* EXCEPT (stored_at, precedence)) VALUES ({row}, {LOGGED})"
            for value, unit in enumerate(("H60", "H22", "G24", "H26", "VN"))
            for row in [FIGURE.format(unit=unit, value=value, id=f"id-{unit}")]
        ),
    )
    assert [answer for answer in written if isinstance(answer, int)] == []
    return store


def refused(answers: Answers, statements: Sequence[str]) -> list[str]:
    return [f"{answer}: {sql[:80]}" for answer, sql in zip(answers, statements, strict=True) if isinstance(answer, int)]


def test_the_migrator_keeps_tables_and_takes_backups(store: Store) -> None:
    statements = [
        "ALTER TABLE rejected MODIFY SETTING ttl_only_drop_parts = 1",
        "ALTER TABLE rejected MODIFY TTL toDateTime(arrived_at) + toIntervalDay(30)",
        "CREATE TABLE feeds_next AS feeds",
        "EXCHANGE TABLES feeds_next AND feeds",
        "DROP TABLE feeds_next SYNC",
        "ALTER TABLE findings DROP PARTITION ID '9-202611'",
        "ALTER TABLE snapshots DELETE WHERE generation = 9 SETTINGS mutations_sync = 1",
        "INSERT INTO handovers (id, generation, until, withdrawn) VALUES ('x', 2, now(), true)",
        "BACKUP DATABASE nhip TO Disk('backups', 'first')",
    ]
    assert refused(store.ask("migrator", *statements), statements) == []


def test_a_backup_comes_back_beside_what_is_there(store: Store) -> None:
    [taken, back, rows] = store.ask(
        "migrator",
        "BACKUP TABLE nhip.figures TO Disk('backups', 'second')",
        "RESTORE TABLE nhip.figures AS nhip.figures_back FROM Disk('backups', 'second')",
        "SELECT count() FROM figures_back",
    )
    assert (isinstance(taken, list), isinstance(back, list), rows) == (True, True, [[5]])
    store.ask("migrator", "DROP TABLE figures_back SYNC")


def test_the_writer_writes_rows_and_changes_nothing_else(store: Store) -> None:
    may = ["DELETE FROM snapshots WHERE generation = 9 SETTINGS lightweight_deletes_sync = 0", "SELECT 1 FROM ledger"]
    assert refused(store.ask("writer", *may), may) == []
    may_not = [
        "CREATE TABLE mine (a Int8) ENGINE = Memory",
        "DROP TABLE figures",
        "TRUNCATE TABLE figures",
        "DELETE FROM figures WHERE true",
        "ALTER TABLE figures ADD COLUMN x Int8",
        "INSERT INTO migrations (name, checksum) VALUES ('0099_x.sql', '')",
        "CREATE FUNCTION mine AS (x) -> x",
        "BACKUP TABLE nhip.figures TO Disk('backups', 'third')",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    ]
    assert store.ask("writer", *may_not) == [DENIED] * len(may_not)


@pytest.mark.parametrize("name", ["reader", "boards", "minh", "lan"])
def test_who_reads_does_not_write(store: Store, name: str) -> None:
    statements = [
        "INSERT INTO generations (generation, in_force_from, reason, version) VALUES (7, now(), '', '')",
        "CREATE TABLE mine (a Int8) ENGINE = Memory",
        "SET readonly = 0",
        "SET max_memory_usage = 0",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1/', 'LineAsString')",
    ]
    assert all(answer in (READ_ONLY, DENIED) for answer in store.ask(name, *statements))


def test_boards_read_everything_but_the_snapshots(store: Store) -> None:
    [rows, snapshots, tables] = store.ask(
        "boards",
        "SELECT count() FROM figures_in_force",
        "SELECT body FROM snapshots",
        "SELECT count() > 20 FROM system.tables WHERE database = 'nhip'",
    )
    assert (rows, snapshots, tables) == ([[5]], DENIED, [[True]])


def test_boards_may_read_every_table_that_a_panel_names(store: Store) -> None:
    named = {source for board in BOARDS for panel in board.panels for source in sources(panel)}
    tables = sorted(name for name in named if name in TABLES or name.startswith("system."))
    statements = [f"SELECT {'size' if name == 'snapshots' else '1'} FROM {name} LIMIT 1" for name in tables]
    refused = zip(tables, store.ask("boards", *statements), strict=True)
    assert [name for name, answer in refused if isinstance(answer, int)] == []


def test_a_person_of_some_units_sees_their_rows_those_of_before_and_those_of_bodies_under_them(store: Store) -> None:
    asked = [
        f"SELECT groupUniqArray(toString(unit)) FROM {source}"
        for source in ("figures", "figures_in_force", "figures_as_of(as_of = '2030-01-01 00:00:00')")
    ]
    for [[found]] in store.ask("lan", *asked):  # type: ignore[misc]
        assert sorted(found) == ["G24", "H22", "H60"]
    for [[found]] in store.ask("minh", *asked):  # type: ignore[misc]
        assert sorted(found) == ["G24", "H22", "H26", "H60", "VN"]


def test_a_person_of_some_units_sees_what_was_done_with_their_findings_alone(store: Store) -> None:
    given = ", ".join(f"('power-load', '{unit:f<32}', '{unit}', now())" for unit in ("H60", "H26"))
    done = ", ".join(
        f"('power-load', '{unit:f<32}', '{unit:a<32}', 'taken', 'desk-1', now())" for unit in ("H60", "H26")
    )
    written = store.ask(
        "writer",
        f"INSERT INTO findings (feed, finding_id, unit, at) VALUES {given}",
        f"INSERT INTO finding_actions (feed, finding_id, action_id, step, actor, at) VALUES {done}",
    )
    assert [answer for answer in written if isinstance(answer, int)] == []
    asked = "SELECT groupUniqArray(substring(finding_id, 1, 3)) FROM {}"
    for source in ("finding_actions", "finding_history"):
        [[[found]]] = store.ask("lan", asked.format(source))  # type: ignore[misc]
        assert found == ["H60"], source
        [[[found]]] = store.ask("minh", asked.format(source))  # type: ignore[misc]
        assert sorted(found) == ["H26", "H60"], source


def test_nobody_but_services_reads_whom_to_call(store: Store) -> None:
    for name in ("lan", "minh"):
        assert store.ask(name, "SELECT * FROM contacts") == [DENIED]
    assert store.ask("boards", "SELECT count() FROM contacts") == [[[0]]]


def test_a_view_that_is_planned_into_the_query_filters_as_well(store: Store) -> None:
    [setting, sums] = store.ask(
        "lan", "SELECT getSetting('analyzer_inline_views')", "SELECT sum(value) FROM figures_in_force"
    )
    assert (setting, sums) == ([[True]], [[0 + 1 + 2]])


def test_a_person_reads_neither_snapshots_nor_what_others_sent_wrongly(store: Store) -> None:
    withheld = ["SELECT * FROM snapshots", "SELECT * FROM migrations", "SELECT * FROM handovers"]
    assert store.ask("minh", *withheld) == [DENIED] * 3
    assert store.ask("lan", *withheld, "SELECT * FROM rejected", "SELECT * FROM ledger") == [DENIED] * 5


def test_the_account_of_health_checks_asks_whether_a_query_runs_and_nothing_else(store: Store) -> None:
    assert store.ask("health", "SELECT 1", "SELECT count() FROM nhip.figures") == [[[1]], DENIED]


def test_analysts_queries_run_for_a_person_of_the_nation(store: Store) -> None:
    queries = [query for query in library() if not query.name.startswith(OWN)]
    assert len(queries) > 5
    statements = [filled(query) for query in queries]
    assert refused(store.ask("minh", *statements), [query.name for query in queries]) == []


def test_the_checks_run_for_the_reader(store: Store) -> None:
    queries = [query for query in library() if query.name.startswith(OWN)]
    statements = [filled(query) for query in queries]
    assert refused(store.ask("reader", *statements), [query.name for query in queries]) == []


def filled(query: Query) -> str:
    """The query with its defaults, a zero or nothing where there is none."""
    sql = query.sql
    for parameter in query.parameters:
        empty = {"A": "[]", "U": "0", "I": "0", "F": "0"}.get(parameter.type[0], "")
        value = parameter.default.strip("'") or empty
        text = value if empty else f"'{value}'"
        sql = sql.replace(f"{{{parameter.name}:{parameter.type}}}", f"CAST({text} AS {parameter.type})")
    return sql
