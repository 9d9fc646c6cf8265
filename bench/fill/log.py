# ruff: noqa: E501  (lines of SQL are read as lines)
"""What stands around the records: the ledger, ticks, refusals, the states of connections, and what Nhịp keeps of itself."""

from collections.abc import Iterator

from bench.fill.figures import live_feeds
from bench.fill.plan import DAY_MS, FIRST_OFFSET_MS, GRID_MS, PREFIX, Span, offset_sql
from catalogue.load import Catalogue

REFUSED_A_DAY = 900
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


def checks(span: Span) -> str:
    """Every minute what the check that never stops would say on a good day, and now and then a late one."""
    questions = "['lost', 'late', 'balance', 'stored', 'doubled', 'beat', 'snapshots', 'detached', 'canary']"
    return f"""
INSERT INTO checks (at, question, level, numbers, vi, en)
SELECT fromUnixTimestamp64Milli({span.since} + number * 60000, 'UTC') AS at, arrayJoin({questions}) AS question,
    toUInt8(question = 'late' AND number % 97 = 5) AS level,
    if(question = 'canary', map('seconds', 0.2 + number % 40 / 100, 'missing', 0), map('seen', toFloat64(number))),
    if(level = 0, 'Mọi thứ như phải có.', 'Chậm: còn 120 bản tin chưa đọc.'), if(level = 0, 'All as it should be.', 'Late: 120 messages not read yet.')
FROM numbers({(span.until - span.since) // 60_000})"""


def snapshots(catalogue: Catalogue, span: Span) -> str:
    return f"""
INSERT INTO snapshots (topic, feed, shard, partition, offset, generation, format, hash, previous, back, ends, size, body, stored_at)
SELECT place.1, place.3, place.4, place.2, {offset_sql("at")}, 1, 2, sipHash64(place.3, place.4, nth), 0, 0, true, 1000 + place.2 * 100,
    'filled', fromUnixTimestamp64Milli(at, 'UTC')
FROM (SELECT number AS nth, {span.until} - 30000 * (1 + number) AS at, arrayJoin({shards(catalogue)}) AS place FROM numbers(4))"""


def costs(span: Span) -> str:
    """What statements took, as the embedded engine keeps it."""
    return f"""
INSERT INTO query_costs (minute, role, kind, board, panel, statements, refused, slow, total_ms, longest_ms, rows, bytes)
SELECT toDateTime(intDiv({span.since}, 1000) + number * 60, 'UTC'), who.1, who.2, who.3, who.4, 1 + sipHash64(number) % 9 AS statements, number % 400 = 7, 0,
    statements * who.5, who.5 * 3, statements * 1000, statements * 64000
FROM numbers({(span.until - span.since) // 60_000}) AS n
CROSS JOIN
(
    SELECT arrayJoin([('reader', 'read', 'nhip-wall-centre-vi', '17', 40), ('reader', 'read', '', '', 25), ('writer', 'insert', '', '', 6)]) AS who
) AS w"""
