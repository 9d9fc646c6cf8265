"""Rows of the store by hand: a calm morning, what breaks in it, and how it ends. Times are local, of one day."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pyarrow as pa

from clickhouse.tables import schema
from contract.text import LOCAL

DAY = datetime(2026, 11, 20, tzinfo=LOCAL)
"""A working Friday."""
Row = dict[str, Any]
Rows = dict[str, list[Row]]
"""Table -> rows."""


def at(clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return (DAY + timedelta(hours=hour, minutes=minute)).astimezone(UTC)


def row(table: str, **given: Any) -> Row:
    """A whole row: what is not given is zero, empty, or none."""
    return {field.name: given.get(field.name, _nothing(field)) for field in schema(table)}


def _nothing(field: pa.Field) -> Any:
    kind = field.type
    if field.nullable:
        return None
    if pa.types.is_timestamp(kind):
        return datetime(1970, 1, 1, tzinfo=UTC)
    if pa.types.is_list(kind) or pa.types.is_map(kind):
        return []
    if pa.types.is_boolean(kind):
        return False
    return "" if pa.types.is_string(kind) else 0


def table_of(name: str, rows: list[Row]) -> pa.Table:
    """A finding is in the store as soon as the feed's clock says so."""
    table = pa.Table.from_pylist(rows, schema=schema(name))
    return table.append_column("stored_at", table["severity_at"]) if name == "findings" else table


def finding_id(name: str) -> str:
    return hashlib.md5(name.encode()).hexdigest()


def a_finding(name: str, opened: str, ended: str = "", **given: Any) -> Row:
    """`name` makes its id; with `ended` it is the row that closes it."""
    own: Row = {"generation": 1, "finding_id": finding_id(name), "severity": "critical", "count": 1}
    own |= dict.fromkeys(("at", "opened_at", "severity_at", "updated_at"), at(opened))
    own |= {"simulated": True, "state": "open", "revision": 1}
    if ended:
        own |= {"state": "closed", "closed_at": at(ended), "revision": 2}
    return row("findings", **(own | given))


def silent_together(name: str, opened: str, silent: int, expected: int = 0, **given: Any) -> Row:
    """Of a feed, or of one of its shards, as the detector tells it."""
    detail = {"silent": silent, "expected": expected or silent}
    evidence = msgspec.json.encode({"detail": detail}).decode()
    return a_finding(name, opened, **({"rule": "silent", "evidence": evidence} | given))


def states(clock: str, minutes: int, **expected: int) -> list[Row]:
    """What each feed's clock said in the minutes up to a time; `expected`: units that must report, by feed."""
    return [
        row(
            "feed_states",
            generation=1,
            feed=feed.replace("_", "-"),
            clock=at(clock) - timedelta(minutes=ago),
            state="receiving",
            reporting=count,
            expected=count,
            simulated=True,
            offset=1000 - ago,
        )
        for feed, count in expected.items()
        for ago in range(minutes)
    ]


def a_day(unit: str, days_ago: int, overdue: int, revision: int = 1) -> Row:
    return row(
        "case_buckets",
        generation=1,
        feed="portal-dossiers",
        kind="dossier",
        unit=unit,
        width="day",
        bucket=at("0:00") - timedelta(days=days_ago),
        revision=revision,
        overdue_open_end=overdue,
        open_end=overdue,
        simulated=True,
        clock=at("10:00"),
    )


def a_figure(indicator: str, value: float, arrived: str, vintage: str = "estimate") -> Row:
    moment = at(arrived)
    return row(
        "figures",
        feed="growth",
        indicator=indicator,
        unit="VN",
        at=datetime(2026, 1, 1, tzinfo=LOCAL),
        period="C-Y2026",
        vintage=vintage,
        value=value,
        verdict="ok",
        record_id=f"{indicator}-{arrived}",
        sent_at=moment,
        arrived_at=moment,
        simulated=True,
    )


SILENT_FEEDS = ("power-load", "customs", "fdi", "health", "treasury")
MISSING_UNITS = ("H26", "H17", "H29", "H13")
EXPECTED = {
    **{"portal_dossiers": 34, "growth": 1, "document_axis": 51, "visitors": 1},
    **dict.fromkeys((feed.replace("-", "_") for feed in SILENT_FEEDS), 1),
}

CALM: Rows = {
    "feed_states": states("10:00", 10, **EXPECTED),
    "findings": [
        a_finding("closed lately", "8:00", "9:30", feed="power-load", unit="VN", indicator="power-load", rule="jump"),
        a_finding("only told", "9:00", feed="power-load", indicator="power-load", rule="jump", severity="info"),
    ],
    "case_buckets": [
        *(a_day(unit, 7, overdue) for unit, overdue in (("H26", 100), ("H17", 100), ("H29", 10))),
        *(a_day(unit, 0, overdue) for unit, overdue in (("H26", 101), ("H17", 100), ("H29", 12), ("H13", 50))),
    ],
    "targets": [
        row("targets", indicator="gdp-growth-year", period="C-Y2026", unit="VN", at_least=8.0, set_by="Quốc hội"),
    ],
    "figures": [a_figure("gdp-growth-year", 8.2, "9:00")],
}
BROKEN: Rows = {
    "feed_states": states("11:00", 10, **EXPECTED),
    "findings": [
        *(
            silent_together(f"silent {feed}", "10:20", 1, feed=feed, severity="warning")
            for feed in SILENT_FEEDS
            if feed != "customs"
        ),
        silent_together("silent customs", "10:20", 1, feed="customs"),
        *(
            a_finding(f"missing {u}", "10:30", feed="portal-dossiers", unit=u, rule="silent", severity="warning")
            for u in MISSING_UNITS
        ),
        a_finding(
            "too much",
            "10:25",
            feed="power-load",
            unit="VN",
            indicator="power-load",
            rule="hard_bounds",
            sentence_vi="Công suất quá lớn.",
            sentence_en="The load is too large.",
        ),
        a_finding("drill", "10:40", feed="drill-figures", indicator="drill-value", unit="H26", rule="jump", drill=True),
        a_finding("leap", "10:45", feed="visitors", unit="VN", indicator="visitors", rule="jump", severity="warning"),
        # Evidence, however grave, calls nobody.
        a_finding("habit", "10:45", feed="portal-dossiers", unit="H26", rule="finish_equals_due"),
    ],
    "case_buckets": [a_day("H26", 0, 160, 2), a_day("H17", 0, 105, 2), a_day("H29", 0, 25, 2)],
    "figures": [a_figure("gdp-growth-year", 7.6, "9:50", "preliminary")],
}
CLEARED: Rows = {
    "feed_states": states("12:00", 10, **EXPECTED),
    "findings": [
        *({**found, "state": "closed", "closed_at": at("11:40"), "revision": 2} for found in BROKEN["findings"]),
    ],
    "case_buckets": [a_day("H26", 0, 110, 3)],
    "figures": [a_figure("gdp-growth-year", 8.1, "10:30", "final")],
}
