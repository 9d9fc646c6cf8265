-- title_vi: Phản ánh, kiến nghị theo tỉnh, 30 ngày
-- title_en: Petitions by province, 30 days
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Phản ánh: bảng · petitions, table
WITH toDate({to:DateTime}, 'Asia/Ho_Chi_Minh') AS d
SELECT u.name_vi AS name, sum(c.received) AS received, sum(c.finished) AS answered, sum(c.overdue) AS late,
    sum(c.on_time) / nullIf(sum(c.finished), 0) AS on_time_of_answered, sum(c.duration_ms) / 86400000 / nullIf(sum(c.finished), 0) AS mean_days
FROM case_days AS c
INNER JOIN units AS u ON u.unit = c.unit
WHERE c.kind = 'petition' AND c.day > d - 30 AND c.day <= d
GROUP BY u.position, name
ORDER BY u.position
