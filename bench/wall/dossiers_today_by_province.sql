-- title_vi: Hồ sơ hôm nay theo tỉnh
-- title_en: Dossiers today by province
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Hồ sơ: bảng, bản đồ · dossiers, table and map
WITH toTimeZone(toStartOfDay(toDateTime({to:DateTime}, 'Asia/Ho_Chi_Minh')), 'UTC') AS today
SELECT u.position AS position, u.name_vi AS name, u.latitude AS latitude, u.longitude AS longitude,
    b.received AS received, b.online AS online, b.finished AS finished, b.on_time AS on_time, b.overdue AS overdue,
    b.on_time / nullIf(b.finished, 0) AS on_time_of_finished, b.online / nullIf(b.received, 0) AS online_of_received,
    b.open_end AS open, b.overdue_open_end AS overdue_open
FROM units AS u
LEFT JOIN
(
    SELECT unit, sum(received) AS received, sum(online) AS online, sum(finished) AS finished, sum(on_time) AS on_time,
        sum(overdue) AS overdue, sum(open_end) AS open_end, sum(overdue_open_end) AS overdue_open_end
    FROM case_counts
    WHERE kind = 'dossier' AND width = 'day' AND bucket = today
    GROUP BY unit
) AS b ON b.unit = u.unit
WHERE u.level = 'province' AND u.valid_to IS NULL
ORDER BY position
