-- title_vi: Mã bản ghi đến từ một lúc trở đi mà người đọc thấy hơn một lần
-- title_en: Record ids that arrived since a moment and that readers would see more than once
-- owner: Trực ban hệ thống · operators
-- parameter: since Int64 = 0 | từ lúc đến Kafka, mili giây từ 1970 | arrived since, milliseconds since 1970
WITH fromUnixTimestamp64Milli({since:Int64}) AS after
SELECT feed, uniqExact(key) - uniqExact(id) AS doubled
FROM
(
    SELECT feed, cityHash64(feed, record_id) AS id, cityHash64(feed, indicator, unit, subject, at, record_id) AS key FROM figures WHERE arrived_at > after
    UNION ALL
    SELECT feed, cityHash64(feed, record_id) AS id, cityHash64(feed, kind, unit, event_at, record_id) AS key FROM case_steps WHERE arrived_at > after
)
GROUP BY feed
HAVING doubled > 0
ORDER BY feed
