-- title_vi: Phản ánh, kiến nghị theo ngày, 90 ngày
-- title_en: Petitions by day, 90 days
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: from DateTime = now-90d | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Phản ánh: đường · petitions, time series
SELECT day AS time, sum(received) AS received, sum(finished) AS answered, sum(overdue) AS late
FROM case_days
WHERE kind = 'petition' AND day >= toDate({from:DateTime}, 'Asia/Ho_Chi_Minh') AND day <= toDate({to:DateTime}, 'Asia/Ho_Chi_Minh')
GROUP BY time
ORDER BY time
