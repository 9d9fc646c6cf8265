-- The newest figures of every series at a moment, `at` (UTC), and what each is compared with.

-- newest_instants(at = ...): of every series of instants its newest plausible figure, and that of a week before. `verdict`
-- is that of the newest figure, plausible or not. A day is looked back, three where figures come daily.
CREATE VIEW IF NOT EXISTS newest_instants AS
WITH {at:DateTime64(3, 'UTC')} AS t
SELECT
    i.feed AS feed, i.indicator AS indicator, i.unit AS unit, i.subject AS subject,
    argMaxIf(i.value, i.place, i.sound) AS value, maxIf(i.at, i.sound) AS at, '' AS period, '' AS vintage,
    argMaxIf(i.sent_at, i.place, i.sound) AS sent_at, argMax(i.verdict, i.place) AS verdict, max(i.simulated) AS simulated,
    argMaxOrNullIf(i.value, i.place, i.sound AND i.at <= t - INTERVAL 7 DAY) AS value_before,
    maxOrNullIf(i.at, i.sound AND i.at <= t - INTERVAL 7 DAY) AS at_before
FROM
(
    WITH bitShiftLeft(toUInt128(greatest(toUnixTimestamp64Milli(g.at), 0)), 64) + toUInt64(greatest(toUnixTimestamp64Milli(g.sent_at), 0)) AS place
    SELECT g.feed AS feed, g.indicator AS indicator, g.unit AS unit, g.subject AS subject, g.at AS at, g.value AS value,
        g.verdict != 'impossible' AS sound, g.verdict AS verdict, g.sent_at AS sent_at, g.simulated AS simulated, place
    FROM figures AS g
    WHERE g.indicator IN (SELECT indicator FROM indicators WHERE period = '') AND g.feed IN (SELECT feed FROM feeds WHERE cadence_s < 86400)
        AND ((g.at > t - INTERVAL 1 DAY AND g.at <= t) OR (g.at > t - INTERVAL 8 DAY AND g.at <= t - INTERVAL 7 DAY))
    UNION ALL
    WITH bitShiftLeft(toUInt128(greatest(toUnixTimestamp64Milli(g.at), 0)), 64) + toUInt64(greatest(toUnixTimestamp64Milli(g.sent_at), 0)) AS place
    SELECT g.feed, g.indicator, g.unit, g.subject, g.at, g.value, g.verdict != 'impossible', g.verdict, g.sent_at, g.simulated, place
    FROM figures AS g
    WHERE g.indicator IN (SELECT indicator FROM indicators WHERE period = '') AND g.feed IN (SELECT feed FROM feeds WHERE cadence_s >= 86400)
        AND ((g.at > t - INTERVAL 3 DAY AND g.at <= t) OR (g.at > t - INTERVAL 10 DAY AND g.at <= t - INTERVAL 7 DAY))
) AS i
GROUP BY i.feed, i.indicator, i.unit, i.subject
HAVING maxIf(i.at, i.sound) > t - INTERVAL 3 DAY
COMMENT 'số tức thời mới nhất của mỗi chuỗi, và của một tuần trước · the newest instant of every series, and that of a week before';

-- newest_periods(at = ...): the same of figures of periods. A day is compared with its weekday of the week before, a longer
-- period with the one before. Days of twenty days are looked at, longer periods of three years.
CREATE VIEW IF NOT EXISTS newest_periods AS
WITH {at:DateTime64(3, 'UTC')} AS t
SELECT
    p.feed AS feed, p.indicator AS indicator, p.unit AS unit, p.subject AS subject,
    argMaxIf(p.value, p.at, p.sound) AS value, maxIf(p.at, p.sound) AS at, argMaxIf(p.period, p.at, p.sound) AS period,
    argMaxIf(p.vintage, p.at, p.sound) AS vintage, argMaxIf(p.sent_at, p.at, p.sound) AS sent_at,
    argMax(p.verdict, p.at) AS verdict, max(p.simulated) AS simulated,
    (arrayLast(x -> x.1 < if(startsWith(period, 'C-D'), at - INTERVAL 7 DAY + INTERVAL 1 SECOND, at),
        arraySort(groupArrayIf((p.at, toNullable(p.value)), p.sound))) AS earlier).2 AS value_before,
    if(value_before IS NULL, NULL, toNullable(earlier.1)) AS at_before
FROM
(
    -- The version in force of each period: release, then the sender's clock, then the place in the log.
    WITH bitShiftLeft(toUInt128(transform(g.vintage, ['estimate', 'preliminary', 'final', 'correction'], [1, 2, 3, 4], 0)), 112)
        + bitShiftLeft(toUInt128(greatest(toUnixTimestamp64Milli(g.sent_at), 0)), 64) + g.offset AS precedence
    SELECT g.feed AS feed, g.indicator AS indicator, g.unit AS unit, g.subject AS subject, g.at AS at, g.period AS period,
        argMaxIf(g.value, precedence, g.verdict != 'impossible') AS value, argMax(g.verdict, precedence) AS verdict,
        argMax(g.vintage, precedence) AS vintage, argMax(g.sent_at, precedence) AS sent_at, max(g.simulated) AS simulated,
        countIf(g.verdict != 'impossible') > 0 AS sound
    FROM
    (
        SELECT feed, indicator, unit, subject, at, period, vintage, value, verdict, sent_at, simulated, offset
        FROM figures
        WHERE indicator IN (SELECT indicator FROM indicators WHERE period = 'C-D') AND feed IN (SELECT feed FROM feeds WHERE cadence_s = 0)
            AND at > t - INTERVAL 20 DAY AND at <= t AND sent_at <= t
        UNION ALL
        SELECT feed, indicator, unit, subject, at, period, vintage, value, verdict, sent_at, simulated, offset
        FROM figures
        WHERE indicator IN (SELECT indicator FROM indicators WHERE period NOT IN ('', 'C-D')) AND feed IN (SELECT feed FROM feeds WHERE cadence_s = 0)
            AND at > t - INTERVAL 1200 DAY AND at <= t AND sent_at <= t
    ) AS g
    GROUP BY g.feed, g.indicator, g.unit, g.subject, g.at, g.period
) AS p
GROUP BY p.feed, p.indicator, p.unit, p.subject
HAVING max(p.sound)
COMMENT 'số theo kỳ mới nhất của mỗi chuỗi, và kỳ để so sánh · the newest period of every series, and the one to compare it with';

CREATE VIEW IF NOT EXISTS newest_figures AS
SELECT feed, indicator, unit, subject, value, at, period, vintage, sent_at, verdict, simulated, value_before, at_before
FROM newest_instants(at = {at:DateTime64(3, 'UTC')})
UNION ALL
SELECT feed, indicator, unit, subject, value, at, period, vintage, sent_at, verdict, simulated, value_before, at_before
FROM newest_periods(at = {at:DateTime64(3, 'UTC')})
COMMENT 'số mới nhất của mỗi chuỗi · the newest figure of every series';

-- figures_named(at = ...): the newest figures with what the catalogue says of them. The label names subject and unit where
-- it is not the whole country's. `stale_s` is the age of an instant that is older than two cadences and a quarter of an hour.
CREATE VIEW IF NOT EXISTS figures_named AS
SELECT
    f.feed AS feed, f.indicator AS indicator, f.unit AS unit, f.subject AS subject, d.system AS system, i.section AS section,
    concat(i.name_vi, if(f.subject = '', '', concat(' · ', s.name_vi)), if(f.unit = 'VN', '', concat(' · ', u.name_vi))) AS label_vi,
    concat(i.name_en, if(f.subject = '', '', concat(' · ', s.name_en)), if(f.unit = 'VN', '', concat(' · ', u.name_en))) AS label_en,
    f.value AS value, f.value_before AS value_before, f.verdict AS verdict, f.at AS at, f.period AS period, f.vintage AS vintage,
    f.sent_at AS sent_at, i.decimals AS decimals, i.measure AS measure_vi, i.measure_en AS measure_en, i.name_vi AS name_vi, i.name_en AS name_en,
    if(f.period = '' AND f.at < {at:DateTime64(3, 'UTC')} - toIntervalSecond(2 * d.cadence_s + 900),
        dateDiff('second', f.at, {at:DateTime64(3, 'UTC')}), NULL) AS stale_s
FROM newest_figures(at = {at:DateTime64(3, 'UTC')}) AS f
INNER JOIN indicators AS i ON i.indicator = f.indicator
INNER JOIN feeds AS d ON d.feed = f.feed
LEFT JOIN subjects AS s ON s.subject = f.subject
LEFT JOIN units AS u ON u.unit = f.unit
COMMENT 'số mới nhất với tên gọi · the newest figures with their names';
