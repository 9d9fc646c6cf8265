# ruff: noqa: E501  (lines of SQL are read as lines)
"""What stands around the records: the ledger, ticks, refusals, findings, and the states of connections."""

from collections.abc import Iterator

from bench.fill.figures import live_feeds
from bench.fill.plan import DAY_MS, FIRST_OFFSET_MS, GRID_MS, PREFIX, Span, offset_sql
from catalogue.load import Catalogue

REFUSED_A_DAY = 900
_RULES = (
    "['hard_bounds', 'soft_bounds', 'jump', 'stuck', 'sum_mismatch', 'impossible_move', 'finish_equals_due', 'silent']"
)
_REASONS = "['conflict', 'unit_not_valid', 'unknown_state', 'future', 'missing_field', 'bad_period', 'nan', 'not_json']"
_FIELDS = "['record_id', 'unit', 'state', 'event_at', 'case_id', 'period', 'value', '']"


def shards(catalogue: Catalogue) -> str:
    """An array of (topic, partition, feed, shard, units of it) of all live connections."""
    places = []
    for record in ("figures", "cases"):
        for feed in live_feeds(catalogue, record):
            places += [
                f"('{PREFIX}.{record}', toUInt16({feed.partition + shard}), '{feed.id}', toUInt8({shard}))"
                for shard in range(feed.shards)
            ]
    return "[" + ", ".join(places) + "]"


def ledger(catalogue: Catalogue, span: Span) -> Iterator[str]:
    """One row for every message of every partition: records where raw rows name it, else a tick."""
    for piece in span.pieces(1):
        first, last = ((ms - FIRST_OFFSET_MS) // GRID_MS for ms in (piece.since, piece.until))
        window = f"arrived_at >= fromUnixTimestamp64Milli({piece.since}) AND arrived_at < fromUnixTimestamp64Milli({piece.until})"
        yield f"""
INSERT INTO ledger (topic, partition, offset, feed, kind, disposition, records, accepted, rejected, duplicates, late,
    written, backfill, clock, sent_at, arrived_at, stored_at)
SELECT place.1, place.2, g.offset, place.3, if(r.n > 0, 'records', 'tick'), 'stored', r.n + repeats, r.n, 0,
    r.n % 97 = 96 AS repeats, r.late, if(r.n > 0, map(r.of, toUInt32(r.n)), map()), false,
    toDateTime(intDiv(at, 60000) * 60, 'UTC'), fromUnixTimestamp64Milli(if(r.n > 0, r.sent, at), 'UTC'),
    fromUnixTimestamp64Milli(at + 40, 'UTC'), fromUnixTimestamp64Milli(at + 160 + sipHash64(g.offset, place.2) % 60, 'UTC')
FROM
(
    SELECT number + {first} AS offset, (number + {first}) * {GRID_MS} + {FIRST_OFFSET_MS} + 1900 AS at,
        arrayJoin({shards(catalogue)}) AS place
    FROM numbers({last - first})
) AS g
LEFT JOIN
(
    SELECT topic, partition, offset, count() AS n, countIf(late) AS late, 'figures' AS of, toUnixTimestamp64Milli(max(sent_at)) AS sent
    FROM figures WHERE topic = '{PREFIX}.figures' AND {window} GROUP BY topic, partition, offset
    UNION ALL
    SELECT topic, partition, offset, count() AS n, countIf(late) AS late, 'case_steps' AS of, toUnixTimestamp64Milli(max(sent_at)) AS sent
    FROM case_steps WHERE topic = '{PREFIX}.cases' AND {window} GROUP BY topic, partition, offset
) AS r ON r.topic = place.1 AND r.partition = place.2 AND r.offset = g.offset
SETTINGS join_algorithm = 'hash'"""


def ticks(catalogue: Catalogue, span: Span) -> str:
    """The first past each whole minute."""
    minutes = (span.until - span.since) // 60_000
    return f"""
INSERT INTO ticks (topic, partition, offset, at, step, arrived_at)
SELECT place.1, place.2, {offset_sql("(at + 40)")}, fromUnixTimestamp64Milli(at, 'UTC'), 0, fromUnixTimestamp64Milli(at + 40, 'UTC')
FROM (SELECT {span.since} + number * 60000 AS at, arrayJoin({shards(catalogue)}) AS place FROM numbers({minutes}))"""


def states(catalogue: Catalogue, span: Span) -> Iterator[str]:
    for piece in span.pieces(30):
        minutes = (piece.until - piece.since) // 60_000
        yield f"""
INSERT INTO feed_states (generation, feed, shard, clock, state, last_at, due_at, reporting, expected, simulated, topic,
    partition, offset, stored_at)
SELECT 1, place.3, place.4, toDateTime(intDiv(at, 1000), 'UTC'),
    multiIf(h < 0.004, 'silent', h < 0.02, 'late', h < 0.03, 'not_due', 'receiving') AS state,
    fromUnixTimestamp64Milli(at - if(state = 'receiving', 9000, 3600000), 'UTC'), fromUnixTimestamp64Milli(at + 300000, 'UTC'),
    if(state = 'receiving', 34, 31), 34, true, place.1, place.2, {offset_sql("at")}, fromUnixTimestamp64Milli(at + 300, 'UTC')
FROM
(
    SELECT {piece.since} + (number + 1) * 60000 AS at, arrayJoin({shards(catalogue)}) AS place,
        bitAnd(sipHash64(place.3, place.4, intDiv(at, 5400000)), 65535) / 65536 AS h
    FROM numbers({minutes})
)"""


def refusals(catalogue: Catalogue, span: Span) -> str:
    every = DAY_MS // REFUSED_A_DAY
    return f"""
INSERT INTO rejected (topic, partition, offset, row, feed, reason, field, fields, size, hash, arrived_at, stored_at)
SELECT place.1, place.2, {offset_sql("at")}, nth % 7, place.3, {_REASONS}[1 + least(h % 8, h % 11)] AS reason,
    {_FIELDS}[indexOf({_REASONS}, reason)], map('unit', 'H26'), 900 + h % 5000, lower(hex(sipHash128(nth))),
    fromUnixTimestamp64Milli(at, 'UTC'), fromUnixTimestamp64Milli(at + 200, 'UTC')
FROM
(
    SELECT number + {span.since // every} AS nth, nth * {every} AS at, sipHash64(nth) AS h, {shards(catalogue)} AS places,
        places[1 + h % length(places)] AS place
    FROM numbers({span.until // every - span.since // every})
)"""


def findings(catalogue: Catalogue, a_day: int, span: Span) -> Iterator[str]:
    """Most close within a day; what opened in the last two days may still be open. Each is written twice."""
    every = DAY_MS // a_day
    units = str([unit.id for unit in catalogue.units.all if unit.level == "province" and unit.valid_to is None])
    for piece in span.pieces(100):
        yield f"""
INSERT INTO findings (generation, finding_id, revision, rule, severity, state, feed, shard, indicator, unit, subject, case_id, at,
    updated_at, closed_at, count, value, low, high, score, evidence, sentence_vi, sentence_en, drill, simulated, topic,
    partition, offset, stored_at)
SELECT 1, lower(hex(sipHash128(nth))), again + 1, {_RULES}[1 + h % 8] AS rule,
    multiIf(h % 100 < 2, 'critical', h % 100 < 30, 'warning', 'info'), if(ends < {span.until} AND again, 'closed', 'open') AS state,
    place.3, place.4, 'dossier', {units}[1 + intHash64(h) % 34], '', '', fromUnixTimestamp64Milli(at, 'UTC'),
    fromUnixTimestamp64Milli(at + 60000 * again, 'UTC'), if(state = 'closed', fromUnixTimestamp64Milli(ends, 'UTC'), NULL),
    1 + h % 40 * again, h % 1000, 10, 500, 1 + h % 900 / 100,
    concat('{{"certainty":"', toString(h % 100), '","seen":', toString(h % 1000), ',"expected":[10,500],"innocent_vi":"nhập muộn, đổi đơn vị đo"}}'),
    concat('Số liệu của ', place.3, ' là ', toString(h % 1000), ', ngoài khoảng 10 đến 500; cần hỏi lại đơn vị.'),
    concat('The figure of ', place.3, ' is ', toString(h % 1000), ', outside 10 to 500; ask the unit.'),
    false, true, place.1, place.2, {offset_sql("at")} + again, fromUnixTimestamp64Milli(at + 200 + 60000 * again, 'UTC')
FROM
(
    SELECT number + {piece.since // every} AS nth, nth * {every} AS at, sipHash64(nth, 1) AS h, {shards(catalogue)} AS places,
        places[1 + h % length(places)] AS place, at + 600000 + toInt64(h % 86400000) * if(h % 50 = 0, 20, 1) AS ends,
        arrayJoin([0, 1]) AS again
    FROM numbers({piece.until // every - piece.since // every})
)
WHERE at + again * 60000 < {span.until}"""
