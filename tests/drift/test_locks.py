"""What an image is made of: the packages that run, at the versions that are tested, and none that only tests need."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires

from contract.settings import CHECKOUT

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
SERVICES = (
    *("nhip.cli", "nhip.prepare", "nhip.healthy", "nhip.audit", "nhip.check", "nhip.sql", "nhip.feeds"),
    *("nhip.generation", "nhip.replay", "nhip.readmit", "nhip.analysts", "nhip.watch", "nhip.boards.command"),
    *("nhip.desk.server", "nhip.accounts", "nhip.contacts", "nhip.findings", "nhip.shift"),
    *("producers.main", "producers.clock", "streams.worker"),
)
"""What runs in containers."""


WITHOUT = """
import sys

class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {lacking!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Lacking())
import {services}
"""


def entries(name: str) -> dict[str, str]:
    """Package -> its whole entry: version, marker, hashes."""
    joined = (CHECKOUT / name).read_text().replace(" \\\n", " ")
    return {plain(line): line for line in joined.splitlines() if line.strip()}


def plain(requirement: str) -> str:
    """The package's name alone, as indexes compare it."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def closure(names: Iterable[str]) -> set[str]:
    """These packages and all that they need where they are installed; extras and other systems' packages left out."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            needs = requires(name) or []
        except PackageNotFoundError:  # for another Python or system
            continue
        found.add(name)
        waiting += [plain(need) for need in needs if "extra ==" not in need]
    return found


def test_what_runs_is_locked_as_it_is_tested() -> None:
    run, tested = entries("requirements-run.lock"), entries("requirements.lock")
    assert {name: entry for name, entry in run.items() if tested.get(name) != entry} == {}


def test_what_runs_is_what_the_project_asks_for_and_all_that_this_needs() -> None:
    run = entries("requirements-run.lock").keys()
    asked = {plain(requirement) for requirement in PROJECT["project"]["dependencies"]}
    assert asked <= run
    assert closure(asked) <= run, "make requirements-run.lock anew (docs/operations.md)"


def test_nothing_runs_that_only_tests_or_a_machine_without_servers_need() -> None:
    groups = PROJECT["dependency-groups"]
    outside = {plain(one) for group in ("local", "dev") for one in groups[group] if isinstance(one, str)}
    assert outside & entries("requirements-run.lock").keys() == set()


def test_every_service_starts_without_the_packages_that_an_image_lacks() -> None:
    """In a Python that cannot import them, as if they were not installed."""
    lacking = entries("requirements.lock").keys() - entries("requirements-run.lock").keys()
    modules = sorted({name.replace("-", "_") for name in lacking})
    program = WITHOUT.format(lacking=modules, services=", ".join(SERVICES))
    done = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
