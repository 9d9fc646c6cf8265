"""Every generated file of the alerts, and where it stands."""

from pathlib import Path

from alerts import alertmanager_files, grafana_files, prometheus_files
from alerts.delivery import read
from catalogue.load import load
from contract.settings import CHECKOUT
from grafana.files import different, write

GRAFANA = CHECKOUT / "grafana" / "provisioning" / "alerting"
EMBEDDED = CHECKOUT / "alerts" / "embedded"
"""Takes the place of Grafana's `delivery.yaml` where there is no Alertmanager."""
PROMETHEUS = CHECKOUT / "alerts" / "prometheus" / "rules"
ALERTMANAGER = CHECKOUT / "alerts" / "alertmanager"
Folders = dict[Path, tuple[dict[str, str], tuple[str, ...]]]


def wanted() -> Folders:
    """Folder -> its files, and the kinds of file that nobody else may put there."""
    delivery = grafana_files.delivery_file
    return {
        GRAFANA: (
            {"rules.yaml": grafana_files.rules_file(), "delivery.yaml": delivery("prometheus-alertmanager")},
            (".yaml",),
        ),
        EMBEDDED: ({"delivery.yaml": delivery("webhook")}, (".yaml",)),
        PROMETHEUS: (prometheus_files.files(), (".yml",)),
        ALERTMANAGER: (alertmanager_files.files(read(), load().calendar), (".yml", ".tmpl")),
    }


def build() -> list[str]:
    """Writes what is not as it should be; the names of those."""
    return [_named(folder, name) for folder, (files, kinds) in wanted().items() for name in write(folder, files, kinds)]


def wrong() -> list[str]:
    return [
        _named(folder, name) for folder, (files, kinds) in wanted().items() for name in different(folder, files, kinds)
    ]


def _named(folder: Path, name: str) -> str:
    return (folder / name).relative_to(CHECKOUT).as_posix()
