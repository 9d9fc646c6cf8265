"""What goes into our images, and whether the servers beside them are told what our code takes for granted."""

import re

from contract.kafka import MAX_MESSAGE_BYTES
from contract.settings import CHECKOUT, Settings
from grafana.files import read_yaml
from grafana.target import DATASOURCE, PLUGIN
from nhip.local import grafana as local_grafana
from nhip.local import kafka as local_kafka
from tests.drift.test_imports import ARROWS
from tests.installed import COMPOSE, SERVICES, awaited

DOCKERFILE = (CHECKOUT / "Dockerfile").read_text()
PROVISIONING = CHECKOUT / "grafana" / "provisioning"
FOLDERS = ("wall", "operations", "analysts", "platform")
LOCAL_ONLY = {
    *("controller.quorum.voters", "listeners", "advertised.listeners", "log.dirs", "log.retention.bytes"),
    *("num.network.threads", "num.io.threads", "background.threads", "num.recovery.threads.per.data.dir"),
    *("log.cleaner.dedupe.buffer.size", "broker.session.timeout.ms", "broker.heartbeat.interval.ms"),
    "log.retention.hours",
}
"""Places, and what suits a small machine."""


def copied() -> set[str]:
    return set(re.findall(r"(?m)^COPY (?!--from)(\S+) ", DOCKERFILE))


def properties(text: str) -> dict[str, str]:
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


def test_the_image_has_every_package_and_no_bench_and_no_tests() -> None:
    assert copied() == {"requirements-run.lock", *ARROWS} - {"bench"}


def test_what_is_copied_is_let_through() -> None:
    lines = (CHECKOUT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == copied()


def test_contacts_stay_out_of_the_image() -> None:
    lines = (CHECKOUT / ".dockerignore").read_text().splitlines()
    assert lines.index("catalogue/contacts.toml") > lines.index("!catalogue")


def test_the_image_starts_from_the_python_of_the_compose_file() -> None:
    assert f"ARG PYTHON={COMPOSE['x-versions']['python']}\n" in DOCKERFILE
    assert set(re.findall(r"(?m)^FROM (\S+)", DOCKERFILE)) == {"${PYTHON}"}


def test_packages_come_from_the_hashed_lock_as_wheels() -> None:
    assert "--require-hashes" in DOCKERFILE
    assert "--only-binary :all:" in DOCKERFILE
    assert not re.search(r"apt-get|gcc|curl|ADD ", DOCKERFILE)


def test_nobody_in_the_image_is_root() -> None:
    users = re.findall(r"(?m)^USER (\S+)", DOCKERFILE)
    assert users == ["10001:10001"]
    assert all(service["user"] == users[0] for service in SERVICES.values() if service["image"].startswith("nhip:"))


def test_settings_of_the_image_are_settings() -> None:
    told = {name.lower() for name in re.findall(r"NHIP_([A-Z_]+)=", DOCKERFILE)}
    assert told == {"var", "cache", "secrets"}
    assert told <= set(Settings.__struct_fields__)


def test_kafka_is_told_what_the_local_one_is() -> None:
    local = properties(local_kafka._PROPERTIES)
    installed = properties((CHECKOUT / "deploy" / "kafka" / "server.properties").read_text())
    for name in local.keys() - LOCAL_ONLY:
        assert installed.get(name) == local[name], name
    assert int(installed["message.max.bytes"]) == MAX_MESSAGE_BYTES
    assert int(installed["offsets.retention.minutes"]) > int(installed["log.retention.hours"]) * 60


def test_each_folder_of_boards_has_its_provider() -> None:
    providers = read_yaml((PROVISIONING / "dashboards" / "boards.yaml").read_text())["providers"]
    assert [p["options"]["path"] for p in providers] == [f"${{NHIP_BOARDS_FOLDER}}/{name}" for name in FOLDERS]
    assert [p["folder"] for p in providers] == [
        "1 Màn hình lớn",
        "2 Điều hành",
        "3 Phân tích",
        "4 Vận hành hệ thống",
    ]
    boards = (CHECKOUT / "grafana" / "dashboards").rglob("*.json")
    assert {board.parent.name for board in boards} <= set(FOLDERS)


def test_the_data_source_is_the_one_that_boards_name() -> None:
    [source] = read_yaml((PROVISIONING / "datasources" / "clickhouse.yaml").read_text())["datasources"]
    assert (source["uid"], source["type"]) == (DATASOURCE["uid"], DATASOURCE["type"])
    assert source["jsonData"]["version"] == PLUGIN
    assert source["editable"] is False


def test_the_plugin_is_no_older_than_the_boards_ask_for() -> None:
    def numbers(version: str) -> tuple[int, ...]:
        return tuple(map(int, version.split(".")))

    assert numbers(COMPOSE["x-versions"]["grafana-plugin"]) >= numbers(PLUGIN)
    assert numbers(local_grafana.PLUGIN_VERSION) >= numbers(PLUGIN)


def provisioned() -> set[str]:
    """Variables that provisioning files take from the environment. What stands in an alert's annotations and queries is
    Grafana's own."""
    own = (file.read_text(encoding="utf-8") for file in PROVISIONING.rglob("*.yaml"))
    return {name for text in own for name in re.findall(r"(?<!\$)\$\{?(NHIP_\w+)", text)}


def test_provisioning_is_told_every_variable_in_the_container_and_here() -> None:
    assert provisioned() <= SERVICES["grafana"]["environment"].keys()
    assert provisioned() - {"NHIP_ALERTMANAGER_URL"} <= local_grafana.environment(Settings()).keys()
    one_webhook = (CHECKOUT / "alerts" / "embedded" / "delivery.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$(NHIP_\w+)", one_webhook)) <= local_grafana.environment(Settings()).keys()


def test_what_grafana_is_told_everywhere_is_not_told_again() -> None:
    everywhere = local_grafana.everywhere()
    assert not everywhere.keys() & SERVICES["grafana"]["environment"].keys()
    assert everywhere["GF_AUTH_ANONYMOUS_ENABLED"] == "false"
    assert everywhere["GF_ANALYTICS_REPORTING_ENABLED"] == "false"
    assert everywhere["GF_ANALYTICS_CHECK_FOR_UPDATES"] == "false"
    assert everywhere["GF_DATE_FORMATS_FULL_DATE"].startswith("DD/MM/YYYY HH:mm")


def test_the_first_board_is_there() -> None:
    home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    inside = SERVICES["grafana"]["environment"]["NHIP_BOARDS_FOLDER"]
    path = CHECKOUT / "grafana" / "dashboards" / home.removeprefix(f"{inside}/")
    assert awaited(path) or path.is_file(), path
    assert path == local_grafana.HOME


def test_alertmanager_is_given_the_secrets_that_it_reads() -> None:
    path = CHECKOUT / "alerts" / "alertmanager" / "alertmanager.yml"
    if awaited(path):
        return
    named = set(re.findall(r"/run/secrets/(\w+)", path.read_text()))
    assert named <= set(SERVICES["alertmanager"]["secrets"])
