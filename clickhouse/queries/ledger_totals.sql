-- title_vi: Tổng sổ cái: bản ghi = được nhận + bị từ chối + trùng
-- title_en: Ledger totals: records = accepted + rejected + duplicates
-- owner: Trực ban hệ thống · operators
SELECT
    countIf(kind = 'records') AS messages,
    -- What was forwarded is counted where it arrived, not twice, and what was refused on the way, here.
    sum(if(disposition = 'forwarded', l.rejected, l.records)) AS records, sumIf(l.accepted, disposition = 'stored') AS accepted,
    sum(l.rejected) AS rejected, sum(l.duplicates) AS duplicates, sum(l.late) AS late
FROM ledger AS l
