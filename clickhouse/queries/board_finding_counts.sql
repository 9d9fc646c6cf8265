-- title_vi: Số điểm bất thường đang mở theo mức độ
-- title_en: Open findings by severity
-- owner: Trực ban hệ thống · operators
-- parameter: now UInt32 = 0 | đồng hồ số liệu, giây từ 1970 | clock of the data, seconds since 1970
SELECT severity, countIf(state = 'open') AS open, countIf(state = 'closed') AS closed
FROM findings_in_force
WHERE at >= toDateTime64({now:UInt32}, 3, 'UTC') - INTERVAL 14 DAY
GROUP BY severity
