-- title_vi: Thời gian giải quyết theo tỉnh trong tháng báo cáo: trung vị, phân vị 90
-- title_en: Handling time by province in the administrative month: median, 90th percentile
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Hồ sơ: bảng · dossiers, table
WITH
    -- The histogram's bins: 1 minute to 400 days, each 1.33 times as long as the one before. A quantile is the middle of its bin.
    arrayMap(nth -> 60000 * pow(576000, (nth - 0.5) / 46) / 86400000, range(0, 48)) AS middle_days,
    toDate({to:DateTime}, 'Asia/Ho_Chi_Minh') AS d,
    addDays(toStartOfMonth(addDays(d, -14)), 14) AS first
SELECT u.name_vi AS name, h.finished AS finished, h.mean_days AS mean_days,
    middle_days[arrayFirstIndex(x -> x >= 0.5 * h.total, h.cumulative)] AS median_days,
    middle_days[arrayFirstIndex(x -> x >= 0.9 * h.total, h.cumulative)] AS p90_days
FROM
(
    SELECT unit, sum(c.finished) AS finished, sum(c.duration_ms) / 86400000 / nullIf(sum(c.finished), 0) AS mean_days,
        arrayCumSum(sumForEach(c.durations)) AS cumulative, cumulative[-1] AS total
    FROM case_days AS c
    WHERE kind = 'dossier' AND day >= first AND day <= d
    GROUP BY unit
) AS h
INNER JOIN units AS u ON u.unit = h.unit
WHERE h.total > 0
ORDER BY u.position
