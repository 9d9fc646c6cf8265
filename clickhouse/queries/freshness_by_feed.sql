-- title_vi: Độ tươi theo kết nối: từ lúc gửi đến lúc vào kho, giây
-- title_en: Freshness by feed: seconds from the sender's clock to the store
-- owner: Trực ban hệ thống · operators
-- parameter: minutes UInt32 = 60 | số phút gần đây | last minutes
SELECT feed, messages, records, odd_clocks, p50_s, p99_s, longest_s, p99_since_arrived_s
FROM freshness(minutes = {minutes:UInt32})
ORDER BY p99_s DESC, feed
