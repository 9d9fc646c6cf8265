-- title_vi: Hồ sơ theo 5 phút trong 24 giờ, và cùng khoảng tuần trước
-- title_en: Dossiers by five minutes over 24 hours, and the week before
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: from DateTime = now-24h | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Hồ sơ: đường · dossiers, time series
SELECT if(bucket >= {from:DateTime}, bucket, bucket + INTERVAL 7 DAY) AS time,
    sumIf(c.received, bucket >= {from:DateTime}) AS received, sumIf(c.finished, bucket >= {from:DateTime}) AS finished,
    sumIf(c.overdue, bucket >= {from:DateTime}) AS overdue, sumIf(c.received, bucket < {from:DateTime}) AS received_week_before
FROM case_counts AS c
WHERE kind = 'dossier' AND width = '5m' AND ((bucket >= {from:DateTime} AND bucket < {to:DateTime})
    OR (bucket >= {from:DateTime} - INTERVAL 7 DAY AND bucket < {to:DateTime} - INTERVAL 7 DAY))
GROUP BY time
ORDER BY time
