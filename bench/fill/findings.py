# ruff: noqa: E501  (lines of SQL are read as lines)
"""Findings: of every record that carries a mark, so that a sheet leads to its records, and drawn ones for the rest."""

from collections.abc import Iterator

from bench.fill.figures import live_feeds
from bench.fill.plan import DAY_MS, PREFIX, Span, back, offset_sql
from catalogue.load import Catalogue
from catalogue.units import Unit

FIGURE_RULES = ("hard_bounds", "soft_bounds", "jump", "stuck", "sum_mismatch", "silent")
CASE_RULES = ("impossible_move", "finish_equals_due", "due_moved_after", "silent")
MARKED_FIGURES_DAYS, MARKED_STEPS_DAYS = 60, 5
"""How far back findings of marked records go: of each, some thousands in a store of the country's size."""
_COLUMNS = """(generation, finding_id, revision, rule, severity, state, feed, shard, indicator, unit, subject, case_id, at, opened_at,
    severity_at, updated_at, closed_at, count, value, low, high, score, evidence, sentence_vi, sentence_en, drill, simulated, topic, partition, offset, stored_at)"""


def evidence(certainty: str, score: str, cases: str = "''") -> str:
    """JSON as the detectors write it."""
    return f"""concat('{{"certainty":"', {certainty}, '","score":', toString({score}), ',"detail":{{}},',
        '"innocent_vi":["nhập muộn","đổi đơn vị đo"],"innocent_en":["entered late","another unit of measure"]',
        if({cases} = '', '', concat(',"cases":["', {cases}, '"]')), '}}')"""


def of_records(until: int) -> Iterator[str]:
    """Of figures and steps that carry a mark: each is what opened its finding."""
    yield f"""
INSERT INTO findings {_COLUMNS}
SELECT 1, lower(hex(sipHash128(f.record_id))), 1, f.marks[1] AS rule, multiIf(rule = 'hard_bounds', 'critical', h % 3 = 0, 'warning', 'info'),
    if(toUnixTimestamp64Milli(f.arrived_at) > {until} - 21600000, 'open', 'closed') AS state, f.feed, 0, f.indicator, f.unit, f.subject, '',
    f.at, f.arrived_at, f.arrived_at, f.at, if(state = 'closed', greatest(f.at, f.arrived_at) + INTERVAL 6 HOUR, NULL), 1, f.value, f.value + 0.2 * abs(f.value) + 1,
    f.value + 0.5 * abs(f.value) + 2, 1 + h % 40 / 10 AS strength, {evidence("'medium'", "strength")},
    concat(i.name_vi, ' của ', u.name_vi, ' là ', figure_vi(f.value, i.decimals, i.measure), ', thấp hơn mong đợi. Độ chắc: vừa.'),
    concat(i.name_en, ' of ', u.name_en, ' is ', figure_en(f.value, i.decimals, i.measure_en), ', below what was expected. Certainty: medium.'),
    false, true, f.topic, f.partition, f.offset, f.stored_at
FROM (SELECT *, sipHash64(record_id) AS h FROM figures WHERE topic = '{PREFIX}.figures' AND verdict != 'ok'
    AND arrived_at > fromUnixTimestamp64Milli({back(until, MARKED_FIGURES_DAYS)}) AND at <= fromUnixTimestamp64Milli({until})) AS f
INNER JOIN indicators AS i ON i.indicator = f.indicator
INNER JOIN units AS u ON u.unit = f.unit"""
    yield f"""
INSERT INTO findings {_COLUMNS}
SELECT 1, lower(hex(sipHash128(s.record_id))), 1, s.marks[1] AS rule, if(rule = 'impossible_move', 'warning', 'info'),
    if(toUnixTimestamp64Milli(s.arrived_at) > {until} - {DAY_MS}, 'open', 'closed') AS state, s.feed, 0, s.kind, s.unit, '',
    if(rule = 'impossible_move', s.case_id, ''), s.event_at, s.arrived_at, s.arrived_at, s.event_at, if(state = 'closed', s.event_at + INTERVAL 1 DAY, NULL), 1, NULL, NULL,
    NULL, 1, {evidence("'high'", "1", "if(rule = 'impossible_move', '', s.case_id)")},
    concat('Hồ sơ ', s.case_id, ' của ', u.name_vi, ': bước này cần hỏi lại. Độ chắc: cao.'),
    concat('Case ', s.case_id, ' of ', u.name_en, ': a step worth a question. Certainty: high.'),
    false, true, s.topic, s.partition, s.offset, s.stored_at
FROM case_steps AS s INNER JOIN units AS u ON u.unit = s.unit
WHERE s.topic = '{PREFIX}.cases' AND s.verdict != 'ok' AND s.event_at > fromUnixTimestamp64Milli({back(until, MARKED_STEPS_DAYS)})
    AND s.event_at <= fromUnixTimestamp64Milli({until})"""


def actions() -> str:
    """What people did about some of those that marked records opened: a fifth taken, of these half asked about, half closed."""
    return f"""
INSERT INTO finding_actions (feed, finding_id, action_id, step, actor, at, due, note, arrived_at, topic, partition, offset, row, stored_at)
SELECT feed, finding_id, lower(hex(sipHash128(finding_id, step))), step, 'truc-ban-1', did_at, if(step = 'asked', did_at + INTERVAL 1 DAY, NULL),
    if(step = 'asked', 'Đề nghị đơn vị kiểm tra lại', ''), did_at + INTERVAL 1 SECOND, topic, partition, offset, 0, did_at + INTERVAL 2 SECOND
FROM
(
    SELECT feed, finding_id, topic, partition, deed.2 AS step, opened_at + toIntervalMinute(deed.1) AS did_at,
        {offset_sql("toUnixTimestamp64Milli(did_at)")} AS offset, sipHash64(finding_id) AS h
    FROM findings
    ARRAY JOIN [(10, 'taken'), (30, 'asked'), (300, 'corrected'), (310, 'closed')] AS deed
    WHERE topic LIKE '{PREFIX}.%' AND sentence_en LIKE '%Certainty:%' AND h % 5 = 0 AND (step = 'taken' OR h % 10 = 0)
)"""


def places(catalogue: Catalogue, units: tuple[Unit, ...]) -> str:
    """An array of (topic, partition, feed, its names, shard, what it is about, its units, rules that can speak there, whether
    it is told by period)."""
    found = []
    for record, rules in (("figures", FIGURE_RULES), ("cases", CASE_RULES)):
        for feed in live_feeds(catalogue, record):
            about = feed.headline or (*feed.indicators, *feed.kinds)[0]
            for shard in range(feed.shards):
                own = [
                    u.id for u in units if u.id in feed.units or (u.level == "province" and "provinces" in feed.units)
                ]
                own = [unit for unit in own if catalogue.shard_of(feed, unit) == shard] or ["VN"]
                found.append(
                    f"('{PREFIX}.{record}', toUInt16({feed.partition + shard}), '{feed.id}', '{feed.name_vi}', '{feed.name_en}', "
                    f"toUInt8({shard}), '{about}', {own}, {list(rules)}, {feed.cadence_s == 0 and record == 'figures'})"
                )
    return "[" + ", ".join(found) + "]"


def drawn(catalogue: Catalogue, a_day: int, span: Span) -> Iterator[str]:
    """Most close within a day; what opened in the last two days may still be open. Each is written twice. Those about a period are
    `at` its first day, as the detectors have them: here the month before the one in which they opened."""
    every = DAY_MS // a_day
    units = tuple(unit for unit in catalogue.units.all if unit.valid_to is None)
    for piece in span.pieces(100):
        yield f"""
INSERT INTO findings {_COLUMNS}
SELECT 1, lower(hex(sipHash128(nth))), again + 1, place.9[1 + intHash64(h + 1) % length(place.9)] AS rule,
    multiIf(h % 100 < 2, 'critical', h % 100 < 30, 'warning', 'info'), if(ends < {span.until} AND again, 'closed', 'open') AS state,
    place.3, place.6, if(rule = 'silent', '', place.7), place.8[1 + intHash64(h) % length(place.8)], '', '',
    if(place.10, toDateTime64(toStartOfMonth(toTimeZone(moment, 'Asia/Ho_Chi_Minh')) - INTERVAL 1 MONTH, 3, 'Asia/Ho_Chi_Minh'), moment),
    fromUnixTimestamp64Milli(at, 'UTC') AS moment, moment, fromUnixTimestamp64Milli(at + 60000 * again, 'UTC'),
    if(state = 'closed', fromUnixTimestamp64Milli(ends, 'UTC'), NULL), 1 + h % 40 * again, if(endsWith(place.1, 'figures') AND rule != 'silent', 501 + h % 499, NULL) AS seen,
    if(seen IS NULL, NULL, 10), if(seen IS NULL, NULL, 500),
    1 + h % 900 / 100 AS strength, {evidence("['high', 'medium', 'low'][1 + h % 3]", "strength")},
    concat(place.4, ': ', rule_vi(rule), if(seen IS NULL, '', concat(', ', toString(seen), ', mong đợi 10 đến 500')), '; cần hỏi lại đơn vị.'),
    concat(place.5, ': ', rule_en(rule), if(seen IS NULL, '', concat(', ', toString(seen), ', expected 10 to 500')), '; ask the unit.'),
    false, true, place.1, place.2, {offset_sql("at")} + again, fromUnixTimestamp64Milli(at + 200 + 60000 * again, 'UTC')
FROM
(
    SELECT number + {piece.since // every} AS nth, nth * {every} AS at, sipHash64(nth, 1) AS h, {places(catalogue, units)} AS places,
        places[1 + h % length(places)] AS place, at + 600000 + toInt64(h % 86400000) * if(h % 50 = 0, 20, 1) AS ends,
        arrayJoin([0, 1]) AS again
    FROM numbers({piece.until // every - piece.since // every})
)
WHERE at + again * 60000 < {span.until}"""
