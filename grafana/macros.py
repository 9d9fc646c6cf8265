"""What Grafana and its ClickHouse plugin put in the place of macros and variables, for those who ask without Grafana.

Only these are used on our boards: others fail here, before they fail on a screen. The twin of the plugin's own
(version 4.14), read from what it sent to the endpoint.
"""

import re
from collections.abc import Mapping

import msgspec


class Range(msgspec.Struct, frozen=True):
    """The time range of a board, and the width of a step that suits its panels."""

    since_ms: int
    until_ms: int
    step_s: int = 60


class UnknownMacro(ValueError):
    """A macro or a variable that a query may not use, or that nobody gave a value."""


_MACRO = re.compile(r"\$__(?P<name>\w+)(?:\((?P<argument>[^()]*)\))?")
_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<form>\w+))?\}")


def expand(sql: str, during: Range, variables: Mapping[str, str] = {}) -> str:
    """The SQL as the store gets it. Raises UnknownMacro."""
    put_in = _VARIABLE.sub(lambda match: _variable(match, variables), sql)
    return _MACRO.sub(lambda match: _macro(match, during), put_in)


def _macro(match: re.Match[str], during: Range) -> str:
    column = match["argument"] or ""
    since, until = during.since_ms // 1000, during.until_ms // 1000
    known = {
        "fromTime": f"toDateTime({since})",
        "toTime": f"toDateTime({until})",
        "fromTime_ms": f"fromUnixTimestamp64Milli({during.since_ms})",
        "toTime_ms": f"fromUnixTimestamp64Milli({during.until_ms})",
        "interval_s": str(max(1, during.step_s)),
        "timeFilter": f"{column} >= toDateTime({since}) AND {column} <= toDateTime({until})",
        "timeFilter_ms": (
            f"{column} >= fromUnixTimestamp64Milli({during.since_ms}) AND "
            f"{column} <= fromUnixTimestamp64Milli({during.until_ms})"
        ),
        "timeInterval": f"toStartOfInterval(toDateTime({column}), INTERVAL {max(1, during.step_s)} second)",
    }
    if match["name"] not in known:
        raise UnknownMacro(f"$__{match['name']} is no macro of ours; there are {', '.join(sorted(known))}")
    return known[match["name"]]


def _variable(match: re.Match[str], variables: Mapping[str, str]) -> str:
    """Values stand in quotes that the form `sqlstring` or `singlequote` adds; bare values are for numbers only."""
    if match["name"] not in variables:
        raise UnknownMacro(f"${{{match['name']}}}: the board has no such variable")
    value = variables[match["name"]]
    if match["form"] in ("sqlstring", "singlequote"):
        return "'" + value.replace("'", "''" if match["form"] == "sqlstring" else "\\'") + "'"
    if match["form"] is not None:
        raise UnknownMacro(f"${{{match['name']}:{match['form']}}}: use :sqlstring")
    if not re.fullmatch(r"-?\d+(\.\d+)?", value):
        raise UnknownMacro(f"${{{match['name']}}} is {value!r}: without :sqlstring only a number may be put in")
    return value
