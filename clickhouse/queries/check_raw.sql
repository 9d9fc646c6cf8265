-- title_vi: Bản tin mà số bản ghi trong kho khác số đã nhận theo sổ cái
-- title_en: Messages whose records in the store differ from what the ledger accepted
-- owner: Trực ban hệ thống · operators
-- A row stored twice under one id is one record: the copies merge. What has no ledger row yet is still on its way.
SELECT topic, partition, offset, sum(a) AS accepted, sum(s) AS stored
FROM
(
    SELECT topic, partition, offset, max(accepted) AS a, 0 AS s, 1 AS told FROM ledger WHERE disposition = 'stored' GROUP BY topic, partition, offset
    UNION ALL
    SELECT topic, partition, offset, 0 AS a, uniqExact(cityHash64(record_id)) AS s, 0 AS told FROM figures GROUP BY topic, partition, offset
    UNION ALL
    SELECT topic, partition, offset, 0 AS a, uniqExact(cityHash64(record_id)) AS s, 0 AS told FROM case_steps GROUP BY topic, partition, offset
)
GROUP BY topic, partition, offset
HAVING sum(told) > 0 AND accepted != stored
ORDER BY topic, partition, offset
LIMIT 1000
