-- title_vi: Ngày mà tổng số bước trong chỉ số khác số bước đã nhận, bảy ngày trọn gần nhất
-- title_en: Days whose steps in the buckets differ from the steps in the store, last seven whole days
-- owner: Trực ban hệ thống · operators
-- parameter: now UInt32 = 0 | đồng hồ số liệu, giây từ 1970 | clock of the data, seconds since 1970
-- A bucket is written at the next whole minute: what arrived in the last two minutes may be in it or not.
WITH
    toTimeZone(toStartOfDay(toDateTime({now:UInt32}, 'Asia/Ho_Chi_Minh')), 'UTC') AS today,
    today - INTERVAL 7 DAY AS since
SELECT kind, day, sum(in_buckets) AS buckets, sum(settled) AS at_least, sum(all_steps) AS at_most
FROM
(
    SELECT kind, toDate(bucket, 'Asia/Ho_Chi_Minh') AS day, steps AS in_buckets, 0 AS settled, 0 AS all_steps
    FROM case_buckets_in_force WHERE width = 'day' AND bucket >= since AND bucket < today
    UNION ALL
    SELECT
        kind, toDate(event_at, 'Asia/Ho_Chi_Minh') AS day, 0 AS in_buckets,
        uniqExactIf(cityHash64(feed, record_id), stored_at < now64(3) - INTERVAL 2 MINUTE) AS settled,
        uniqExact(cityHash64(feed, record_id)) AS all_steps
    FROM case_steps WHERE event_at >= since AND event_at < today GROUP BY kind, day
)
GROUP BY kind, day
HAVING buckets < at_least OR buckets > at_most
ORDER BY kind, day
