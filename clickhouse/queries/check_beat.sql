-- title_vi: Nhịp: nhịp mới nhất, phân vùng chậm nhất
-- title_en: The beat: newest tick, slowest partition
-- owner: Trực ban hệ thống · operators
WITH now64(3) AS t
SELECT
    toUnixTimestamp64Milli(t) AS now_ms,
    if(count() = 0, NULL, toUnixTimestamp64Milli(max(newest))) AS tick_ms,
    -- Ticks reach every partition: the partition whose newest tick is oldest is the one that lags.
    if(count() = 0, NULL, (toUnixTimestamp64Milli(t) - toUnixTimestamp64Milli(min(newest))) / 1000) AS lag_s
FROM
(
    SELECT max(arrived_at) AS newest FROM ledger
    WHERE kind = 'tick' AND arrived_at >= t - INTERVAL 1 HOUR
    GROUP BY topic, partition
)
