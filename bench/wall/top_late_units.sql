-- title_vi: Đơn vị có nhiều hồ sơ quá hạn nhất, 30 ngày
-- title_en: Units with most overdue dossiers, 30 days
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Hồ sơ: bảng · dossiers, table
WITH toDate({to:DateTime}, 'Asia/Ho_Chi_Minh') AS d
SELECT u.name_vi AS name, c.kind AS kind, sum(c.overdue) AS overdue, sum(c.finished) AS finished,
    sum(c.overdue) / nullIf(sum(c.finished), 0) AS overdue_of_finished
FROM case_days AS c
INNER JOIN units AS u ON u.unit = c.unit
WHERE c.day > d - 30 AND c.day <= d AND c.kind IN ('dossier', 'document', 'petition')
GROUP BY name, kind
HAVING finished > 20
ORDER BY overdue_of_finished DESC, name, kind
LIMIT 15
