# ruff: noqa: E501  (lines of SQL are read as lines)
"""Figures: every series of the catalogue at its feed's cadence, and periodic ones in the order of their releases."""

import math
from collections.abc import Iterator
from datetime import date, timedelta

import pyarrow as pa

from bench.fill.plan import DAY_MS, LOCAL_MS, PREFIX, Size, Span, offset_sql
from catalogue.calendar import midnight_ms
from catalogue.feeds import Feed
from catalogue.indicators import Indicator
from catalogue.load import Catalogue
from catalogue.periods import following, period_at
from catalogue.subjects import Subject
from clickhouse.client import Store

RELEASES = {
    # Kind of period: versions with the days after which each follows the first.
    "C-H": (("preliminary", 0), ("final", 30)),
    "C-M": (("estimate", 0), ("preliminary", 30), ("final", 120)),
    "C-Q": (("estimate", 0), ("preliminary", 60), ("final", 180)),
    "C-Y": (("estimate", 0), ("preliminary", 120)),
}
ONCE = (("final", 0),)
CORRECTED = 0.012
SLIP = {"estimate": 0.012, "preliminary": 0.004}
"""How far an earlier version is from the final one."""
DAYS_A_PIECE = 15

_SERIES = """
CREATE TABLE fill_series
(
    number UInt32, feed String, indicator String, unit String, subject String, partition UInt16, cadence_s UInt32,
    periods String, due_days UInt32, low Float64, high Float64, decimals UInt8
)
ENGINE = Memory
"""
_PERIODS = """
CREATE TABLE fill_periods (kind String, code String, start Int64, ended Int64, vintage String, after_days UInt32, slip Float64)
ENGINE = Memory
"""
_ROW = f"""
INSERT INTO figures (feed, indicator, unit, subject, at, period, vintage, value, verdict, marks, late, reason, record_id,
    sent_at, arrived_at, simulated, topic, partition, offset, row, stored_at)
SELECT feed, indicator, unit, subject, fromUnixTimestamp64Milli(at, 'UTC'), code, vintage, round(value, decimals),
    multiIf(luck < 0.0003, 'impossible', luck < 0.003, 'suspect', 'ok') AS verdict,
    multiIf(verdict = 'ok', [], verdict = 'suspect', ['jump'], ['hard_bounds']), luck > 0.995, why,
    lower(hex(sipHash128(series, at, vintage))), fromUnixTimestamp64Milli(sent, 'UTC'),
    fromUnixTimestamp64Milli(sent + 60, 'UTC'), true, '{PREFIX}.figures', partition, {offset_sql("(sent + 60)")},
    series % 1000, fromUnixTimestamp64Milli(sent + 210, 'UTC')
"""
_WAVE = """
    (low + high) / 2 + (high - low) / 2 * (0.45 * sin(at / 86400000 * 6.2832 + number) + 0.25 * sin(at / 604800000 * 6.2832 + number * 7)
        + 0.1 * (bitAnd(intHash64(h + 1), 65535) / 65536 - 0.5)) AS wave
"""


def prepare(store: Store, catalogue: Catalogue, size: Size, span: Span, on: date) -> None:
    """Two tables that the statements join; `drop` takes them away again."""
    drop(store)
    store.command(_SERIES)
    store.command(_PERIODS)
    store.insert("fill_series", pa.Table.from_pylist(list(series(catalogue, size, on)), schema=_SERIES_COLUMNS))
    kinds = sorted({one.period for one in catalogue.indicators.values() if one.period})
    store.insert("fill_periods", pa.Table.from_pylist([row for kind in kinds for row in periods(kind, span)]))


def drop(store: Store) -> None:
    for name in ("fill_series", "fill_periods"):
        store.command(f"DROP TABLE IF EXISTS {name} SYNC")


_SERIES_COLUMNS = pa.schema(
    [
        ("number", pa.uint32()),
        *((name, pa.string()) for name in ("feed", "indicator", "unit", "subject")),
        ("partition", pa.uint16()),
        ("cadence_s", pa.uint32()),
        ("periods", pa.string()),
        ("due_days", pa.uint32()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("decimals", pa.uint8()),
    ]
)


def live_feeds(catalogue: Catalogue, record: str) -> list[Feed]:
    """Those that are neither drills nor replays."""
    return [feed for feed in catalogue.feeds.values() if feed.record == record and feed.system != "drill"]


def series(catalogue: Catalogue, size: Size, on: date) -> Iterator[dict[str, object]]:
    number = 0
    for feed in live_feeds(catalogue, "figures"):
        for unit in catalogue.expected_units(feed, on):
            for subject in catalogue.expected_subjects(feed):
                for name in feed.indicators:
                    indicator = catalogue.indicators[name]
                    low, high = bounds(indicator, catalogue.subjects.get(subject))
                    number += 1
                    yield {
                        "number": number,
                        "feed": feed.id,
                        "indicator": name,
                        "unit": unit,
                        "subject": subject,
                        "partition": catalogue.partition_of(feed, unit),
                        "cadence_s": cadence(feed, size),
                        "periods": indicator.period,
                        "due_days": max(feed.due_days - 2, 0),
                        "low": low,
                        "high": high,
                        "decimals": indicator.decimals,
                    }


def cadence(feed: Feed, size: Size) -> int:
    return max(feed.cadence_s, size.least_cadence_s) if feed.cadence_s else 0


def bounds(indicator: Indicator, subject: Subject | None = None) -> tuple[float, float]:
    if indicator.id == "reservoir-level" and subject:
        return float(subject.attributes["dead"]), float(subject.attributes["normal"]) * 1.01
    low, high = indicator.soft or indicator.hard or (0.0, 1_000.0)
    low = low if math.isfinite(low) else 0.0
    return low, (high if math.isfinite(high) else low + 1_000.0)


def periods(kind: str, span: Span) -> Iterator[dict[str, object]]:
    """Every version of every period that began in the span, with the day of its release."""
    period = period_at(kind, date(1970, 1, 1) + timedelta(days=(span.since + LOCAL_MS) // DAY_MS))
    while (start := midnight_ms(period.start)) < span.until:
        ended = midnight_ms(period.end) + DAY_MS
        for vintage, after in RELEASES.get(kind, ONCE):
            slip = SLIP.get(vintage, 0.0)
            yield {
                "kind": kind,
                "code": period.code,
                "start": start,
                "ended": ended,
                "vintage": vintage,
                "after_days": after,
                "slip": slip,
            }
        period = following(period)


def fill(catalogue: Catalogue, size: Size, span: Span) -> Iterator[str]:
    """Statements for instants of the span, then for releases that fall into it."""
    for every in sorted({cadence(feed, size) for feed in live_feeds(catalogue, "figures") if feed.cadence_s}):
        for piece in span.pieces(DAYS_A_PIECE if every <= 300 else 8 * DAYS_A_PIECE):
            first = -(-piece.since // (every * 1000))
            count = -(-piece.until // (every * 1000)) - first
            if count > 0:
                yield _instants(every, first, count)
    for vintages, why in (("SELECT * FROM fill_periods", "''"), (_corrections(), "'Rà soát lại số liệu'")):
        yield _releases(vintages, why, span)


def _instants(cadence: int, first: int, count: int) -> str:
    return f"""{_ROW} FROM
(
    SELECT *, number AS series, t * {cadence * 1000} AS at, '' AS code, '' AS vintage, '' AS why,
        sipHash64(number, at) AS h, {_WAVE}, wave AS value, bitAnd(h, 65535) / 65536 AS luck,
        at + 1500 + toInt64(h % 12000) AS sent
    FROM (SELECT number + {first} AS t FROM numbers({count})) AS n
    CROSS JOIN (SELECT * FROM fill_series WHERE cadence_s = {cadence} AND periods = '') AS s
)"""


def _corrections() -> str:
    return "SELECT kind, code, start, ended, 'correction' AS vintage, 6 AS after_days, 0. AS slip FROM fill_periods"


def _releases(vintages: str, why: str, span: Span) -> str:
    only = "" if why == "''" else f" AND vintage = 'correction' AND startsWith(periods, 'A-') AND luck2 < {CORRECTED}"
    return f"""{_ROW} FROM
(
    SELECT *, number AS series, start AS at, {why} AS why, sipHash64(number, at) AS h, {_WAVE},
        wave * (1 + slip * sin(number + at)) + if(vintage = 'correction', 1, 0) AS value,
        bitAnd(intHash64(h + 5), 65535) / 65536 AS luck, bitAnd(intHash64(h + 6), 65535) / 65536 AS luck2,
        ended + (after_days + least(due_days, 6)) * {DAY_MS} + 28800000 + toInt64(h % 14400000) AS sent
    FROM ({vintages}) AS v
    INNER JOIN (SELECT * FROM fill_series WHERE periods != '') AS s ON s.periods = v.kind
)
WHERE sent >= {span.since} AND sent < {span.until}{only}"""
