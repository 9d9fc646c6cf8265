-- title_vi: Tỷ lệ đúng hạn theo tháng báo cáo, cả nước, hai mẫu số
-- title_en: On time by administrative month, both denominators
-- owner: Nhóm phân tích · analysts
-- panel: Phân tích: cột · analysis, bars
SELECT period, min(first_day) AS time, sum(c.received) AS received, sum(c.finished) AS finished,
    sum(c.on_time) / nullIf(sum(c.received), 0) AS on_time_of_received, sum(c.on_time) / nullIf(sum(c.finished), 0) AS on_time_of_finished,
    sum(c.online) / nullIf(sum(c.received), 0) AS online_of_received
FROM case_periods AS c
WHERE kind = 'dossier' AND startsWith(period, 'A-M')
GROUP BY period
ORDER BY period
