"""docker-compose.yml: a valid file whose every name leads somewhere, and whose containers are closed.

No container engine runs here: what an engine would say of it is not tested (docs/operations.md).
"""

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from alerts.delivery import EXAMPLE as DELIVERY
from alerts.delivery import read
from contract.settings import CHECKOUT, SECRET, Settings
from nhip.cli import COMMANDS, parsed
from tests.installed import (
    COMPOSE,
    JOBS,
    LASTING,
    OURS,
    SERVICES,
    TEXT,
    VALIDATOR,
    awaited,
    binds,
    example,
    filled,
    limit_mb,
    named,
    secrets_of,
    variables,
)

PROFILES = {"simulate", "live", "boards", "monitoring", "tools"}
OWN_USER = {"kafka": "the image's own, appuser (1000)"}
OUTSIDE = {"grafana", "alertmanager", "gateway"}
"""Browsers come in through a port; mail and short messages go out."""
BY_PATH = {"gateway": {"sms_token"}}
"""Secrets that a process of ours reads where its delivery.toml says."""
AWAITED = {"desk"} - COMMANDS.keys()
"""Words of `nhip` that are built beside this file."""
SETTINGS = set(Settings.__struct_fields__)


@pytest.fixture(params=sorted(SERVICES))
def service(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    return request.param, SERVICES[request.param]


Service = tuple[str, dict[str, Any]]


def test_it_is_a_compose_file() -> None:
    errors = VALIDATOR.iter_errors(COMPOSE)
    assert [f"{list(error.absolute_path)}: {error.message}" for error in errors] == []


def test_the_schema_tells_a_mistake() -> None:
    wrong: dict[str, Any] = {"services": {"kafka": {"image": "x", "read_onyl": True}}}
    assert not VALIDATOR.is_valid(wrong)


def test_every_version_is_pinned_in_one_place() -> None:
    for name, value in COMPOSE["x-versions"].items():
        assert re.fullmatch(r"[\w./-]+:v?\d+(\.\d+){2,3}[\w-]*@sha256:[0-9a-f]{64}|\d+\.\d+\.\d+", value), name
    assert "latest" not in TEXT


def test_an_image_is_a_pinned_one_or_built_here(service: Service) -> None:
    _, given = service
    image = given["image"]
    assert image in COMPOSE["x-versions"].values() or re.fullmatch(r"nhip(-grafana)?:\$\{NHIP_TAG:-local\}", image)


def test_every_variable_stands_in_the_example_and_nothing_else_does() -> None:
    assert variables(TEXT) == example().keys() - {"COMPOSE_PROFILES"}


def test_a_default_is_the_same_in_both_files() -> None:
    for name, default in re.findall(r"(?<!\$)\$\{(\w+):-([^}]*)\}", TEXT):
        assert example()[name] == default, name


def test_nothing_starts_without_the_files_of_an_installation() -> None:
    assert re.search(r"\$\{NHIP_KAFKA_CLUSTER:\?", TEXT), "no .env, no start"
    assert example()["NHIP_KAFKA_CLUSTER"] == ""


def test_what_our_processes_are_told_are_settings(service: Service) -> None:
    name, given = service
    if name in OURS and not AWAITED & set(given["command"]):
        told = {variable.removeprefix("NHIP_").lower() for variable in given.get("environment", {})}
        assert told <= SETTINGS, name


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_command_is_one_that_there_is(name: str) -> None:
    word, *rest = SERVICES[name]["command"]
    if word not in AWAITED and word != "--help":
        parsed(word, COMMANDS[word], Settings(), rest)


@pytest.mark.parametrize("name", sorted(OURS & LASTING))
def test_a_health_check_is_a_command_that_there_is(name: str) -> None:
    python, module, package, word, *rest = SERVICES[name]["healthcheck"]["test"][1:]
    assert (python, module, package) == ("python", "-m", "nhip")
    parsed(word, COMMANDS[word], Settings(), rest)


def test_what_lasts_is_looked_after_and_a_job_is_not(service: Service) -> None:
    name, given = service
    assert ("healthcheck" in given) is (name in LASTING)
    if "healthcheck" in given:
        assert {"test", "interval", "timeout", "retries", "start_period"} <= given["healthcheck"].keys()


def test_what_is_waited_for_can_come(service: Service) -> None:
    _, given = service
    for other, how in given.get("depends_on", {}).items():
        assert other in SERVICES
        if how["condition"] == "service_healthy":
            assert other in LASTING
        else:
            assert how["condition"] == "service_completed_successfully"
            assert other in JOBS
        profiles = set(SERVICES[other].get("profiles", []))
        assert profiles <= set(given.get("profiles", [])), f"{other} may be left out while this runs"


def test_every_mounted_path_is_there_and_read_only(service: Service) -> None:
    _, given = service
    for path, target, writable in binds(given):
        assert not writable, path
        assert target.startswith("/")
        if path.parts[-1] != "clickhouse-users" and not awaited(path):
            assert path.exists(), path


def test_volumes_networks_and_secrets_are_declared_and_used() -> None:
    used = {"volumes": set[str](), "networks": set[str](), "secrets": set[str]()}
    for given in SERVICES.values():
        used["volumes"] |= named(given)
        used["networks"] |= set(given["networks"])
        used["secrets"] |= set(secrets_of(given).values())
    for kind, found in used.items():
        assert found == COMPOSE[kind].keys(), kind


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_processes_get_passwords_under_the_names_of_settings(name: str) -> None:
    assert secrets_of(SERVICES[name]).keys() <= SECRET | BY_PATH.get(name, set())


def test_delivery_names_the_secrets_and_the_port_that_containers_have() -> None:
    delivery = read(DELIVERY)
    given = {f"/run/secrets/{name}" for name in secrets_of(SERVICES["alertmanager"])}
    assert {delivery.smtp.password_file, delivery.gateway_token_file} == given
    assert Path(delivery.sms.token_file).name in BY_PATH["gateway"]
    assert str(Settings().alerts_port) in SERVICES["gateway"]["healthcheck"]["test"]


def test_addresses_of_an_installation_stay_out_of_the_image_and_of_the_repository() -> None:
    for name in (".gitignore", ".dockerignore"):
        assert "alerts/alertmanager/delivery.toml" in (CHECKOUT / name).read_text().splitlines()


def test_only_jobs_that_change_tables_get_the_migrators_password() -> None:
    assert {n for n, s in SERVICES.items() if "store_migrator_password" in secrets_of(s).values()} == {
        "migrate",
        "keeper",
    }


def test_only_what_writes_rows_gets_the_writers_password() -> None:
    """The page that people reach and the commands by hand read; what people do goes by Kafka."""
    assert {n for n, s in SERVICES.items() if "store_writer_password" in secrets_of(s).values()} == {"worker", "audit"}
    for name in ("desk", "tools"):
        assert secrets_of(SERVICES[name]).keys() == {"store_reader_password"}


def test_a_secret_that_is_named_in_a_command_is_given() -> None:
    for name, given in SERVICES.items():
        told = json.dumps([given.get("environment", {}), given.get("healthcheck", {})])
        assert set(re.findall(r"/run/secrets/(\w+)", told)) <= secrets_of(given).keys(), name


def test_no_password_stands_in_an_environment() -> None:
    for name, given in SERVICES.items():
        for variable, value in given.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|TOKEN", variable):
                assert "/run/secrets/" in value, f"{name}: {variable}"


def test_secrets_are_made_or_asked_for_by_the_script_and_never_made_twice(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    script = ["sh", str(CHECKOUT / "deploy" / "make-secrets.sh"), str(folder)]
    said = subprocess.run(script, capture_output=True, text=True, check=True).stdout
    made = {file.name: file.read_text() for file in folder.iterdir() if file.is_file()}
    asked = set(re.findall(r"write \S*/(\w+) before", said))
    assert made.keys() | asked == COMPOSE["secrets"].keys()
    assert {Path(filled(one["file"])).name for one in COMPOSE["secrets"].values()} == COMPOSE["secrets"].keys()
    assert all(re.fullmatch(r"[\w-]{32}", password) for password in made.values())
    assert len(set(made.values())) == len(made)
    assert folder.stat().st_mode & 0o777 == 0o700
    subprocess.run(script, capture_output=True, check=True)
    assert {file.name: file.read_text() for file in folder.iterdir() if file.is_file()} == made


def test_a_container_is_closed(service: Service) -> None:
    name, given = service
    assert given["read_only"] is True
    assert given["cap_drop"] == ["ALL"]
    assert given["security_opt"] == ["no-new-privileges:true"]
    assert given["logging"]["options"].keys() == {"max-size", "max-file"}
    assert not {"privileged", "cap_add", "devices", "pid", "ipc", "network_mode", "container_name"} & given.keys()
    assert "docker.sock" not in json.dumps(given)
    if name not in OWN_USER:
        assert given["user"].split(":")[0] not in ("0", "root")


def test_only_grafana_is_published_and_only_on_loopback() -> None:
    assert {name for name, given in SERVICES.items() if "ports" in given} == {"grafana"}
    assert [filled(port) for port in SERVICES["grafana"]["ports"]] == ["127.0.0.1:3000:3000"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name, given in SERVICES.items() if "outside" in given["networks"]} == OUTSIDE


def test_profiles_are_those_that_are_told_of() -> None:
    assert {profile for given in SERVICES.values() for profile in given.get("profiles", [])} == PROFILES
    chosen = set(example()["COMPOSE_PROFILES"].split(","))
    assert chosen <= PROFILES
    assert not {"simulate", "live"} <= chosen, "a played past would all be late"
    assert re.search(r"(?m)^# Profiles: simulate or live \(never both\), boards, monitoring, tools\.", TEXT)


def test_the_sum_of_limits_is_the_one_that_is_stated() -> None:
    total = sum(limit_mb(SERVICES[name]) for name in LASTING)
    stated = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert f"{total:,} MiB" in stated


def test_a_worker_has_longer_to_end_than_it_takes() -> None:
    """`nhip up` gives it 15 s, Kafka 15 s, the engine 10 s."""
    for name in LASTING:
        assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) >= 30, name


def test_shell_lines_can_be_read() -> None:
    for name, given in SERVICES.items():
        kind, *words = given.get("healthcheck", {}).get("test", ["CMD"])
        if kind == "CMD-SHELL":
            assert shlex.split(words[0].replace("$$", "$")), name
