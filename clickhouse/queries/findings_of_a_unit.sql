-- title_vi: Điểm bất thường của một đơn vị, mới trước
-- title_en: A unit's findings, newest first
-- owner: Trực ban hệ thống · operators
-- parameter: unit String = | mã đơn vị; rỗng là tất cả | unit, or empty for all
-- parameter: days UInt32 = 30 | số ngày | days
SELECT at, severity, state, rule, feed, unit, sentence_vi, value, low, high, score, count, closed_at, drill, simulated, finding_id
FROM findings_in_force
WHERE ({unit:String} = '' OR unit = {unit:String}) AND at >= (SELECT max(clock) FROM feed_states) - toIntervalDay({days:UInt32})
ORDER BY at DESC
LIMIT 500
