-- title_vi: Hồ sơ theo tỉnh hôm nay, so với cùng thứ tuần trước đến cùng năm phút
-- title_en: Dossiers by province today against the same weekday last week, up to the same five minutes
-- owner: Văn phòng Chính phủ, Cục Kiểm soát thủ tục hành chính · procedures control
-- parameter: now UInt32 = 0 | đồng hồ số liệu, giây từ 1970 | clock of the data, seconds since 1970
-- parameter: kind String = dossier | loại hồ sơ | case kind
WITH
    toStartOfFiveMinutes(toDateTime({now:UInt32}, 'UTC')) AS until,
    toTimeZone(toStartOfDay(toDateTime({now:UInt32}, 'Asia/Ho_Chi_Minh')), 'UTC') AS today
SELECT
    u.unit AS unit, u.name_vi AS name_vi, u.name_en AS name_en,
    if(b.rows_today = 0, NULL, b.received) AS received,
    if(b.rows_before = 0, NULL, b.received_before) AS received_before,
    if(b.rows_today = 0, NULL, b.finished) AS finished,
    if(b.rows_today = 0, NULL, b.on_time) AS on_time,
    b.on_time / nullIf(b.finished, 0) AS on_time_of_finished,
    b.on_time_before / nullIf(b.finished_before, 0) AS on_time_of_finished_before,
    if(o.clock = 0, NULL, o.overdue_open_now) AS overdue_open
FROM units AS u
LEFT JOIN
(
    SELECT
        c.unit AS unit,
        countIf(c.bucket >= today) AS rows_today, countIf(c.bucket < today) AS rows_before,
        sumIf(c.received, c.bucket >= today) AS received, sumIf(c.received, c.bucket < today) AS received_before,
        sumIf(c.finished, c.bucket >= today) AS finished, sumIf(c.finished, c.bucket < today) AS finished_before,
        sumIf(c.on_time, c.bucket >= today) AS on_time, sumIf(c.on_time, c.bucket < today) AS on_time_before
    FROM case_counts AS c
    WHERE c.kind = {kind:String} AND c.width = '5m'
        AND ((c.bucket >= today AND c.bucket < until)
            OR (c.bucket >= today - INTERVAL 7 DAY AND c.bucket < until - INTERVAL 7 DAY))
    GROUP BY c.unit
) AS b ON b.unit = u.unit
LEFT JOIN (SELECT unit, overdue_open_now, toUnixTimestamp(clock) AS clock FROM case_open_now WHERE kind = {kind:String}) AS o ON o.unit = u.unit
WHERE u.level = 'province' AND u.valid_from <= toDate(today, 'Asia/Ho_Chi_Minh')
    AND (u.valid_to IS NULL OR u.valid_to >= toDate(today, 'Asia/Ho_Chi_Minh'))
ORDER BY u.position
