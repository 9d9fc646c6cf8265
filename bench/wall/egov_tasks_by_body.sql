-- title_vi: Nhiệm vụ Chính phủ điện tử theo cơ quan: đang làm, quá hạn
-- title_en: e-Government tasks by body: open, overdue
-- owner: Trực ban trung tâm điều hành · operations centre
-- panel: Chính phủ điện tử: bảng · e-Government, table
SELECT u.name_vi AS name, o.open_now AS open, o.overdue_open_now AS overdue_open
FROM case_open_now AS o
INNER JOIN units AS u ON u.unit = o.unit
WHERE o.kind = 'task'
ORDER BY overdue_open DESC, open DESC, u.position
