-- title_vi: Số điểm bất thường đang mở chưa ai nhận, theo mức độ
-- title_en: Open findings that nobody took, by severity
-- owner: Trực ban hệ thống · operators
SELECT severity, countIf(handling = 'new' AND state = 'open') AS untaken, countIf(handling NOT IN ('new', 'closed')) AS in_hand
FROM findings_handled
GROUP BY severity
ORDER BY severity
