"""docs/findings.md says what the code does: the steps, what is typed, limits, views."""

import argparse
import re
import shlex

from contract.actions import MAX_NOTE
from contract.handling import LEVELS_S, STATES, STEPS
from contract.settings import CHECKOUT, Settings
from nhip import findings
from nhip.cli import COMMANDS
from nhip.desk.sessions import TRIES
from nhip.findings_act import KAFKA_S, WORKER_S
from nhip.findings_read import LEAST

DOCUMENT = (CHECKOUT / "docs" / "findings.md").read_text(encoding="utf-8")
STAFF, ENGINEERS = DOCUMENT.split("## For engineers")
MIGRATIONS = "\n".join(
    file.read_text(encoding="utf-8") for file in (CHECKOUT / "clickhouse" / "migrations").glob("*.sql")
)


def typed() -> list[str]:
    """What stands in the examples, without what it does."""
    return [line.strip().split("   ")[0] for line in STAFF.splitlines() if line.startswith("    nhip ")]


def test_every_command_of_the_page_is_taken() -> None:
    done = set()
    for line in typed():
        word, *rest = shlex.split(line)[1:]
        assert word in COMMANDS, line
        parser = argparse.ArgumentParser()
        COMMANDS[word].arguments(parser)
        given = parser.parse_args(rest)
        if word == "findings" and given.action not in ("list", "show"):
            done.add(findings.step_of(given))
    assert done | {"confirmed", "false_alarm", "new_trend"} == set(STEPS), "every step is shown, one label for all four"


def test_every_state_and_step_is_named_as_the_screen_names_it() -> None:
    for state, (vi, _) in STATES.items():
        assert vi.removeprefix("đã ") in STAFF, state
    for step, (vi, _) in STEPS.items():
        assert f"| {vi} |" in STAFF, step


def test_the_limits_are_those_in_force() -> None:
    assert [seconds // 60 for seconds in LEVELS_S] == [0, *map(int, re.findall(r"cấp \d sau (\d+) phút", STAFF))]
    assert f"không quá {MAX_NOTE} chữ" in STAFF
    assert f"{LEAST} chữ đầu" in STAFF
    assert f"({KAFKA_S:.0f} s)" in ENGINEERS
    assert f"({WORKER_S:.0f} s)" in ENGINEERS
    assert str(Settings().desk_port) in ENGINEERS
    assert TRIES == 5
    assert "Five wrong tokens" in ENGINEERS


def test_every_view_and_function_it_names_is_made_by_a_migration() -> None:
    named = set(re.findall(r"`(findings?_\w+|contacts)`", ENGINEERS)) - {"finding_id"}
    assert len(named) > 8
    for name in named:
        assert re.search(rf"(VIEW|TABLE|FUNCTION)( IF NOT EXISTS)? {name}\b", MIGRATIONS), name
