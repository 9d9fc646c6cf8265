-- title_vi: Điểm bất thường đang mở theo mức độ
-- title_en: Open findings by severity
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Toàn cảnh: ô đếm · overview, stat
SELECT severity, count() AS findings, min(f.at) AS oldest_at
FROM findings_in_force AS f
WHERE f.at >= toDateTime64({to:DateTime}, 3, 'UTC') - INTERVAL 14 DAY AND f.state = 'open' AND NOT f.drill
GROUP BY severity
ORDER BY transform(severity, ['critical', 'warning', 'info'], [0, 1, 2], 3)
