"""Links that open a query in Grafana's Explore, to be changed and run there."""

import json
import re
from urllib.parse import quote

from clickhouse.queries import Parameter, Query
from grafana.target import DATASOURCE, target

_PARAMETER = re.compile(r"\{(?P<name>\w+):(?P<type>\w+)\}")


def link(query: Query) -> str:
    """The query with the defaults of its parameters in their places."""
    pane = {
        "datasource": DATASOURCE["uid"],
        "queries": [target(with_defaults(query))],
        "range": {"from": "now-24h", "to": "now"},
    }
    panes = quote(json.dumps({"a": pane}, ensure_ascii=False, separators=(",", ":")), safe="")
    return f"/explore?schemaVersion=1&orgId=1&panes={panes}"


def with_defaults(query: Query) -> str:
    known = {parameter.name: parameter for parameter in query.parameters}
    return _PARAMETER.sub(lambda match: literal(known[match["name"]]), query.sql)


def literal(parameter: Parameter) -> str:
    quoted = "'" + parameter.default.replace("'", "''") + "'"
    if parameter.type == "String":
        return quoted
    return f"to{parameter.type}({quoted})" if parameter.type == "Date" else parameter.default
