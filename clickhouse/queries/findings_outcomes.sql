-- title_vi: Điểm bất thường theo quy tắc, và chúng ra sao
-- title_en: Findings by rule, and what became of them
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: from Date = 2026-01-01 | được biết từ ngày | known from
-- parameter: to Date = 2026-12-31 | được biết đến hết ngày | known to
-- parameter: unit String = | mã đơn vị; rỗng là tất cả | unit, or empty for all
-- A label outlives the closing of what was labelled. A finding belongs to the day on which it was known: that of a month's
-- figure is known weeks after the month began. Drills are none.
SELECT
    lane, rule, rule_vi(rule) AS rule_name, severity, count() AS findings, countIf(state = 'open') AS still_open, countIf(state = 'closed') AS over,
    round(quantileIf(0.5)(dateDiff('minute', known_at, ifNull(closed_at, known_at)) / 60, state = 'closed'), 2) AS median_hours,
    countIf(handling = 'new') AS nobody_has_it, countIf(label = 'corrected') AS corrected, countIf(label = 'confirmed') AS confirmed,
    countIf(label = 'false_alarm') AS false_alarms, countIf(label = 'new_trend') AS new_trends,
    round(100 * false_alarms / nullIf(corrected + confirmed + false_alarms + new_trends, 0), 1) AS false_alarms_of_judged_percent,
    sum(t.count) AS records, uniqExact(unit) AS units, max(t.simulated) AS simulated
FROM findings_told AS t
WHERE NOT drill AND known_at >= toDateTime({from:Date}, 'Asia/Ho_Chi_Minh')
    AND known_at < toDateTime({to:Date}, 'Asia/Ho_Chi_Minh') + INTERVAL 1 DAY AND ({unit:String} = '' OR unit = {unit:String})
GROUP BY lane, rule, severity
ORDER BY lane, findings DESC, rule, severity
