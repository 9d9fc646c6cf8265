-- title_vi: Sổ cái: các bản tin ghi từ một lúc trở đi
-- title_en: The ledger: messages written since a moment
-- owner: Trực ban hệ thống · operators
-- parameter: since Int64 = 0 | từ lúc ghi vào kho, mili giây từ 1970 | stored since, milliseconds since 1970
SELECT
    topic, partition, offset, max(l.records) AS records, max(l.accepted) AS accepted, max(l.rejected) AS rejected,
    max(l.duplicates) AS duplicates, max(l.late) AS late, any(l.kind) AS kind, any(l.disposition) AS disposition,
    toUnixTimestamp64Milli(max(l.stored_at)) AS stored_ms
FROM ledger AS l
WHERE stored_at > fromUnixTimestamp64Milli({since:Int64})
GROUP BY topic, partition, offset
ORDER BY topic, partition, offset
