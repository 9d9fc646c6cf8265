-- title_vi: Kết nối theo trạng thái
-- title_en: Connections by state
-- owner: Trực ban trung tâm điều hành · operations centre
-- panel: Toàn cảnh: ô đếm · overview, stat
SELECT state, count() AS feeds, sum(reporting) AS reporting, sum(expected) AS expected
FROM feed_states_now
GROUP BY state
ORDER BY feeds DESC, state
