-- title_vi: Số liệu tính đến lúc nào: kết nối chậm nhất và mới nhất
-- title_en: Data as of: the slowest connection and the newest
-- owner: Trực ban hệ thống · operators
SELECT count() AS feeds, min(clock) AS oldest, max(clock) AS newest, now64(3) AS asked_at
FROM feed_states_now
