-- title_vi: Điểm bất thường đang mở theo tỉnh
-- title_en: Open findings by province
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Bản đồ · map
SELECT u.unit AS unit, u.name_vi AS name, u.latitude AS latitude, u.longitude AS longitude, f.critical AS critical,
    f.warning AS warning, f.findings AS findings
FROM
(
    SELECT unit, countIf(severity = 'critical') AS critical, countIf(severity = 'warning') AS warning, count() AS findings
    FROM findings_in_force
    WHERE at >= toDateTime64({to:DateTime}, 3, 'UTC') - INTERVAL 14 DAY AND state = 'open' AND NOT drill
    GROUP BY unit
) AS f
INNER JOIN units AS u ON u.unit = f.unit
ORDER BY critical DESC, warning DESC, findings DESC, unit
