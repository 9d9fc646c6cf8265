-- title_vi: Đường ống năm phút qua: nhịp, độ trễ, từ chối, trùng, muộn, độ tươi
-- title_en: The pipeline over the last five minutes: ticks, lag, rejected, duplicates, late, freshness
-- owner: Trực ban hệ thống · operators
WITH
    now64(3) AS t,
    (toUnixTimestamp64Milli(stored_at) - toUnixTimestamp64Milli(sent_at)) / 1000 AS since_sent,
    kind = 'records' AND NOT backfill AND abs(toUnixTimestamp64Milli(arrived_at) - toUnixTimestamp64Milli(sent_at)) < 3600000 AS sound
SELECT
    toUnixTimestamp64Milli(t) AS now_ms,
    (SELECT if(count() = 0, NULL, toUnixTimestamp64Milli(max(arrived_at))) FROM ledger WHERE kind = 'tick' AND arrived_at >= t - INTERVAL 1 HOUR) AS tick_ms,
    -- Ticks reach every partition: the partition whose newest tick is oldest is the one that lags.
    (
        SELECT if(count() = 0, NULL, max(behind)) FROM
        (
            SELECT (toUnixTimestamp64Milli(t) - toUnixTimestamp64Milli(max(arrived_at))) / 1000 AS behind
            FROM ledger WHERE kind = 'tick' AND arrived_at >= t - INTERVAL 1 HOUR GROUP BY topic, partition
        )
    ) AS lag_s,
    -- What was forwarded is counted where it arrived, not twice, and what was refused on the way, here.
    countIf(kind = 'records') AS messages, sum(if(disposition = 'forwarded', l.rejected, l.records)) AS records,
    sumIf(l.accepted, disposition = 'stored') AS accepted, sum(l.rejected) AS rejected,
    sum(l.duplicates) AS duplicates, sum(l.late) AS late,
    quantileOrNullIf(0.5)(since_sent, sound) AS p50_s, quantileOrNullIf(0.99)(since_sent, sound) AS p99_s
FROM ledger AS l
WHERE arrived_at >= t - INTERVAL 5 MINUTE
