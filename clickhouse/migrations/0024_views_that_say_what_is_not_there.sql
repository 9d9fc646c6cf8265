-- What views kept silent about: drills among what is real, connections that nobody reads, figures that are old or not yet
-- sent, units that say nothing.

-- Of two versions of one figure the later: release first, then the sender's clock, then the place in the log.
CREATE OR REPLACE FUNCTION version_order AS (vintage, sent_at, offset) ->
    bitShiftLeft(toUInt128(transform(vintage, ['estimate', 'preliminary', 'final', 'correction'], [1, 2, 3, 4], 0)), 112)
        + bitShiftLeft(toUInt128(greatest(toUnixTimestamp64Milli(sent_at), 0)), 64) + offset;

-- Drills and replays have feeds of their own, in kinds and units that are real. They count in `case_buckets_in_force`, which
-- the checks compare with the steps, and not here.
CREATE OR REPLACE VIEW case_counts
(
    kind LowCardinality(String) COMMENT 'loại hồ sơ · case kind',
    unit LowCardinality(String) COMMENT 'đơn vị · unit',
    width LowCardinality(String) COMMENT 'độ rộng: 5m hoặc day · width',
    bucket DateTime('UTC') COMMENT 'đầu khoảng; ngày tính theo giờ Việt Nam · start; days are local days',
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    shard UInt8 COMMENT 'phần của kết nối · shard of the feed',
    delta UInt64 COMMENT '0 là dòng chính; khác 0 là phần cộng thêm của bản ghi rất muộn · 0: main row, else an addition by a very late record',
    received Int64 COMMENT 'tiếp nhận · received',
    online Int64 COMMENT 'trong đó trực tuyến · of these online',
    finished Int64 COMMENT 'đã giải quyết · finished',
    on_time Int64 COMMENT 'trong đó đúng hạn · of these on time',
    overdue Int64 COMMENT 'trong đó quá hạn · of these overdue',
    refused Int64 COMMENT 'từ chối hoặc dừng · refused or stopped',
    withdrawn Int64 COMMENT 'rút · withdrawn',
    supplements Int64 COMMENT 'lượt yêu cầu bổ sung · supplement rounds',
    impossible Int64 COMMENT 'bước bị loại · steps kept out as impossible',
    steps Int64 COMMENT 'tổng số bước · steps',
    duration_ms Int64 COMMENT 'tổng thời gian giải quyết, mili giây · sum of handling times',
    durations Array(UInt32) COMMENT 'biểu đồ tần suất thời gian giải quyết · histogram of handling times',
    open_end Int64 COMMENT 'đang mở ở cuối khoảng; không cộng theo thời gian · open at the end; never add over time',
    overdue_open_end Int64 COMMENT 'trong đó đã quá hạn; không cộng theo thời gian · of these overdue; never add over time',
    simulated Bool COMMENT 'có số liệu mô phỏng · holds simulated records',
    clock DateTime('UTC') COMMENT 'đồng hồ phân vùng khi ghi · the partition''s clock when written'
)
AS SELECT
    b.kind AS kind, b.unit AS unit, b.width AS width, b.bucket AS bucket, b.feed AS feed, b.shard AS shard, b.delta AS delta,
    b.received AS received, b.online AS online, b.finished AS finished, b.on_time AS on_time, b.overdue AS overdue,
    b.refused AS refused, b.withdrawn AS withdrawn, b.supplements AS supplements, b.impossible AS impossible, b.steps AS steps,
    b.duration_ms AS duration_ms, b.durations AS durations, b.open_end AS open_end, b.overdue_open_end AS overdue_open_end,
    b.simulated AS simulated, b.clock AS clock
FROM case_buckets AS b FINAL
WHERE b.generation = (SELECT generation FROM generation_in_force) AND b.feed NOT IN (SELECT feed FROM feeds WHERE system = 'drill')
COMMENT 'dòng chỉ số hồ sơ đang có hiệu lực, không kể diễn tập, để cộng · rows of case buckets in force without drills, to be summed';

-- What is open at this moment: the last bucket of every feed and shard.
CREATE OR REPLACE VIEW case_open_now
(
    kind LowCardinality(String) COMMENT 'loại hồ sơ · case kind',
    unit LowCardinality(String) COMMENT 'đơn vị · unit',
    open_now Int64 COMMENT 'đang mở · open',
    overdue_open_now Int64 COMMENT 'trong đó đã quá hạn · of these overdue',
    clock DateTime('UTC') COMMENT 'đồng hồ phân vùng khi ghi · the partition''s clock when written'
)
AS SELECT
    s.kind AS kind, s.unit AS unit, sum(s.open_end) AS open_now, sum(s.overdue_open_end) AS overdue_open_now, max(s.clock) AS clock
FROM
(
    SELECT
        b.kind AS kind, b.unit AS unit, b.feed AS feed, b.shard AS shard,
        argMax(b.open_end, (b.bucket, b.revision)) AS open_end,
        argMax(b.overdue_open_end, (b.bucket, b.revision)) AS overdue_open_end,
        max(b.clock) AS clock
    FROM case_buckets AS b
    WHERE b.generation = (SELECT generation FROM generation_in_force) AND b.width = 'day' AND b.delta = 0
        AND b.feed NOT IN (SELECT feed FROM feeds WHERE system = 'drill')
        AND b.bucket >= (SELECT max(bucket) - INTERVAL 40 DAY FROM case_buckets)
    GROUP BY b.kind, b.unit, b.feed, b.shard
) AS s
GROUP BY s.kind, s.unit
COMMENT 'hồ sơ đang mở và quá hạn lúc này · cases open and overdue at this moment';

-- case_open_at(at = ...): what is open, and overdue of it, at the end of the local day of a moment, and a week before. A
-- unit that told nothing for forty days is not here.
CREATE OR REPLACE VIEW case_open_at AS
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
        AND b.feed NOT IN (SELECT feed FROM feeds WHERE system = 'drill')
        AND b.bucket <= t AND b.bucket > t - INTERVAL 40 DAY
    GROUP BY b.kind, b.feed, b.unit, b.shard
) AS s
GROUP BY s.kind, s.feed, s.unit
COMMENT 'hồ sơ đang mở và quá hạn, và một tuần trước · cases open and overdue, and a week before';

-- feed_states_at(at = ...): the state of every connection at a moment; a connection is as bad as its worst shard. The state
-- of a shard is written every minute of its clock: one whose clock is five minutes behind is read by nobody, whatever its last
-- state was, and one that is not there at all was never read. Both are silent, and nobody reports through them. A connection
-- for drills or replays is awaited by nobody: it has its last state of a day, or none. Who was not read for a day is
-- silent without an age: to look further back takes longer than a wall may wait.
CREATE OR REPLACE VIEW feed_states_at AS
WITH
    {at:DateTime64(3, 'UTC')} AS t,
    t - INTERVAL 5 MINUTE AS since,
    told AS
    (
        SELECT
            f.feed AS feed, f.shard AS shard, argMax(f.state, f.clock) AS state, max(f.clock) AS clock, max(f.last_at) AS last_at,
            argMax(tuple(f.due_at), f.clock).1 AS due_at, argMax(f.reporting, f.clock) AS reporting,
            argMax(f.expected, f.clock) AS expected, argMax(f.simulated, f.clock) AS simulated
        FROM feed_states AS f
        WHERE f.generation = (SELECT generation FROM generation_in_force) AND f.clock <= t AND f.clock > t - INTERVAL 1 DAY
        GROUP BY f.feed, f.shard
    ),
    awaited AS
    (
        SELECT e.feed AS feed, count() AS units
        FROM expected_units AS e
        WHERE e.unit IN (SELECT unit FROM units WHERE valid_from <= local_day(t) AND (valid_to IS NULL OR valid_to >= local_day(t)))
        GROUP BY e.feed
    )
SELECT
    d.feed AS feed,
    multiIf(d.system = 'drill', s.last_state, s.shards < d.shards, 'silent', s.state) AS state,
    if(s.feed = '', NULL, toNullable(s.clock)) AS clock,
    s.last_at AS last_at, s.due_at AS due_at, s.reporting AS reporting,
    if(s.feed = '', w.units, s.expected) AS expected, s.simulated AS simulated
FROM feeds AS d
LEFT JOIN
(
    SELECT
        feed, argMax(toString(told.state), state_rank(told.state)) AS last_state, if(min(told.clock) < since, 'silent', last_state) AS state,
        min(told.clock) AS clock, max(told.last_at) AS last_at, min(told.due_at) AS due_at,
        sum(if(told.clock < since, 0, told.reporting)) AS reporting, sum(told.expected) AS expected, max(told.simulated) AS simulated,
        count() AS shards
    FROM told
    GROUP BY feed
) AS s ON s.feed = d.feed
LEFT JOIN awaited AS w ON w.feed = d.feed
WHERE d.system != 'drill' OR s.feed != ''
COMMENT 'trạng thái các kết nối tại một thời điểm; không ai đọc là mất tín hiệu · states of connections at a moment; unread is silent';

-- feeds_at(at = ...): every connection at a moment: state, age, the newest value of the indicator that speaks for it, as it
-- was sent by then. Connections for drills and replays are there only while they say something. What was never heard has no
-- age, and a connection of cases without a row today no number of them.
CREATE OR REPLACE VIEW feeds_at AS
WITH
    {at:DateTime64(3, 'UTC')} AS t,
    states AS (SELECT * FROM feed_states_at(at = {at:DateTime64(3, 'UTC')})),
    recent AS
    (
        -- As far back as the newest can lie, by how often it is told: an OR over these would read everything.
        SELECT g.feed AS feed, g.unit AS unit, g.subject AS subject, g.period AS period, g.vintage AS vintage, g.value AS value,
            g.verdict AS verdict, g.at AS at, g.sent_at AS sent_at, g.offset AS offset
        FROM figures AS g
        WHERE (g.feed, g.indicator) IN (SELECT feed, headline FROM feeds WHERE headline_days = 1)
            AND g.verdict != 'impossible' AND g.at <= t AND g.at > t - INTERVAL 1 DAY
        UNION ALL
        SELECT g.feed, g.unit, g.subject, g.period, g.vintage, g.value, g.verdict, g.at, g.sent_at, g.offset
        FROM figures AS g
        WHERE (g.feed, g.indicator) IN (SELECT feed, headline FROM feeds WHERE headline_days = 10)
            AND g.verdict != 'impossible' AND g.at <= t AND g.at > t - INTERVAL 10 DAY
        UNION ALL
        SELECT g.feed, g.unit, g.subject, g.period, g.vintage, g.value, g.verdict, g.at, g.sent_at, g.offset
        FROM figures AS g
        WHERE (g.feed, g.indicator) IN (SELECT feed, headline FROM feeds WHERE headline_days > 10)
            AND g.verdict != 'impossible' AND g.at <= t AND g.at > t - INTERVAL 500 DAY
    ),
    newest AS
    (
        -- The country's own figure before a part of it, then the newest, then the version in force of it. An instant's `at` is
        -- past; of a period it is the first day, so what was sent decides.
        WITH bitShiftLeft(toUInt256(g.unit = 'VN' AND g.subject = ''), 180)
            + bitShiftLeft(toUInt256(greatest(toUnixTimestamp64Milli(g.at), 0)), 120) + version_order(g.vintage, g.sent_at, g.offset) AS place
        SELECT
            g.feed AS feed, argMax((g.value, g.unit, g.subject, g.period, g.at, g.verdict), place) AS best,
            best.1 AS value, best.2 AS unit, best.3 AS subject, best.4 AS period, best.5 AS at, best.6 AS verdict
        FROM recent AS g
        WHERE g.period = '' OR g.sent_at <= t
        GROUP BY g.feed
    ),
    -- Drills too: theirs is a tile of their own.
    cases AS
    (
        SELECT c.feed AS feed, sum(c.received) AS received FROM case_buckets_in_force AS c
        WHERE c.width = 'day' AND c.bucket >= toStartOfDay(t, 'Asia/Ho_Chi_Minh') AND c.bucket <= t
        GROUP BY c.feed
    )
SELECT
    d.feed AS feed, d.name_vi AS name_vi, d.name_en AS name_en, d.system AS system, d.owner AS owner, d.contact AS contact,
    d.record AS record, d.drill AS drill, d.cadence_s = 0 AND d.record = 'figures' AS periodic,
    s.state AS state, s.clock AS clock,
    if(n.period = '' AND n.feed != '', greatest(n.at, ifNull(s.last_at, n.at)), s.last_at) AS last_at,
    if(periodic OR last_at IS NULL, NULL, greatest((toUnixTimestamp64Milli(t) - toUnixTimestamp64Milli(last_at)) / 1000, 0)) AS age_s,
    s.due_at AS due_at, s.reporting AS reporting, s.expected AS expected, s.simulated AS simulated,
    d.headline AS indicator, i.measure AS measure_vi, i.measure_en AS measure_en, i.decimals AS decimals,
    if(n.feed = '', NULL, n.value) AS value, n.verdict AS verdict, n.unit AS unit, n.subject AS subject, n.period AS period,
    if(d.record = 'cases' AND c.feed != '', toNullable(c.received), NULL) AS received_today
FROM feeds AS d
LEFT JOIN states AS s ON s.feed = d.feed
LEFT JOIN newest AS n ON n.feed = d.feed
LEFT JOIN cases AS c ON c.feed = d.feed
LEFT JOIN indicators AS i ON i.indicator = d.headline
WHERE d.system != 'drill' OR last_at > t - INTERVAL 10 MINUTE
COMMENT 'các kết nối tại một thời điểm: trạng thái, tuổi, giá trị mới nhất · connections at a moment';

-- provinces_today(at = ..., kind = 'dossier'): every province on the local day of a moment, and the same weekday a week
-- before up to the same five minutes. `moved` is the distance from then in standard deviations of a count. A province that
-- said something last week, and nothing today while another did, has told of none: that is a fall by all of it.
CREATE OR REPLACE VIEW provinces_today AS
WITH
    toStartOfFiveMinutes({at:DateTime('UTC')}) AS until,
    toTimeZone(toStartOfDay({at:DateTime('UTC')}, 'Asia/Ho_Chi_Minh'), 'UTC') AS today,
    b.rows_today > 0 OR (b.rows_before > 0 AND max(b.rows_today) OVER () > 0) AS known
SELECT
    u.unit AS unit, u.name_vi AS name_vi, u.name_en AS name_en, u.position AS position, u.latitude AS latitude,
    if(known, b.received, NULL) AS received,
    if(b.rows_before = 0, NULL, b.received_before) AS received_before,
    if(known, b.finished, NULL) AS finished,
    if(known, b.on_time, NULL) AS on_time,
    b.on_time / nullIf(b.finished, 0) AS on_time_of_finished,
    b.on_time_before / nullIf(b.finished_before, 0) AS on_time_of_finished_before,
    if(o.unit = '', NULL, o.overdue) AS overdue_open,
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
LEFT JOIN
(
    SELECT unit, sum(overdue) AS overdue FROM case_open_at(at = {at:DateTime('UTC')}) WHERE kind = {kind:String} GROUP BY unit
) AS o ON o.unit = u.unit
WHERE u.level = 'province' AND u.valid_from <= toDate(today, 'Asia/Ho_Chi_Minh')
    AND (u.valid_to IS NULL OR u.valid_to >= toDate(today, 'Asia/Ho_Chi_Minh'))
COMMENT 'các tỉnh hôm nay, so với cùng thứ tuần trước · provinces today against the same weekday last week';

-- rivers_at(at = ...): rain and rivers by province. Rain of an hour is told every half hour, so a day's rain is the sum of
-- the last figure of each hour; `hours` says of how many of the 24. What stands for now (rain of the hour, river, alarm) is
-- told of two hours at most: of an older one nothing is known. `level` follows the alarm of the river, `stale_s` is the age
-- of the newest figure where that is older.
CREATE OR REPLACE VIEW rivers_at AS
WITH {at:DateTime64(3, 'UTC')} AS t
SELECT
    u.unit AS unit, u.name_vi AS name_vi, u.name_en AS name_en, u.position AS position,
    h.rain_hour AS rain_hour, h.rain_day AS rain_day, h.hours AS hours, h.most_rain AS most_rain,
    h.river AS river, if(h.river IS NULL, NULL, h.river_before) AS river_before, h.alarm AS alarm,
    if(h.unit = '', NULL, toNullable(h.at)) AS at,
    multiIf(h.alarm IS NULL, 'none', h.alarm >= 3, 'critical', h.alarm >= 1, 'warning', 'ok') AS level,
    if(h.unit = '' OR h.at > t - INTERVAL 2 HOUR, NULL, dateDiff('second', h.at, t)) AS stale_s
FROM units AS u
LEFT JOIN
(
    SELECT
        unit, max(last_at) AS at, argMaxIf(toNullable(last_value), last_at, indicator = 'rain-hour' AND fresh) AS rain_hour,
        sumOrNullIf(last_value, indicator = 'rain-hour') AS rain_day, countIf(indicator = 'rain-hour') AS hours,
        maxOrNullIf(last_value, indicator = 'rain-hour') AS most_rain,
        argMaxIf(toNullable(last_value), last_at, indicator = 'river-level' AND fresh) AS river,
        argMinIf(toNullable(last_value), last_at, indicator = 'river-level') AS river_before,
        argMaxIf(toNullable(last_value), last_at, indicator = 'river-alarm' AND fresh) AS alarm
    FROM
    (
        SELECT g.unit AS unit, g.indicator AS indicator, intDiv(toUnixTimestamp(t) - toUnixTimestamp(g.at), 3600) AS hour,
            max(g.at) AS last_at, argMax(g.value, (g.at, g.sent_at)) AS last_value, last_at > t - INTERVAL 2 HOUR AS fresh
        FROM figures AS g
        WHERE g.feed = 'rain-rivers' AND g.verdict != 'impossible' AND g.at > t - INTERVAL 1 DAY AND g.at <= t
        GROUP BY g.unit, g.indicator, hour
    )
    GROUP BY unit
) AS h ON h.unit = u.unit
WHERE u.level = 'province' AND u.valid_from <= local_day(t) AND (u.valid_to IS NULL OR u.valid_to >= local_day(t))
COMMENT 'mưa và mực nước sông theo tỉnh · rain and rivers by province';

-- newest_instants(at = ...): of every series of instants its newest plausible figure, and that of a week before the figure,
-- however old it is itself. `verdict` is that of the newest figure, plausible or not. A day is looked back, three where
-- figures come daily. `stale_s` is the age where that is more than two cadences and a quarter of an hour.
CREATE OR REPLACE VIEW newest_instants AS
WITH {at:DateTime64(3, 'UTC')} AS t
SELECT
    i.feed AS feed, i.indicator AS indicator, i.unit AS unit, i.subject AS subject,
    argMaxIf(i.value, i.place, i.recent AND i.sound) AS value, maxIf(i.at, i.recent AND i.sound) AS at, '' AS period, '' AS vintage,
    argMaxIf(i.sent_at, i.place, i.recent AND i.sound) AS sent_at, argMax(i.verdict, i.place) AS verdict, max(i.simulated) AS simulated,
    (arrayLast(x -> x.1 <= at - INTERVAL 7 DAY,
        arraySort(groupArrayIf((i.at, i.sent_at, toNullable(i.value)), NOT i.recent AND i.sound))) AS earlier).3 AS value_before,
    if(value_before IS NULL, NULL, toNullable(earlier.1)) AS at_before,
    if(at < t - toIntervalSecond(2 * any(d.cadence_s) + 900), dateDiff('second', at, t), NULL) AS stale_s
FROM
(
    WITH bitShiftLeft(toUInt128(greatest(toUnixTimestamp64Milli(g.at), 0)), 64) + toUInt64(greatest(toUnixTimestamp64Milli(g.sent_at), 0)) AS place
    SELECT g.feed AS feed, g.indicator AS indicator, g.unit AS unit, g.subject AS subject, g.at AS at, g.value AS value,
        g.verdict != 'impossible' AS sound, g.verdict AS verdict, g.sent_at AS sent_at, g.simulated AS simulated, place,
        g.at > t - INTERVAL 4 DAY AS recent
    FROM figures AS g
    WHERE g.indicator IN (SELECT indicator FROM indicators WHERE period = '') AND g.feed IN (SELECT feed FROM feeds WHERE cadence_s < 86400)
        AND ((g.at > t - INTERVAL 1 DAY AND g.at <= t) OR (g.at > t - INTERVAL 8 DAY AND g.at <= t - INTERVAL 7 DAY))
    UNION ALL
    WITH bitShiftLeft(toUInt128(greatest(toUnixTimestamp64Milli(g.at), 0)), 64) + toUInt64(greatest(toUnixTimestamp64Milli(g.sent_at), 0)) AS place
    SELECT g.feed, g.indicator, g.unit, g.subject, g.at, g.value, g.verdict != 'impossible', g.verdict, g.sent_at, g.simulated, place,
        g.at > t - INTERVAL 4 DAY
    FROM figures AS g
    WHERE g.indicator IN (SELECT indicator FROM indicators WHERE period = '') AND g.feed IN (SELECT feed FROM feeds WHERE cadence_s >= 86400)
        AND ((g.at > t - INTERVAL 3 DAY AND g.at <= t) OR (g.at > t - INTERVAL 10 DAY AND g.at <= t - INTERVAL 7 DAY))
) AS i
INNER JOIN feeds AS d ON d.feed = i.feed
GROUP BY i.feed, i.indicator, i.unit, i.subject
HAVING countIf(i.recent AND i.sound) > 0
COMMENT 'số tức thời mới nhất của mỗi chuỗi, và của một tuần trước · the newest instant of every series, and that of a week before';

-- reservoirs_at(at = ...): every reservoir against the ceiling of the local day. `level` is critical from the ceiling on,
-- warning within half a metre below it, or at the dead level and below. `stale_s` is the age of an old height.
CREATE OR REPLACE VIEW reservoirs_at AS
WITH {at:DateTime64(3, 'UTC')} AS t
SELECT
    c.subject AS reservoir, s.name_vi AS name_vi, s.name_en AS name_en, c.ceiling AS ceiling, c.dead AS dead, c.normal AS normal,
    c.flood_season AS flood_season, if(f.reservoir = '', NULL, f.at) AS at,
    f.height AS height, f.height_before AS height_before, f.inflow AS inflow, f.outflow AS outflow, f.gates AS gates, f.verdict AS verdict,
    c.ceiling - f.height AS below_ceiling,
    multiIf(f.height IS NULL, 'none', f.height >= c.ceiling, 'critical', f.height > c.ceiling - 0.5 OR f.height <= c.dead, 'warning', 'ok') AS level,
    f.stale_s AS stale_s
FROM ceilings AS c
INNER JOIN subjects AS s ON s.subject = c.subject
LEFT JOIN
(
    SELECT
        n.subject AS reservoir, maxIf(n.at, n.indicator = 'reservoir-level') AS at,
        anyIf(toNullable(n.value), n.indicator = 'reservoir-level') AS height,
        anyIf(n.value_before, n.indicator = 'reservoir-level') AS height_before,
        anyIf(n.verdict, n.indicator = 'reservoir-level') AS verdict,
        anyIf(n.stale_s, n.indicator = 'reservoir-level') AS stale_s,
        anyIf(toNullable(n.value), n.indicator = 'reservoir-inflow') AS inflow,
        anyIf(toNullable(n.value), n.indicator = 'reservoir-outflow') AS outflow,
        sumIf(toNullable(n.value), n.indicator IN ('gates-deep', 'gates-surface')) AS gates
    FROM newest_instants(at = {at:DateTime64(3, 'UTC')}) AS n
    WHERE n.feed = 'reservoirs'
    GROUP BY n.subject
) AS f ON f.reservoir = c.subject
WHERE toMonth(local_day(t)) * 100 + toDayOfMonth(local_day(t)) BETWEEN c.first_day AND c.last_day
COMMENT 'hồ chứa so với trần mực nước trong ngày · reservoirs against the ceiling of the day';

-- figures_then_and_now(as_of = …): of every figure what we had received of it by then, NULL where that was nothing, and
-- what is in force now. What is impossible is no value of it, neither then nor now; the verdicts are those of the newest
-- versions, so that they tell of one that was left out.
CREATE OR REPLACE VIEW figures_then_and_now AS
WITH
    version_order(f.vintage, f.sent_at, f.offset) AS place,
    f.arrived_at <= {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')} AS known,
    f.verdict != 'impossible' AS sound
SELECT
    f.feed AS feed, f.indicator AS indicator, f.unit AS unit, f.subject AS subject, f.at AS at, f.period AS period,
    argMaxOrNullIf(f.value, place, known AND sound) AS value_then,
    argMaxIf(f.vintage, place, known AND sound) AS vintage_then,
    argMaxIf(f.verdict, place, known) AS verdict_then,
    uniqExactIf(f.record_id, known) AS versions_then,
    argMaxOrNullIf(f.value, place, sound) AS value_now,
    argMaxIf(f.vintage, place, sound) AS vintage_now,
    argMax(f.verdict, place) AS verdict_now,
    argMaxIf(f.reason, place, sound) AS reason_now,
    argMaxIf(f.arrived_at, place, sound) AS arrived_now,
    uniqExact(f.record_id) AS versions_now
FROM figures AS f
GROUP BY f.feed, f.indicator, f.unit, f.subject, f.at, f.period
COMMENT 'số liệu như đã nhận vào thời điểm as_of (giờ Việt Nam), bên cạnh số đang có hiệu lực · figures as received by as_of beside those in force now';

-- What the end of a case came to: not everything that ended was handled.
ALTER TABLE case_states ADD COLUMN IF NOT EXISTS result LowCardinality(String) COMMENT 'kết thúc ra sao: finished, returned, refused, stopped, withdrawn; rỗng khi chưa · how it ended, or empty';

-- As 0022 has them, and whether they are anybody's, since when a finding is as grave as it is, and since when people could
-- see it: by that a critical one that nobody takes climbs from level to level (`findings_untaken`). Of others the two are
-- the same.
CREATE OR REPLACE VIEW findings_told
(
    finding_id FixedString(32) COMMENT 'mã bất biến · stable id',
    lane String COMMENT 'luồng: A vận hành, B rà số liệu, C toàn vẹn · lane: A operations, B editing, C integrity',
    severity LowCardinality(String) COMMENT 'info, warning hoặc critical · severity',
    state LowCardinality(String) COMMENT 'open hoặc closed, do hệ thống thấy · open or closed, as seen by the detectors',
    handling String COMMENT 'trạng thái xử lý: new, taken, asked, corrected, confirmed, false_alarm, new_trend, closed · state of handling',
    holder String COMMENT 'tài khoản đang giữ · account that has it',
    taken_at Nullable(DateTime64(3, 'UTC')) COMMENT 'người giữ đã nhận lúc · when its holder took it',
    asked_until Nullable(DateTime64(3, 'UTC')) COMMENT 'hạn đơn vị trả lời, khi còn chờ · until when the unit is to answer',
    label String COMMENT 'kết luận, hoặc rỗng · how it turned out, or empty',
    rule LowCardinality(String) COMMENT 'quy tắc · rule family',
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    feed_vi String COMMENT 'tên kết nối · name of the connection',
    feed_en String COMMENT 'tên kết nối bằng tiếng Anh · its English name',
    indicator LowCardinality(String) COMMENT 'chỉ tiêu hoặc loại hồ sơ · indicator or case kind',
    about_vi String COMMENT 'tên chỉ tiêu hoặc loại hồ sơ · name of the indicator or case kind',
    about_en String COMMENT 'bằng tiếng Anh · in English',
    unit LowCardinality(String) COMMENT 'đơn vị; rỗng khi nói về cả kết nối · unit; empty where it is about the connection',
    unit_vi String COMMENT 'tên đơn vị · name of the unit',
    unit_en String COMMENT 'tên đơn vị bằng tiếng Anh · its English name',
    subject LowCardinality(String) COMMENT 'đối tượng · subject',
    case_id String COMMENT 'mã hồ sơ, nếu có · case',
    at DateTime64(3, 'UTC') COMMENT 'thời điểm của bản ghi đã mở nó · time of the record that opened it',
    known_at DateTime64(3, 'UTC') COMMENT 'lúc được biết: đồng hồ kết nối khi mở · when it was known: the feed''s clock at its opening',
    updated_at DateTime64(3, 'UTC') COMMENT 'thời điểm của bản ghi mới nhất · time of the latest record',
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'thời điểm đóng · when closed',
    shown_from DateTime64(3, 'UTC') COMMENT 'nên xem từ lúc: khoảng 200 lần báo cáo trước đó · where to look from: some 200 reports before',
    shown_to DateTime64(3, 'UTC') COMMENT 'đến lúc: thêm một phần tư của khoảng trước · until when: a quarter as much after it',
    count UInt32 COMMENT 'số bản ghi gộp · records gathered in it',
    value Nullable(Float64) COMMENT 'giá trị thấy được · what was seen',
    low Nullable(Float64) COMMENT 'cận dưới mong đợi · lower expected bound',
    high Nullable(Float64) COMMENT 'cận trên mong đợi · upper expected bound',
    score Float64 COMMENT 'mức độ: bội số của ngưỡng · strength as a multiple of the threshold',
    decimals UInt8 COMMENT 'số chữ số thập phân khi in · decimals when printed',
    measure_vi String COMMENT 'đơn vị đo · measure',
    measure_en String COMMENT 'đơn vị đo bằng tiếng Anh · measure in English',
    evidence String COMMENT 'bằng chứng dạng JSON · evidence as JSON',
    sentence_vi String COMMENT 'câu mô tả · sentence in Vietnamese',
    sentence_en String COMMENT 'câu mô tả tiếng Anh · sentence in English',
    drill Bool COMMENT 'diễn tập · a drill',
    simulated Bool COMMENT 'từ số liệu mô phỏng · from simulated records',
    topic LowCardinality(String) COMMENT 'chủ đề Kafka · topic',
    partition UInt16 COMMENT 'phân vùng Kafka · partition',
    offset UInt64 COMMENT 'bản tin đã gây ra lần ghi mới nhất · the message that led to its newest row',
    again Bool COMMENT 'sau khi kết luận lại mở hoặc nặng thêm, chưa ai nhận lại · open again or graver since it was labelled or closed',
    severity_at DateTime64(3, 'UTC') COMMENT 'đồng hồ kết nối lúc lên mức hiện tại · the feed''s clock when it became as grave as it is',
    seen_at DateTime64(3, 'UTC') COMMENT 'từ lúc nào người trực thấy được mức này · since when people could see that it is so grave'
)
AS WITH multiIf(d.record = 'cases', 2592000, d.cadence_s = 0, 95040000, least(greatest(200 * d.cadence_s, 21600), 34560000)) AS seconds_before
SELECT
    f.finding_id AS finding_id,
    finding_lane(f.rule, d.record = 'figures' AND d.cadence_s = 0) AS lane,
    f.severity AS severity, f.state AS state,
    if(h.handling = '', 'new', h.handling) AS handling, h.holder AS holder, h.taken_at AS taken_at, h.asked_until AS asked_until,
    h.label AS label,
    f.rule AS rule, f.feed AS feed, d.name_vi AS feed_vi, d.name_en AS feed_en,
    f.indicator AS indicator,
    multiIf(i.name_vi != '', i.name_vi, k.name_vi != '', k.name_vi, d.name_vi) AS about_vi,
    multiIf(i.name_en != '', i.name_en, k.name_en != '', k.name_en, d.name_en) AS about_en,
    f.unit AS unit, u.name_vi AS unit_vi, u.name_en AS unit_en, f.subject AS subject, f.case_id AS case_id,
    f.at AS at, f.opened_at AS known_at, f.updated_at AS updated_at, f.closed_at AS closed_at,
    f.at - toIntervalSecond(seconds_before) AS shown_from, f.updated_at + toIntervalSecond(intDiv(seconds_before, 4)) AS shown_to,
    f.count AS count, f.value AS value, f.low AS low, f.high AS high, f.score AS score,
    i.decimals AS decimals, i.measure AS measure_vi, i.measure_en AS measure_en,
    f.evidence AS evidence, f.sentence_vi AS sentence_vi, f.sentence_en AS sentence_en, f.drill AS drill, f.simulated AS simulated,
    f.topic AS topic, f.partition AS partition, f.offset AS offset,
    handling NOT IN ('new', 'taken', 'asked')
        AND ifNull(ifNull(n.live_at, f.severity_at) > ifNull(h.ended_at, h.labelled_at), false) AS again,
    f.severity_at AS severity_at, greatest(f.severity_at, c.seen_at) AS seen_at
FROM findings_in_force AS f
LEFT JOIN finding_states AS h ON h.feed = f.feed AND h.finding_id = f.finding_id
LEFT JOIN
(
    SELECT
        g.feed AS feed, g.finding_id AS finding_id, g.severity AS severity, g.severity_at AS severity_at,
        minOrNullIf(g.first_at, g.first_at >= e.since) AS live_at
    FROM finding_severities AS g
    INNER JOIN (SELECT generation, min(in_force_from) AS since FROM generations GROUP BY generation) AS e ON e.generation = g.generation
    WHERE g.finding_id IN (SELECT finding_id FROM finding_actions)
    GROUP BY g.feed, g.finding_id, g.severity, g.severity_at
) AS n ON n.feed = f.feed AND n.finding_id = f.finding_id AND n.severity = f.severity AND n.severity_at = f.severity_at
LEFT JOIN
(
    SELECT
        g.feed AS feed, g.finding_id AS finding_id, g.severity_at AS severity_at, min(greatest(g.first_at, e.since)) AS seen_at
    FROM finding_severities AS g
    INNER JOIN (SELECT generation, min(in_force_from) AS since FROM generations GROUP BY generation) AS e ON e.generation = g.generation
    WHERE g.severity = 'critical'
    GROUP BY g.feed, g.finding_id, g.severity_at
) AS c ON f.severity = 'critical' AND c.feed = f.feed AND c.finding_id = f.finding_id AND c.severity_at = f.severity_at
LEFT JOIN feeds AS d ON d.feed = f.feed
LEFT JOIN units AS u ON u.unit = f.unit
LEFT JOIN indicators AS i ON i.indicator = f.indicator
LEFT JOIN case_kinds AS k ON k.kind = f.indicator
COMMENT 'điểm bất thường với tên gọi, luồng và việc xử lý · findings with names, lane and handling';

-- One question more: whether room on the disks can be seen.
CREATE OR REPLACE FUNCTION question_vi AS (question) -> transform(question,
    ['lost', 'late', 'balance', 'stored', 'doubled', 'buckets', 'beat', 'snapshots', 'detached', 'disks', 'canary', 'store', 'kafka'],
    ['sổ cái liên tục', 'đọc kịp Kafka', 'bản tin cộng khớp', 'bản ghi được nhận có trong kho', 'không bản ghi nào trùng',
        'chỉ số khớp với các bước', 'nhịp đều', 'bản chụp trạng thái còn mới', 'dữ liệu trên đĩa lành', 'thấy được chỗ trống của ổ đĩa', 'bản ghi thử tới kho',
        'kho trả lời', 'Kafka trả lời'],
    question);
CREATE OR REPLACE FUNCTION question_en AS (question) -> transform(question,
    ['lost', 'late', 'balance', 'stored', 'doubled', 'buckets', 'beat', 'snapshots', 'detached', 'disks', 'canary', 'store', 'kafka'],
    ['the ledger has no hole', 'Kafka is read in time', 'messages add up', 'accepted records are stored', 'no record twice',
        'buckets agree with steps', 'the beat is regular', 'snapshots are fresh', 'parts on disk are sound', 'room on the disks is seen', 'the canary comes through',
        'the store answers', 'Kafka answers'],
    question);
