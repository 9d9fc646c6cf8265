-- title_vi: Điểm bất thường cần xử lý, nghiêm trọng và chưa ai nhận trước
-- title_en: Findings to be dealt with, critical and untaken first
-- owner: Trực ban hệ thống · operators
-- parameter: all UInt8 = 0 | 1 là cả những điểm đã hết | 1: those that are over as well
-- parameter: severity String = | mức độ; rỗng là tất cả | severity, or empty for all
-- parameter: unit String = | mã đơn vị, tính cả cấp dưới; rỗng là tất cả | unit with those below it, or empty for all
-- parameter: holder String = | tài khoản đang giữ; rỗng là tất cả | account that has it, or empty for all
-- parameter: handling String = | trạng thái xử lý; rỗng là tất cả | state of handling, or empty for all
-- parameter: rows UInt32 = 30 | số dòng | rows
-- To be dealt with is what the data still shows, and what somebody has begun and not closed. What opened again or grew
-- graver after it was labelled or closed is nobody's, like what is new.
SELECT
    toString(finding_id) AS id, feed, rule, severity, state, handling, holder, asked_until, label, unit, at, severity_at, count,
    drill, simulated, again, sentence_vi, sentence_en,
    (state = 'open' OR handling NOT IN ('new', 'closed')) AND (handling != 'closed' OR again) AS is_open,
    count() OVER () AS total
FROM findings_handled
WHERE ({all:UInt8} = 1 OR is_open)
    AND ({severity:String} = '' OR severity = {severity:String})
    AND ({unit:String} = '' OR unit = {unit:String} OR unit IN (SELECT unit FROM units WHERE parent = {unit:String}))
    AND ({holder:String} = '' OR holder = {holder:String})
    AND ({handling:String} = '' OR handling = {handling:String} OR ({handling:String} = 'new' AND again))
ORDER BY
    is_open DESC, transform(toString(severity), ['critical', 'warning', 'info'], [3, 2, 1], 0) DESC, (handling = 'new' OR again) DESC,
    severity_at DESC, id
LIMIT {rows:UInt32}
