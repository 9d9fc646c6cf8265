-- title_vi: Bản ghi 24 giờ qua theo kết nối: nhận, từ chối, trùng, muộn
-- title_en: Records of the last 24 hours by connection
-- owner: Trực sự cố · on call
-- parameter: from DateTime = now-24h | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Nền tảng: bảng · platform, table
SELECT feed, count() AS messages, sum(l.records) AS records, sum(l.accepted) AS accepted, sum(l.rejected) AS rejected,
    sum(l.duplicates) AS duplicates, sum(l.late) AS late
FROM ledger AS l
WHERE kind = 'records' AND arrived_at >= {from:DateTime} AND arrived_at < {to:DateTime}
GROUP BY feed
ORDER BY records DESC, feed
