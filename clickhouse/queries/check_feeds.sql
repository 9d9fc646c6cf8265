-- title_vi: Kết nối: trạng thái, đồng hồ, số liệu mới nhất
-- title_en: Connections: state, clock, newest record
-- owner: Trực ban hệ thống · operators
SELECT
    feed, state, toUnixTimestamp(clock) AS clock_s, toUnixTimestamp64Milli(last_at) AS last_ms,
    toUnixTimestamp64Milli(due_at) AS due_ms, reporting, expected, simulated
FROM feed_states_now
ORDER BY feed
