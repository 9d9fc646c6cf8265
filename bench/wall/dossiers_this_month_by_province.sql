-- title_vi: Hồ sơ theo tỉnh trong tháng báo cáo (từ ngày 15)
-- title_en: Dossiers by province in the administrative month
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Hồ sơ: bảng · dossiers, table
WITH
    toDate({to:DateTime}, 'Asia/Ho_Chi_Minh') AS d,
    if(toDayOfMonth(d) >= 15, addMonths(toStartOfMonth(d), 1), toStartOfMonth(d)) AS month
SELECT p.unit AS unit, u.name_vi AS name, p.received AS received, p.finished AS finished, p.on_time_of_received AS on_time_of_received,
    p.on_time_of_finished AS on_time_of_finished, p.online_of_received AS online_of_received, p.mean_days AS mean_days,
    p.open_end AS open, p.overdue_open_end AS overdue_open
FROM case_periods AS p
INNER JOIN units AS u ON u.unit = p.unit
WHERE p.kind = 'dossier' AND p.period = concat('A-M', toString(toYear(month)), '-', leftPad(toString(toMonth(month)), 2, '0'))
ORDER BY u.position
