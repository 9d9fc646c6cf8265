-- title_vi: Lần sửa nào làm một số liệu đổi quá một mức
-- title_en: Revisions that changed a figure by more than so much
-- owner: Nhóm phân tích · analysts
-- parameter: percent Float64 = 5 | đổi hơn bao nhiêu phần trăm | changed by more than so many per cent
-- parameter: from Date = 2025-01-01 | gửi từ ngày | sent from
-- parameter: to Date = 2026-12-31 | gửi đến hết ngày | sent to
-- parameter: indicator String = | mã chỉ tiêu; rỗng là tất cả | indicator, or empty for all
SELECT
    u.name_vi AS name, i.name_vi AS indicator_name, v.subject AS subject, v.period AS period, v.vintage_before AS vintage_before, v.vintage AS vintage,
    v.sent_at AS sent_at, v.value_before AS value_before, v.value AS value, i.measure AS measure,
    round(100 * (v.value - v.value_before) / nullIf(abs(v.value_before), 0), 2) AS change_percent, v.reason AS reason, v.verdict AS verdict,
    v.simulated AS simulated
FROM
(
    SELECT
        indicator, unit, subject, at, period, vintage, value, verdict, reason, sent_at, simulated,
        row_number() OVER versions AS version, lagInFrame(value) OVER versions AS value_before, lagInFrame(vintage) OVER versions AS vintage_before
    FROM
    (
        SELECT * FROM figures
        WHERE indicator IN (SELECT indicator FROM indicators WHERE period != '') AND ({indicator:String} = '' OR indicator = {indicator:String})
            AND at >= toDateTime({from:Date}) - INTERVAL 800 DAY AND at < toDateTime({to:Date}) + INTERVAL 1 DAY
        ORDER BY offset
        LIMIT 1 BY feed, indicator, unit, subject, at, record_id
    )
    WINDOW versions AS (PARTITION BY feed, indicator, unit, subject, at, period ORDER BY sent_at, offset, record_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
) AS v
INNER JOIN units AS u ON u.unit = v.unit
INNER JOIN indicators AS i ON i.indicator = v.indicator
WHERE v.version > 1 AND abs(v.value - v.value_before) > {percent:Float64} / 100 * abs(v.value_before)
    AND toDate(v.sent_at, 'Asia/Ho_Chi_Minh') BETWEEN {from:Date} AND {to:Date}
ORDER BY abs(change_percent) DESC NULLS FIRST, v.sent_at DESC
LIMIT 1000
