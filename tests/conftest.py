"""Fixtures of all tests: the real Kafka and the real engine, the folder of real data; and no network in unit tests."""

import os
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from contract.errors import SetupError
from contract.settings import Settings, to_environment, with_secrets
from nhip import secrets
from nhip.local import engine as local_engine
from nhip.local import kafka as local_kafka
from nhip.local import ports
from nhip.processes import last_line, spawn

INTEGRATION = "integration"
REQUIRE = os.environ.get("NHIP_REQUIRE_SERVICES") == "1"
NO_DATA = "NHIP_DATA_DIR is not set: the folder with the real data"
NO_TOOLS = "promtool and amtool are not on the PATH (Debian's prometheus and prometheus-alertmanager)"
EXCUSED = {NO_DATA, NO_TOOLS}
"""Reasons for which a test may be left out where services are required: nothing can be done about them here."""


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of this test run alone: its own ports and folders, so that it passes beside a running `nhip up`."""
    folder = tmp_path_factory.mktemp("nhip")
    first = ports.free(3)
    own = {"var": str(folder), "kafka_port": first, "store_port": first + 2, "topic_prefix": "test", "group": "test"}
    cache = {"cache": os.environ["NHIP_CACHE"]} if "NHIP_CACHE" in os.environ else {}
    home = {"kafka_home": os.environ["NHIP_KAFKA_HOME"]} if "NHIP_KAFKA_HOME" in os.environ else {}
    plain = Settings(**own, **cache, **home)  # type: ignore[arg-type]
    secrets.ensure(plain)
    return with_secrets(plain)


@pytest.fixture(scope="session")
def kafka(services: Settings) -> Iterator[Settings]:
    """A real broker of this test run."""
    yield from _service("kafka", services, local_kafka.command, local_kafka.is_up)


@pytest.fixture(scope="session")
def engine(services: Settings) -> Iterator[Settings]:
    """The embedded ClickHouse endpoint of this test run, empty."""
    yield from _service("engine", services, local_engine.command, local_engine.is_up)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data; tests that need it are skipped where there is none."""
    folder = os.environ.get("NHIP_DATA_DIR")
    if not folder:
        pytest.skip(NO_DATA)
    if not Path(folder).is_dir():
        pytest.fail(f"NHIP_DATA_DIR={folder} is no folder")
    return Path(folder).resolve()


def _service(
    name: str, settings: Settings, command: Callable[[Settings], list[str]], is_up: Callable[[Settings], bool]
) -> Iterator[Settings]:
    log = settings.var_dir / "log" / f"{name}.log"
    try:
        process = spawn(command(settings), log, to_environment(settings))
    except SetupError as error:
        _cannot(str(error))
    try:
        deadline = time.monotonic() + 60
        while not is_up(settings):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{name} did not start: {last_line(log)}")
            time.sleep(0.05)
        yield settings
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _cannot(reason: str) -> NoReturn:
    if REQUIRE:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit test that opens a connection is not one."""
    if request.node.get_closest_marker(INTEGRATION):
        return

    def refuse(own: socket.socket, address: Any, *rest: Any) -> NoReturn:
        pytest.fail(f"a test outside tests/integration opened a socket: {address}")

    for method in ("connect", "connect_ex", "bind"):
        allowed = getattr(socket.socket, method)

        def guarded(own: socket.socket, address: Any, *rest: Any, allowed: Any = allowed) -> Any:
            return refuse(own, address) if own.family in (socket.AF_INET, socket.AF_INET6) else allowed(own, address)

        monkeypatch.setattr(socket.socket, method, guarded)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if INTEGRATION in item.path.parts:
            item.add_marker(INTEGRATION)


_skipped: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _skipped[str(reason).removeprefix("Skipped: ")] += 1


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where services are required, a test that was left out is a failure, unless nothing can be done about it."""
    if REQUIRE and any(reason not in EXCUSED for reason in _skipped) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("skipped")
    terminalreporter.write_line(f"{sum(_skipped.values())} tests skipped")
    for reason, count in _skipped.most_common():
        terminalreporter.write_line(f"  {count} × {reason}")
