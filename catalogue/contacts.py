"""Whom to call about a finding: duty posts, never people, from a file that stays out of the repository.

    catalogue/contacts.toml        copied from contacts.example.toml and filled in; git does not take it
    [[contact]] entries            for a feed, a feed in one unit, a unit, or the owner of feeds

It is no part of the catalogue that rules are derived by: nothing in the pipeline reads it. It is loaded into a table of
its own and joined when a finding is shown.
"""

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from catalogue.load import Catalogue
from catalogue.read import Reader
from contract.errors import CatalogueError

FILE = "contacts.toml"
LONGEST = 120
_TELEPHONE = re.compile(r"\+?[0-9][0-9 .()/-]{1,40}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class Contact(Struct, frozen=True, forbid_unknown_fields=True):
    """A duty post, and what it is asked about: `feed`, `feed` and `unit`, `unit`, or `owner`."""

    post_vi: str
    post_en: str
    hours: str
    telephone: str = ""
    email: str = ""
    feed: str = ""
    unit: str = ""
    owner: str = ""
    """Of feeds, as their `owner` names it."""

    @property
    def scope(self) -> tuple[str, str, str]:
        return self.feed, self.unit, self.owner


def load(catalogue: Catalogue, folder: Path) -> tuple[Contact, ...]:
    """The contacts of a catalogue's folder; none where there is no such file; CatalogueError with its first mistake."""
    if not (folder / FILE).exists():
        return ()
    contacts, problems = examine(catalogue, folder, FILE)
    if problems:
        more = f" (and {len(problems) - 1} more: `nhip contacts check`)" if len(problems) > 1 else ""
        raise CatalogueError(problems[0] + more)
    return contacts


def examine(catalogue: Catalogue, folder: Path, name: str) -> tuple[tuple[Contact, ...], list[str]]:
    """The contacts that could be read, and every mistake, each a line."""
    reader = Reader(folder)
    content = reader.file(name)
    reader.only_keys(name, content, ("contact",))
    contacts = tuple(reader.entries(name, content, "contact", Contact))
    first: dict[tuple[str, str, str], int] = {}
    for number, contact in enumerate(contacts, 1):
        where = f"{name}: contact number {number}"
        reader.problems += [f"{where}: {problem}" for problem in _problems(contact, catalogue)]
        earlier = first.setdefault(contact.scope, number)
        if earlier != number:
            reader.problems.append(f"{where}: is asked about the same as number {earlier}; keep one of them")
    return contacts, reader.problems


def found(contacts: tuple[Contact, ...], catalogue: Catalogue) -> Iterator[tuple[str, str, Contact]]:
    """Each feed with each unit, and with none, that anybody is to be asked about. The nearest entry counts: of the feed
    in the unit, of the feed, of the unit, of the feed's owner."""
    by_scope = {contact.scope: contact for contact in contacts}
    for feed in catalogue.feeds.values():
        for unit in ("", *catalogue.units.by_id):
            scopes = ((feed.id, unit, ""), (feed.id, "", ""), ("", unit, ""), ("", "", feed.owner))
            nearest = next((by_scope[scope] for scope in scopes if scope in by_scope), None)
            if nearest is not None:
                yield feed.id, unit, nearest


def _problems(contact: Contact, catalogue: Catalogue) -> Iterator[str]:
    if not any(contact.scope):
        yield "names nothing to be asked about; give 'feed', 'unit' or 'owner'"
    if contact.owner and (contact.feed or contact.unit):
        yield "key 'owner' stands alone; take 'feed' and 'unit' away, or it"
    if not (contact.telephone or contact.email):
        yield "has neither 'telephone' nor 'email'; give one of them"
    known = {
        "feed": [*catalogue.feeds],
        "unit": [*catalogue.units.by_id],
        "owner": sorted({feed.owner for feed in catalogue.feeds.values()}),
    }
    for key, ids in known.items():
        if (given := getattr(contact, key)) and given not in ids:
            yield f"key '{key}' names '{given}', which is no {key} of the catalogue{_nearest(given, ids)}"
    if contact.telephone and not _TELEPHONE.fullmatch(contact.telephone):
        yield "key 'telephone' is no telephone number; use digits, spaces and dots"
    if contact.email and not _EMAIL.fullmatch(contact.email):
        yield "key 'email' is no e-mail address; correct it"
    for key in ("post_vi", "post_en", "hours"):
        if not getattr(contact, key).strip():
            yield f"key '{key}' is empty; say it"
    for key in contact.__struct_fields__:
        if len(getattr(contact, key)) > LONGEST or not getattr(contact, key).isprintable():
            yield f"key '{key}' must be one line of at most {LONGEST} letters"


def _nearest(given: str, known: list[str]) -> str:
    near = difflib.get_close_matches(given, known, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""
