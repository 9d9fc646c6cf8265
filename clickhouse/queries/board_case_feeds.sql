-- title_vi: Hồ sơ tiếp nhận hôm nay theo kết nối
-- title_en: Cases received today by connection
-- owner: Trực ban hệ thống · operators
-- parameter: now UInt32 = 0 | đồng hồ số liệu, giây từ 1970 | clock of the data, seconds since 1970
SELECT feed, kind, sum(c.received) AS received, sum(c.steps) AS steps
FROM case_counts AS c
WHERE width = 'day' AND bucket >= toStartOfDay(toDateTime({now:UInt32}, 'Asia/Ho_Chi_Minh')) AND bucket <= toDateTime({now:UInt32}, 'UTC')
GROUP BY feed, kind
