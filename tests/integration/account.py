"""The engine as one account of deploy/clickhouse/users.xml sees it: `python account.py DATA USERS NAME` with statements
as JSON on its input; on its output what each gave, or the code of its refusal.

The embedded engine knows only the user "default", so the account is read under that name; without its password, since
nobody logs in. CHANGEABLE_IN_READONLY is left out, which the embedded engine does not have; of config.d the disks and
the backups are taken, at a place under DATA.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

from contract.settings import CHECKOUT

USERS = CHECKOUT / "deploy" / "clickhouse" / "users.xml"
SERVER = CHECKOUT / "deploy" / "clickhouse" / "config.d" / "nhip.xml"
STORE = "/var/lib/clickhouse/"


def ask(data: Path, people: Path, name: str, statements: Sequence[str]) -> list[list[list[Any]] | int]:
    """Rows of each statement, or the code it was refused with."""
    command = [sys.executable, "-m", "tests.integration.account", str(data), str(people), name]
    done = subprocess.run(
        command, cwd=CHECKOUT, input=json.dumps(list(statements)), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answers: list[list[list[Any]] | int] = json.loads(done.stdout.splitlines()[-1])
    return answers


def users_of(people: Path, name: str) -> str:
    """users.xml and the people beside it as one file, with one account under the name "default" and no other."""
    root = xml.parse(USERS).getroot()
    every = root.find("users")
    assert every is not None
    for file in sorted(people.glob("person-*.xml")):
        every.extend(xml.parse(file).getroot().iterfind("users/*"))
    account = next(user for user in every if user.tag == name)
    for user in list(every):
        if user is not account:
            every.remove(user)
    account.tag = "default"
    for networks in account.iterfind("networks"):
        account.remove(networks)
    for element in account.iterfind("password_sha256_hex"):
        account.remove(element)
    xml.SubElement(account, "password")
    for constraint in root.iterfind("profiles/*/constraints/*"):
        for changeable in constraint.findall("changeable_in_readonly"):
            constraint.remove(changeable)
    return xml.tostring(root, encoding="unicode")


def server_of(data: Path, users: Path) -> str:
    root = xml.Element("clickhouse")
    xml.SubElement(root, "users_config").text = str(users)
    given = xml.parse(SERVER).getroot()
    root.extend(element for element in given if element.tag in ("storage_configuration", "backups"))
    return xml.tostring(root, encoding="unicode").replace(STORE, f"{data}/")


def main(data: Path, people: Path, name: str) -> None:
    os.environ["TZ"] = "UTC"
    import chdb

    engine: Any = chdb  # it is without types
    users, config = data / "users.xml", data / "config.xml"
    users.write_text(users_of(people, name))
    config.write_text(server_of(data, users))
    address = f"{data / 'store'}?config-file={config}"
    kept = engine.connect(address)
    answers: list[Any] = []
    for statement in json.load(sys.stdin):
        handle = engine.connect(address)
        try:
            if name != "health" and not statement.startswith("CREATE DATABASE"):
                handle.query("USE nhip", "Null")
            body = str(handle.query(statement, "JSONCompactEachRow"))
            answers.append([json.loads(line) for line in body.splitlines() if line])
        except RuntimeError as error:
            print(error, file=sys.stderr)
            answers.append(int(str(error).partition("Code: ")[2].partition(".")[0]))
        finally:
            handle.close()
    kept.close()
    print(json.dumps(answers), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
