-- title_vi: Tỷ lệ trực tuyến / tiếp nhận theo tỉnh, 30 ngày và 30 ngày trước đó
-- title_en: Online of received by province, 30 days and the 30 before
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Hồ sơ: thanh · dossiers, bar gauge
WITH toDate({to:DateTime}, 'Asia/Ho_Chi_Minh') AS d
SELECT u.name_vi AS name, c.online_of_received AS online_of_received, c.before AS before, online_of_received - before AS change
FROM
(
    SELECT unit, sumIf(online, day > d - 30) / nullIf(sumIf(received, day > d - 30), 0) AS online_of_received,
        sumIf(online, day <= d - 30) / nullIf(sumIf(received, day <= d - 30), 0) AS before
    FROM case_days
    WHERE kind = 'dossier' AND day > d - 60 AND day <= d
    GROUP BY unit
) AS c
INNER JOIN units AS u ON u.unit = c.unit
ORDER BY online_of_received DESC, u.position
