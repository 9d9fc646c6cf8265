-- title_vi: Từng kết nối: trạng thái, số liệu mới nhất, mức đầy đủ
-- title_en: Every connection: state, newest record, completeness
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Toàn cảnh: bảng kết nối · overview, table
SELECT
    s.feed AS feed, f.name_vi AS name, f.system AS system, s.state AS state, s.last_at AS last_at,
    dateDiff('second', s.last_at, toDateTime64({to:DateTime}, 3, 'UTC')) AS age_s,
    s.reporting AS reporting, s.expected AS expected, s.reporting / nullIf(s.expected, 0) AS completeness, s.simulated AS simulated
FROM feed_states_now AS s
LEFT JOIN feeds AS f ON f.feed = s.feed
ORDER BY transform(s.state, ['silent', 'late', 'receiving'], [0, 1, 2], 3), f.partition, feed
