-- title_vi: Số liệu tính đến lúc nào: đồng hồ nhanh nhất, chậm nhất
-- title_en: Data as of: fastest and slowest clock
-- owner: Trực ban trung tâm điều hành · operations centre
-- panel: Mọi bảng: ô thời điểm · every board, stat
SELECT max(clock) AS newest_clock, min(clock) AS slowest_clock, argMin(feed, clock) AS slowest_feed, max(last_at) AS newest_record
FROM feed_states_now
