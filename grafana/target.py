"""One query as Grafana's ClickHouse data source takes it, on boards and in alert rules alike."""

from typing import Any

DATASOURCE = {"type": "grafana-clickhouse-datasource", "uid": "nhip-clickhouse"}
PLUGIN = "4.14.0"
"""The lowest version that is supported. Without one the plugin takes the query for an old one and changes it."""
ZONE = "Asia/Ho_Chi_Minh"


def target(sql: str, ref: str = "A", series: bool = False) -> dict[str, Any]:
    """`series`: the first column is `time`, and Grafana makes lines of it; else a table as it is."""
    return {
        "refId": ref,
        "datasource": DATASOURCE,
        "pluginVersion": PLUGIN,
        "editorType": "sql",
        "queryType": "timeseries" if series else "table",
        "format": 0 if series else 1,
        "rawSql": sql,
        "meta": {"timezone": ZONE},
    }
