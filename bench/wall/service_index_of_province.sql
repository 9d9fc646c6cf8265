-- title_vi: Chỉ số phục vụ của một tỉnh: từng phần, so với 30 ngày trước
-- title_en: A province's service index: every part, against 30 days before
-- owner: Nhóm phân tích · analysts
-- parameter: to DateTime = now | đến | to
-- parameter: unit String = H26 | đơn vị | unit
-- panel: Chỉ số 766: bảng · service index, table
WITH toDateTime64({to:DateTime}, 3, 'UTC') AS t
SELECT f.indicator AS indicator, any(n.name_vi) AS name, argMaxIf(f.value, f.at, f.at >= t - INTERVAL 3 DAY) AS value,
    argMaxIf(f.value, f.at, f.at < t - INTERVAL 30 DAY) AS before, value - before AS change
FROM figures_in_force AS f
INNER JOIN indicators AS n ON n.indicator = f.indicator
WHERE f.feed = 'service-index' AND f.unit = {unit:String} AND f.verdict != 'impossible' AND f.at >= t - INTERVAL 33 DAY AND f.at < t
GROUP BY indicator
ORDER BY indicator
