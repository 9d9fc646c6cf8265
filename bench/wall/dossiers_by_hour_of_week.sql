-- title_vi: Hồ sơ tiếp nhận theo thứ và giờ, 28 ngày
-- title_en: Dossiers received by weekday and hour, 28 days
-- owner: Nhóm phân tích · analysts
-- parameter: to DateTime = now | đến | to
-- panel: Phân tích: bản đồ nhiệt · analysis, heat map
SELECT toDayOfWeek(toTimeZone(bucket, 'Asia/Ho_Chi_Minh')) AS weekday, toHour(toTimeZone(bucket, 'Asia/Ho_Chi_Minh')) AS hour,
    sum(received) AS received, sum(finished) AS finished
FROM case_counts
WHERE kind = 'dossier' AND width = '5m' AND bucket >= toDateTime({to:DateTime}, 'UTC') - INTERVAL 28 DAY AND bucket < {to:DateTime}
GROUP BY weekday, hour
ORDER BY weekday, hour
