-- title_vi: Chấp hành chế độ báo cáo theo tháng báo cáo
-- title_en: Reporting compliance by administrative month
-- owner: Trực ban trung tâm điều hành · operations centre
-- panel: Báo cáo: cột · reporting, bars
SELECT period, min(first_day) AS time, sum(c.received) AS due, sum(c.finished) AS approved, sum(c.on_time) AS on_time, sum(c.overdue) AS late,
    sum(c.on_time) / nullIf(sum(c.finished), 0) AS on_time_of_approved, sum(c.open_end) AS open
FROM case_periods AS c
WHERE kind = 'report' AND startsWith(period, 'A-M')
GROUP BY period
ORDER BY period
