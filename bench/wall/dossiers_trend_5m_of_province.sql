-- title_vi: Hồ sơ của một tỉnh theo 5 phút trong 24 giờ
-- title_en: A province's dossiers by five minutes over 24 hours
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: from DateTime = now-24h | từ | from
-- parameter: to DateTime = now | đến | to
-- parameter: unit String = H26 | đơn vị | unit
-- panel: Hồ sơ của tỉnh: đường · province, time series
SELECT bucket AS time, sum(received) AS received, sum(online) AS online, sum(finished) AS finished, sum(overdue) AS overdue,
    sum(open_end) AS open
FROM case_counts
WHERE kind = 'dossier' AND unit = {unit:String} AND width = '5m' AND bucket >= {from:DateTime} AND bucket < {to:DateTime}
GROUP BY time
ORDER BY time
