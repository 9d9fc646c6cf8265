"""`nhip analyst`: people's own accounts on an installed ClickHouse server, a file each.

The server reads the folder again when it changes, so nobody waits for a restart. A person of the whole country reads
every row; a person of some units reads the rows of these units, of what they were before a merger, and of the bodies
under them. Which units those are is looked up in the table `units` at each query, so the dated tree decides.
"""

import argparse
import hashlib
import re
import secrets
from pathlib import Path
from xml.etree import ElementTree as xml

from catalogue.load import Catalogue, load
from contract.errors import SettingError
from contract.settings import Settings
from nhip.words import say

DATABASE = "nhip"
"""As in deploy/clickhouse/users.xml."""
SCOPED = {
    **dict.fromkeys(("figures", "case_steps", "case_buckets", "findings"), "{scope}"),
    **dict.fromkeys(
        ("finding_actions", "finding_severities"),
        f"finding_id IN (SELECT finding_id FROM {DATABASE}.findings WHERE {{scope}})",
    ),
}
"""Tables whose rows belong to a unit. Views read them with the asker's own rights, so a filter here is one there."""
TAKEN = frozenset({"migrator", "writer", "reader", "boards", "health", "default"})
_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
_FILE = "person-{}.xml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("add", "list", "remove"))
    parser.add_argument("name", nargs="?", help="a-z, 0-9, _")
    parser.add_argument("--unit", action="append", default=[], metavar="H26", help="without one: the whole country")
    parser.add_argument("--folder", type=Path, default=Path("secrets/clickhouse-users"), metavar="FOLDER")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    folder: Path = arguments.folder
    if not folder.is_dir():
        raise SettingError(say(f"không có thư mục {folder}", f"no folder {folder}") + ": sh deploy/make-secrets.sh")
    if arguments.action == "list":
        print("\n".join(_people(folder)))
        return 0
    name = _checked(arguments.name or "")
    if arguments.action == "remove":
        (folder / _FILE.format(name)).unlink(missing_ok=True)
        return 0
    password = add(folder, load(settings.catalogue_dir), name, arguments.unit)
    print(say(f"Mật khẩu của {name} (chỉ hiện một lần):", f"The password of {name} (shown once):"), password)
    return 0


def add(folder: Path, catalogue: Catalogue, name: str, units: list[str]) -> str:
    """Writes the account, in the place of an older one of that name; its new password."""
    for unit in units:
        found = catalogue.units.by_id.get(unit)
        if found is None or found.level in ("national", "group"):
            raise SettingError(say(f"không có đơn vị {unit}", f"there is no unit {unit} with rows of its own"))
    password = secrets.token_urlsafe(18)
    file = folder / _FILE.format(name)
    unfinished = file.with_suffix(".new")
    unfinished.write_text(account(name, password, units))
    unfinished.chmod(0o444)
    unfinished.replace(file)
    return password


def account(name: str, password: str, units: list[str]) -> str:
    root = xml.Element("clickhouse")
    user = xml.SubElement(xml.SubElement(root, "users"), name)
    # A random password needs no slow hash; ClickHouse knows none in files but this one.
    xml.SubElement(user, "password_sha256_hex").text = hashlib.sha256(password.encode()).hexdigest()
    xml.SubElement(user, "profile").text = "analyst"
    xml.SubElement(user, "quota").text = "analyst"
    xml.SubElement(xml.SubElement(user, "networks"), "ip").text = "::/0"
    grants = xml.SubElement(user, "grants")
    xml.SubElement(grants, "query").text = f"GRANT {'analyst' if units else 'analyst_national'}"
    if units:
        tables = xml.SubElement(xml.SubElement(user, "databases"), DATABASE)
        for table, rows in SCOPED.items():
            xml.SubElement(xml.SubElement(tables, table), "filter").text = rows.format(scope=scope(units))
    xml.indent(root)
    return xml.tostring(root, encoding="unicode") + "\n"


def scope(units: list[str]) -> str:
    """The units, the bodies under them, and what each was before a merger."""
    named = ", ".join(f"'{unit}'" for unit in units)
    return (
        f"unit IN (SELECT arrayJoin(arrayConcat([toString(unit)], predecessors)) FROM {DATABASE}.units "
        f"WHERE unit IN ({named}) OR parent IN ({named}))"
    )


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name) or name in TAKEN:
        raise SettingError(say(f"tên không dùng được: {name!r}", f"not a name for an account: {name!r}"))
    return name


def _people(folder: Path) -> list[str]:
    return [file.stem.removeprefix("person-") for file in sorted(folder.glob(_FILE.format("*")))]
