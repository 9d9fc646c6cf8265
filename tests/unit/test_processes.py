import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contract.errors import SetupError
from contract.settings import CHECKOUT
from nhip import processes
from nhip.processes import Part, State, Supervisor, from_outside, last_line, rotate, with_bytecode

SLEEP = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


def python(code: str) -> Callable[[], list[str]]:
    return lambda: [sys.executable, "-S", "-c", code]


def until(condition: Callable[[], object], limit_s: float = 10.0) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def told() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def supervisor(
    tmp_path: Path, told: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Supervisor]:
    monkeypatch.setattr(processes, "BACKOFF_S", (0.05, 0.1))
    made = Supervisor(tmp_path, {}, lambda part, what, why: told.append((part, what)))
    yield made
    made.stop()
    assert made.crashed is None


def test_a_part_that_was_killed_from_outside_is_started_again_every_time(supervisor: Supervisor) -> None:
    supervisor.start(Part("one", python(SLEEP)))
    for restarts in range(5):
        until(lambda: supervisor.part("one").pid and supervisor.states()["one"] is State.UP)
        assert supervisor.part("one").restarts == restarts
        pid = supervisor.part("one").pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        until(lambda: supervisor.part("one").restarts > restarts)  # noqa: B023 - called before the next round
    assert supervisor.failed() == []


def test_a_part_that_ends_three_times_of_its_own_is_given_up_and_the_others_go_on(
    supervisor: Supervisor, told: list[tuple[str, str]]
) -> None:
    supervisor.start(Part("good", python(SLEEP)))
    supervisor.start(Part("bad", python("raise SystemExit('no such table')")))
    until(lambda: supervisor.failed() == ["bad"])
    of_bad = [what for part, what in told if part == "bad" and what != "up"]
    assert of_bad == ["started", "ended", "started", "ended", "started", "failed"]
    assert supervisor.part("bad").reason == "exit 1: no such table"
    assert supervisor.states()["good"] is State.UP


def test_a_part_that_cannot_be_started_is_given_up_with_its_reason(supervisor: Supervisor) -> None:
    def taken() -> list[str]:
        raise SetupError("port 19192 is taken")

    supervisor.start(Part("kafka", taken))
    until(lambda: supervisor.failed() == ["kafka"])
    assert supervisor.part("kafka").reason == "port 19192 is taken"


def test_parts_end_in_the_opposite_order_of_their_start(supervisor: Supervisor, told: list[tuple[str, str]]) -> None:
    for name in ("kafka", "engine", "worker"):
        supervisor.start(Part(name, python(SLEEP)))
    until(lambda: all(state is State.UP for state in supervisor.states().values()))
    supervisor.stop()
    assert [part for part, what in told if what == "stopping"] == ["worker", "engine", "kafka"]
    assert set(supervisor.states().values()) == {State.STOPPED}


def test_a_part_that_does_not_end_in_time_is_killed(
    supervisor: Supervisor, told: list[tuple[str, str]], tmp_path: Path
) -> None:
    supervisor.start(Part("deaf", python(DEAF), stop_s=0.3))
    until(lambda: last_line(tmp_path / "deaf.log") == "deaf")
    pid = supervisor.part("deaf").pid
    assert pid
    started = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - started < 3
    assert ("deaf", "killed") in told
    assert not is_alive(pid)


def test_what_a_part_started_itself_ends_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    child_of_it = f"subprocess.Popen([sys.executable, '-c', {DEAF!r}])"
    code = f"import subprocess, sys, time; print({child_of_it}.pid, flush=True); {SLEEP}"
    supervisor.start(Part("parent", python(code)))
    until(lambda: "deaf" in processes.tail(tmp_path / "parent.log"))
    child = int(processes.tail(tmp_path / "parent.log").split()[0])
    supervisor.stop()
    until(lambda: not is_alive(child))


def test_a_paused_part_is_no_failure_and_comes_back(supervisor: Supervisor) -> None:
    supervisor.start(Part("feeds", python(SLEEP)))
    until(lambda: supervisor.states()["feeds"] is State.UP)
    supervisor.pause("feeds", wait_s=5)
    assert supervisor.part("feeds").pid is None
    assert supervisor.states()["feeds"] is State.PAUSED
    supervisor.resume("feeds")
    until(lambda: supervisor.states()["feeds"] is State.UP)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_nothing_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys, time\n"
        "from nhip.processes import Part, Supervisor\n"
        f"s = Supervisor(pathlib.Path({str(tmp_path)!r}), {{}})\n"
        f"s.start(Part('part', lambda: [sys.executable, '-S', '-c', {DEAF!r}]))\n"
        "while not s.part('part').pid: time.sleep(0.01)\n"
        "print(s.part('part').pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=CHECKOUT) as process:
        assert process.stdout
        part = int(process.stdout.readline())
        until(lambda: last_line(tmp_path / "part.log") == "deaf")
        process.kill()
    until(lambda: not is_alive(part))


@pytest.mark.parametrize(
    ("code", "outside"),
    [(-9, True), (-15, True), (143, True), (-11, False), (-6, False), (0, False), (1, False), (70, False)],
)
def test_a_signal_that_somebody_sent_is_no_end_of_its_own(code: int, outside: bool) -> None:
    assert from_outside(code) is outside


def test_the_reason_is_the_last_line_that_says_something(tmp_path: Path) -> None:
    log = tmp_path / "kafka.log"
    log.write_text("java.io.IOException: No space left on device\n\tat kafka.log.UnifiedLog.append\n\n")
    assert last_line(log) == "java.io.IOException: No space left on device"
    assert last_line(tmp_path / "none.log") == ""


def test_a_log_that_has_grown_is_set_aside_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LOG_BYTES", 10)
    log = tmp_path / "engine.log"
    log.write_text("more than ten bytes")
    rotate(log)
    assert not log.exists()
    assert (tmp_path / "engine.log.1").read_text() == "more than ten bytes"


def test_a_file_says_how_the_parts_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "BACKOFF_S", (0.05, 0.1))
    report = tmp_path / "run" / "parts.json"

    def told(part: str) -> dict[str, object]:
        found: dict[str, object] = json.loads(report.read_text())["parts"][part] if report.exists() else {}
        return found

    supervised = Supervisor(tmp_path, {}, report=report)
    supervised.start(Part("good", python(SLEEP)))
    supervised.start(Part("bad", python("raise SystemExit('no such table')")))
    until(lambda: report.exists() and told("bad")["state"] == "failed")
    assert told("bad")["reason"] == "exit 1: no such table"
    assert (told("good")["state"], told("good")["pid"]) == ("up", supervised.part("good").pid)
    supervised.stop()
    assert (told("good")["state"], told("good")["pid"]) == ("stopped", None)


def test_a_part_that_was_killed_is_started_again_at_once(supervisor: Supervisor) -> None:
    supervisor.start(Part("one", python(SLEEP)))
    until(lambda: supervisor.part("one").pid)
    pid, killed = supervisor.part("one").pid, time.monotonic()
    assert pid
    os.kill(pid, signal.SIGKILL)
    until(lambda: supervisor.part("one").pid not in (None, pid))
    assert time.monotonic() - killed < 0.9


def test_parts_keep_what_python_compiles_in_the_cache_folder(tmp_path: Path) -> None:
    given = {"NHIP_CACHE": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/home/x"}
    assert with_bytecode(given) == {
        "NHIP_CACHE": str(tmp_path),
        "HOME": "/home/x",
        "PYTHONPYCACHEPREFIX": str(tmp_path / "bytecode"),
    }


def test_a_part_that_has_run_and_ends_in_order_was_asked_to_and_is_started_again(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "SETTLED_S", 0.05)
    supervisor.start(Part("worker", python("import time; time.sleep(0.2)")))
    until(lambda: supervisor.part("worker").restarts > 4)
    assert supervisor.failed() == []


def test_a_part_that_ends_at_once_is_given_up_whatever_it_says(supervisor: Supervisor) -> None:
    supervisor.start(Part("nothing", python("")))
    until(lambda: supervisor.failed() == ["nothing"])
