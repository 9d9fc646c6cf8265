-- title_vi: Sổ cái theo ngày: bản tin, bản ghi, được nhận, bị từ chối, trùng, muộn
-- title_en: The ledger by day: messages, records, accepted, rejected, duplicates, late
-- owner: Trực ban hệ thống · operators
-- parameter: days UInt32 = 7 | số ngày | days
-- As in `ledger_totals`: what was forwarded from the inbox is counted where it arrived, what was refused on the way, here.
SELECT
    toDate(l.arrived_at, 'Asia/Ho_Chi_Minh') AS day, l.feed AS feed, count() AS messages,
    sum(if(l.disposition = 'forwarded', l.rejected, l.records)) AS records, sumIf(l.accepted, l.disposition = 'stored') AS accepted,
    sum(l.rejected) AS rejected, sumIf(l.duplicates, l.disposition = 'stored') AS duplicates, sum(l.late) AS late
FROM ledger AS l
WHERE l.kind = 'records' AND l.arrived_at >= now() - toIntervalDay({days:UInt32})
GROUP BY day, feed
ORDER BY day, feed
