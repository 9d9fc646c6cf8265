-- title_vi: Độ tươi năm phút qua theo kết nối, giây
-- title_en: Freshness of the last five minutes by connection, seconds
-- owner: Trực sự cố · on call
-- parameter: to DateTime = now | đến | to
-- panel: Nền tảng: bảng · platform, table
SELECT feed, count() AS messages, sum(records) AS records,
    quantile(0.5)(age) AS p50_s, quantile(0.99)(age) AS p99_s, max(age) AS longest_s
FROM
(
    SELECT feed, records, (toUnixTimestamp64Milli(stored_at) - toUnixTimestamp64Milli(sent_at)) / 1000 AS age
    FROM ledger
    WHERE kind = 'records' AND NOT backfill AND arrived_at >= toDateTime64({to:DateTime}, 3, 'UTC') - INTERVAL 5 MINUTE
        AND abs(toUnixTimestamp64Milli(arrived_at) - toUnixTimestamp64Milli(sent_at)) < 3600000
)
GROUP BY feed
ORDER BY p99_s DESC, feed
LIMIT 60
