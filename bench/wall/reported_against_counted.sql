-- title_vi: Số hồ sơ báo cáo so với số đếm từ từng hồ sơ, tháng báo cáo đã xong
-- title_en: Dossiers reported against dossiers counted, the last finished month
-- owner: Nhóm phân tích · analysts
-- parameter: to DateTime = now | đến | to
-- panel: Báo cáo: bảng · reporting, table
WITH
    toDate({to:DateTime}, 'Asia/Ho_Chi_Minh') AS d,
    toStartOfMonth(addDays(d, -14)) AS month,
    concat('A-M', toString(toYear(month)), '-', leftPad(toString(toMonth(month)), 2, '0')) AS code
SELECT u.name_vi AS name, r.reported AS reported, c.received AS counted, r.reported / nullIf(c.received, 0) - 1 AS difference, r.vintage AS vintage
FROM
(
    SELECT unit, any(value) AS reported, any(vintage) AS vintage
    FROM figures_in_force
    WHERE feed = 'reporting-services' AND indicator = 'reported-received' AND period = code
        AND at >= toDateTime64({to:DateTime}, 3, 'UTC') - INTERVAL 70 DAY AND at < {to:DateTime}
    GROUP BY unit
) AS r
INNER JOIN (SELECT unit, received FROM case_periods WHERE kind = 'dossier' AND period = code) AS c ON c.unit = r.unit
INNER JOIN units AS u ON u.unit = r.unit
ORDER BY abs(difference) DESC, u.position
