-- title_vi: Văn bản trên trục theo 5 phút trong 24 giờ
-- title_en: Documents on the axis by five minutes over 24 hours
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: from DateTime = now-24h | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Trục liên thông: đường · document axis, time series
SELECT bucket AS time, sum(received) AS sent, sum(finished) AS done, sum(refused) AS refused, sum(withdrawn) AS recalled
FROM case_counts
WHERE kind = 'document' AND width = '5m' AND bucket >= {from:DateTime} AND bucket < {to:DateTime}
GROUP BY time
ORDER BY time
