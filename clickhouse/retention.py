"""How long each table keeps its rows: the retain_* settings, brought into the tables at each start.

Counted from when a row came in, never from the time it speaks of: a log of 2010 that is replayed today is kept as
long as today's. Rows go by whole parts, so nothing is rewritten to forget something; what is not listed is kept for
ever.
"""

import re

import msgspec

from clickhouse.client import Store
from contract.settings import Settings


class Rule(msgspec.Struct, frozen=True):
    table: str
    since: str
    """The column that says when the row came in."""
    setting: str
    only: str = ""
    """Which of the table's rows; the others stay for ever."""

    def expression(self, days: int) -> str:
        """As the engine itself writes it, so that the two can be compared."""
        text = f"toDateTime({self.since}) + toIntervalDay({days})"
        return f"{text} WHERE {self.only}" if self.only else text


RULES = (
    Rule("case_steps", "arrived_at", "retain_case_steps_days"),
    Rule("case_buckets", "stored_at", "retain_case_buckets_5m_days", only="width = '5m'"),
    Rule("feed_states", "stored_at", "retain_feed_states_days"),
    Rule("rejected", "arrived_at", "retain_rejected_days"),
    Rule("ledger", "arrived_at", "retain_ledger_days"),
)
_IN_FORCE = re.compile(r" TTL (.+?)(?: SETTINGS |$)")
_BY_PARTS = "ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1"


def apply(store: Store, settings: Settings) -> list[str]:
    """Bring the tables' retention to the settings (0: for ever); the names of the tables that had to change."""
    in_force = {str(name): _in_force(str(full)) for name, full in store.query(_TABLES, database=store.database)}
    changed: list[str] = []
    for rule in RULES:
        days = int(getattr(settings, rule.setting))
        wanted = rule.expression(days) if days > 0 else ""
        if in_force[rule.table] != wanted:
            _set(store, rule.table, wanted)
            changed.append(rule.table)
    return changed


_TABLES = "SELECT name, engine_full FROM system.tables WHERE database = {database:String}"


def _in_force(engine: str) -> str:
    found = _IN_FORCE.search(engine)
    return found[1] if found else ""


def _set(store: Store, table: str, expression: str) -> None:
    if not expression:
        store.command(f"ALTER TABLE {table} REMOVE TTL")
        return
    store.command(f"ALTER TABLE {table} MODIFY SETTING {_BY_PARTS}")
    store.command(f"ALTER TABLE {table} MODIFY TTL {expression}")
