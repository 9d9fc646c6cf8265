-- title_vi: Sổ cái theo ngày: bản tin, bản ghi, được nhận, bị từ chối, trùng, muộn
-- title_en: The ledger by day: messages, records, accepted, rejected, duplicates, late
-- owner: Trực ban hệ thống · operators
-- parameter: days UInt32 = 7 | số ngày | days
SELECT
    toDate(arrived_at, 'Asia/Ho_Chi_Minh') AS day, feed, count() AS messages, sum(records) AS records, sum(accepted) AS accepted,
    sum(rejected) AS rejected, sum(duplicates) AS duplicates, sum(late) AS late
FROM ledger
WHERE kind = 'records' AND arrived_at >= now() - toIntervalDay({days:UInt32})
GROUP BY day, feed
ORDER BY day, feed
