"""The real monthly releases of state-budget investment: every version kept, and no later one known too early."""

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from catalogue.load import load
from contract.figures import VINTAGES
from producers.mapping import find
from producers.replay import batches
from streams.memory import run

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def file(data_dir: Path) -> Path:
    return data_dir / "gso" / "vdt.csv"


@pytest.fixture(scope="module")
def tables(file: Path) -> dict[str, pa.Table]:
    return run(load(), batches(find(file), load(), file)).rows


@pytest.fixture(scope="module")
def rows(tables: dict[str, pa.Table]) -> Rows:
    found: Rows = tables["figures"].to_pylist()
    return found


def _known(rows: Rows, unit: str, on: datetime) -> dict[str, tuple[str, float]]:
    """Period -> (vintage, value) in force on a day: of the highest vintage, then of the latest release."""
    then = [row for row in rows if row["unit"] == unit and row["sent_at"] <= on]
    then.sort(key=lambda row: (VINTAGES.index(row["vintage"]), row["sent_at"], row["offset"]))
    return {row["period"]: (row["vintage"], row["value"]) for row in then}


def test_all_7566_versions_are_kept_in_the_order_of_their_releases(tables: dict[str, pa.Table], rows: Rows) -> None:
    assert Counter(row["vintage"] for row in rows) == {"estimate": 3_942, "preliminary": 3_624}
    assert [row["sent_at"] for row in rows] == sorted(row["sent_at"] for row in rows)
    assert (tables["rejected"].num_rows, sum(row["late"] for row in rows)) == (0, 0)
    assert len({row["record_id"] for row in rows}) == 7_566


def test_every_body_and_province_is_a_unit_of_its_time(rows: Rows) -> None:
    units = load().units.by_id
    assert len({row["unit"] for row in rows}) == 66
    assert all(units[row["unit"]].valid_on(row["at"].astimezone().date()) for row in rows)
    assert {"VN", "TW", "DP", "G04", "H26", "H29.63", "H06"} <= {row["unit"] for row in rows}


def test_a_ministrys_revisions_can_be_told(file: Path, rows: Rows) -> None:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        lines = {line["Month"]: line for line in csv.DictReader(opened) if line["Phân Loại"] == "Bộ Y tế"}
    of = {(row["period"], row["vintage"]): row["value"] for row in rows if row["unit"] == "G18"}
    assert of["C-M2019-05", "estimate"] == float(lines["2019-05"]["E-Total-M"])
    assert of["C-M2019-05", "preliminary"] == float(lines["2019-06"]["Total-Pre-Month"])


def test_on_a_given_day_no_later_revision_is_known(file: Path, rows: Rows) -> None:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        lines = {line["Month"]: line for line in csv.DictReader(opened) if line["Phân Loại"] == "TỔNG SỐ"}
    known = _known(rows, "VN", datetime(2019, 6, 15, tzinfo=UTC))
    assert max(known) == "C-M2019-05"
    assert known["C-M2019-05"] == ("estimate", float(lines["2019-05"]["E-Total-M"]))
    assert known["C-M2019-04"] == ("preliminary", float(lines["2019-05"]["Total-Pre-Month"]))
    # The column that looks like the month's own figure is the next release's.
    assert float(lines["2019-05"]["Total-M"]) == float(lines["2019-06"]["Total-Pre-Month"])
