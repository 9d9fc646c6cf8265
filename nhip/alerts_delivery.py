"""`nhip alerts config`: Alertmanager's files with an installation's own addresses; and where messages send people."""

import argparse
from pathlib import Path

from alerts import alertmanager_files
from alerts.delivery import Delivery, read
from alerts.message import Bases
from catalogue.load import load
from contract.errors import SettingError
from contract.settings import Settings
from nhip.words import say


def chosen(settings: Settings, given: str | None) -> Delivery:
    path = given or settings.alerts_delivery
    if not path:
        raise SettingError(
            say(
                "cần tệp địa chỉ: --delivery TỆP hoặc NHIP_ALERTS_DELIVERY (mẫu: "
                "alerts/alertmanager/delivery.example.toml)",
                "a file of addresses is needed: --delivery FILE or NHIP_ALERTS_DELIVERY (see "
                "alerts/alertmanager/delivery.example.toml)",
            )
        )
    return read(Path(path))


def bases(settings: Settings, given: str | None) -> Bases:
    if given or settings.alerts_delivery:
        return chosen(settings, given).bases
    return Bases(f"http://127.0.0.1:{settings.grafana_port}", settings.desk_address)


def run(settings: Settings, args: argparse.Namespace) -> int:
    """Alertmanager reads the folder as it stands: nothing else is put there."""
    if not args.out:
        raise SettingError(say("cần --out THƯ_MỤC", "--out FOLDER is needed"))
    files = alertmanager_files.files(chosen(settings, args.delivery), load(settings.catalogue_dir).calendar)
    for name, content in files.items():
        path = Path(args.out) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        print(path)
    return 0
