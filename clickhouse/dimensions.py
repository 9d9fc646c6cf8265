"""The catalogue as tables, so that analysts can join names to codes: `units`, `feeds`, `indicators`.

Filled whole at each start. A reader sees the old rows or the new ones, never none: the new ones are put into a table
beside, and the two change names.
"""

from typing import Any

import pyarrow as pa

from catalogue.load import Catalogue
from clickhouse.client import Store
from clickhouse.tables import schema
from contract.text import fold


def fill(store: Store, catalogue: Catalogue) -> list[str]:
    """Bring the dimension tables to the catalogue; the names of those that had to change."""
    rows = {"units": _units(catalogue), "feeds": _feeds(catalogue), "indicators": _indicators(catalogue)}
    tables = {name: pa.Table.from_pylist(found, schema=schema(name)) for name, found in rows.items()}
    changed = [name for name, table in tables.items() if not _is_there(store, name, table)]
    for name in changed:
        _replace(store, name, tables[name])
    return changed


def _units(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {
            "unit": unit.id,
            "name_vi": unit.name_vi,
            "name_en": unit.name_en,
            "name_ascii": fold(unit.name_vi),
            "level": unit.level,
            "parent": unit.parent,
            "position": unit.order,
            "valid_from": unit.valid_from,
            "valid_to": unit.valid_to,
            "latitude": unit.latitude,
            "longitude": unit.longitude,
            "predecessors": list(unit.predecessors),
        }
        for unit in catalogue.units.all
    ]


def _feeds(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {
            "feed": feed.id,
            "name_vi": feed.name_vi,
            "name_en": feed.name_en,
            "system": feed.system,
            "owner": _owner(catalogue, feed.owner),
            "record": feed.record,
            "partition": feed.partition,
            "shards": feed.shards,
        }
        for feed in catalogue.feeds.values()
    ]


def _owner(catalogue: Catalogue, owner: str) -> str:
    """The owner's name: a unit of the tree, or another body."""
    found = catalogue.units.by_id.get(owner) or catalogue.bodies.get(owner)
    return found.name_vi if found else owner


def _indicators(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {
            "indicator": indicator.id,
            "name_vi": indicator.name_vi,
            "name_en": indicator.name_en,
            "measure": indicator.measure,
            "decimals": indicator.decimals,
        }
        for indicator in catalogue.indicators.values()
    ]


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
