"""The real permit log, as its mapping reads it: every known fact of it, and no other."""

import csv
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from catalogue.load import load
from producers.mapping import find
from producers.replay import batches
from producers.tables import read
from streams.memory import Result, run

Steps = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def log(data_dir: Path) -> Path:
    return data_dir / "permits" / "receipt.csv"


@pytest.fixture(scope="module")
def rows(log: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(find(log), load(), log).to_pylist()
    return found


@pytest.fixture(scope="module")
def cases(rows: list[dict[str, Any]]) -> Steps:
    by_case: Steps = defaultdict(list)
    for row in rows:
        by_case[row["case_id"]].append(row)
    return by_case


def _ends(cases: Steps) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """(the derived finishing step, the logged events) of each case that has ended."""
    return [
        (step, [s for s in steps if s is not step])
        for steps in cases.values()
        for step in steps
        if step["attributes"] == ["derived"]
    ]


def test_the_log_has_9906_steps_of_1434_cases_1329_of_them_derived(rows: list[dict[str, Any]], cases: Steps) -> None:
    derived = [row for row in rows if row["attributes"] == ["derived"]]
    assert (len(rows), len(cases), len(derived)) == (9_906, 1_434, 1_329)
    assert {row["state"] for row in derived} == {"finished"}


def test_every_step_has_an_id_of_its_own_a_due_time_and_a_known_state(rows: list[dict[str, Any]]) -> None:
    kind = load().kinds["permit"]
    assert len({row["record_id"] for row in rows}) == len(rows)
    assert all(row["due_at"] for row in rows)
    assert all(kind.state(row["state"]) for row in rows)
    assert {mark for row in rows for mark in row["attributes"] or ()} == set(kind.attributes)
    assert {row["channel"] for row in rows} == set(kind.channels)


def test_steps_come_in_the_order_of_their_times(rows: list[dict[str, Any]]) -> None:
    times = [row["event_at"] for row in rows]
    assert times == sorted(times)


def test_377_of_1329_end_after_their_deadline(cases: Steps) -> None:
    assert sum(end["event_at"] > end["due_at"] for end, _ in _ends(cases)) == 377


def test_by_the_last_event_only_88_are_late(cases: Steps) -> None:
    assert sum(max(s["event_at"] for s in events) > end["due_at"] for end, events in _ends(cases)) == 88


def test_by_local_date_309_are_late(log: Path) -> None:
    with log.open(encoding="utf-8-sig", newline="") as opened:
        lines = {line["case:concept:name"]: line for line in csv.DictReader(opened)}
    ended = [(line["case:enddate"], line["case:deadline"], line["case:startdate"]) for line in lines.values()]
    dates = [tuple(datetime.fromisoformat(text) for text in texts) for texts in ended if texts[0]]
    assert sum(end.date() > due.date() for end, due, _ in dates) == 309
    assert sum(end < start for end, _, start in dates) == 2


def test_145_cases_have_events_after_their_end(cases: Steps) -> None:
    assert sum(max(s["event_at"] for s in events) > end["event_at"] for end, events in _ends(cases)) == 145


def test_117_cases_end_before_their_first_event(cases: Steps) -> None:
    assert sum(min(s["event_at"] for s in events) > end["event_at"] for end, events in _ends(cases)) == 117


def test_no_move_within_a_case_is_outside_its_kind_but_those_after_an_end(cases: Steps) -> None:
    moves = load().kinds["permit"].moves
    strange = defaultdict(set)
    for case, steps in cases.items():
        for before, after in zip(["", *(s["state"] for s in steps)], steps, strict=False):
            if after["state"] not in moves.get(before, ()):
                strange[before].add(case)
    assert set(strange) == {"finished"}
    assert len(strange["finished"]) == 145


def test_copies_and_ticks_keep_every_step(log: Path) -> None:
    items = list(batches(find(log), load(), log, copies=10))
    assert sum(item[1].num_rows for item in items if item[0] == "batch") == 99_060
    assert len(items) < 5_000


@pytest.fixture(scope="module")
def result(log: Path) -> Result:
    return run(load(), batches(find(log), load(), log))


def test_every_step_is_taken_and_none_is_late_or_a_repeat(result: Result) -> None:
    ledger = result.rows["ledger"]
    sums = [sum(ledger.column(name).to_pylist()) for name in ("records", "accepted", "rejected", "duplicates", "late")]
    assert sums == [9_906, 9_906, 0, 0, 0]
    assert result.count("case_steps") == 9_906


@pytest.mark.parametrize("width", ["5m", "day"])
def test_the_fold_counts_377_of_1329_overdue(result: Result, width: str) -> None:
    buckets = [row for row in result.newest("case_buckets") if row["width"] == width]
    names = ("received", "finished", "overdue", "on_time")
    counts = {name: sum(int(str(row[name])) for row in buckets) for name in names}
    assert counts == {"received": 1_434, "finished": 1_329, "overdue": 377, "on_time": 952}


def test_the_kept_steps_say_the_same_as_the_fold(result: Result) -> None:
    finished = [row for row in result.rows["case_steps"].to_pylist() if row["state"] == "finished"]
    assert len(finished) == 1_329
    assert sum(row["event_at"] > row["due_at"] for row in finished) == 377


def test_each_true_oddity_is_found_as_what_it_is(result: Result) -> None:
    found = defaultdict(set)
    for row in result.rows["findings"].to_pylist():
        found[row["rule"]].add(row["case_id"])
    assert {rule: len(ids) for rule, ids in found.items()} == {"impossible_move": 145, "finish_before_start": 117}
    assert found["finish_before_start"] < found["impossible_move"]
