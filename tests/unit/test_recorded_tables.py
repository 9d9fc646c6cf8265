"""Published facts go through the pipeline in every clone; the bad figures among them that can be seen are found."""

import re
from pathlib import Path
from typing import Any

import pytest

from catalogue.load import load
from nhip.replay import newest
from producers.mapping import find
from producers.replay import batches
from streams.memory import Result, run

RECORDED = Path(__file__).resolve().parent.parent / "recorded"
TABLES = sorted(RECORDED.glob("*.csv"))
README = (RECORDED / "README.md").read_text(encoding="utf-8")


def _replayed(name: str) -> Result:
    file = RECORDED / f"{name}.csv"
    return run(load(), batches(find(file), load(), file))


def _findings(name: str) -> list[dict[str, Any]]:
    return newest(_replayed(name).rows["findings"].to_pylist())


def _sums(name: str) -> list[tuple[str, str, float]]:
    return sorted((f["unit"], f["indicator"], f["value"]) for f in _findings(name) if f["rule"] == "sum_mismatch")


@pytest.mark.parametrize("file", TABLES, ids=lambda file: file.stem)
def test_every_recorded_figure_is_taken(file: Path) -> None:
    rows = _replayed(file.stem).rows
    assert rows["rejected"].num_rows == 0
    assert rows["figures"].num_rows == sum(rows["ledger"].column("records").to_pylist()) > 0
    assert not any(rows["figures"].column("late").to_pylist())


def test_every_table_has_its_source_and_is_listed() -> None:
    assert {f"{file.stem}.csv" for file in TABLES} == set(re.findall(r"^\| `(\w+\.csv)` \| .+ \| .+ \|", README, re.M))
    assert all(find(file).source for file in TABLES)


def test_parts_of_the_index_that_do_not_sum_are_found_and_nothing_else_of_it() -> None:
    assert _sums("service_index") == [("H20", "index-satisfaction", 14.11)]


def test_three_totals_of_the_same_dossiers_are_found() -> None:
    found = _sums("dossiers_2026")
    assert {unit for unit, _, _ in found} == {"H19", "H20", "H35", "H57"}
    assert {indicator for _, indicator, _ in found} == {"dossiers-received-year"}


def test_shares_of_exports_that_do_not_reconcile_are_found() -> None:
    assert _sums("exports_2025") == [("VN", "exports-since-january", 249.067)]


def test_a_district_without_one_late_dossier_is_asked_about() -> None:
    found = [(f["rule"], f["indicator"], f["value"]) for f in _findings("district_1")]
    assert found == [("soft_bounds", "on-time-of-resolved", 100.0)]


def test_every_release_of_a_quarters_growth_is_kept() -> None:
    rows = _replayed("growth").rows["figures"].to_pylist()
    second = [(row["vintage"], row["value"]) for row in rows if row["period"] == "C-Q2025-2"]
    assert second == [("estimate", 7.96), ("preliminary", 8.16)]
    assert len(rows) == 9


def test_a_dry_lake_above_its_dead_level_is_no_impossible_figure() -> None:
    rows = _replayed("reservoirs").rows["figures"].to_pylist()
    assert {row["verdict"] for row in rows} == {"ok"}
