-- title_vi: Tỷ lệ nộp trực tuyến trên tiếp nhận theo tỉnh và tháng báo cáo
-- title_en: Filed online of received, by province and administrative month
-- owner: Văn phòng Chính phủ, Cục Kiểm soát thủ tục hành chính · procedures control
-- parameter: from Date = 2026-01-01 | từ ngày | first day
-- parameter: to Date = 2026-12-31 | đến ngày | last day
SELECT
    u.position AS position, u.name_vi AS name, p.period AS period, p.first_day AS first_day, p.last_day AS last_day, p.received AS received,
    round(100 * p.online_of_received, 2) AS online_of_received_percent,
    round(100 * (p.online_of_received - lagInFrame(p.online_of_received) OVER months), 2) AS change_points, p.simulated AS simulated
FROM case_periods AS p
INNER JOIN units AS u ON u.unit = p.unit
WHERE p.kind = 'dossier' AND startsWith(p.period, 'A-M') AND p.last_day >= {from:Date} AND p.first_day <= {to:Date}
WINDOW months AS (PARTITION BY p.unit ORDER BY p.period ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
ORDER BY position, period
