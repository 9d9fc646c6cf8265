-- title_vi: Sổ cái bắt đầu và kết thúc lúc nào
-- title_en: When the ledger begins and ends
-- owner: Trực ban hệ thống · operators
SELECT
    toUnixTimestamp64Milli(min(stored_at)) AS first_ms, toUnixTimestamp64Milli(max(stored_at)) AS last_ms,
    toUnixTimestamp64Milli(min(arrived_at)) AS arrived_ms
FROM ledger
HAVING count() > 0
