"""`nhip contacts`: whom to ask, from catalogue/contacts.toml into the store; `nhip up` loads it too."""

import argparse
import sys

from catalogue import contacts
from catalogue.load import load
from clickhouse.client import connect
from clickhouse.contacts import fill
from contract.settings import Settings
from nhip.words import say


def run(settings: Settings, args: argparse.Namespace) -> int:
    catalogue, folder = load(settings.catalogue_dir), settings.catalogue_dir
    file = folder / contacts.FILE
    if not file.exists():
        print(
            say(
                f"chưa có {file}: chép từ contacts.example.toml và điền đầu mối",
                f"there is no {file}: copy contacts.example.toml and fill it in",
            ),
            file=sys.stderr,
        )
        return 1
    found, problems = contacts.examine(catalogue, folder, contacts.FILE)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return 1
    if args.action == "load":
        fill(connect(settings, "writer"), catalogue, found)
    print(say(f"✓ {len(found)} đầu mối", f"✓ {len(found)} contacts"))
    return 0
