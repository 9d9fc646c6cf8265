"""What deploy/clickhouse says of accounts and of the server, against itself and against the tables that there are.

What the engine makes of it is in tests/integration/test_clickhouse_accounts.py.
"""

import re
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest

from alerts.rules import RULES
from catalogue.load import load
from clickhouse.dimension_tables import DIMENSIONS
from clickhouse.embedded.config import Limits, reader_settings
from clickhouse.migrate import read
from clickhouse.queries import OWN, library
from clickhouse.tables import TABLES
from contract.errors import SettingError
from contract.settings import CHECKOUT
from grafana.boards import BOARDS
from grafana.classic import sources
from nhip import analysts
from nhip import sql as prompt

FOLDER = CHECKOUT / "deploy" / "clickhouse"
USERS = xml.parse(FOLDER / "users.xml").getroot()
SERVER = xml.parse(FOLDER / "config.d" / "nhip.xml").getroot()
SERVICES = {"migrator", "writer", "reader", "boards", "health"}
WITHHELD = {
    *("contacts", "who_to_ask"),
    *("snapshots", "handovers", "migrations", "replays", "replay_ledger", "query_costs"),
}
"""From people: who is on duty, and what the pipeline notes for itself."""
_SYSTEM = re.compile(r"\bsystem\.(\w+)")
_VIEW = re.compile(r"CREATE (?:OR REPLACE )?VIEW (?:IF NOT EXISTS )?(\w+)")


def names(path: str) -> set[str]:
    return {element.tag for element in USERS.iterfind(f"{path}/*")}


def grants(path: str) -> list[str]:
    return [query.text or "" for query in USERS.iterfind(f"{path}/grants/query")]


def readable(role: str) -> set[str]:
    """Tables and views that a role names."""
    found = re.findall(r"GRANT SELECT ON nhip\.(\w+)", "\n".join(grants(f"roles/{role}")))
    assert len(found) == len(set(found))
    return set(found)


def views() -> set[str]:
    return {found[1] for migration in read() for statement in migration.statements if (found := _VIEW.match(statement))}


def test_there_are_the_services_and_nobody_else() -> None:
    assert names("users") == SERVICES, "people have files of their own, and there is no user default"
    assert SERVICES < analysts.TAKEN


def test_no_password_stands_in_a_committed_file() -> None:
    elements = {element.tag for element in (*USERS.iter(), *SERVER.iter())}
    assert {tag for tag in elements if tag.startswith("password") or tag == "no_password"} == set()


def test_everybody_has_a_profile_a_quota_and_networks_that_there_are() -> None:
    for user in USERS.iterfind("users/*"):
        assert user.findtext("profile") in names("profiles"), user.tag
        assert user.findtext("quota") in names("quotas"), user.tag
        assert user.find("networks/ip") is not None, user.tag
        assert user.find("grants/query") is not None, f"{user.tag} would have every right"


def test_no_service_is_held_back_from_rows() -> None:
    assert [user.tag for user in USERS.iterfind("users/*") if user.find("databases") is not None] == []


def test_profiles_are_built_on_profiles_that_stand_before_them() -> None:
    before: set[str] = set()
    for profile in USERS.iterfind("profiles/*"):
        assert profile.tag == "default" or profile.findtext("profile") in before, profile.tag
        before.add(profile.tag)


def test_only_the_writer_and_the_migrator_may_write() -> None:
    writing = re.compile(r"GRANT [^O]*\b(INSERT|ALTER|CREATE|DROP|TRUNCATE|OPTIMIZE|BACKUP|WRITE)\b")
    assert {user for user in SERVICES if any(writing.match(one) for one in grants(f"users/{user}"))} == {
        "migrator",
        "writer",
    }


def test_readers_are_bounded_as_the_embedded_engine_bounds_them() -> None:
    reading = USERS.find("profiles/reading")
    assert reading is not None
    own = {"max_threads", "max_memory_usage", "max_bytes_before_external_group_by"}
    """Which depend on the machine."""
    for name, value in reader_settings(Limits()).items():
        found = reading.findtext(name)
        assert found is not None, name
        assert found == value or name in own, name
    assert reading.findtext("readonly") == "1"


def test_grafana_may_change_the_two_settings_that_its_driver_sends() -> None:
    constraints = USERS.find("profiles/boards/constraints")
    assert constraints is not None
    changeable = {element.tag for element in constraints if element.find("changeable_in_readonly") is not None}
    assert changeable == {"max_execution_time", "additional_table_filters"}
    assert SERVER.findtext("access_control_improvements/settings_constraints_replace_previous") == "true"


def system_tables(*texts: str) -> set[str]:
    return {name for text in texts for name in _SYSTEM.findall(text)}


def test_what_is_asked_of_the_server_itself_is_granted_to_who_asks() -> None:
    """The embedded engine shows everybody its own tables; a server, as config.d has it, what was granted (497)."""
    panels = [source for board in BOARDS for panel in board.panels for source in sources(panel)]
    own = [query.sql for query in library() if query.name.startswith(OWN)]
    runbooks = (CHECKOUT / "alerts" / "runbooks.md").read_text(encoding="utf-8")
    asked = {
        "reader": system_tables(*panels, *own, runbooks, prompt._TABLES, prompt._COLUMNS),
        "boards": system_tables(*panels, *(rule.sql for rule in RULES)),
    }
    assert "disks" in asked["reader"]
    for user, tables in asked.items():
        granted = system_tables(*grants("roles/client"), *grants(f"users/{user}"))
        assert tables - granted == set(), user


def test_people_read_tables_and_views_that_there_are() -> None:
    there = TABLES.keys() | views()
    for role in ("analyst", "analyst_national"):
        assert readable(role) <= there, role
    assert (readable("analyst") | readable("analyst_national")) & WITHHELD == set()


def test_every_view_is_for_people_to_read() -> None:
    """A view that was added is to be named in deploy/clickhouse/users.xml: for everybody, or for the nation."""
    assert views() - readable("analyst") - readable("analyst_national") - WITHHELD == set()


def test_a_person_of_some_units_reads_no_table_whole_that_has_rows_of_others() -> None:
    telling = {"unit", "finding_id"}
    of_a_unit = {table for table in readable("analyst") & TABLES.keys() if telling & set(TABLES[table].schema.names)}
    assert of_a_unit - DIMENSIONS.keys() == analysts.SCOPED.keys()


def test_the_server_keeps_room_on_its_disk_and_asks_for_passwords() -> None:
    assert int(SERVER.findtext("storage_configuration/disks/default/keep_free_space_bytes") or 0) >= 1 << 30
    for name in ("allow_no_password", "allow_implicit_no_password", "allow_plaintext_password"):
        assert SERVER.findtext(name) == "0"


def test_no_account_but_those_of_files_can_be() -> None:
    directories = SERVER.find("user_directories")
    assert directories is not None
    assert directories.get("replace")
    assert [element.tag for element in directories] == ["users_xml"]


def test_a_person_gets_a_file_and_a_password_that_is_shown_once(tmp_path: Path) -> None:
    password = analysts.add(tmp_path, load(), "lan", ["H60"])
    [file] = tmp_path.iterdir()
    text = file.read_text()
    assert password not in text
    assert len(password) >= 24
    user = xml.fromstring(text).find("users/lan")
    assert user is not None
    assert user.findtext("profile") in names("profiles")
    assert user.findtext("quota") in names("quotas")
    assert [table.tag for table in user.iterfind("databases/nhip/*")] == list(analysts.SCOPED)
    assert analysts.add(tmp_path, load(), "lan", []) != password
    assert "<databases>" not in file.read_text()


@pytest.mark.parametrize("unit", ["H99", "VN", "TW", "H60' OR 1"])
def test_a_unit_that_has_no_rows_of_its_own_is_refused(tmp_path: Path, unit: str) -> None:
    with pytest.raises(SettingError, match=r"unit|đơn vị"):
        analysts.add(tmp_path, load(), "lan", [unit])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "writer", "default", "Lan", "lan-h60", "1lan", "l", "lan><x"])
def test_a_name_that_would_be_another_account_or_no_element_is_refused(name: str) -> None:
    with pytest.raises(SettingError):
        analysts._checked(name)
