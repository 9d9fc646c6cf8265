-- title_vi: Thời gian giải quyết theo ngày, 90 ngày, cả nước
-- title_en: Handling time by day, 90 days, the nation
-- owner: Nhóm phân tích · analysts
-- parameter: from DateTime = now-90d | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Phân tích: đường · analysis, time series
WITH
    -- The histogram's bins: 1 minute to 400 days, each 1.33 times as long as the one before. A quantile is the middle of its bin.
    arrayMap(nth -> 60000 * pow(576000, (nth - 0.5) / 46) / 86400000, range(0, 48)) AS middle_days
SELECT time, middle_days[arrayFirstIndex(x -> x >= 0.5 * total, cumulative)] AS median_days,
    middle_days[arrayFirstIndex(x -> x >= 0.9 * total, cumulative)] AS p90_days, mean_days
FROM
(
    SELECT day AS time, arrayCumSum(sumForEach(durations)) AS cumulative, cumulative[-1] AS total,
        sum(duration_ms) / 86400000 / nullIf(sum(finished), 0) AS mean_days
    FROM case_days
    WHERE kind = 'dossier' AND day >= toDate({from:DateTime}, 'Asia/Ho_Chi_Minh') AND day <= toDate({to:DateTime}, 'Asia/Ho_Chi_Minh')
    GROUP BY time
)
WHERE total > 0
ORDER BY time
