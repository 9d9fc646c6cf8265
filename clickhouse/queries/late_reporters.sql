-- title_vi: Đơn vị nào báo cáo muộn, và thường đến đâu
-- title_en: Which units report late, and how often
-- owner: Văn phòng Chính phủ, đầu mối báo cáo quốc gia · national reporting
-- parameter: from Date = 2026-01-01 | từ ngày | first day
-- parameter: to Date = 2026-12-31 | đến hết ngày | last day
-- parameter: feed String = | mã kết nối; rỗng là tất cả | feed, or empty for all
-- Figures: records that came later than their feed allows, and the usual time from the figure (or the end of its period)
-- to its sending. Periodic reports (cases of kind `report`): finished after their due time.
SELECT
    u.name_vi AS name, d.name_vi AS feed_name, r.what AS what, r.records AS records, r.late AS late,
    round(100 * r.late / nullIf(r.records, 0), 2) AS late_of_records_percent, round(r.median_hours, 1) AS median_hours, u.unit AS unit, d.feed AS feed
FROM
(
    SELECT
        feed, unit, 'số liệu · figures' AS what, count() AS records, countIf(late) AS late,
        quantile(0.5)(dateDiff('minute', if(period = '', at, toDateTime64(period_over(period, at), 3, 'Asia/Ho_Chi_Minh')), sent_at) / 60) AS median_hours
    FROM figures
    WHERE at >= toDateTime({from:Date}, 'Asia/Ho_Chi_Minh') AND at < toDateTime({to:Date}, 'Asia/Ho_Chi_Minh') + INTERVAL 1 DAY
        AND ({feed:String} = '' OR feed = {feed:String}) AND vintage IN ('', 'estimate', 'preliminary', 'final')
    GROUP BY feed, unit
    UNION ALL
    SELECT 'reports', unit, 'báo cáo · reports', toUInt64(sum(finished)), toUInt64(sum(overdue)), sum(duration_ms) / 3600000 / greatest(sum(finished), 1)
    FROM case_days
    WHERE kind = 'report' AND day BETWEEN {from:Date} AND {to:Date} AND {feed:String} IN ('', 'reports')
    GROUP BY unit
) AS r
INNER JOIN units AS u ON u.unit = r.unit
INNER JOIN feeds AS d ON d.feed = r.feed
WHERE r.late > 0 AND d.system != 'drill'
ORDER BY late_of_records_percent DESC, records DESC, u.position
LIMIT 500
