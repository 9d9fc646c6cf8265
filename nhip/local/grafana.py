"""A Grafana that is on this machine already, started on loopback with the provisioning that the container has.

`find` says what is missing and how to get it; nothing here fetches anything.
"""

import http.client
import json
import os
import shutil
from pathlib import Path

import msgspec

from contract.errors import SetupError
from contract.settings import CHECKOUT, Settings
from nhip import secrets
from nhip.local import ports
from nhip.words import say

PLUGIN = "grafana-clickhouse-datasource"
PLUGIN_VERSION = "4.14.1"
LOWEST = (4, 14, 0)
"""Of the plugin; the boards are written for it."""
BOARDS = CHECKOUT / "grafana" / "dashboards"
HOME = BOARDS / "wall" / "nhip-wall-centre-vi.json"
PACKAGED = (Path("/usr/share/grafana"), Path("/var/lib/grafana/plugins"))
"""Where a distribution's package has its home, and its plugins."""
NOWHERE = "http://127.0.0.1:9/"
"""A webhook where nobody listens."""
ADMIN = "grafana_admin_password"
KEY = "grafana_secret_key"


class Found(msgspec.Struct, frozen=True):
    program: Path
    home: Path
    plugins: Path


def find(settings: Settings) -> Found:
    """Raises SetupError with what is missing."""
    program = _program(settings)
    home = _home(settings, program)
    return Found(program, home, _plugins(settings, program, home))


def command(settings: Settings) -> list[str]:
    """What starts it. Raises SetupError where it cannot run."""
    found = find(settings)
    ports.need(settings.grafana_port, "NHIP_GRAFANA_PORT", "Grafana")
    for name in (ADMIN, KEY):
        secrets.named(settings, name)
    _provision(settings)
    return [str(found.program), "server", "--homepath", str(found.home)]


def _provision(settings: Settings) -> None:
    """The repository's own files, but for the way of alerts: here no Alertmanager stands behind, but one webhook."""
    folder = _folder(settings) / "provisioning"
    shutil.rmtree(folder, ignore_errors=True)  # a rule that stands in an older file too would end Grafana
    shutil.copytree(CHECKOUT / "grafana" / "provisioning", folder)
    shutil.copy(CHECKOUT / "alerts" / "embedded" / "delivery.yaml", folder / "alerting" / "delivery.yaml")


def environment(settings: Settings) -> dict[str, str]:
    """Grafana reads passwords out of their files by itself."""
    folder = _folder(settings)
    own = {
        "GF_SERVER_HTTP_ADDR": "127.0.0.1",
        "GF_SERVER_HTTP_PORT": str(settings.grafana_port),
        "GF_SERVER_ROOT_URL": address(settings),
        "GF_PATHS_DATA": str(folder),
        "GF_PATHS_LOGS": str(folder / "log"),
        "GF_PATHS_PROVISIONING": str(folder / "provisioning"),
        "GF_SECURITY_ADMIN_PASSWORD": _in_file(settings.secrets_dir / ADMIN),
        "GF_SECURITY_SECRET_KEY": _in_file(settings.secrets_dir / KEY),
        "NHIP_ALERTS_WEBHOOK": settings.alerts_webhook or NOWHERE,
        "NHIP_BOARDS_FOLDER": str(BOARDS),
        "NHIP_BOARDS_HOST": settings.store_address,
        "NHIP_BOARDS_PORT": str(settings.store_port),
        "NHIP_BOARDS_DATABASE": settings.store_database,
        "NHIP_BOARDS_USER": settings.store_reader,
        "NHIP_BOARDS_PASSWORD": _password(settings),
    }
    if HOME.is_file():
        own["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] = str(HOME)
    return everywhere() | own


def with_plugins(settings: Settings) -> dict[str, str]:
    return environment(settings) | {"GF_PATHS_PLUGINS": str(find(settings).plugins)}


def everywhere() -> dict[str, str]:
    """Settings that the container has as well."""
    lines = (CHECKOUT / "deploy" / "grafana" / "grafana.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def address(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.grafana_port}/"


def is_up(settings: Settings) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", settings.grafana_port, timeout=2.0)
    try:
        connection.request("GET", "/api/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _program(settings: Settings) -> Path:
    if settings.grafana_home:
        program = Path(settings.grafana_home).expanduser() / "bin" / "grafana"
        if not program.is_file():
            raise SetupError(say(f"không có Grafana ở {program}", f"no Grafana at {program}") + f"; {_how()}")
        return program
    found = shutil.which("grafana")
    if found is None:
        raise SetupError(say("không có Grafana trên máy này", "no Grafana on this machine") + f"; {_how()}")
    return Path(found)


def _how() -> str:
    return say(
        "giải nén Grafana 10.1 trở lên rồi đặt NHIP_GRAFANA_HOME=thư mục đó",
        "unpack Grafana 10.1 or newer and set NHIP_GRAFANA_HOME=its folder",
    )


def _home(settings: Settings, program: Path) -> Path:
    beside = program.resolve().parent.parent
    for home in (beside, PACKAGED[0]):
        if (home / "conf" / "defaults.ini").is_file():
            return home
        if settings.grafana_home:
            break
    raise SetupError(
        say(f"{beside} không phải thư mục cài Grafana", f"{beside} is no installation of Grafana")
        + " (conf/defaults.ini); NHIP_GRAFANA_HOME"
    )


def _plugins(settings: Settings, program: Path, home: Path) -> Path:
    own = _folder(settings) / "plugins"
    given = os.environ.get("GF_PATHS_PLUGINS")
    for folder in (own, *([Path(given)] if given else []), home / "data" / "plugins", PACKAGED[1]):
        if (version := _version(folder / PLUGIN / "plugin.json")) is None:
            continue
        if version < LOWEST:
            text = ".".join(map(str, version))
            raise SetupError(
                say(f"{folder / PLUGIN}: bản {text} quá cũ", f"{folder / PLUGIN}: version {text} is too old")
                + f"; {_fetch(program, own)}"
            )
        return folder
    missing = say(f"Grafana ở {program} thiếu phần {PLUGIN}", f"Grafana at {program} lacks {PLUGIN}")
    raise SetupError(f"{missing}; {_fetch(program, own)}")


def _fetch(program: Path, folder: Path) -> str:
    line = f"{program} cli --pluginsDir {folder} plugins install {PLUGIN} {PLUGIN_VERSION}"
    return say(f"chạy: {line} (không có mạng: giải nén vào đó)", f"run: {line} (without a network: unpack it there)")


def _version(file: Path) -> tuple[int, ...] | None:
    """None where there is no plugin."""
    try:
        text = json.loads(file.read_text(encoding="utf-8"))["info"]["version"]
        return tuple(int(part) for part in str(text).split("-")[0].split("."))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise SetupError(f"{file}: {error!r}") from error


def _password(settings: Settings) -> str:
    """Where it came from the environment there is no file to point to."""
    file = settings.secrets_dir / "store_reader_password"
    return _in_file(file) if file.is_file() or not settings.store_reader_password else settings.store_reader_password


def _in_file(file: Path) -> str:
    return f"$__file{{{file}}}"


def _folder(settings: Settings) -> Path:
    return settings.var_dir / "grafana"
