"""A board as Grafana's classic JSON (`schemaVersion` 42), which every server since 10 reads from a file."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from contract.text import choose
from grafana.fields import field_config
from grafana.model import Board, Panel, Row, Variable, Words
from grafana.target import DATASOURCE, ZONE, target

SCHEMA = 42
GRAFANA = "10.1.0"
"""The lowest version that is supported. A panel that names none is taken for version 6, and its options are changed."""
TYPES = {
    "note": "text",
    "stat": "stat",
    "tiles": "stat",
    "table": "table",
    "series": "timeseries",
    "states": "state-timeline",
    "bars": "barchart",
}
KNOWN = "nhip-known"
"""The board that shows what was known at a moment; every board leads to it with its time range."""
BY_SERIES = {"id": "partitionByValues", "options": {"fields": ["series"], "keepFields": False}}
"""Words over time come as a table; Grafana makes lines of numbers only."""
_BOTH = re.compile(r"\{\{(?P<vi>[^|{}]+)\|(?P<en>[^|{}]+)\}\}")
_FROM = re.compile(r"\b(?:FROM|JOIN)\s+([a-z_0-9]+(?:\.[a-z_0-9]+)?)", re.IGNORECASE)


def build(board: Board, lang: str) -> dict[str, Any]:
    """The whole board in one language. Raises KeyError for a word that is in no list."""
    other = choose("en", "vi", lang)
    return {
        "uid": f"{board.uid}-{lang}",
        "title": choose(*board.title, lang=lang),
        "description": choose(*board.about, lang=lang),
        "tags": ["nhip", f"nhip-{board.folder}", lang],
        "schemaVersion": SCHEMA,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "timezone": ZONE,
        "weekStart": "monday",
        "refresh": board.refresh,
        "time": {"from": board.since, "to": "now"},
        "timepicker": {"hidden": board.wall},
        "annotations": {"list": []},
        "templating": {"list": [_variable(variable, lang) for variable in board.variables]},
        "links": [] if board.wall else _board_links(board, lang, other),
        "panels": list(_panels(board, lang)),
    }


def in_language(sql: str, lang: str) -> str:
    """`$lang` and `{{Vietnamese|English}}` put in."""
    chosen = _BOTH.sub(lambda match: choose(match["vi"], match["en"], lang), sql)
    return textwrap.dedent(chosen.replace("$lang", lang)).strip()


def sql_of(panel: Panel, lang: str) -> str:
    return in_language(panel.sql, lang)


def sources(panel: Panel) -> list[str]:
    """Tables and views that the panel reads, in the order in which its SQL names them; its own subqueries are none."""
    own = set(re.findall(r"\b([a-z_0-9]+)\s+AS\s*\(", panel.sql))
    return [name for name in dict.fromkeys(_FROM.findall(panel.sql)) if name not in own]


def description(panel: Panel, lang: str) -> str:
    """What it shows, where that comes from, what to do."""
    if panel.kind == "note":
        return ""
    found = ", ".join(f"`{name}`" for name in sources(panel))
    return "\n\n".join(
        (
            choose(*panel.shows, lang=lang),
            f"{choose('Nguồn', 'Source', lang)}: {found}.",
            choose(*panel.todo, lang=lang),
        )
    )


def _panels(board: Board, lang: str) -> Sequence[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    top = 0
    for row in board.rows:
        if row.title != ("", ""):
            found.append(_heading(row, top, lang))
            top += 1
        left = 0
        for panel in row.panels:
            place = {"x": left, "y": top, "w": panel.width, "h": row.height}
            found.append(_panel(board, panel, place, lang))
            left += panel.width
        top += row.height
    return found


def _heading(row: Row, top: int, lang: str) -> dict[str, Any]:
    place = {"x": 0, "y": top, "w": 24, "h": 1}
    title = choose(*row.title, lang=lang)
    return {"type": "row", "title": title, "gridPos": place, "collapsed": False, "panels": [], "id": 10_000 + top}


def _panel(board: Board, panel: Panel, place: dict[str, int], lang: str) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "id": board.number(panel.key),
        "type": TYPES[panel.kind],
        "pluginVersion": GRAFANA,
        "title": choose(*panel.title, lang=lang),
        "description": description(panel, lang),
        "gridPos": place,
        "options": _options(board, panel, lang),
    }
    if panel.kind == "note":
        return drawn | {"transparent": True}
    if panel.since:
        drawn["timeFrom"] = panel.since.removeprefix("now-")
    drawn |= {
        "datasource": DATASOURCE,
        "targets": [target(sql_of(panel, lang), series=panel.kind == "series")],
        "fieldConfig": field_config(panel, lang),
    }
    return drawn | {"transformations": [BY_SERIES]} if panel.kind == "states" else drawn


def _options(board: Board, panel: Panel, lang: str) -> dict[str, Any]:
    legend = {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []}
    match panel.kind:
        case "note":
            return {"mode": "markdown", "content": choose(*panel.body, lang=lang)}
        case "stat":
            small = {"titleSize": 18, "valueSize": 40} if board.wall else {}
            return _stat(every_row=False, size={"titleSize": 18, "valueSize": 64} if panel.large else small)
        case "tiles":
            return _stat(every_row=True, size={"titleSize": 16, "valueSize": 22} if board.wall else {})
        case "table":
            return {"showHeader": True, "cellHeight": "lg" if board.wall or panel.large else "sm"}
        case "series":
            return {"legend": legend, "tooltip": {"mode": "multi", "sort": "none"}}
        case "states":
            return {"showValue": "never", "rowHeight": 0.8, "mergeValues": True, "legend": legend}
        case "bars":
            return {"orientation": "horizontal", "showValue": "always", "legend": legend | {"showLegend": False}}


def _stat(every_row: bool, size: Mapping[str, int]) -> dict[str, Any]:
    return {
        "reduceOptions": {"values": every_row, "calcs": ["lastNotNull"], "fields": "/^text$/", "limit": 60},
        "textMode": "value_and_name" if every_row else "value",
        "colorMode": "background" if every_row else "value",
        "graphMode": "none",
        "justifyMode": "center" if every_row else "auto",
        "orientation": "auto",
        "wideLayout": False,
        "text": dict(size),
    }


def _variable(variable: Variable, lang: str) -> dict[str, Any]:
    own = {"name": variable.name, "label": choose(*variable.label, lang=lang), "skipUrlSync": False}
    if not variable.sql:
        current = {"text": variable.default, "value": variable.default}
        return own | {"type": "textbox", "query": variable.default, "current": current}
    return own | {
        "type": "query",
        "datasource": DATASOURCE,
        "query": {"editorType": "sql", "rawSql": in_language(variable.sql, lang), "refId": variable.name},
        "definition": in_language(variable.sql, lang),
        "refresh": 1,
        "sort": 0,
        "multi": False,
        "includeAll": False,
        "current": {"text": choose(*variable.default_text, lang=lang), "value": variable.default},
    }


def _board_links(board: Board, lang: str, other: str) -> list[dict[str, Any]]:
    def link(title: Words, **own: Any) -> dict[str, Any]:
        return {"title": choose(*title, lang=lang), "keepTime": True, "includeVars": True, "targetBlank": False, **own}

    as_known = link(("Như đã biết lúc đó", "As it was known then"), type="link", icon="doc", url=f"/d/{KNOWN}-{lang}")
    return [
        link(("Các bảng khác", "Other boards"), type="dashboards", tags=["nhip", lang], asDropdown=True),
        *([] if board.uid == KNOWN else [as_known]),
        link(("English", "Tiếng Việt"), type="link", icon="external link", url=f"/d/{board.uid}-{other}"),
    ]
