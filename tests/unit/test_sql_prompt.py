"""`nhip sql`: the prompt, the library, exports that are safe to open."""

import csv
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from rich.console import Console

from contract.errors import NhipError, StoreError
from nhip import export
from nhip.sql import Prompt, ask, find, once, one_line, printing

TABLE = pa.table(
    {
        "tên": ["=HYPERLINK(1)", "+84", "-5", "@x", "Đồng Nai", "\tx", None],
        "value": [-1.5, 2.0, 3.0, 4.0, 5.0, 6.0, None],
        "at": [datetime(2026, 11, 21, 2, 30, tzinfo=UTC)] * 7,
    }
)


class Store:
    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.error = error

    def arrow(self, sql: str, /, **parameters: Any) -> pa.Table:
        self.asked.append((sql, parameters))
        if self.error:
            raise self.error
        return pa.table({"name": ["figures"], "comment": ["số liệu [x]"]})


def console() -> tuple[Console, StringIO]:
    out = StringIO()
    return Console(file=out, width=100, color_system=None), out


def test_text_that_a_spreadsheet_would_run_is_made_text_and_numbers_stay_numbers() -> None:
    out = StringIO()
    export.write_csv(TABLE, out)
    rows = list(csv.reader(StringIO(out.getvalue())))
    assert [row[0] for row in rows] == ["tên", "'=HYPERLINK(1)", "+84", "-5", "'@x", "Đồng Nai", "'\tx", ""]
    assert [row[1] for row in rows[1:]] == ["-1.5", "2.0", "3.0", "4.0", "5.0", "6.0", ""]
    assert rows[1][2] == "2026-11-21 02:30:00+00:00"


@pytest.mark.parametrize("text", ["=1+1", " =1", "-2+3", "@SUM(A1)", "+cmd|' /C calc'!A0", "\r=1", "|x", "%0A"])
def test_every_beginning_of_a_formula_is_guarded(text: str) -> None:
    assert export.guarded(text) == f"'{text}"


def test_a_file_is_written_in_the_chosen_format(tmp_path: Path) -> None:
    export.save(TABLE, "csv", tmp_path / "a.csv")
    export.save(TABLE, "parquet", tmp_path / "a.parquet")
    export.save(TABLE, "table", tmp_path / "a.txt")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbft")
    assert parquet.read_table(tmp_path / "a.parquet").num_rows == 7
    assert "chưa có" in (tmp_path / "a.txt").read_text(encoding="utf-8-sig")


def test_a_query_of_the_library_runs_by_name_with_its_defaults_and_what_is_given() -> None:
    store = Store()
    ask(store, "\\q on_time_by_province from=2026-11-01;")
    ask(store, "on_time_by_province from=2026-11-01")
    assert store.asked[0] == store.asked[1]
    sql, parameters = store.asked[0]
    assert "case_days" in sql
    assert parameters == {"from": "2026-11-01", "to": "2026-12-31", "kind": "dossier"}


def test_a_name_that_is_not_in_the_library_and_a_parameter_it_does_not_have_are_one_clear_line() -> None:
    with pytest.raises(NhipError, match="không có trong thư viện"):
        ask(Store(), "\\q nothing")
    with pytest.raises(NhipError, match="month không phải tham số"):
        ask(Store(), "\\q on_time_by_province month=1")


def test_an_error_is_one_line_without_the_engines_repetition() -> None:
    error = StoreError("ClickHouse refused: Unknown identifier `x`. In scope SELECT x\nFROM y (version 26.9)")
    assert one_line(error) == "✖ ClickHouse refused: Unknown identifier `x`."


def test_the_prompt_reads_up_to_a_semicolon_survives_errors_and_leaves_at_x() -> None:
    out, text = console()
    store = Store(StoreError("no such table [zz]"))
    Prompt(store, out).loop(["SELECT 1", "FROM zz;", "", "\\x", "SELECT 2;"])
    assert [sql for sql, _ in store.asked] == ["SELECT 1\nFROM zz"]
    assert "✖ no such table [zz]" in text.getvalue()


def test_help_lists_the_tables_with_their_comments_and_the_library() -> None:
    out, text = console()
    Prompt(Store(), out).loop(["\\h", "\\x"])
    assert "số liệu [x]" in text.getvalue()
    assert "revisions_of_a_unit" in text.getvalue()
    assert "Những gì đã biết đến hết một ngày" in text.getvalue()


def test_one_shot_writes_csv_for_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert once(Store(), "SELECT 1", "csv", None, Console()) == 0
    assert capsys.readouterr().out == "name,comment\nfigures,số liệu [x]\n"


def test_a_table_shows_brackets_as_they_are_and_a_row_into_a_pipe_as_one_line() -> None:
    to, out = console()
    export.show(pa.table({"fields": [[], ["a"]], "text": ["[bold]đậm[/bold]", "[/]"]}), to)
    assert [line.split() for line in out.getvalue().splitlines()[1:3]] == [["[]", "[bold]đậm[/bold]"], ["['a']", "[/]"]]
    assert printing(piped=True).width > 1_000


def test_the_library_answers_the_questions_it_promises() -> None:
    for name in (
        "revisions_of_a_unit",
        "known_on_a_day",
        "on_time_by_province",
        "rejected_by_reason",
        "freshness_by_feed",
    ):
        assert find(name) is not None
