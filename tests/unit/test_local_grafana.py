"""A Grafana of this machine: found, or what is missing and how to get it; and told where everything is."""

import json
import re
from pathlib import Path

import pytest

from contract.errors import SetupError
from contract.settings import CHECKOUT, Settings
from grafana.files import read_yaml
from nhip import secrets
from nhip.local import grafana


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without Grafana."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.delenv("GF_PATHS_PLUGINS", raising=False)
    monkeypatch.setattr(grafana, "PACKAGED", (tmp_path / "no-home", tmp_path / "no-plugins"))


def installation(folder: Path, plugin: str | None = "4.14.1") -> Path:
    """A folder as Grafana's own archive unpacks to."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "grafana").write_text("#!/bin/sh\n")
    (folder / "bin" / "grafana").chmod(0o755)
    (folder / "conf").mkdir()
    (folder / "conf" / "defaults.ini").touch()
    if plugin is not None:
        own = folder / "data" / "plugins" / grafana.PLUGIN
        own.mkdir(parents=True)
        (own / "plugin.json").write_text(json.dumps({"id": grafana.PLUGIN, "info": {"version": plugin}}))
    return folder


def settings(tmp_path: Path, home: Path | None = None) -> Settings:
    return Settings(var=str(tmp_path / "var"), grafana_home=str(home or ""), grafana_port=3999)


def test_one_that_the_setting_names_is_taken_with_its_plugins(tmp_path: Path) -> None:
    home = installation(tmp_path / "grafana")
    found = grafana.find(settings(tmp_path, home))
    assert found == grafana.Found(home / "bin" / "grafana", home, home / "data" / "plugins")


def test_one_on_the_path_is_taken_and_its_home_is_where_it_really_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = installation(tmp_path / "grafana")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "grafana").symlink_to(home / "bin" / "grafana")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert grafana.find(settings(tmp_path)).home == home


def test_plugins_in_var_come_before_those_of_the_installation(tmp_path: Path) -> None:
    home = installation(tmp_path / "grafana", plugin="4.20.0")
    own = tmp_path / "var" / "grafana" / "plugins" / grafana.PLUGIN
    own.mkdir(parents=True)
    (own / "plugin.json").write_text('{"info": {"version": "4.14.0"}}')
    assert grafana.find(settings(tmp_path, home)).plugins == own.parent


def test_a_machine_without_one_is_told_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="NHIP_GRAFANA_HOME"):
        grafana.find(settings(tmp_path))


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=str(tmp_path / "elsewhere")):
        grafana.find(settings(tmp_path, tmp_path / "elsewhere"))


def test_without_the_plugin_the_command_that_fetches_it_is_said(tmp_path: Path) -> None:
    home = installation(tmp_path / "grafana", plugin=None)
    with pytest.raises(SetupError, match=f"plugins install {grafana.PLUGIN} {grafana.PLUGIN_VERSION}"):
        grafana.find(settings(tmp_path, home))


@pytest.mark.parametrize(("version", "well"), [("4.13.9", False), ("3.9.0", False), ("4.14.0", True), ("5.0.0", True)])
def test_a_plugin_that_is_too_old_for_the_boards_is_refused(tmp_path: Path, version: str, well: bool) -> None:
    home = installation(tmp_path / "grafana", plugin=version)
    if well:
        assert grafana.find(settings(tmp_path, home)).home == home
        return
    with pytest.raises(SetupError, match=re.escape(version)):
        grafana.find(settings(tmp_path, home))


def test_a_plugin_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    home = installation(tmp_path / "grafana")
    file = home / "data" / "plugins" / grafana.PLUGIN / "plugin.json"
    file.write_text("{}")
    with pytest.raises(SetupError, match=re.escape(str(file))):
        grafana.find(settings(tmp_path, home))


def test_it_listens_on_loopback_and_writes_into_var(tmp_path: Path) -> None:
    told = grafana.environment(settings(tmp_path))
    assert (told["GF_SERVER_HTTP_ADDR"], told["GF_SERVER_HTTP_PORT"]) == ("127.0.0.1", "3999")
    assert told["GF_PATHS_DATA"].startswith(str(tmp_path / "var"))
    assert told["GF_AUTH_ANONYMOUS_ENABLED"] == "false"


def test_alerts_leave_by_one_webhook_and_no_file_of_an_older_checkout_stays(tmp_path: Path) -> None:
    own = settings(tmp_path)
    told = grafana.environment(own)
    alerting = Path(told["GF_PATHS_PROVISIONING"]) / "alerting"
    alerting.mkdir(parents=True)
    (alerting / "old.yaml").write_text("groups: []")
    grafana._provision(own)
    assert {file.name for file in alerting.iterdir()} == {"delivery.yaml", "rules.yaml"}
    [receiver] = read_yaml(expanded((alerting / "delivery.yaml").read_text(), told))["contactPoints"][0]["receivers"]
    assert (receiver["type"], receiver["settings"]["url"]) == ("webhook", grafana.NOWHERE)


def test_no_password_stands_in_its_environment_but_it_finds_each(tmp_path: Path) -> None:
    own = settings(tmp_path)
    secrets.ensure(own)
    admin = secrets.named(own, grafana.ADMIN)
    told = grafana.environment(own)
    kept = {file.read_text() for file in own.secrets_dir.iterdir()}
    assert kept & set(told.values()) == set()
    assert expanded("${GF_SECURITY_ADMIN_PASSWORD}", told) == admin.read_text()


def test_a_password_from_the_environment_is_passed_on_as_it_came(tmp_path: Path) -> None:
    own = Settings(var=str(tmp_path), store_reader_password="given")
    assert grafana.environment(own)["NHIP_BOARDS_PASSWORD"] == "given"


def test_the_data_source_is_the_engine_of_this_machine_as_its_reader(tmp_path: Path) -> None:
    own = settings(tmp_path)
    secrets.ensure(own)
    file = CHECKOUT / "grafana" / "provisioning" / "datasources" / "clickhouse.yaml"
    [source] = read_yaml(expanded(file.read_text(), grafana.environment(own)))["datasources"]
    assert (source["jsonData"]["host"], int(source["jsonData"]["port"])) == ("127.0.0.1", own.store_port)
    assert (source["jsonData"]["username"], source["jsonData"]["defaultDatabase"]) == ("reader", "nhip")
    assert source["secureJsonData"]["password"] == (own.secrets_dir / "store_reader_password").read_text()


def expanded(text: str, environment: dict[str, str]) -> str:
    """As Grafana does it: variables first, then files that a value names (pkg/setting/expanders.go)."""
    with_variables = re.sub(r"(?<!\$)\$(?:\{(\w+)\}|(NHIP_\w+))", lambda found: environment[found[1] or found[2]], text)
    return re.sub(r"\$__file\{([^}]+)\}", lambda found: Path(found[1]).read_text().strip(), with_variables)
