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
    "grafana": {"contract", "catalogue", "clickhouse"},
    "alerts": {"contract", "catalogue", "grafana"},
    "streams": {"contract", "catalogue", "clickhouse"},
    "nhip": {"contract", "catalogue", "clickhouse", "producers", "grafana", "alerts", "streams"},
    "bench": {"contract", "catalogue", "clickhouse", "producers", "grafana", "alerts", "streams", "nhip"},
}
DOORS = {
    "faust": "streams/worker.py",
    "mode": "streams/worker.py",
    "aiokafka": "streams/sturdy.py",
    "kafka": "contract/kafka",
    "clickhouse_connect": "clickhouse/client.py",
    "yaml": "grafana/files.py",
    "aiohttp": "nhip/desk/",
    "jinja2": "nhip/pages.py",
    "chdb": "clickhouse/embedded/",
    "prometheus_client": "contract/telemetry.py",
}
CONTENDERS = "bench/throughput/contenders/"
"""Written as other people would write them, with these libraries; `bench.throughput` starts each as a process."""
OF_CONTENDERS = {"faust", "aiokafka", "quixstreams", "bytewax", "confluent_kafka"}
ONLY_IN_TESTS = {"pytest", "hypothesis", "confluent_kafka", "tests"}
ONLY_IN_CONTENDERS = {"quixstreams", "bytewax"}
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
    wrong = set(imported(path)) & (ARROWS.keys() | ONLY_IN_TESTS | ONLY_IN_CONTENDERS) - ARROWS[own] - {own}
    wrong -= OF_CONTENDERS if named(path).startswith(CONTENDERS) else set()
    assert not wrong, f"{named(path)} must not import {sorted(wrong)}"


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_each_outside_library_has_one_door(path: Path) -> None:
    through = {name: door for name, door in DOORS.items() if name in set(imported(path))}
    known = OF_CONTENDERS if named(path).startswith(CONTENDERS) else set()
    wrong = {name: door for name, door in through.items() if not named(path).startswith(door) and name not in known}
    assert not wrong, f"{named(path)} imports past the door: {wrong}"


def test_nothing_has_a_name_that_says_nothing() -> None:
    assert [named(path) for path in SOURCES if VAGUE & set(Path(named(path)).with_suffix("").parts)] == []


def test_a_module_is_read_in_one_sitting() -> None:
    long = {named(path): lines for path in SOURCES if (lines := len(path.read_text().splitlines())) > LONGEST}
    assert long == {}


def test_nobody_imports_a_contender() -> None:
    importing = [named(path) for path in SOURCES if "bench.throughput.contenders" in path.read_text()]
    assert importing == ["bench/throughput/race.py"], "the race starts them as processes"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-run.lock", "requirements-bench.lock"])
def test_the_lock_names_hashes_and_no_registry(name: str) -> None:
    lock = (CHECKOUT / name).read_text()
    assert "://" not in lock
    assert all("--hash=sha256:" in entry for entry in lock.split("\n\n")[0].replace(" \\\n", " ").splitlines() if entry)
