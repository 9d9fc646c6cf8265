-- title_vi: Số điểm bất thường đang mở chưa ai nhận, theo mức độ
-- title_en: Open findings that nobody took, by severity
-- owner: Trực ban hệ thống · operators
-- parameter: as_of Int64 = 4102444800000 | như đã biết lúc nào, mili giây từ 1970 | as known when, milliseconds since 1970
SELECT
    severity, countIf((handling = 'new' OR again) AND state = 'open') AS untaken,
    countIf(handling NOT IN ('new', 'closed') AND NOT again) AS in_hand
FROM findings_handled_as_of(as_of = toString(fromUnixTimestamp64Milli({as_of:Int64}, 'Asia/Ho_Chi_Minh')))
GROUP BY severity
ORDER BY severity
