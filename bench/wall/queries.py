"""The 60 queries, and the values of their parameters at a moment."""

import re
from pathlib import Path

from clickhouse.queries import Query, parse

FOLDER = Path(__file__).parent
COUNT = 60
_UNITS_S = {"m": 60, "h": 3_600, "d": 86_400}
_RANGE = re.compile(r"now(?:-(\d+)([mhd]))?")


def wall() -> tuple[Query, ...]:
    """In the order of their names."""
    return tuple(parse(file.stem, file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.sql")))


def values(query: Query, now_s: int) -> dict[str, str]:
    """What a board whose time range ends now would fill in."""
    return {one.name: _value(one.type, one.default, now_s) for one in query.parameters}


def _value(kind: str, text: str, now_s: int) -> str:
    """`now-24h` becomes seconds since 1970, which the engine takes for a DateTime; other values stay as they are."""
    found = _RANGE.fullmatch(text) if kind == "DateTime" else None
    if found is None:
        return text
    count, unit = found.groups()
    return str(now_s - (int(count) * _UNITS_S[unit] if count else 0))
