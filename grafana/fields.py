"""How fields are drawn: units, colours, headings, links. No unit here prints a separator of thousands or decimals."""

from typing import Any

from contract.text import choose
from grafana import words
from grafana.model import Panel
from grafana.words import MEANINGS, SIGNS, Sign

WHOLE = "none"
"""Numbers as they are, without decimals: axes are scaled so that they stay below a thousand."""
NAMELESS = {"legend": True, "tooltip": True, "viz": False}
LINK_VARIABLES = ("unit", "feed", "finding_id", "indicator")
OWN_TIME = frozenset({"nhip-finding"})
"""Boards about one thing that happened at a time of its own."""


def field_config(panel: Panel, lang: str) -> dict[str, Any]:
    overrides = {"table": _table, "series": _series, "bars": _bars}.get(panel.kind)
    return {"defaults": _defaults(panel, lang), "overrides": overrides(panel, lang) if overrides else []}


def _defaults(panel: Panel, lang: str) -> dict[str, Any]:
    own: dict[str, Any] = {"unit": WHOLE, "decimals": 0, "mappings": [], "noValue": _empty(panel, lang)}
    own["thresholds"] = {"mode": "absolute", "steps": [{"color": "text", "value": None}]}
    own["color"] = {"mode": "thresholds"}
    if panel.kind in ("stat", "tiles"):
        own |= {"unit": "string", "mappings": by_sign()}
    if panel.kind == "tiles":
        own |= {"displayName": "${__data.fields.name}", "thresholds": _calm()}
    if panel.kind == "states":
        own |= {"unit": "string", "mappings": [by_value("state", lang)], "displayName": "${__field.labels.series}"}
        own["custom"] = {"fillOpacity": 80, "lineWidth": 0}
    if panel.kind in ("series", "bars"):
        own |= {"color": {"mode": "palette-classic"}, "custom": _lines(panel, lang)}
    if panel.kind == "series" and not panel.lines:
        own["displayName"] = "${__field.labels.series}"
    if panel.kind == "table":
        own["custom"] = {"align": "left", "cellOptions": {"type": "auto"}, "inspect": False}
    if panel.axis and panel.axis.least is not None:
        own["min"] = panel.axis.least
    if panel.axis and panel.axis.most is not None:
        own["max"] = panel.axis.most
    return own


def _empty(panel: Panel, lang: str) -> str:
    return choose(*panel.empty, lang=lang) or choose("chưa có", "none yet", lang)


def _calm() -> dict[str, Any]:
    return {"mode": "absolute", "steps": [{"color": words.GREY, "value": None}]}


def _lines(panel: Panel, lang: str) -> dict[str, Any]:
    own = {"lineWidth": 2, "fillOpacity": 0, "showPoints": "never", "spanNulls": False}
    if panel.kind == "bars":
        own = {"lineWidth": 0, "fillOpacity": 80}
    return own | {"axisLabel": choose(*panel.axis.name, lang=lang) if panel.axis else "", "axisGridShow": True}


def by_value(column: str, lang: str) -> dict[str, Any]:
    """Values of a closed list by sign, word and colour."""
    known = enumerate(MEANINGS[column].items())
    return {"type": "value", "options": {key: _shown(sign, lang, at) for at, (key, sign) in known}}


def _shown(sign: Sign, lang: str, index: int) -> dict[str, Any]:
    return {"text": sign.label(lang), "color": sign.colour, "index": index}


def by_sign() -> list[dict[str, Any]]:
    """A text keeps its words and takes the colour of the sign that it begins with."""
    return [
        {"type": "regex", "options": {"pattern": f"/^{sign}/", "result": {"color": known.colour, "index": at}}}
        for at, (sign, known) in enumerate(SIGNS.items())
    ]


def _property(name: str, value: Any) -> dict[str, Any]:
    return {"id": name, "value": value}


def _override(column: str, *properties: dict[str, Any]) -> dict[str, Any]:
    return {"matcher": {"id": "byName", "options": column}, "properties": list(properties)}


def _table(panel: Panel, lang: str) -> list[dict[str, Any]]:
    found = []
    for column in panel.columns:
        own = [_property("displayName", words.heading(column, lang))]
        if column in MEANINGS:
            own.append(_property("mappings", [by_value(column, lang)]))
            own.append(_property("custom.cellOptions", {"type": "color-text"}))
        elif column in words.LONG:
            own.append(_property("custom.cellOptions", {"type": "auto", "wrapText": True}))
        elif column in words.SIGNED:
            own.append(_property("mappings", by_sign()))
            own.append(_property("custom.cellOptions", {"type": "color-text"}))
        if column in words.NUMBERS:
            own.append(_property("custom.align", "right"))
        if column in words.WIDTHS:
            own.append(_property("custom.width", words.WIDTHS[column]))
        if board := dict(panel.links).get(column):
            own.append(_property("links", [_link(panel, board, lang)]))
        if address := dict(panel.pages).get(column):
            own.append(_property("links", [_page(address, lang)]))
        found.append(_override(column, *own))
    # Two names of one option: servers before 12.2 and since.
    hide = (_property("custom.hidden", True), _property("custom.hideFrom.viz", True))
    return found + [_override(column, *hide) for column in panel.hidden]


def _link(panel: Panel, board: str, lang: str) -> dict[str, Any]:
    given = [name for name in LINK_VARIABLES if name in panel.columns + panel.hidden]
    query = "".join(f"&var-{name}=${{__data.fields.{name}}}" for name in given)
    own = "from=${__data.fields.from_ms}&to=${__data.fields.to_ms}"
    during = own if board in OWN_TIME and "from_ms" in panel.hidden else "${__url_time_range}"
    return {"title": choose("Mở", "Open", lang), "url": f"/d/{board}-{lang}?{during}{query}"}


def _page(address: str, lang: str) -> dict[str, Any]:
    """`raw`: an address is not to be escaped as a part of one would be."""
    url = f"${{__data.fields.{address}:raw}}"
    return {"title": choose("Mở", "Open", lang), "url": url, "targetBlank": True}


def _bars(panel: Panel, lang: str) -> list[dict[str, Any]]:
    """Numbers are named as the panel is, or a tooltip would print the column's name."""
    named = [_property("displayName", choose(*panel.title, lang=lang))]
    return [{"matcher": {"id": "byType", "options": "number"}, "properties": named}]


def _series(panel: Panel, lang: str) -> list[dict[str, Any]]:
    found = []
    for at, (column, name) in enumerate(panel.lines):
        colour = _property("color", {"mode": "fixed", "fixedColor": words.SERIES[at % len(words.SERIES)]})
        points = (
            (_property("custom.drawStyle", "points"), _property("custom.pointSize", 8)) if column in panel.dots else ()
        )
        found.append(_override(column, _property("displayName", choose(*name, lang=lang)), colour, *points))
    if panel.band:
        low, high = panel.band
        grey = _property("color", {"mode": "fixed", "fixedColor": words.GREY})
        # No line of its own, so neither a name: the legend would print the column's.
        quiet = (grey, _property("custom.lineWidth", 0), _property("custom.hideFrom", NAMELESS))
        found.append(_override(low, *quiet))
        fill = _property("custom.fillBelowTo", low)
        found.append(_override(high, *quiet, fill, _property("custom.fillOpacity", 15)))
    return found
