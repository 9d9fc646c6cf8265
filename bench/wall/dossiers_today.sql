-- title_vi: Hồ sơ hôm nay so với cùng giờ tuần trước, cả nước
-- title_en: Dossiers today against the same hours last week, the nation
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Toàn cảnh: ô đếm · overview, stat
WITH
    toStartOfFiveMinutes(toDateTime({to:DateTime}, 'UTC')) AS until,
    toTimeZone(toStartOfDay(toDateTime({to:DateTime}, 'Asia/Ho_Chi_Minh')), 'UTC') AS today
SELECT
    sumIf(c.received, bucket >= today) AS received, sumIf(c.received, bucket < today) AS received_before,
    sumIf(c.online, bucket >= today) / nullIf(sumIf(c.received, bucket >= today), 0) AS online_of_received,
    sumIf(c.finished, bucket >= today) AS finished, sumIf(c.finished, bucket < today) AS finished_before,
    sumIf(c.on_time, bucket >= today) / nullIf(sumIf(c.finished, bucket >= today), 0) AS on_time_of_finished,
    sumIf(c.overdue, bucket >= today) AS overdue
FROM case_counts AS c
WHERE kind = 'dossier' AND width = '5m' AND ((bucket >= today AND bucket < until)
    OR (bucket >= today - INTERVAL 7 DAY AND bucket < until - INTERVAL 7 DAY))
