"""The address of the desk, where findings are taken, as SQL knows it: the function `desk_page`, made at each start.

It differs per installation, and boards and alerts are files that are the same everywhere: so they ask the store.
"""

from clickhouse.client import Store


def tell(store: Store, address: str) -> None:
    """`address`: as people reach the desk, `https://…`, no slash at its end; empty where they cannot: no link."""
    quoted = address.replace("\\", "\\\\").replace("'", "\\'")
    page = f"concat('{quoted}/f/', toString(finding_id))" if address else "''"
    store.command(f"CREATE OR REPLACE FUNCTION desk_page AS (finding_id) -> {page}")
