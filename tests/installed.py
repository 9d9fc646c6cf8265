"""docker-compose.yml as tests read it."""

import json
import re
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import jsonschema

import clickhouse.client  # noqa: F401 - what it imports tries a socket at that, which a test may not
from contract.settings import CHECKOUT
from grafana.files import read_yaml

_FILE = "check_jsonschema/builtin_schemas/vendor/compose-spec.json"
SCHEMA = json.loads(Path(str(distribution("check-jsonschema").locate_file(_FILE))).read_text(encoding="utf-8"))
VALIDATOR = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)
"""Of the Compose Specification."""
FILE = CHECKOUT / "docker-compose.yml"
TEXT = FILE.read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = read_yaml(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if service.get("image", "").startswith("nhip:")}
JOBS = {name for name, service in SERVICES.items() if service.get("restart") == "no"}
"""They end by themselves: one-shot jobs, and what is run by hand."""
LASTING = SERVICES.keys() - JOBS
GENERATED = {"grafana": ("grafana/dashboards",), "alerts": ("alerts/prometheus", "alerts/alertmanager")}
"""What `python -m grafana` and `python -m alerts` make."""


def example() -> dict[str, str]:
    lines = (CHECKOUT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def variables(text: str) -> set[str]:
    """Names that compose fills in; a doubled dollar sign is a plain one."""
    return set(re.findall(r"(?<!\$)\$\{(\w+)", text))


def filled(text: str) -> str:
    """With the defaults in the places of variables."""
    return re.sub(r"(?<!\$)\$\{\w+:?-([^}]*)\}", r"\1", text)


def binds(service: dict[str, Any]) -> Iterator[tuple[Path, str, bool]]:
    """Paths of this checkout, with where they are seen and whether they may be written."""
    for volume in service.get("volumes", []):
        if isinstance(volume, dict):
            yield CHECKOUT / filled(volume["source"]), volume["target"], not volume.get("read_only", False)
        elif filled(volume).startswith("."):
            source, target, *options = filled(volume).split(":")
            yield CHECKOUT / source, target, "ro" not in options


def named(service: dict[str, Any]) -> set[str]:
    plain = (volume for volume in service.get("volumes", []) if isinstance(volume, str))
    return {volume.split(":")[0] for volume in plain if not filled(volume).startswith(".")}


def secrets_of(service: dict[str, Any]) -> dict[str, str]:
    """Name under /run/secrets -> secret."""
    given = service.get("secrets", [])
    return {one["target"]: one["source"] if isinstance(one, dict) else one for one in map(_long, given)}


def _long(secret: Any) -> Any:
    return secret if isinstance(secret, dict) else {"source": secret, "target": secret}


def awaited(path: Path) -> bool:
    """Whether it is still to be generated for the first time: the program that does it is not there yet."""
    name = path.relative_to(CHECKOUT).as_posix()
    makers = [maker for maker, made in GENERATED.items() if name.startswith(made)]
    return bool(makers) and not (CHECKOUT / makers[0] / "__main__.py").exists()


def limit_mb(service: dict[str, Any]) -> int:
    memory: str = service["deploy"]["resources"]["limits"]["memory"]
    assert memory.endswith("M"), memory
    return int(memory.removesuffix("M"))
