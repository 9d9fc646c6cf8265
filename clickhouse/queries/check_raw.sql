-- title_vi: Bản tin ghi trong một khoảng mà số bản ghi trong kho khác sổ cái
-- title_en: Messages written within a span whose records in the store differ from the ledger
-- owner: Trực ban hệ thống · operators
-- parameter: since Int64 = 0 | ghi vào kho từ lúc, mili giây từ 1970 | stored since, milliseconds since 1970
-- parameter: until Int64 = 4102444800000 | đến trước lúc | and before
-- A record has its message's time of arrival, so the tables need be read only where those messages arrived. A row stored
-- twice under one id is one record: the copies merge. What has no ledger row yet is still on its way.
WITH
    fromUnixTimestamp64Milli({since:Int64}) AS begin,
    fromUnixTimestamp64Milli({until:Int64}) AS end,
    (SELECT (min(arrived_at), max(arrived_at)) FROM ledger WHERE stored_at >= begin AND stored_at < end AND disposition = 'stored' AND accepted > 0) AS span
SELECT topic, partition, offset, sum(a) AS accepted, sum(s) AS stored
FROM
(
    SELECT topic, partition, offset, max(accepted) AS a, 0 AS s, 1 AS told FROM ledger
    WHERE stored_at >= begin AND stored_at < end AND disposition = 'stored' GROUP BY topic, partition, offset
    UNION ALL
    SELECT topic, partition, offset, 0 AS a, uniqExact(cityHash64(record_id)) AS s, 0 AS told FROM figures
    WHERE arrived_at >= span.1 AND arrived_at <= span.2 GROUP BY topic, partition, offset
    UNION ALL
    SELECT topic, partition, offset, 0 AS a, uniqExact(cityHash64(record_id)) AS s, 0 AS told FROM case_steps
    WHERE arrived_at >= span.1 AND arrived_at <= span.2 GROUP BY topic, partition, offset
    UNION ALL
    SELECT topic, partition, offset, 0 AS a, uniqExact(row) AS s, 0 AS told FROM finding_actions
    WHERE arrived_at >= span.1 AND arrived_at <= span.2 GROUP BY topic, partition, offset
)
GROUP BY topic, partition, offset
HAVING sum(told) > 0 AND accepted != stored
ORDER BY topic, partition, offset
LIMIT 1000
