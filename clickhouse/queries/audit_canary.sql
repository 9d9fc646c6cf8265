-- title_vi: Bản ghi thử: đã vào kho chưa, và sau bao lâu
-- title_en: The canary: has it reached the store, and after how long
-- owner: Trực ban hệ thống · operators
-- parameter: record_id String = '' | mã bản ghi thử | id of the canary record
SELECT (toUnixTimestamp64Milli(min(stored_at)) - toUnixTimestamp64Milli(min(sent_at))) / 1000 AS seconds
FROM figures
WHERE feed = 'canary' AND indicator = 'canary' AND record_id = {record_id:String}
HAVING count() > 0
