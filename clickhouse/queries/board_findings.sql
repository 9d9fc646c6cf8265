-- title_vi: Điểm bất thường mới nhất, nghiêm trọng trước
-- title_en: Newest findings, critical first
-- owner: Trực ban hệ thống · operators
-- parameter: now UInt32 = 0 | đồng hồ số liệu, giây từ 1970 | clock of the data, seconds since 1970
-- parameter: rows UInt32 = 20 | số dòng | rows
SELECT
    rule, unit, feed, severity, state, drill, count() AS findings, sum(f.count) AS records,
    toUnixTimestamp64Milli(max(f.at)) AS at_ms, argMax(f.sentence_vi, f.at) AS sentence_vi, argMax(f.sentence_en, f.at) AS sentence_en,
    max(f.simulated) AS simulated, groupArray(20)(toString(f.finding_id)) AS ids
FROM findings_in_force AS f
WHERE f.at >= toDateTime64({now:UInt32}, 3, 'UTC') - INTERVAL 14 DAY
    AND (f.state = 'open' OR f.closed_at >= toDateTime64({now:UInt32}, 3, 'UTC') - INTERVAL 1 HOUR)
GROUP BY rule, unit, feed, severity, state, drill
ORDER BY state = 'open' DESC, transform(severity, ['critical', 'warning', 'info'], [3, 2, 1], 0) DESC, at_ms DESC
LIMIT {rows:UInt32}
