"""The trial with faults: its schedule, and that it sees what differs."""

from collections import Counter
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from bench.faults import permits
from bench.faults.permits import schedule
from bench.faults.reference import differences
from bench.faults.report import Outcome, Struck, report
from bench.faults.rows import Difference
from clickhouse.tables import TABLES, schema
from contract.settings import Settings
from nhip.check import Verdict
from nhip.check_lines import BAD, LOOK, OK, Line
from streams.memory import Memory, Result
from tests.messages import NOON, catalogue, figure, log


class Stored:
    """A store that gives the rows it was made with."""

    def __init__(self, result: Result) -> None:
        self.tables = {table: result.newest(table) for table in TABLES}

    def arrow(self, sql: str, **_: Any) -> pa.Table:
        table = sql.split(" FROM ")[1].split()[0]
        return pa.Table.from_pylist(self.tables[table], schema(table))


def result() -> Result:
    memory = Memory(catalogue())
    memory.run(log([NOON, [figure(value=50.0)], [figure(value=51.0, event_at=NOON + 1)]]), "figures")
    return memory.result()


def difference(store: Stored, table: str) -> Difference:
    return differences(store, Settings(), result())[table]  # type: ignore[arg-type]


def outcome(**different: Any) -> Outcome:
    fine = Outcome(
        struck=[Struck("worker", 0.0, 12.0)],
        recovered=[4.0],
        caught_up_s=0.1,
        messages=3,
        records=2,
        accepted=2,
        rejected=0,
        repeats=0,
        counts={"steps": (2, 2)},
        verdict=Verdict((Line("lost", OK, "", ""),)),
        doubled={"figures": 0},
        differences={"figures": Difference(2, [], [], [])},
    )
    return msgspec.structs.replace(fine, **different)


def test_a_seed_gives_the_same_kills_again() -> None:
    kills = schedule(600.0, 1.0, 7)
    assert kills == schedule(600.0, 1.0, 7) != schedule(600.0, 1.0, 8)
    assert Counter(fault.kind for fault in kills) == permits.KILLS
    assert all(0 < fault.at < 600 for fault in kills)


def test_a_shorter_trial_kills_each_part_at_least_once() -> None:
    assert {fault.kind for fault in schedule(30.0, 0.01, 1)} == set(permits.KILLS)


def test_equal_rows_do_not_differ() -> None:
    assert {d.count for d in differences(Stored(result()), Settings(), result()).values()} == {0}  # type: ignore[arg-type]


def test_a_row_that_is_missing_or_too_many_or_another_is_named() -> None:
    lost, added, changed = Stored(result()), Stored(result()), Stored(result())
    lost.tables["figures"].pop()
    added.tables["figures"].append({**added.tables["figures"][0], "record_id": "stranger"})
    changed.tables["figures"][0]["value"] = 49.0
    assert len(difference(lost, "figures").missing) == 1
    assert difference(added, "figures").extra[0][-1] == "stranger"
    assert [(name, wanted, found) for _, name, wanted, found in difference(changed, "figures").other] == [
        ("value", 50.0, 49.0)
    ]


@pytest.mark.parametrize(
    "different",
    [
        {"counts": {"steps": (1, 2)}},
        {"doubled": {"figures": 1}},
        {"differences": {"figures": Difference(2, [("a",)], [], [])}},
        {"verdict": Verdict((Line("lost", BAD, "", ""),))},
    ],
    ids=["counts", "doubled", "rows", "verdict"],
)
def test_whatever_differs_is_said_and_spoils_the_outcome(different: dict[str, Any]) -> None:
    assert not outcome(**different).good
    assert report(outcome(**different))[-1] == "Something differs."


def test_a_connection_that_is_late_spoils_nothing() -> None:
    assert outcome(verdict=Verdict((Line("late", LOOK, "", ""),))).good


def test_without_the_data_it_says_so_in_one_line_and_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("NHIP_DATA_DIR", raising=False)
    monkeypatch.setattr("sys.argv", ["permits"])
    assert permits.main() == 2
    assert capsys.readouterr().err.count("\n") == 1
