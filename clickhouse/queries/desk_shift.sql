-- title_vi: Bàn giao ca: còn mở, đang giữ, đang chờ đơn vị, đã đóng trong ca
-- title_en: Handover of a shift: open, taken, waiting for a unit, closed in it
-- owner: Trực ban hệ thống · operators
-- parameter: since Int64 = 0 | đầu ca, mili giây từ 1970 | beginning of the shift, milliseconds since 1970
-- parameter: until Int64 = 4102444800000 | cuối ca | its end
-- parameter: as_of Int64 = 4102444800000 | như đã biết lúc nào, mili giây từ 1970 | as known when, milliseconds since 1970
-- parameter: rows UInt32 = 500 | số dòng của mỗi phần | rows of each part
-- What nobody has begun is listed where it is grave, and where it was critical and ended by itself in the shift. Of the
-- rest only the number is told. `total`: how many there are of a part, whether listed or not.
WITH fromUnixTimestamp64Milli({since:Int64}) AS begin, fromUnixTimestamp64Milli({until:Int64}) AS end
SELECT
    multiIf(handling = 'new' OR again, 'untaken', handling IN ('asked', 'closed'), handling, 'held') AS part,
    count() OVER (PARTITION BY part) AS total,
    toString(f.finding_id) AS id, f.feed AS feed, severity, state, handling, holder, taken_at, asked_at, asked_until, label, labelled_by,
    ended_by, ended_at, f.unit AS unit, at, severity_at, drill, simulated, again, sentence_vi, sentence_en,
    c.post_vi AS post_vi, c.post_en AS post_en, c.telephone AS telephone, c.email AS email, c.hours AS hours
FROM findings_handled_as_of(as_of = toString(fromUnixTimestamp64Milli({as_of:Int64}, 'Asia/Ho_Chi_Minh'))) AS f
LEFT JOIN contacts AS c ON c.feed = f.feed AND c.unit = f.unit
WHERE ((handling = 'new' OR again) AND state = 'open' AND severity != 'info')
    OR ((handling = 'new' OR again) AND severity = 'critical' AND closed_at >= begin AND closed_at < end)
    OR handling NOT IN ('new', 'closed')
    OR (handling = 'closed' AND ended_at >= begin AND ended_at < end)
ORDER BY transform(toString(severity), ['critical', 'warning', 'info'], [3, 2, 1], 0) DESC, severity_at, id
LIMIT {rows:UInt32} BY part
