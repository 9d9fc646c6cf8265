-- title_vi: Văn bản theo bộ, ngành, địa phương: gửi, xử lý, từ chối, 30 ngày
-- title_en: Documents by body: sent, done, refused, 30 days
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Trục liên thông: bảng · document axis, table
WITH
    -- The histogram's bins: 1 minute to 400 days, each 1.33 times as long as the one before. A quantile is the middle of its bin.
    arrayMap(nth -> 60000 * pow(576000, (nth - 0.5) / 46) / 86400000, range(0, 48)) AS middle_days,
    toDate({to:DateTime}, 'Asia/Ho_Chi_Minh') AS d
SELECT u.name_vi AS name, u.level AS level, h.sent AS sent, h.done AS done, h.refused AS refused,
    24 * middle_days[arrayFirstIndex(x -> x >= 0.5 * h.cumulative[-1], h.cumulative)] AS median_hours
FROM
(
    SELECT unit, sum(received) AS sent, sum(finished) AS done, sum(refused) AS refused, arrayCumSum(sumForEach(durations)) AS cumulative
    FROM case_days
    WHERE kind = 'document' AND day > d - 30 AND day <= d
    GROUP BY unit
) AS h
INNER JOIN units AS u ON u.unit = h.unit
ORDER BY sent DESC, u.position
