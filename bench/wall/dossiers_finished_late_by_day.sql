-- title_vi: Hồ sơ đã giải quyết và trong đó quá hạn theo ngày, 90 ngày
-- title_en: Dossiers finished, and of them late, by day, 90 days
-- owner: Nhóm phân tích · analysts
-- parameter: from DateTime = now-90d | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Phân tích: đường · analysis, time series
SELECT day AS time, sum(finished) AS finished, sum(overdue) AS late
FROM case_days
WHERE kind = 'dossier' AND day >= toDate({from:DateTime}, 'Asia/Ho_Chi_Minh') AND day <= toDate({to:DateTime}, 'Asia/Ho_Chi_Minh')
GROUP BY time
ORDER BY time
