"""Whom to call: duty posts in a file of its own, whose typos are refused, and which no row is derived by."""

import subprocess
from pathlib import Path

import pytest

from catalogue.contacts import examine, found, load
from catalogue.load import FOLDER
from clickhouse.contacts import fill
from contract.errors import CatalogueError
from contract.settings import CHECKOUT, Settings
from contract.version import version
from tests.fakes import FakeStore
from tests.messages import catalogue

EXAMPLE = "contacts.example.toml"
POST = '[[contact]]\nfeed = "power-load"\npost_vi = "Trực"\npost_en = "Duty"\ntelephone = "024 1"\nhours = "24/7"\n'


def problems(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "contacts.toml").write_text(text)
    return examine(catalogue(), tmp_path, "contacts.toml")[1]


def test_the_example_that_is_committed_is_whole_and_names_no_real_post() -> None:
    contacts, said = examine(catalogue(), FOLDER, EXAMPLE)
    assert said == []
    assert {key for contact in contacts for key in ("feed", "unit", "owner") if getattr(contact, key)} == {
        "feed", "unit", "owner"
    }  # fmt: skip
    assert all(not contact.email or contact.email.endswith("@example.invalid") for contact in contacts)
    assert all(set(contact.telephone.replace("024", "")) <= set(" 01") for contact in contacts)


def test_the_real_file_is_left_out_of_the_repository() -> None:
    told = subprocess.run(
        ["git", "check-ignore", "catalogue/contacts.toml"], cwd=CHECKOUT, capture_output=True, check=False
    )
    assert told.returncode == 0


def test_without_the_file_there_are_no_contacts(tmp_path: Path) -> None:
    assert load(catalogue(), tmp_path) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("post_vi", "posst_vi", "key 'posst_vi' is unknown; did you mean 'post_vi'?"),
        ("[[contact]]", "[[contat]]", "key 'contat' is unknown; did you mean 'contact'?"),
        ("power-load", "power-lod", "key 'feed' names 'power-lod', which is no feed of the catalogue; did you mean"),
        ('feed = "power-load"', 'unit = "H99"', "key 'unit' names 'H99'"),
        ('feed = "power-load"', 'owner = "nsmm"', "key 'owner' names 'nsmm', which is no owner"),
        ('feed = "power-load"', "", "names nothing to be asked about"),
        ('feed = "power-load"', 'feed = "power-load"\nowner = "nsmo"', "key 'owner' stands alone"),
        ('telephone = "024 1"', "", "has neither 'telephone' nor 'email'"),
        ('telephone = "024 1"', 'telephone = "call me"', "key 'telephone' is no telephone number"),
        ('telephone = "024 1"', 'email = "truc ban"', "key 'email' is no e-mail address"),
        ('hours = "24/7"', 'hours = " "', "key 'hours' is empty"),
        ("Duty", "D" * 121, "key 'post_en' must be one line"),
        ("[[contact]]", "[[contact]", "is not TOML"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    found = problems(tmp_path, POST.replace(old, new))
    assert found
    assert said in found[0]
    assert found[0].startswith("contacts.toml: ")
    with pytest.raises(CatalogueError, match=r"contacts\.toml"):
        load(catalogue(), tmp_path)


def test_two_posts_for_the_same_are_one_too_many(tmp_path: Path) -> None:
    assert problems(tmp_path, POST) == []
    assert problems(tmp_path, POST + POST) == [
        "contacts.toml: contact number 2: is asked about the same as number 1; keep one of them"
    ]


def test_the_nearest_post_is_asked(tmp_path: Path) -> None:
    def entry(post: str, **scope: str) -> str:
        given = "".join(f'{key} = "{value}"\n' for key, value in scope.items())
        return f'[[contact]]\n{given}post_vi = "{post}"\npost_en = "{post}"\ntelephone = "024 1"\nhours = "h"\n'

    owner = catalogue().feeds["portal-dossiers"].owner
    (tmp_path / "contacts.toml").write_text(
        entry("of the feed here", feed="portal-dossiers", unit="H26") + entry("of the unit", unit="H29")
        + entry("of the owner", owner=owner) + entry("of the feed", feed="power-load")
    )  # fmt: skip
    posts = {(feed, unit): contact.post_en for feed, unit, contact in found(load(catalogue(), tmp_path), catalogue())}
    assert posts["portal-dossiers", "H26"] == "of the feed here"
    assert posts["portal-dossiers", "H29"] == "of the unit"
    assert posts["portal-dossiers", "H17"] == posts["portal-dossiers", ""] == "of the owner"
    assert posts["power-load", "H29"] == posts["power-load", "VN"] == "of the feed"
    assert ("reservoirs", "H17") not in posts


class Store(FakeStore):
    """With room for a table that is exchanged for another."""

    def rows(self, sql: str, /, **given: object) -> list[dict[str, object]]:  # type: ignore[override]
        return []

    def command(self, sql: str, /, *, in_database: bool = True) -> None:
        if sql.startswith("CREATE TABLE contacts_next"):
            self.tables["contacts_next"] = []

    def _insert(self, table: str, columns: object) -> None:
        self.tables[table].append(columns)


def test_what_is_loaded_has_a_row_for_each_feed_and_unit_that_anybody_is_asked_about() -> None:
    store = Store()
    contacts, _ = examine(catalogue(), FOLDER, EXAMPLE)
    assert fill(store, catalogue(), contacts)  # type: ignore[arg-type]
    (table,) = store.tables["contacts_next"]
    rows = {(row["feed"], row["unit"]): row for row in table.to_pylist()}
    assert len(rows) == table.num_rows
    assert rows["drill-figures", "H26"]["post_vi"] == "Trực Trung tâm Phục vụ hành chính công Hà Nội"
    assert rows["drill-figures", "H17"]["post_vi"] == "Trực ban diễn tập"


def test_a_new_telephone_number_is_no_new_rule(tmp_path: Path) -> None:
    settings = Settings(catalogue=str(tmp_path))
    (tmp_path / "feeds.toml").write_text("")
    before = version(settings)
    (tmp_path / "contacts.toml").write_text(POST)
    assert version(settings) == before
    (tmp_path / "units.toml").write_text("")
    assert version(settings) != before
