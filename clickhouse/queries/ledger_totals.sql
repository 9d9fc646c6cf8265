-- title_vi: Tổng sổ cái: bản ghi = được nhận + bị từ chối + trùng
-- title_en: Ledger totals: records = accepted + rejected + duplicates
-- owner: Trực ban hệ thống · operators
SELECT
    count() AS messages, sum(records) AS records, sum(accepted) AS accepted, sum(rejected) AS rejected,
    sum(duplicates) AS duplicates, sum(late) AS late
FROM ledger
WHERE kind = 'records' AND disposition != 'forwarded'
