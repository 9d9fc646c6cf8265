"""Imports point one way, each outside library has one door, and nothing is called `utils`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.settings import CHECKOUT

ARROWS = {
    "contract": set[str](),
    "catalogue": {"contract"},
    "clickhouse": {"contract", "catalogue"},
    "producers": {"contract", "catalogue"},
    "grafana": {"contract", "catalogue"},
    "alerts": {"contract", "catalogue"},
    "streams": {"contract", "catalogue", "clickhouse"},
    "nhip": {"contract", "catalogue", "clickhouse", "producers", "grafana", "alerts", "streams"},
    "bench": {"contract", "catalogue", "clickhouse", "producers", "streams", "nhip"},
}
DOORS = {
    "faust": "streams/worker.py",
    "mode": "streams/worker.py",
    "aiokafka": "streams/worker.py",
    "kafka": "contract/kafka.py",
    "clickhouse_connect": "clickhouse/client.py",
    "chdb": "clickhouse/embedded/",
    "prometheus_client": "contract/telemetry.py",
}
ONLY_IN_TESTS = {"pytest", "hypothesis", "confluent_kafka", "tests"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc"}
LONGEST = 300

SOURCES = sorted(path for package in ARROWS for path in (CHECKOUT / package).rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """Top-level names of everything a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{named(path)}: relative import"
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_imports_point_one_way(path: Path) -> None:
    own = named(path).split("/")[0]
    wrong = set(imported(path)) & (ARROWS.keys() | ONLY_IN_TESTS) - ARROWS[own] - {own}
    assert not wrong, f"{named(path)} must not import {sorted(wrong)}"


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_each_outside_library_has_one_door(path: Path) -> None:
    through = {name: door for name, door in DOORS.items() if name in set(imported(path))}
    wrong = {name: door for name, door in through.items() if not named(path).startswith(door)}
    assert not wrong, f"{named(path)} imports past the door: {wrong}"


def test_nothing_has_a_name_that_says_nothing() -> None:
    assert [named(path) for path in SOURCES if VAGUE & set(Path(named(path)).with_suffix("").parts)] == []


def test_a_module_is_read_in_one_sitting() -> None:
    long = {named(path): lines for path in SOURCES if (lines := len(path.read_text().splitlines())) > LONGEST}
    assert long == {}


def test_the_lock_names_hashes_and_no_registry() -> None:
    lock = (CHECKOUT / "requirements.lock").read_text()
    assert "://" not in lock
    assert all("--hash=sha256:" in entry for entry in lock.split("\n\n")[0].replace(" \\\n", " ").splitlines() if entry)
