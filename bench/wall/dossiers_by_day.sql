-- title_vi: Hồ sơ theo ngày, 90 ngày, cả nước
-- title_en: Dossiers by day, 90 days, the nation
-- owner: Nhóm phân tích · analysts
-- parameter: from DateTime = now-90d | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Phân tích: đường · analysis, time series
SELECT day AS time, sum(c.received) AS received, sum(c.finished) AS finished, sum(c.on_time) AS on_time, sum(c.overdue) AS overdue,
    sum(c.on_time) / nullIf(sum(c.finished), 0) AS on_time_of_finished, sum(c.online) / nullIf(sum(c.received), 0) AS online_of_received
FROM case_days AS c
WHERE kind = 'dossier' AND day >= toDate({from:DateTime}, 'Asia/Ho_Chi_Minh') AND day <= toDate({to:DateTime}, 'Asia/Ho_Chi_Minh')
GROUP BY time
ORDER BY time
