-- title_vi: Điểm bất thường mới nhất, nghiêm trọng trước
-- title_en: Newest findings, critical first
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Toàn cảnh: bảng · overview, table
SELECT at, severity, state, rule, feed, unit, sentence_vi, value, low, high, score, f.count AS records, closed_at, simulated
FROM findings_in_force AS f
WHERE f.at >= toDateTime64({to:DateTime}, 3, 'UTC') - INTERVAL 1 DAY AND f.state = 'open' AND NOT f.drill
ORDER BY transform(severity, ['critical', 'warning', 'info'], [0, 1, 2], 3), at DESC, finding_id
LIMIT 20
