"""A mapping file turns a CSV into records; a mistake in it names file and key and says what to do."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest

from catalogue.load import Catalogue
from catalogue.units import UnitProblem
from contract.errors import MappingError
from producers import mapping as mappings
from producers.replay import Item, Pace, batches, speed_for
from producers.tables import read

CASES = """
feed = "log"
record = "cases"
[fields]
kind = { value = "permit" }
unit = { value = "VN" }
case_id = { column = "id" }
state = { column = "task", pattern = "^[A-Z]+", values = "states" }
event_at = { column = "at" }
[values.states]
IN = "accepted"
"""
FIGURES = """
feed = "table"
record = "figures"
[fields]
indicator = { value = "spend" }
unit = { value = "VN" }
sent_at = { column = "released", format = "%d/%m/%Y" }
[[records]]
when = "first"
[records.fields]
value = { column = "first", decimal = "," }
vintage = { value = "estimate" }
period = { text = "C-M{month}" }
[[records]]
when = "second"
[records.fields]
value = { column = "second", scale = 0.001 }
vintage = { value = "preliminary" }
period = { column = "before", period = "C-Q" }
"""


def _catalogue() -> Catalogue:
    log = SimpleNamespace(id="log", record="cases", lateness_s=600, shards=1, subjects="")
    table = SimpleNamespace(id="table", record="figures", lateness_s=600, shards=1, subjects="")
    units = SimpleNamespace(resolve=lambda name, day: UnitProblem.UNKNOWN)
    return cast(Catalogue, SimpleNamespace(feeds={"log": log, "table": table}, units=units))


@pytest.fixture
def given(tmp_path: Path) -> Callable[[str, str], tuple[mappings.Mapping, Path]]:
    def write(mapping: str, lines: str) -> tuple[mappings.Mapping, Path]:
        file = tmp_path / "data.csv"
        file.write_text(lines, encoding="utf-8")
        (tmp_path / "data.toml").write_text(mapping, encoding="utf-8")
        return mappings.find(file), file

    return write


Given = Callable[[str, str], tuple[mappings.Mapping, Path]]


def _rows(given: Given, mapping: str, lines: str, **options: Any) -> list[dict[str, Any]]:
    found, file = given(mapping, lines)
    return cast(list[dict[str, Any]], read(found, _catalogue(), file, **options).to_pylist())


def test_a_line_becomes_a_step_with_its_time_in_utc(given: Given) -> None:
    (row,) = _rows(given, CASES, "id,task,at\nA-1,IN desk,2011-10-11 13:45:40.276000+02:00\n")
    assert (row["case_id"], row["state"], row["kind"], row["feed"]) == ("A-1", "accepted", "permit", "log")
    assert row["event_at"] == row["sent_at"] == datetime(2011, 10, 11, 11, 45, 40, 276_000, UTC)
    assert row["simulated"] is False


def test_a_time_without_a_zone_is_viet_nams(given: Given) -> None:
    (row,) = _rows(given, CASES, "id,task,at\nA-1,IN,2011-10-11 07:00\n")
    assert row["event_at"] == datetime(2011, 10, 11, 0, 0, tzinfo=UTC)


def test_records_come_in_the_order_of_their_times_and_ties_in_the_files_order(given: Given) -> None:
    lines = "id,task,at\nC,IN,2011-01-02\nB,IN,2011-01-01\nA,IN,2011-01-02\n"
    assert [row["case_id"] for row in _rows(given, CASES, lines)] == ["B", "C", "A"]


def test_a_word_that_the_value_table_lacks_goes_on_to_be_judged(given: Given) -> None:
    (row,) = _rows(given, CASES, "id,task,at\nA,LOST,2011-01-02\n")
    assert row["state"] == "LOST"


def test_a_unit_that_is_none_goes_on_to_be_judged(given: Given) -> None:
    named = CASES.replace('{ value = "VN" }', '{ column = "id" }')
    (row,) = _rows(given, named, "id,task,at\nNơi nào đó,IN,2011-01-02\n")
    assert row["unit"] == "Nơi nào đó"


def test_one_line_of_a_release_becomes_an_estimate_and_a_revision(given: Given) -> None:
    lines = 'released,month,before,first,second\n29/03/2019,2019-03,2019-02-28,"1.234,5",2500\n30/04/2019,2019-04,,7,\n'
    rows = _rows(given, FIGURES, lines)
    assert [(r["period"], r["vintage"], r["value"]) for r in rows] == [
        ("C-M2019-03", "estimate", 1234.5),
        ("C-Q2019-1", "preliminary", 2.5),
        ("C-M2019-04", "estimate", 7.0),
    ]
    assert rows[0]["sent_at"] == datetime(2019, 3, 28, 17, tzinfo=UTC)


def test_a_derived_step_is_taken_once_a_case(given: Given) -> None:
    derived = """
[[records]]
[[records]]
when = "end"
first_of = "id"
[records.fields]
state = { value = "finished" }
event_at = { column = "end" }
attributes = { value = ["derived"] }
"""
    lines = "id,task,at,end\nA,IN,2011-01-02,2011-01-05\nA,IN,2011-01-03,2011-01-05\nB,IN,2011-01-04,\n"
    rows = _rows(given, CASES + derived, lines)
    assert [(r["case_id"], r["state"], r["attributes"]) for r in rows] == [
        ("A", "accepted", None),
        ("A", "accepted", None),
        ("B", "accepted", None),
        ("A", "finished", ["derived"]),
    ]


def test_copies_of_a_log_have_ids_of_their_own(given: Given) -> None:
    rows = _rows(given, CASES, "id,task,at\nA,IN,2011-01-02\n", copies=3)
    assert [row["case_id"] for row in rows] == ["A-01", "A-02", "A-03"]


def test_figures_are_not_copied(given: Given) -> None:
    lines = "released,month,before,first,second\n29/03/2019,2019-03,,1,\n"
    with pytest.raises(MappingError, match="only a log of cases can be copied"):
        _rows(given, FIGURES, lines, copies=2)


MISTAKES = [
    ('kind = { value = "permit" }', 'kind = { valeu = "permit" }', r"data.toml: .*`valeu`"),
    ('kind = { value = "permit" }', 'kinds = { value = "permit" }', r"data.toml: field 'kinds' is none of"),
    ('kind = { value = "permit" }', "", r"data.toml: field 'kind' is missing; give it a column or a value"),
    ('{ column = "id" }', '{ column = "id", value = "x" }', r"field 'case_id' needs exactly one of column,"),
    ("[values.states]", "[values.other]", r"field 'state' uses a value table that is not there; add \[values.states\]"),
    ('column = "id"', 'column = "no"', r"data.toml on data.csv: field 'case_id': .* 'no'.*has id, task, at"),
    ('feed = "log"', 'feed = "lag"', r"data.toml: feed 'lag' is not in the catalogue"),
    ('feed = "log"', 'feed = "table"', r"data.toml: feed 'table' carries figures; write record = \"figures\""),
    ('feed = "log"', "feed = ", r"data.toml: not TOML"),
    ('{ column = "at" }', '{ column = "task" }', r"line 2 has 'IN', no time of the format 'iso'; correct one of them"),
]


@pytest.mark.parametrize(("right", "wrong", "message"), MISTAKES)
def test_a_mistake_names_file_and_key_and_what_to_do(given: Given, right: str, wrong: str, message: str) -> None:
    with pytest.raises(MappingError, match=message):
        _rows(given, CASES.replace(right, wrong), "id,task,at\nA,IN,2011-01-02\n")


def test_a_file_without_a_mapping_is_told_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"write strange\.toml beside it or name one of .*permits"):
        mappings.find(tmp_path / "strange.csv")


def test_every_built_in_mapping_can_be_read() -> None:
    names = [path.stem for path in mappings.HERE.glob("*.toml")]
    assert {"permits", "vdt"} <= set(names)
    assert all(mappings.find(Path("any.csv"), name).source for name in names)


def _items(given: Given, lines: str) -> list[Item]:
    found, file = given(CASES, lines)
    return list(batches(found, _catalogue(), file))


def test_no_record_of_a_file_is_late_or_from_the_future(given: Given) -> None:
    moments = [f"2011-01-02 08:{minute:02}:{second:02}" for minute in range(0, 59, 2) for second in (0, 59)]
    clock = 0
    seen = 0
    for kind, item in _items(given, "id,task,at\n" + "".join(f"A,IN,{moment}\n" for moment in moments)):
        if not isinstance(item, pa.RecordBatch):
            assert kind == "tick"
            assert item >= clock
            assert item % 60_000 == 0
            clock = item
        else:
            times = item.column("event_at").cast(pa.int64()).to_pylist()
            assert min(times) >= clock - 600_000
            assert max(times) < clock + 60_000
            seen += len(times)
    assert seen == len(moments)


def test_the_last_tick_is_past_all_allowed_lateness(given: Given) -> None:
    kind, last = _items(given, "id,task,at\nA,IN,2011-01-02T08:00:30+00:00\n")[-1]
    assert kind == "tick"
    assert last == datetime(2011, 1, 2, 8, 11, tzinfo=UTC).timestamp() * 1000


def test_a_chosen_length_sets_the_speed() -> None:
    assert speed_for([("tick", 0), ("tick", 3_600_000)], 60) == 60.0


def test_the_fastest_speed_never_waits() -> None:
    assert Pace("max").seconds_until(10**12) == 0.0
    slow = Pace(1.0)
    slow.seconds_until(0)
    assert 9 < slow.seconds_until(10_000) <= 10
