-- title_vi: Năm phút qua: bản tin, bản ghi, từ chối, trùng, muộn
-- title_en: Last five minutes: messages, records, rejected, repeats, late
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Toàn cảnh: ô đếm · overview, stat
SELECT countIf(kind = 'records') AS messages, sum(if(disposition = 'forwarded', l.rejected, l.records)) AS records,
    sumIf(l.accepted, disposition = 'stored') AS accepted, sum(l.rejected) AS rejected, sum(l.duplicates) AS duplicates,
    sum(l.late) AS late, countIf(kind = 'tick') AS ticks
FROM ledger AS l
WHERE arrived_at >= toDateTime64({to:DateTime}, 3, 'UTC') - INTERVAL 5 MINUTE
