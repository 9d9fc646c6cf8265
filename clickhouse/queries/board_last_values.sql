-- title_vi: Giá trị mới nhất của mỗi kết nối
-- title_en: Newest value of each connection
-- owner: Trực ban hệ thống · operators
-- parameter: now UInt32 = 0 | đồng hồ số liệu, giây từ 1970 | clock of the data, seconds since 1970
-- parameter: feeds Array(String) = [] | mã kết nối | feeds
-- parameter: indicators Array(String) = [] | chỉ tiêu đại diện | headline indicators
WITH
    toDateTime64({now:UInt32}, 3, 'UTC') AS t,
    -- The country's own figure before a part of it, then the newest, then the last release of it.
    bitShiftLeft(toUInt128(f.unit = 'VN' AND f.subject = ''), 112)
        + bitShiftLeft(toUInt128(greatest(toUnixTimestamp64Milli(f.at), 0)), 64)
        + toUInt64(greatest(toUnixTimestamp64Milli(f.sent_at), 0)) AS place
SELECT
    feed, indicator, argMax(f.value, place) AS value, argMax(f.unit, place) AS unit, argMax(f.subject, place) AS subject,
    argMax(f.period, place) AS period, toUnixTimestamp64Milli(argMax(f.at, place)) AS at_ms, argMax(f.verdict, place) AS verdict
FROM figures AS f
WHERE f.feed IN {feeds:Array(String)} AND f.indicator IN {indicators:Array(String)} AND f.verdict != 'impossible'
    AND f.at <= t + INTERVAL 1 DAY AND (f.at >= t - INTERVAL 1 DAY OR (f.period != '' AND f.at >= t - INTERVAL 500 DAY))
GROUP BY feed, indicator
