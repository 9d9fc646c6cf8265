"""The catalogue as tables, so that boards and analysts join names to codes: what `dimension_rows.py` lists.

Filled whole at each start. A reader sees the old rows or the new ones, never none: the new ones are put into a table
beside, and the two change names.
"""

import pyarrow as pa

from catalogue.load import Catalogue
from clickhouse.client import Store
from clickhouse.dimension_rows import ROWS
from clickhouse.tables import schema


def fill(store: Store, catalogue: Catalogue) -> list[str]:
    """Bring the dimension tables to the catalogue; the names of those that had to change."""
    tables = {name: pa.Table.from_pylist(of(catalogue), schema=schema(name)) for name, of in ROWS.items()}
    return [name for name, table in tables.items() if bring(store, name, table)]


def bring(store: Store, name: str, wanted: pa.Table) -> bool:
    """Bring one table to what is wanted; whether it had to change."""
    if _is_there(store, name, wanted):
        return False
    _replace(store, name, wanted)
    return True


def _is_there(store: Store, name: str, wanted: pa.Table) -> bool:
    columns = ", ".join(f"`{column}`" for column in wanted.column_names)
    found = store.rows(f"SELECT {columns} FROM {name}")
    return sorted(found, key=str) == sorted(wanted.to_pylist(), key=str)


def _replace(store: Store, name: str, rows: pa.Table) -> None:
    beside = f"{name}_next"
    store.command(f"DROP TABLE IF EXISTS {beside} SYNC")
    store.command(f"CREATE TABLE {beside} AS {name}")
    store.insert(beside, rows)
    store.command(f"EXCHANGE TABLES {beside} AND {name}")
    store.command(f"DROP TABLE {beside} SYNC")
