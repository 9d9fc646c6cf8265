-- title_vi: Tỷ lệ đúng hạn theo tỉnh, với cả hai mẫu số (đúng hạn / tiếp nhận, đúng hạn / đã giải quyết)
-- title_en: On time by province with both denominators (on time / received, on time / finished)
-- owner: Văn phòng Chính phủ, Cục Kiểm soát thủ tục hành chính · procedures control
-- parameter: from Date = 2026-01-01 | từ ngày | first day
-- parameter: to Date = 2026-12-31 | đến hết ngày | last day
-- parameter: kind String = dossier | loại hồ sơ | case kind
SELECT
    u.position AS position, d.unit AS unit, u.name_vi AS name, sum(d.received) AS received, sum(d.finished) AS finished,
    sum(d.on_time) AS on_time, sum(d.overdue) AS overdue,
    round(100 * sum(d.on_time) / nullIf(sum(d.received), 0), 2) AS on_time_of_received_percent,
    round(100 * sum(d.on_time) / nullIf(sum(d.finished), 0), 2) AS on_time_of_finished_percent,
    sum(d.impossible) AS kept_out, max(d.simulated) AS simulated
FROM case_days AS d
LEFT JOIN units AS u ON u.unit = d.unit
WHERE d.kind = {kind:String} AND d.day BETWEEN {from:Date} AND {to:Date}
GROUP BY position, unit, name
ORDER BY position, unit
