-- title_vi: Cơ quan còn nợ báo cáo quá hạn
-- title_en: Bodies with overdue reports
-- owner: Trực ban trung tâm điều hành · operations centre
-- panel: Báo cáo: bảng · reporting, table
SELECT u.name_vi AS name, u.level AS level, o.open_now AS open, o.overdue_open_now AS overdue_open
FROM case_open_now AS o
INNER JOIN units AS u ON u.unit = o.unit
WHERE o.kind = 'report'
ORDER BY overdue_open DESC, open DESC, u.position
LIMIT 30
