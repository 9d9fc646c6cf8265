-- title_vi: Bản tin ghi từ một lúc trở đi mà số bản ghi trong kho khác sổ cái
-- title_en: Messages written since a moment whose records in the store differ from the ledger
-- owner: Trực ban hệ thống · operators
-- parameter: since Int64 = 0 | từ lúc ghi vào kho, mili giây từ 1970 | stored since, milliseconds since 1970
-- A record has its message's time of arrival, so the tables need be read only where those messages arrived.
WITH
    fromUnixTimestamp64Milli({since:Int64}) AS after,
    (SELECT min(arrived_at) FROM ledger WHERE stored_at > after AND disposition = 'stored' AND accepted > 0) AS earliest,
    (SELECT max(arrived_at) FROM ledger WHERE stored_at > after AND disposition = 'stored' AND accepted > 0) AS latest
SELECT topic, partition, offset, sum(a) AS accepted, sum(s) AS stored
FROM
(
    SELECT topic, partition, offset, max(accepted) AS a, 0 AS s, 1 AS told FROM ledger
    WHERE stored_at > after AND disposition = 'stored' GROUP BY topic, partition, offset
    UNION ALL
    SELECT topic, partition, offset, 0 AS a, uniqExact(cityHash64(record_id)) AS s, 0 AS told FROM figures
    WHERE arrived_at >= earliest AND arrived_at <= latest GROUP BY topic, partition, offset
    UNION ALL
    SELECT topic, partition, offset, 0 AS a, uniqExact(cityHash64(record_id)) AS s, 0 AS told FROM case_steps
    WHERE arrived_at >= earliest AND arrived_at <= latest GROUP BY topic, partition, offset
)
GROUP BY topic, partition, offset
HAVING sum(told) > 0 AND accepted != stored
ORDER BY topic, partition, offset
LIMIT 1000
