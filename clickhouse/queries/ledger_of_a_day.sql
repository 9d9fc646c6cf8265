-- title_vi: Sổ cái của một ngày: mỗi bản tin Kafka, mỗi bản ghi đi đâu
-- title_en: The ledger of a day: where every message and record went
-- owner: Trực ban hệ thống · operators
-- parameter: day Date = 2026-11-20 | ngày Kafka nhận, giờ Việt Nam | day on which Kafka had it, local
-- records = accepted + rejected + duplicates, for every message. `missing` are offsets between the first and the last of
-- the day that have no row. What was forwarded from the inbox is counted where it arrived.
SELECT
    topic, partition, any(feed) AS feed, uniqExact(l.offset) AS messages, max(l.offset) - min(l.offset) + 1 - messages AS missing,
    sum(if(l.disposition = 'forwarded', l.rejected, l.records)) AS records, sumIf(l.accepted, l.disposition = 'stored') AS accepted,
    sum(l.rejected) AS rejected, sumIf(l.duplicates, l.disposition = 'stored') AS duplicates, sum(l.late) AS late,
    records - accepted - rejected - duplicates AS unbalanced, min(l.arrived_at) AS first_at, max(l.arrived_at) AS last_at,
    round(quantile(0.99)((toUnixTimestamp64Milli(l.stored_at) - toUnixTimestamp64Milli(l.arrived_at)) / 1000), 3) AS p99_since_arrived_s
FROM ledger AS l FINAL
WHERE l.arrived_at >= toDateTime({day:Date}, 'Asia/Ho_Chi_Minh') AND l.arrived_at < toDateTime({day:Date}, 'Asia/Ho_Chi_Minh') + INTERVAL 1 DAY
GROUP BY topic, partition
ORDER BY topic, partition
