-- title_vi: Hồ sơ đang mở và quá hạn cuối ngày, 90 ngày
-- title_en: Dossiers open and overdue at the end of the day, 90 days
-- owner: Nhóm phân tích · analysts
-- parameter: from DateTime = now-90d | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Phân tích: đường · analysis, time series
SELECT day AS time, sum(open_end) AS open, sum(overdue_open_end) AS overdue_open
FROM case_days
WHERE kind = 'dossier' AND day >= toDate({from:DateTime}, 'Asia/Ho_Chi_Minh') AND day <= toDate({to:DateTime}, 'Asia/Ho_Chi_Minh')
GROUP BY time
ORDER BY time
