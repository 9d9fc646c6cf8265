-- title_vi: Mức đầy đủ theo hệ thống
-- title_en: Completeness by system
-- owner: Trực ban trung tâm điều hành · operations centre
-- panel: Toàn cảnh: thanh · overview, bar gauge
SELECT f.system AS system, count() AS feeds, countIf(s.state = 'receiving') AS receiving,
    sum(s.reporting) AS reporting, sum(s.expected) AS expected, reporting / nullIf(expected, 0) AS completeness
FROM feed_states_now AS s
INNER JOIN feeds AS f ON f.feed = s.feed
GROUP BY system
ORDER BY completeness, system
