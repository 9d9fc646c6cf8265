-- title_vi: Mã bản ghi có mặt hơn một lần trong cùng kết nối
-- title_en: Record ids that readers would see more than once in a feed
-- owner: Trực ban hệ thống · operators
SELECT feed, uniqExact(key) - uniqExact(id) AS doubled
FROM
(
    SELECT feed, cityHash64(feed, record_id) AS id, cityHash64(feed, indicator, unit, subject, at, record_id) AS key FROM figures
    UNION ALL
    SELECT feed, cityHash64(feed, record_id) AS id, cityHash64(feed, kind, unit, event_at, record_id) AS key FROM case_steps
)
GROUP BY feed
HAVING doubled > 0
ORDER BY feed
