# ruff: noqa: E501  (lines of SQL are read as lines)
"""Cases: the statements that draw them, their steps as rows of `case_steps`, and what they count for in buckets."""

from collections.abc import Iterator
from datetime import date

from bench.fill.kinds import FINISHED, LIVES, REFUSED, STOPPED, WITHDRAWN, Life
from bench.fill.plan import DAY_MS, HORIZON_DAYS, LOCAL_MS, PREFIX, Span, local_midnight, offset_sql
from catalogue.load import Catalogue
from streams.fold.windows import BINS, EDGES_MS

CASES_A_STATEMENT = 500_000
LONGEST_DAYS = HORIZON_DAYS - 2
AHEAD_DAYS = 3
"""So long before its start is a case registered, at most: a twentieth of what it takes."""
BIG_CITIES = {"H26": 6, "H29": 7, "H56": 3, "H17": 2, "H19": 3}
DUE = "~due"
"""No step: the moment at which an open case falls due."""


def fraction(salt: str) -> str:
    """A number in [0, 1) of the case, another for each salt."""
    return f"(bitAnd(intHash64(h + {salt}), 65535) / 65536)"


def units_of(catalogue: Catalogue, life: Life, on: date) -> str:
    """An array of (unit, shard), big cities in it more than once."""
    feed = catalogue.feeds[life.feed]
    units = catalogue.expected_units(feed, on)
    places = [(unit, catalogue.shard_of(feed, unit)) for unit in units for _ in range(BIG_CITIES.get(unit, 1))]
    return "[" + ", ".join(f"('{unit}', toUInt16({shard}))" for unit, shard in places) + "]"


def path_of(life: Life) -> str:
    legs = [f"('{leg.state}', {leg.part}, {leg.chance}, {leg.endings}, '{leg.counts}')" for leg in life.legs]
    return "[" + ", ".join(legs) + "]"


def per_day(life: Life, scale: float) -> int:
    return max(life.least, round(life.per_day * (1.0 if life.rare else scale)))


def _begun(span: Span) -> Span:
    """When cases began that have a step in a span: long before it, or a little after."""
    return Span(local_midnight(span.since) - HORIZON_DAYS * DAY_MS, span.until + AHEAD_DAYS * DAY_MS)


def drawn(catalogue: Catalogue, life: Life, scale: float, cohorts: Span, on: date) -> str:
    """A subquery with one row a case that begins in these local days."""
    number = per_day(life, scale)
    first, last = ((ms + LOCAL_MS) // DAY_MS for ms in (cohorts.since, cohorts.until - 1))
    rest = f"multiIf({fraction('1002')} < 0.94, {FINISHED}, {fraction('1003')} < 0.5, {REFUSED}, "
    rest += f"{fraction('1003')} < 0.85, {WITHDRAWN}, {STOPPED})"
    normal = " + ".join(fraction(str(salt)) for salt in range(1010, 1014))
    return f"""
    SELECT
        number AS i, sipHash64('{life.kind}', number) AS h, {units_of(catalogue, life, on)} AS units,
        units[1 + h % length(units)] AS place, {fraction("1")} < {life.online} AS online, {rest} AS ending,
        intDiv(number, {number}) * {DAY_MS} - {LOCAL_MS} AS midnight,
        midnight + toInt64((7.5 + 4.75 * ({fraction("1000")} + {fraction("1001")})) * 3600000) AS t0,
        toInt64(if(ending = {STOPPED}, {LONGEST_DAYS} * {DAY_MS}, least({life.hours} * 3600000
            * exp({life.spread} * 1.732 * ({normal} - 2)), {LONGEST_DAYS / 1.3} * {DAY_MS}))) AS took,
        t0 + took AS ended, if({life.due_days} > 0, t0 + toInt64({life.due_days} * {DAY_MS}), 0) AS due
    FROM numbers({first * number}, {(last - first + 1) * number})
    WHERE toDayOfWeek(toDate(intDiv(number, {number}))) < 6 OR {fraction("1004")} < {life.weekend}"""


def steps(drawn_cases: str, life: Life) -> str:
    """A subquery with one row a step."""
    chance = "(bitAnd(intHash64(h + nth), 65535) / 65536)"
    return f"""
    SELECT i, h, place.1 AS unit, place.2 AS shard, online, ending, t0, took, ended, due, step.1 AS nth,
        step.2.1 AS state, step.2.5 AS counts, t0 + toInt64(took * step.2.2) AS at
    FROM ({drawn_cases}) AS c
    ARRAY JOIN arrayFilter(s -> bitAnd(ending, s.2.4) != 0 AND {chance.replace("nth", "s.1")} < s.2.3,
        arrayZip(range(1, {len(life.legs) + 1}), {path_of(life)})) AS step"""


def fill_steps(catalogue: Catalogue, scale: float, span: Span, on: date) -> Iterator[str]:
    """Statements that put all steps of a span into `case_steps`."""
    for life in LIVES:
        for cohorts in _begun(span).pieces(max(1, CASES_A_STATEMENT // per_day(life, scale))):
            rows = steps(drawn(catalogue, life, scale, cohorts, on), life)
            yield _into_steps(catalogue, life, rows, span)


def _into_steps(catalogue: Catalogue, life: Life, rows: str, span: Span) -> str:
    first = catalogue.feeds[life.feed].partition
    marks = "[" + ", ".join(str(list(marks)) for marks in life.attributes) + "]"
    subjects = str([s.id for s in catalogue.subjects.values() if s.family == life.subjects] or [""])
    at, arrived = "toUInt64(h % 977)", "(at + lag + 60)"
    return f"""
INSERT INTO case_steps (feed, kind, unit, subject, case_id, state, event_at, due_at, channel, attributes, verdict, marks,
    late, record_id, sent_at, arrived_at, simulated, topic, partition, offset, row, stored_at)
SELECT '{life.feed}', '{life.kind}', unit, {subjects}[1 + intHash64(h) % {max(1, subjects.count(","))}],
    concat(unit, '-', formatDateTime(fromUnixTimestamp64Milli(t0, 'Asia/Ho_Chi_Minh'), '%Y%m%d'), '-', leftPad(toString(i % 100000000), 8, '0')),
    state, fromUnixTimestamp64Milli(at, 'UTC'), if(due > 0, fromUnixTimestamp64Milli(due, 'UTC'), NULL),
    if({life.online} > 0, if(online, 'online', 'direct'), ''), {marks}[1 + intHash64(h + 7) % {len(life.attributes)}],
    multiIf({impossible()}, 'impossible', {fraction("2000 + nth")} < 0.004, 'suspect', 'ok') AS verdict,
    if(verdict = 'ok', [], if(verdict = 'suspect', ['finish_equals_due'], ['impossible_move'])),
    {fraction("3000 + nth")} < 0.01 AS late, lower(hex(sipHash128('{life.kind}', i, nth))),
    fromUnixTimestamp64Milli(at + lag, 'UTC'), fromUnixTimestamp64Milli({arrived}, 'UTC'), true,
    '{PREFIX}.cases', toUInt16({first} + shard), {offset_sql(arrived)}, {at}, fromUnixTimestamp64Milli({arrived} + 150, 'UTC')
FROM (SELECT *, if({fraction("3000 + nth")} < 0.01, 4000000, 1000 + toInt64(19000 * {fraction("4000 + nth")})) AS lag
    FROM ({rows}) WHERE at >= {span.since} AND at < {span.until})
SETTINGS max_insert_threads = 1, optimize_on_insert = 0"""


def impossible() -> str:
    return f"(counts = '' AND {fraction('5000 + nth')} < 0.0005)"


def fill_buckets(catalogue: Catalogue, scale: float, span: Span, width: str, on: date) -> Iterator[str]:
    """Statements that write the buckets of a span anew, its first day whole; the revision is the span's end."""
    since = local_midnight(span.since)
    for life in LIVES:
        events = drawn(catalogue, life, scale, _begun(span), on)
        yield _into_buckets(catalogue, life, events, Span(since, span.until), width)


def _into_buckets(catalogue: Catalogue, life: Life, cases: str, span: Span, width: str) -> str:
    feed = catalogue.feeds[life.feed]
    start = f"intDiv(at + {LOCAL_MS}, {DAY_MS}) * {DAY_MS} - {LOCAL_MS}" if width == "day" else "at - at % 300000"
    due = f"""UNION ALL SELECT i, h, place.1, place.2, online, ending, t0, took, ended, due, 0, '{DUE}', '', due
        FROM ({cases}) AS c WHERE due > 0 AND due < ended"""
    ends = "counts IN ('finished', 'refused', 'withdrawn')"
    edges = "[" + ", ".join(str(edge) for edge in EDGES_MS.tolist()) + "]"
    counts = ", ".join(
        f"countIf(counts = '{name}') AS {name}"
        for name in ("received", "finished", "refused", "withdrawn", "supplement")
    )
    return f"""
INSERT INTO case_buckets (generation, feed, shard, kind, unit, width, bucket, delta, revision, received, online, finished,
    on_time, overdue, refused, withdrawn, supplements, impossible, steps, duration_ms, durations, open_end,
    overdue_open_end, simulated, clock, topic, partition, offset, stored_at)
SELECT 1, '{life.feed}', shard, '{life.kind}', unit, '{width}', toDateTime(intDiv(start, 1000), 'UTC'), 0, {span.until // 60_000},
    received, online, finished, on_time, overdue, refused, withdrawn, supplement, kept_out, all_steps, took_ms,
    arrayResize(bins, {BINS}), open, overdue_open, true, toDateTime(intDiv(written, 1000), 'UTC'),
    '{PREFIX}.cases', {feed.partition} + shard, {offset_sql("written")}, fromUnixTimestamp64Milli(written + 200, 'UTC')
FROM
(
    SELECT *, least(start + if('{width}' = 'day', {DAY_MS}, 300000), {span.until}) AS written,
        sum(opened - closed) OVER past AS open, sum(fell_due - late_end) OVER past AS overdue_open
    FROM
    (
        SELECT unit, shard, {start} AS start, {counts}, countIf(counts = 'received' AND online) AS online,
            countIf(counts = 'finished' AND due > 0 AND ended <= due) AS on_time,
            countIf(counts = 'finished' AND due > 0 AND ended > due) AS overdue,
            countIf(state != '{DUE}' AND {impossible()}) AS kept_out, countIf(state != '{DUE}') AS all_steps,
            sumIf(took, counts = 'finished') AS took_ms,
            sumForEach(if(counts = 'finished', arrayMap(b -> toUInt32(b = bin), range({BINS})), CAST([], 'Array(UInt32)'))) AS bins,
            toInt64(countIf(counts = 'received')) AS opened, toInt64(countIf({ends})) AS closed,
            toInt64(countIf(state = '{DUE}')) AS fell_due, toInt64(countIf({ends} AND due > 0 AND ended > due)) AS late_end
        FROM
        (
            SELECT *, if(counts = 'finished', arrayCount(edge -> edge <= took, {edges}), 0) AS bin
            FROM ({steps(cases, life)} {due}) WHERE at < {span.until}
        )
        GROUP BY unit, shard, start
    )
    WINDOW past AS (PARTITION BY unit ORDER BY start ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
WHERE start >= {span.since}"""
