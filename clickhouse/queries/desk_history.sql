-- title_vi: Các bước đã làm với một điểm bất thường
-- title_en: The steps taken with a finding
-- owner: Trực ban hệ thống · operators
-- parameter: id String = 00000000000000000000000000000000 | mã điểm bất thường | finding
SELECT number, action_id, step, actor, at, due, note, arrived_at, outcome, state, holder
FROM finding_history
WHERE finding_id = toFixedString({id:String}, 32)
ORDER BY feed, number
