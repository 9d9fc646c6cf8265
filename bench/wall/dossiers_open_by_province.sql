-- title_vi: Hồ sơ đang mở và quá hạn lúc này theo tỉnh
-- title_en: Dossiers open and overdue now by province
-- owner: Trực ban trung tâm điều hành · operations centre
-- panel: Hồ sơ: thanh · dossiers, bar gauge
SELECT u.name_vi AS name, o.open_now AS open, o.overdue_open_now AS overdue_open, overdue_open / nullIf(open, 0) AS overdue_of_open,
    o.clock AS clock
FROM case_open_now AS o
INNER JOIN units AS u ON u.unit = o.unit
WHERE o.kind = 'dossier'
ORDER BY overdue_open DESC, u.position
