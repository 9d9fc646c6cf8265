"""The duty posts of catalogue/contacts.toml as the table `contacts`: filled whole, as the catalogue is."""

from collections.abc import Iterable

import pyarrow as pa

from catalogue import contacts
from catalogue.contacts import Contact
from catalogue.load import Catalogue
from clickhouse.client import Store
from clickhouse.dimensions import bring
from clickhouse.tables import schema

TABLE = "contacts"


def fill(store: Store, catalogue: Catalogue, given: tuple[Contact, ...]) -> bool:
    """Whether the table had to change. Without contacts it is emptied: what was taken out of the file is gone."""
    return bring(store, TABLE, pa.Table.from_pylist(list(_rows(catalogue, given)), schema=schema(TABLE)))


def _rows(catalogue: Catalogue, given: tuple[Contact, ...]) -> Iterable[dict[str, str]]:
    for feed, unit, contact in contacts.found(given, catalogue):
        told = {name: getattr(contact, name) for name in ("post_vi", "post_en", "telephone", "email", "hours")}
        yield {"feed": feed, "unit": unit, **told}
