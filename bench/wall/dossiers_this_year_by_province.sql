-- title_vi: Hồ sơ theo tỉnh từ đầu năm báo cáo
-- title_en: Dossiers by province in the administrative year
-- owner: Nhóm phân tích · analysts
-- parameter: to DateTime = now | đến | to
-- panel: Hồ sơ: bảng · dossiers, table
WITH
    toDate({to:DateTime}, 'Asia/Ho_Chi_Minh') AS d,
    if(toDayOfMonth(d) >= 15, addMonths(toStartOfMonth(d), 1), toStartOfMonth(d)) AS month
SELECT p.unit AS unit, u.name_vi AS name, p.received AS received, p.finished AS finished, p.on_time AS on_time, p.overdue AS overdue,
    p.on_time_of_received AS on_time_of_received, p.on_time_of_finished AS on_time_of_finished, p.online_of_received AS online_of_received,
    p.mean_days AS mean_days
FROM case_periods AS p
INNER JOIN units AS u ON u.unit = p.unit
WHERE p.kind = 'dossier' AND p.period = concat('A-Y', toString(toYear(month)))
ORDER BY u.position
