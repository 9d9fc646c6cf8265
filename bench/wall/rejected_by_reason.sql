-- title_vi: Bản ghi bị từ chối theo lý do, bảy ngày
-- title_en: Rejected records by reason, seven days
-- owner: Trực sự cố · on call
-- parameter: from DateTime = now-7d | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Nền tảng: bảng · platform, table
SELECT if(feed = '', '(không đọc được)', feed) AS connection, reason, field, uniqExact(topic, partition, offset, row) AS records,
    max(arrived_at) AS last_at
FROM rejected
WHERE arrived_at >= {from:DateTime} AND arrived_at < {to:DateTime}
GROUP BY connection, reason, field
ORDER BY records DESC, connection, reason, field
LIMIT 100
