-- title_vi: Sổ cái theo phân vùng: liên tục không, cộng lại có khớp không
-- title_en: The ledger by partition: continuous, and does it add up
-- owner: Trực ban hệ thống · operators
-- FINAL: a row that two workers wrote, one of which no longer had the partition, counts once.
-- What was forwarded is counted where it arrived, not twice, and what was refused on the way, here.
SELECT
    topic, partition, min(l.offset) AS first, max(l.offset) AS mark, uniqExact(l.offset) AS messages,
    mark - first + 1 - messages AS missing,
    sum(if(l.disposition = 'forwarded', l.rejected, l.records)) AS records, sumIf(l.accepted, l.disposition = 'stored') AS accepted,
    sum(l.rejected) AS rejected, sumIf(l.duplicates, l.disposition = 'stored') AS duplicates,
    sumIf(l.late, l.disposition = 'stored') AS late,
    countIf(l.kind != 'tick' AND l.records != l.accepted + l.rejected + l.duplicates) AS unbalanced,
    toUnixTimestamp64Milli(max(l.stored_at)) AS stored_ms
FROM ledger AS l FINAL
GROUP BY topic, partition
ORDER BY topic, partition
