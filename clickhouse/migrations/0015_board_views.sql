-- What boards read. Each of these takes the moment that the board is looked at, `at` (UTC), so that a board can look back.

-- Signs and ranks of closed lists, the same as grafana/words.py has them (a test compares).
CREATE OR REPLACE FUNCTION state_sign AS (state) ->
    transform(state, ['silent', 'late', 'receiving', 'maintenance', 'not_due', 'off_hours'], ['✖', '▲', '●', '◇', '○', '–'], '–');
CREATE OR REPLACE FUNCTION state_rank AS (state) ->
    transform(state, ['silent', 'late', 'receiving', 'maintenance', 'not_due', 'off_hours'], [6, 5, 4, 3, 2, 1], 0);
CREATE OR REPLACE FUNCTION severity_sign AS (severity) -> transform(severity, ['critical', 'warning', 'info'], ['✖', '▲', '·'], '·');
CREATE OR REPLACE FUNCTION severity_rank AS (severity) -> transform(severity, ['critical', 'warning', 'info'], [3, 2, 1], 0);

-- feed_states_at(at = ...): the state of every connection at a moment; a connection is as bad as its worst shard.
CREATE VIEW IF NOT EXISTS feed_states_at AS
SELECT
    s.feed AS feed,
    argMax(s.state, state_rank(s.state)) AS state,
    min(s.clock) AS clock, max(s.last_at) AS last_at, min(s.due_at) AS due_at,
    sum(s.reporting) AS reporting, sum(s.expected) AS expected, max(s.simulated) AS simulated
FROM
(
    SELECT
        f.feed AS feed, f.shard AS shard, argMax(f.state, f.clock) AS state, max(f.clock) AS clock, max(f.last_at) AS last_at,
        argMax(tuple(f.due_at), f.clock).1 AS due_at, argMax(f.reporting, f.clock) AS reporting,
        argMax(f.expected, f.clock) AS expected, argMax(f.simulated, f.clock) AS simulated
    FROM feed_states AS f
    WHERE f.generation = (SELECT generation FROM generation_in_force)
        AND f.clock <= {at:DateTime64(3, 'UTC')} AND f.clock > {at:DateTime64(3, 'UTC')} - INTERVAL 2 DAY
    GROUP BY f.feed, f.shard
) AS s
GROUP BY s.feed
COMMENT 'trạng thái các kết nối tại một thời điểm · states of connections at a moment';

-- feeds_at(at = ...): every connection at a moment: state, age, the newest value of the indicator that speaks for it.
-- Connections for drills and replays are there only while they say something.
CREATE VIEW IF NOT EXISTS feeds_at AS
WITH
    {at:DateTime64(3, 'UTC')} AS t,
    states AS (SELECT * FROM feed_states_at(at = {at:DateTime64(3, 'UTC')})),
    recent AS
    (
        -- As far back as the newest can lie, by how often it is told: an OR over these would read everything.
        SELECT g.feed AS feed, g.unit AS unit, g.subject AS subject, g.period AS period, g.value AS value, g.verdict AS verdict,
            g.at AS at, g.sent_at AS sent_at
        FROM figures AS g
        WHERE (g.feed, g.indicator) IN (SELECT feed, headline FROM feeds WHERE headline_days = 1)
            AND g.verdict != 'impossible' AND g.at <= t AND g.at > t - INTERVAL 1 DAY
        UNION ALL
        SELECT g.feed, g.unit, g.subject, g.period, g.value, g.verdict, g.at, g.sent_at
        FROM figures AS g
        WHERE (g.feed, g.indicator) IN (SELECT feed, headline FROM feeds WHERE headline_days = 10)
            AND g.verdict != 'impossible' AND g.at <= t AND g.at > t - INTERVAL 10 DAY
        UNION ALL
        SELECT g.feed, g.unit, g.subject, g.period, g.value, g.verdict, g.at, g.sent_at
        FROM figures AS g
        WHERE (g.feed, g.indicator) IN (SELECT feed, headline FROM feeds WHERE headline_days = 100)
            AND g.verdict != 'impossible' AND g.at <= t AND g.at > t - INTERVAL 100 DAY
        UNION ALL
        SELECT g.feed, g.unit, g.subject, g.period, g.value, g.verdict, g.at, g.sent_at
        FROM figures AS g
        WHERE (g.feed, g.indicator) IN (SELECT feed, headline FROM feeds WHERE headline_days = 500)
            AND g.verdict != 'impossible' AND g.at <= t AND g.at > t - INTERVAL 500 DAY
    ),
    newest AS
    (
        -- The country's own figure before a part of it, then the newest, then the last release of it.
        WITH bitShiftLeft(toUInt128(g.unit = 'VN' AND g.subject = ''), 112)
            + bitShiftLeft(toUInt128(greatest(toUnixTimestamp64Milli(g.at), 0)), 64)
            + toUInt64(greatest(toUnixTimestamp64Milli(g.sent_at), 0)) AS place
        SELECT
            g.feed AS feed, argMax(g.value, place) AS value, argMax(g.unit, place) AS unit, argMax(g.subject, place) AS subject,
            argMax(g.period, place) AS period, argMax(g.at, place) AS at, argMax(g.verdict, place) AS verdict
        FROM recent AS g
        GROUP BY g.feed
    ),
    cases AS
    (
        SELECT c.feed AS feed, sum(c.received) AS received FROM case_counts AS c
        WHERE c.width = 'day' AND c.bucket >= toStartOfDay(t, 'Asia/Ho_Chi_Minh') AND c.bucket <= t
        GROUP BY c.feed
    )
SELECT
    d.feed AS feed, d.name_vi AS name_vi, d.name_en AS name_en, d.system AS system, d.owner AS owner, d.contact AS contact,
    d.record AS record, d.drill AS drill, d.cadence_s = 0 AND d.record = 'figures' AS periodic,
    if(s.feed = '', '', s.state) AS state,
    toNullable(s.clock) AS clock,
    if(n.period = '' AND n.feed != '', greatest(n.at, ifNull(s.last_at, n.at)), s.last_at) AS last_at,
    if(periodic, NULL, greatest((toUnixTimestamp64Milli(t) - toUnixTimestamp64Milli(last_at)) / 1000, 0)) AS age_s,
    s.due_at AS due_at, s.reporting AS reporting, s.expected AS expected, s.simulated AS simulated,
    d.headline AS indicator, i.measure AS measure_vi, i.measure_en AS measure_en, i.decimals AS decimals,
    if(n.feed = '', NULL, n.value) AS value, n.verdict AS verdict, n.unit AS unit, n.subject AS subject, n.period AS period,
    if(d.record = 'cases', toNullable(c.received), NULL) AS received_today
FROM feeds AS d
LEFT JOIN states AS s ON s.feed = d.feed
LEFT JOIN newest AS n ON n.feed = d.feed
LEFT JOIN cases AS c ON c.feed = d.feed
LEFT JOIN indicators AS i ON i.indicator = d.headline
WHERE d.system != 'drill' OR last_at > t - INTERVAL 10 MINUTE
COMMENT 'các kết nối tại một thời điểm: trạng thái, tuổi, giá trị mới nhất · connections at a moment';

-- provinces_today(at = ..., kind = 'dossier'): every province on the local day of a moment, and the same weekday a week
-- before up to the same five minutes. `moved` is the distance from then in standard deviations of a count.
CREATE VIEW IF NOT EXISTS provinces_today AS
WITH
    toStartOfFiveMinutes({at:DateTime('UTC')}) AS until,
    toTimeZone(toStartOfDay({at:DateTime('UTC')}, 'Asia/Ho_Chi_Minh'), 'UTC') AS today
SELECT
    u.unit AS unit, u.name_vi AS name_vi, u.name_en AS name_en, u.position AS position, u.latitude AS latitude,
    if(b.rows_today = 0, NULL, b.received) AS received,
    if(b.rows_before = 0, NULL, b.received_before) AS received_before,
    if(b.rows_today = 0, NULL, b.finished) AS finished,
    if(b.rows_today = 0, NULL, b.on_time) AS on_time,
    b.on_time / nullIf(b.finished, 0) AS on_time_of_finished,
    b.on_time_before / nullIf(b.finished_before, 0) AS on_time_of_finished_before,
    if(o.clock = 0, NULL, o.overdue_open_now) AS overdue_open,
    received / nullIf(received_before, 0) - 1 AS change,
    ifNull((received - received_before) / sqrt(greatest(received_before, 1)), 0) AS moved
FROM units AS u
LEFT JOIN
(
    SELECT
        c.unit AS unit,
        countIf(c.bucket >= today) AS rows_today, countIf(c.bucket < today) AS rows_before,
        sumIf(c.received, c.bucket >= today) AS received, sumIf(c.received, c.bucket < today) AS received_before,
        sumIf(c.finished, c.bucket >= today) AS finished, sumIf(c.finished, c.bucket < today) AS finished_before,
        sumIf(c.on_time, c.bucket >= today) AS on_time, sumIf(c.on_time, c.bucket < today) AS on_time_before
    FROM case_counts AS c
    WHERE c.kind = {kind:String} AND c.width = '5m'
        AND ((c.bucket >= today AND c.bucket < until)
            OR (c.bucket >= today - INTERVAL 7 DAY AND c.bucket < until - INTERVAL 7 DAY))
    GROUP BY c.unit
) AS b ON b.unit = u.unit
LEFT JOIN (SELECT unit, overdue_open_now, toUnixTimestamp(clock) AS clock FROM case_open_now WHERE kind = {kind:String}) AS o ON o.unit = u.unit
WHERE u.level = 'province' AND u.valid_from <= toDate(today, 'Asia/Ho_Chi_Minh')
    AND (u.valid_to IS NULL OR u.valid_to >= toDate(today, 'Asia/Ho_Chi_Minh'))
COMMENT 'các tỉnh hôm nay, so với cùng thứ tuần trước · provinces today against the same weekday last week';
