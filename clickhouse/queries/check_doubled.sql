-- title_vi: Mã bản ghi đến trong một khoảng mà người đọc thấy hơn một lần trong cùng kết nối
-- title_en: Record ids that arrived within a span and that readers would see more than once in a feed
-- owner: Trực ban hệ thống · operators
-- parameter: since Int64 = 0 | đến Kafka từ lúc, mili giây từ 1970 | arrived since, milliseconds since 1970
-- parameter: until Int64 = 4102444800000 | đến trước lúc | and before
WITH fromUnixTimestamp64Milli({since:Int64}) AS begin, fromUnixTimestamp64Milli({until:Int64}) AS end
SELECT feed, count() AS doubled
FROM
(
    SELECT feed, id
    FROM
    (
        SELECT feed, cityHash64(feed, record_id) AS id, cityHash64(feed, indicator, unit, subject, at, record_id) AS key
        FROM figures WHERE arrived_at >= begin AND arrived_at < end
        UNION ALL
        SELECT feed, cityHash64(feed, record_id) AS id, cityHash64(feed, kind, unit, event_at, record_id) AS key
        FROM case_steps WHERE arrived_at >= begin AND arrived_at < end
    )
    GROUP BY feed, id
    HAVING min(key) != max(key)
)
GROUP BY feed
ORDER BY feed
