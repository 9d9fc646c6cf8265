-- title_vi: Độ tươi theo phút, ba giờ qua
-- title_en: Freshness by minute, last three hours
-- owner: Trực sự cố · on call
-- parameter: from DateTime = now-3h | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Nền tảng: đường · platform, time series
SELECT toStartOfMinute(arrived_at) AS time, quantile(0.5)(age) AS p50_s, quantile(0.99)(age) AS p99_s
FROM
(
    SELECT arrived_at, (toUnixTimestamp64Milli(stored_at) - toUnixTimestamp64Milli(sent_at)) / 1000 AS age
    FROM ledger
    WHERE kind = 'records' AND NOT backfill AND arrived_at >= {from:DateTime} AND arrived_at < {to:DateTime}
        AND abs(toUnixTimestamp64Milli(arrived_at) - toUnixTimestamp64Milli(sent_at)) < 3600000
)
GROUP BY time
ORDER BY time
