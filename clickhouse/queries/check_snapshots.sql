-- title_vi: Tuổi bản chụp trạng thái cũ nhất trong các phân vùng còn nhận bản ghi
-- title_en: Age of the oldest snapshot among partitions that still take records
-- owner: Trực ban hệ thống · operators
SELECT count() AS snapshots, if(count() = 0, NULL, dateDiff('second', min(newest), now())) AS oldest_s
FROM
(
    SELECT topic, feed, shard, max(stored_at) AS newest FROM snapshots
    WHERE (topic, partition) IN (SELECT topic, partition FROM ledger WHERE arrived_at >= now64(3) - INTERVAL 10 MINUTE)
    GROUP BY topic, feed, shard
)
