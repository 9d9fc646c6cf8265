"""What statements cost is gathered by the minute and by who asked, and never stands in anybody's way."""

import pytest

from clickhouse.embedded.costs import ASKERS, Costs, asker_of, insert, kind_of
from clickhouse.embedded.engine import Result

GRAFANA = {"User-Agent": "grafana/12.2 clickhouse-go/2.43 (grafana_dashboard:nhip-unit-vi; grafana_panel:17)"}


class Kept:
    def __init__(self, fails: bool = False) -> None:
        self.now, self.written, self._fails = 120.0, list[str](), fails
        self.costs = Costs(self._write, lambda: self.now)

    def _write(self, sql: str) -> None:
        if self._fails:
            raise RuntimeError("no table")
        self.written.append(sql)

    def ask(self, headers: dict[str, str] | None = None, keyword: str = "SELECT", rows: int = 7) -> None:
        with self.costs.of("reader", keyword, headers or {}) as cost:
            cost.result = Result(b"", read_rows=rows, read_bytes=70)


def test_a_panel_of_grafana_is_told_by_its_user_agent() -> None:
    assert asker_of(GRAFANA) == ("nhip-unit-vi", "17")
    assert asker_of({"User-Agent": "curl"}) == asker_of({}) == ("", "")
    assert asker_of({"User-Agent": "grafana_dashboard:x'); DROP; grafana_panel:1"}) == ("x", "1")


def test_statements_are_told_apart_by_what_they_do() -> None:
    assert [kind_of(word) for word in ("SELECT", "WITH", "SHOW", "INSERT", "ALTER")] == [
        "read",
        "read",
        "read",
        "insert",
        "other",
    ]


def test_a_minute_is_written_when_it_is_over_one_row_an_asker() -> None:
    kept = Kept()
    for _ in range(3):
        kept.ask(GRAFANA)
    kept.ask(keyword="INSERT")
    kept.costs.flush()
    assert kept.written == []
    kept.now = 181.0
    kept.costs.flush()
    kept.costs.flush()
    (sql,) = kept.written
    assert "(120, 'reader', 'read', 'nhip-unit-vi', '17', 3, 0, 0, " in sql
    assert sql.endswith(", 7, 70)")
    assert ", 21, 210)" in sql


def test_a_statement_that_failed_is_counted_as_refused_and_its_error_goes_on() -> None:
    kept = Kept()
    with pytest.raises(ValueError, match="syntax"), kept.costs.of("reader", "SELECT", {}):
        raise ValueError("syntax")
    kept.now = 181.0
    kept.costs.flush()
    assert "'read', '', '', 1, 1, 0, " in kept.written[0]


def test_too_many_askers_of_one_minute_become_nobody() -> None:
    kept = Kept()
    for number in range(ASKERS + 50):
        kept.ask({"User-Agent": f"grafana_dashboard:b{number}; grafana_panel:1"})
    kept.now = 181.0
    kept.costs.flush()
    assert kept.written[0].count("(120, ") == ASKERS + 1
    assert "'', '', 50, 0, " in kept.written[0]


def test_what_cannot_be_written_is_forgotten_and_nothing_is_written_after_a_stop() -> None:
    failing = Kept(fails=True)
    failing.ask()
    failing.now = 181.0
    failing.costs.flush()
    stopped = Kept()
    stopped.ask()
    stopped.now = 181.0
    stopped.costs.stop()
    stopped.costs.flush()
    assert stopped.written == []


def test_the_insert_names_the_columns_of_the_table() -> None:
    from clickhouse.tables import schema

    named = insert(2, {}).split("(")[1].split(")")[0].split(", ")
    assert named == schema("query_costs").names
