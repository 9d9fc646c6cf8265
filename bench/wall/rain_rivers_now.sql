-- title_vi: Mưa 24 giờ, mực nước sông, cấp báo động theo tỉnh
-- title_en: Rain of 24 hours, river level, alarm by province
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: from DateTime = now-24h | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Thiên tai: bản đồ · disasters, map
SELECT u.name_vi AS name, u.latitude AS latitude, u.longitude AS longitude, r.rain AS rain_24h, r.level AS river_level, r.alarm AS alarm, r.at AS last_at
FROM
(
    SELECT unit, sumIf(f.value, f.indicator = 'rain-hour') AS rain, argMaxIf(f.value, f.at, f.indicator = 'river-level') AS level,
        argMaxIf(f.value, f.at, f.indicator = 'river-alarm') AS alarm, max(f.at) AS at
    FROM figures_in_force AS f
    WHERE f.feed = 'rain-rivers' AND f.verdict != 'impossible' AND f.at >= {from:DateTime} AND f.at < {to:DateTime}
    GROUP BY unit
) AS r
INNER JOIN units AS u ON u.unit = r.unit
ORDER BY alarm DESC, rain_24h DESC, u.position
