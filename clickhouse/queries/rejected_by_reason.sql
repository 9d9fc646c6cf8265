-- title_vi: Bản ghi bị từ chối theo kết nối và lý do, những ngày gần đây
-- title_en: Rejected records by feed and reason, last days
-- owner: Trực ban hệ thống · operators
-- parameter: days UInt32 = 7 | số ngày | days
SELECT
    if(feed = '', '(không đọc được)', feed) AS connection, reason, field, uniqExact(topic, partition, offset, row) AS records,
    uniqExact(topic, partition, offset) AS messages, min(arrived_at) AS first_at, max(arrived_at) AS last_at
FROM rejected
WHERE arrived_at >= now() - toIntervalDay({days:UInt32})
GROUP BY connection, reason, field
ORDER BY records DESC, connection, reason, field
