-- What the boards of the systems read. As in 0015, each view takes the moment that is looked at, `at` (UTC).

-- reservoirs_at(at = ...): every reservoir against the ceiling of the local day. `level` is critical from the ceiling on,
-- warning within half a metre below it, or at the dead level and below.
CREATE VIEW IF NOT EXISTS reservoirs_at AS
WITH {at:DateTime64(3, 'UTC')} AS t
SELECT
    c.subject AS reservoir, s.name_vi AS name_vi, s.name_en AS name_en, c.ceiling AS ceiling, c.dead AS dead, c.normal AS normal,
    c.flood_season AS flood_season, if(f.reservoir = '', NULL, f.at) AS at,
    f.height AS height, f.height_before AS height_before, f.inflow AS inflow, f.outflow AS outflow, f.gates AS gates, f.verdict AS verdict,
    c.ceiling - f.height AS below_ceiling,
    multiIf(f.height IS NULL, 'none', f.height >= c.ceiling, 'critical', f.height > c.ceiling - 0.5 OR f.height <= c.dead, 'warning', 'ok') AS level
FROM ceilings AS c
INNER JOIN subjects AS s ON s.subject = c.subject
LEFT JOIN
(
    SELECT
        n.subject AS reservoir, maxIf(n.at, n.indicator = 'reservoir-level') AS at,
        anyIf(toNullable(n.value), n.indicator = 'reservoir-level') AS height,
        anyIf(n.value_before, n.indicator = 'reservoir-level') AS height_before,
        anyIf(n.verdict, n.indicator = 'reservoir-level') AS verdict,
        anyIf(toNullable(n.value), n.indicator = 'reservoir-inflow') AS inflow,
        anyIf(toNullable(n.value), n.indicator = 'reservoir-outflow') AS outflow,
        sumIf(toNullable(n.value), n.indicator IN ('gates-deep', 'gates-surface')) AS gates
    FROM newest_instants(at = {at:DateTime64(3, 'UTC')}) AS n
    WHERE n.feed = 'reservoirs'
    GROUP BY n.subject
) AS f ON f.reservoir = c.subject
WHERE toMonth(local_day(t)) * 100 + toDayOfMonth(local_day(t)) BETWEEN c.first_day AND c.last_day
COMMENT 'hồ chứa so với trần mực nước trong ngày · reservoirs against the ceiling of the day';

-- rivers_at(at = ...): rain and rivers by province. Rain of an hour is told every half hour, so a day's rain is the sum of
-- the last figure of each hour; `hours` says of how many of the 24. `level` follows the alarm of the river.
CREATE VIEW IF NOT EXISTS rivers_at AS
WITH {at:DateTime64(3, 'UTC')} AS t
SELECT
    u.unit AS unit, u.name_vi AS name_vi, u.name_en AS name_en, u.position AS position,
    h.rain_hour AS rain_hour, h.rain_day AS rain_day, h.hours AS hours, h.most_rain AS most_rain,
    h.river AS river, h.river_before AS river_before, h.alarm AS alarm,
    if(h.unit = '', NULL, toNullable(h.at)) AS at,
    multiIf(h.unit = '', 'none', h.alarm >= 3, 'critical', h.alarm >= 1, 'warning', 'ok') AS level
FROM units AS u
LEFT JOIN
(
    SELECT
        unit, max(last_at) AS at, argMaxIf(toNullable(last_value), last_at, indicator = 'rain-hour') AS rain_hour,
        sumOrNullIf(last_value, indicator = 'rain-hour') AS rain_day, countIf(indicator = 'rain-hour') AS hours,
        maxOrNullIf(last_value, indicator = 'rain-hour') AS most_rain,
        argMaxIf(toNullable(last_value), last_at, indicator = 'river-level') AS river,
        argMinIf(toNullable(last_value), last_at, indicator = 'river-level') AS river_before,
        argMaxIf(toNullable(last_value), last_at, indicator = 'river-alarm') AS alarm
    FROM
    (
        SELECT g.unit AS unit, g.indicator AS indicator, intDiv(toUnixTimestamp(t) - toUnixTimestamp(g.at), 3600) AS hour,
            max(g.at) AS last_at, argMax(g.value, (g.at, g.sent_at)) AS last_value
        FROM figures AS g
        WHERE g.feed = 'rain-rivers' AND g.verdict != 'impossible' AND g.at > t - INTERVAL 1 DAY AND g.at <= t
        GROUP BY g.unit, g.indicator, hour
    )
    GROUP BY unit
) AS h ON h.unit = u.unit
WHERE u.level = 'province' AND u.valid_from <= local_day(t) AND (u.valid_to IS NULL OR u.valid_to >= local_day(t))
COMMENT 'mưa và mực nước sông theo tỉnh · rain and rivers by province';

-- case_open_at(at = ...): what is open, and overdue of it, at the end of the local day of a moment, and a week before. A
-- unit that told nothing for forty days is not here.
CREATE VIEW IF NOT EXISTS case_open_at AS
WITH {at:DateTime('UTC')} AS t
SELECT
    s.kind AS kind, s.feed AS feed, s.unit AS unit, sum(s.open_end) AS open, sum(s.overdue_end) AS overdue,
    sum(s.open_end_before) AS open_before, sum(s.overdue_end_before) AS overdue_before, max(s.clock) AS clock
FROM
(
    WITH bitShiftLeft(toUInt128(toUnixTimestamp(b.bucket)), 64) + b.revision AS place, b.bucket <= t - INTERVAL 7 DAY AS before
    SELECT
        b.kind AS kind, b.feed AS feed, b.unit AS unit, b.shard AS shard,
        argMax(b.open_end, place) AS open_end, argMax(b.overdue_open_end, place) AS overdue_end,
        argMaxIf(b.open_end, place, before) AS open_end_before, argMaxIf(b.overdue_open_end, place, before) AS overdue_end_before,
        max(b.clock) AS clock
    FROM case_buckets AS b
    WHERE b.generation = (SELECT generation FROM generation_in_force) AND b.width = 'day' AND b.delta = 0
        AND b.bucket <= t AND b.bucket > t - INTERVAL 40 DAY
    GROUP BY b.kind, b.feed, b.unit, b.shard
) AS s
GROUP BY s.kind, s.feed, s.unit
COMMENT 'hồ sơ đang mở và quá hạn, và một tuần trước · cases open and overdue, and a week before';

-- daily_figures(at = ...): what a leader asks for each morning, a row each, the country's. First what connections tell of
-- the whole country; of two that tell of provinces only, the mean of the service index (the portal's board calls it the
-- national mean too) and the sum of cards issued. Then what is counted here: cases of every kind overdue, dossiers of the
-- day, lakes at their ceiling, rivers at the second alarm. `whole` is what a count is a part of; who answers is the duty post of contacts.toml where
-- there is one, else the role that the catalogue names.
CREATE VIEW IF NOT EXISTS daily_figures AS
WITH {at:DateTime('UTC')} AS t
SELECT
    r.section AS section, r.position AS position, r.feed AS feed, r.indicator AS indicator, r.name_vi AS name_vi, r.name_en AS name_en,
    r.value AS value, r.whole AS whole, r.value_before AS value_before, r.decimals AS decimals, r.measure_vi AS measure_vi,
    r.measure_en AS measure_en, r.period AS period, r.known_at AS known_at, r.verdict AS verdict,
    if(c.post_vi = '', d.contact, trimRight(concat(c.post_vi, ' ', c.telephone))) AS contact_vi,
    if(c.post_en = '', d.contact, trimRight(concat(c.post_en, ' ', c.telephone))) AS contact_en,
    target_of(g.targets, r.period) AS target, if(s.feed = '', '', s.state) AS state
FROM
(
    -- Two connections may speak through one indicator: then theirs is the name.
    SELECT any(i.section) AS section, 10 AS position, n.feed AS feed, n.indicator AS indicator,
        concat(if(count() OVER (PARTITION BY n.indicator) > 1, concat(any(h.name_vi), ': '), ''), any(i.name_vi),
            transform(n.feed, ['service-index', 'identity-cards'], [', trung bình các tỉnh', ', cộng các tỉnh'], '')) AS name_vi,
        concat(if(count() OVER (PARTITION BY n.indicator) > 1, concat(any(h.name_en), ': '), ''), any(i.name_en),
            transform(n.feed, ['service-index', 'identity-cards'], [', mean of provinces', ', sum of provinces'], '')) AS name_en,
        toNullable(multiIf(n.feed = 'service-index', avg(n.value), n.feed = 'identity-cards', sum(n.value), any(n.value))) AS value,
        CAST(NULL, 'Nullable(Int64)') AS whole,
        multiIf(n.feed = 'service-index', avg(n.value_before), n.feed = 'identity-cards', sum(n.value_before), any(n.value_before)) AS value_before,
        any(i.decimals) AS decimals, any(i.measure) AS measure_vi, any(i.measure_en) AS measure_en, max(n.period) AS period,
        max(if(n.period = '', n.at, n.sent_at)) AS known_at, any(n.verdict) AS verdict
    FROM
    (
        SELECT * FROM newest_figures(at = {at:DateTime('UTC')})
        WHERE (feed, indicator) IN (SELECT feed, headline FROM feeds)
            AND ((unit = 'VN' AND subject IN ('', 'system', 'all-industry')) OR feed IN ('service-index', 'identity-cards'))
    ) AS n
    INNER JOIN indicators AS i ON i.indicator = n.indicator
    INNER JOIN feeds AS h ON h.feed = n.feed
    WHERE i.section != ''
    GROUP BY n.feed, n.indicator
    UNION ALL
    -- Meetings and incidents have no due time.
    SELECT if(o.kind = 'incident', 'water', 'services'), 20, o.feed, o.kind,
        concat(if(o.kind IN ('meeting', 'incident'), 'Đang mở: ', 'Quá hạn / mở: '), any(k.name_vi)),
        concat(if(o.kind IN ('meeting', 'incident'), 'Open: ', 'Overdue / open: '), any(k.name_en)),
        sum(if(o.kind IN ('meeting', 'incident'), o.open, o.overdue)), if(o.kind IN ('meeting', 'incident'), NULL, sum(o.open)),
        sum(if(o.kind IN ('meeting', 'incident'), o.open_before, o.overdue_before)), 0, '', '', '', least(max(o.clock), t), 'ok'
    FROM case_open_at(at = {at:DateTime('UTC')}) AS o
    INNER JOIN case_kinds AS k ON k.kind = o.kind
    GROUP BY o.feed, o.kind
    UNION ALL
    SELECT 'services', 11, 'portal-dossiers', 'dossier', row.1, row.2, row.3, NULL, row.4, row.5, row.6, row.7, '', toStartOfFiveMinutes(t), 'ok'
    FROM
    (
        SELECT [
            ('Hồ sơ tiếp nhận hôm nay', 'Dossiers received today', toNullable(toFloat64(sum(c.received))),
                toNullable(toFloat64(sum(c.received_before))), 0, 'hồ sơ', 'dossiers'),
            ('Hồ sơ đúng hạn / đã giải quyết hôm nay', 'Dossiers on time / finished today', 100 * sum(c.on_time) / nullIf(sum(c.finished), 0),
                100 * sum(c.on_time_before) / nullIf(sum(c.finished_before), 0), 1, '%', '%')] AS rows
        FROM case_today(at = {at:DateTime('UTC')}, kind = 'dossier') AS c
        HAVING count() > 0
    )
    ARRAY JOIN rows AS row
    UNION ALL
    SELECT 'water', 11, 'reservoirs', 'reservoir-level', 'Hồ từ trần mực nước trở lên / có số liệu', 'Reservoirs at their ceiling or above / told of',
        countIf(level = 'critical'), countIf(height IS NOT NULL), countIf(height_before >= ceiling), 0, '', '', '', max(at), 'ok'
    FROM reservoirs_at(at = {at:DateTime('UTC')}) HAVING countIf(height IS NOT NULL) > 0
    UNION ALL
    SELECT 'water', 12, 'rain-rivers', 'river-alarm', 'Tỉnh có sông từ báo động II / có số liệu', 'Provinces with a river at alarm II or above / told of',
        countIf(alarm >= 2), countIf(alarm IS NOT NULL), NULL, 0, '', '', '', max(at), 'ok'
    FROM rivers_at(at = {at:DateTime('UTC')}) HAVING countIf(alarm IS NOT NULL) > 0
) AS r
INNER JOIN feeds AS d ON d.feed = r.feed
LEFT JOIN contacts AS c ON c.feed = r.feed AND c.unit = ''
LEFT JOIN target_sets AS g ON g.indicator = r.indicator AND g.unit = 'VN'
LEFT JOIN feed_states_at(at = {at:DateTime('UTC')}) AS s ON s.feed = r.feed
WHERE d.system NOT IN ('drill', 'nhip')
COMMENT 'chỉ tiêu điều hành hằng ngày của cả nước · the country''s figures of every day';

-- case_today(at = ..., kind = ...): units on the local day of a moment, and on the same weekday a week before, both up to
-- the same five minutes, of which the last is over.
CREATE VIEW IF NOT EXISTS case_today AS
WITH
    toStartOfFiveMinutes({at:DateTime('UTC')}) AS until,
    toTimeZone(toStartOfDay({at:DateTime('UTC')}, 'Asia/Ho_Chi_Minh'), 'UTC') AS midnight
SELECT
    c.unit AS unit,
    sumIf(c.received, c.bucket >= midnight) AS received, sumIf(c.received, c.bucket < midnight) AS received_before,
    sumIf(c.online, c.bucket >= midnight) AS online, sumIf(c.online, c.bucket < midnight) AS online_before,
    sumIf(c.finished, c.bucket >= midnight) AS finished, sumIf(c.finished, c.bucket < midnight) AS finished_before,
    sumIf(c.on_time, c.bucket >= midnight) AS on_time, sumIf(c.on_time, c.bucket < midnight) AS on_time_before,
    sumIf(c.refused, c.bucket >= midnight) AS refused, sumIf(c.impossible, c.bucket >= midnight) AS impossible
FROM case_counts AS c
WHERE c.kind = {kind:String} AND c.width = '5m' AND ((c.bucket >= midnight AND c.bucket < until)
    OR (c.bucket >= midnight - INTERVAL 7 DAY AND c.bucket < until - INTERVAL 7 DAY))
GROUP BY c.unit
COMMENT 'hồ sơ hôm nay và cùng thứ tuần trước · cases today, and on the same weekday last week';

-- case_month(at = ..., kind = ...): units in the administrative month so far, from the 15th to the local day of a moment.
CREATE VIEW IF NOT EXISTS case_month AS
WITH local_day({at:DateTime('UTC')}) AS today
SELECT
    c.unit AS unit, sum(c.received) AS received, sum(c.online) AS online, sum(c.finished) AS finished, sum(c.on_time) AS on_time,
    sum(c.overdue) AS overdue, sum(c.refused) AS refused, sum(c.withdrawn) AS withdrawn, sum(c.supplements) AS supplements,
    sum(c.impossible) AS impossible, sum(c.steps) AS steps, sumForEach(c.durations) AS durations
FROM case_days AS c
WHERE c.kind = {kind:String} AND c.day >= reporting_month_start(today) AND c.day <= today
GROUP BY c.unit
COMMENT 'hồ sơ trong tháng báo cáo đến nay · cases of the administrative month so far';

-- case_open_days(since = ..., at = ..., kind = ...): what was open at the end of each local day, by unit. A unit has no
-- bucket on a day without steps: its last one stands, as far back as forty days.
CREATE VIEW IF NOT EXISTS case_open_days AS
WITH
    local_day({since:DateTime('UTC')}) AS first, local_day({at:DateTime('UTC')}) AS last,
    told AS
    (
        SELECT c.unit AS unit, c.day AS day, c.open_end AS open_end, c.overdue_open_end AS overdue_open_end
        FROM case_days AS c
        WHERE c.kind = {kind:String} AND c.day > first - 40 AND c.day <= last
    )
SELECT g.unit AS unit, g.day AS day, t.open_end AS open, t.overdue_open_end AS overdue
FROM (SELECT u.unit AS unit, last - n.number AS day FROM (SELECT DISTINCT unit FROM told) AS u CROSS JOIN numbers(1000) AS n WHERE day > first) AS g
ASOF LEFT JOIN told AS t ON t.unit = g.unit AND t.day <= g.day
COMMENT 'đang mở và quá hạn cuối mỗi ngày · open and overdue at the end of each day';

-- service_index_at(at = ...): the index of Decision 766 by province, its newest points, and the total of a week before.
CREATE VIEW IF NOT EXISTS service_index_at AS
SELECT
    n.unit AS unit, anyIf(toNullable(n.value), n.indicator = 'index-766') AS total, anyIf(n.value_before, n.indicator = 'index-766') AS total_before,
    anyIf(toNullable(n.value), n.indicator = 'index-publicity') AS publicity, anyIf(toNullable(n.value), n.indicator = 'index-timeliness') AS timeliness,
    anyIf(toNullable(n.value), n.indicator = 'index-online') AS online, anyIf(toNullable(n.value), n.indicator = 'index-payment') AS payment,
    anyIf(toNullable(n.value), n.indicator = 'index-digitisation') AS digitisation,
    anyIf(toNullable(n.value), n.indicator = 'index-satisfaction') AS satisfaction, max(n.at) AS at
FROM newest_instants(at = {at:DateTime64(3, 'UTC')}) AS n
WHERE n.feed = 'service-index' AND n.indicator IN ('index-766', 'index-publicity', 'index-timeliness', 'index-online', 'index-payment',
    'index-digitisation', 'index-satisfaction')
GROUP BY n.unit
COMMENT 'chỉ số 766 mới nhất theo tỉnh · the newest service index by province';

-- tasks_at(at = ...): tasks of the e-Government programme by body, of those assigned within 13 months, as long as steps are
-- kept. What was dropped counts nowhere.
CREATE VIEW IF NOT EXISTS tasks_at AS
WITH {at:DateTime64(3, 'UTC')} AS t
SELECT
    s.unit AS unit, count() AS assigned, countIf(s.over) AS done, countIf(s.committee) AS committees, countIf(s.committee AND s.over) AS committees_done,
    countIf(s.plan) AS plans, countIf(s.plan AND s.over) AS plans_done, countIf(s.extended) AS extended,
    countIf(NOT s.over) AS open, countIf(NOT s.over AND s.due_at < t) AS overdue
FROM
(
    SELECT c.case_id AS case_id, any(c.unit) AS unit, countIf(c.state = 'done') > 0 AS over, argMax(c.due_at, c.event_at) AS due_at,
        max(has(c.attributes, 'committee')) AS committee, max(has(c.attributes, 'plan')) AS plan, max(has(c.attributes, 'extended')) AS extended
    FROM case_steps AS c
    WHERE c.feed = 'egov-tasks' AND c.kind = 'task' AND c.verdict != 'impossible' AND c.event_at > t - INTERVAL 395 DAY AND c.event_at <= t
    GROUP BY c.case_id
    HAVING countIf(c.state = 'assigned') > 0 AND countIf(c.state = 'dropped') = 0
) AS s
GROUP BY s.unit
COMMENT 'nhiệm vụ Chính phủ điện tử theo cơ quan · e-Government tasks by body';
