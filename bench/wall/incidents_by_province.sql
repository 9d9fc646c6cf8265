-- title_vi: Sự cố tìm kiếm cứu nạn theo tỉnh, 30 ngày
-- title_en: Search-and-rescue incidents by province, 30 days
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Cứu nạn: bản đồ · rescue, map
WITH toDate({to:DateTime}, 'Asia/Ho_Chi_Minh') AS d
SELECT u.name_vi AS name, u.latitude AS latitude, u.longitude AS longitude, sum(c.received) AS reported, sum(c.finished) AS ended,
    sum(c.refused) AS false_alarms
FROM case_days AS c
INNER JOIN units AS u ON u.unit = c.unit
WHERE c.kind = 'incident' AND c.day > d - 30 AND c.day <= d
GROUP BY u.position, name, latitude, longitude
ORDER BY u.position
