"""The commands of docs/operations.md are commands that there are."""

import re
import shlex
from collections.abc import Iterator

import pytest

from clickhouse.queries import library
from contract.settings import CHECKOUT, Settings
from nhip.cli import COMMANDS, parsed
from tests.installed import COMPOSE, SERVICES

PAGE = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")
OF_COMPOSE = {"build", "up", "ps", "run", "exec", "stop", "start", "restart", "cp", "logs"}


def commands() -> Iterator[str]:
    """Indented lines, with their continuations and without what is set for them, and what stands in backquotes."""
    for block in re.findall(r"(?m)^    (\S(?:\\\n|.)*)", PAGE):
        for part in re.split(r"&&| \| ", block.replace("\\\n", " ")):
            yield re.sub(r'^([A-Z_]+="[^"]*" )+', "", part.strip())
    yield from re.findall(r"`((?:docker|sh|\.venv/bin/nhip) [^`]+)`", PAGE)


COMMANDS_OF_COMPOSE = sorted({command for command in commands() if command.startswith("docker compose")})


@pytest.mark.parametrize("command", COMMANDS_OF_COMPOSE)
def test_a_command_names_services_and_words_that_there_are(command: str) -> None:
    words = [word for word in shlex.split(command, comments=True)[2:] if word != "…"]
    while words[0] == "-f":
        assert (CHECKOUT / words[1]).is_file()
        words = words[2:]
    assert words[0] in OF_COMPOSE
    if words[0] == "run":
        place = next(place for place, word in enumerate(words) if word in SERVICES)
        said = words[place + 1 :]
        if said:
            parsed(said[0], COMMANDS[said[0]], Settings(), said[1:])
        return
    named = [word for word in words[1:] if re.fullmatch(r"[a-z]+", word)]
    if words[0] in ("stop", "start", "restart"):
        assert set(named) <= SERVICES.keys()


def test_no_command_has_a_password_among_its_arguments() -> None:
    assert [command for command in commands() if re.search(r"--password|\$\(cat secrets", command)] == []


def test_what_goes_into_the_servers_folder_becomes_its_own() -> None:
    """Copied in, it would be root's, and the server has no capability to read that."""
    assert [command for command in COMMANDS_OF_COMPOSE if command.startswith("docker compose cp")] == []


def test_there_are_commands_to_look_at() -> None:
    assert len(COMMANDS_OF_COMPOSE) > 20


def test_files_and_queries_that_are_named_are_there() -> None:
    for path in re.findall(r"`((?:deploy|tests|docs)/[\w./-]+\.\w+)`", PAGE):
        assert (CHECKOUT / path).exists(), path
    known = {query.name for query in library()}
    assert set(re.findall(r"tools sql (\w+)`", PAGE)) <= known


def test_settings_that_are_named_are_settings_or_variables() -> None:
    own = set(re.findall(r"(?m)^(NHIP_\w+)=", (CHECKOUT / ".env.example").read_text()))
    settings = {f"NHIP_{name.upper()}" for name in Settings.__struct_fields__}
    of_proxy = {"NHIP_PROXY_ADDRESS", "NHIP_PROXY_DESK_ADDRESS"}
    assert set(re.findall(r"NHIP_[A-Z_0-9]+", PAGE)) <= own | settings | of_proxy


def test_every_service_and_its_memory_stand_in_the_table() -> None:
    for name, service in SERVICES.items():
        [line] = re.findall(rf"(?m)^\|[^|]*`{name}`[^|]*\|.*$", PAGE)
        for profile in service.get("profiles", []):
            assert profile in line, name
        if service.get("restart") != "no":
            memory = int(service["deploy"]["resources"]["limits"]["memory"].removesuffix("M"))
            assert f"| {memory:,} MiB |" in line, name


def test_versions_are_named_where_they_are_pinned() -> None:
    plugin = COMPOSE["x-versions"]["grafana-plugin"]
    assert f"plugin {plugin}" in PAGE
