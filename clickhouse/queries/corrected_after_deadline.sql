-- title_vi: Ai đã sửa số liệu nào sau hạn báo cáo
-- title_en: Who corrected which figure after its deadline
-- owner: Nhóm phân tích · analysts
-- parameter: from Date = 2026-01-01 | gửi từ ngày | sent from
-- parameter: to Date = 2026-12-31 | gửi đến hết ngày | sent to
-- parameter: unit String = | mã đơn vị; rỗng là tất cả | unit, or empty for all
-- A correction is a version that says so, or a second version of one release. A later release that was announced from the
-- beginning (sơ bộ after ước tính) is none. The deadline is the end of the period, the days the feed gives, its lateness.
SELECT
    u.name_vi AS name, i.name_vi AS indicator_name, v.subject AS subject, v.period AS period, v.deadline AS deadline, v.sent_at AS sent_at,
    round(dateDiff('hour', v.deadline, v.sent_at) / 24, 1) AS days_after, v.vintage AS vintage, v.value_before AS value_before, v.value AS value,
    round(100 * (v.value - v.value_before) / nullIf(abs(v.value_before), 0), 2) AS change_percent, v.reason AS reason, v.document AS document,
    v.approved_by AS approved_by, v.simulated AS simulated
FROM
(
    SELECT
        f.feed, f.indicator, f.unit, f.subject, f.period, f.vintage, f.value, f.reason, f.document, f.approved_by, f.sent_at, f.simulated,
        toDateTime64(addDays(period_over(f.period, f.at), d.due_days), 3, 'Asia/Ho_Chi_Minh') + toIntervalSecond(d.lateness_s) AS deadline,
        row_number() OVER versions AS version, lagInFrame(f.value) OVER versions AS value_before, lagInFrame(f.vintage) OVER versions AS vintage_before
    FROM
    (
        SELECT * FROM figures
        WHERE indicator IN (SELECT indicator FROM indicators WHERE period != '') AND ({unit:String} = '' OR unit = {unit:String})
            AND at >= toDateTime({from:Date}) - INTERVAL 800 DAY AND at < toDateTime({to:Date}) + INTERVAL 1 DAY
        ORDER BY offset
        LIMIT 1 BY feed, indicator, unit, subject, at, record_id
    ) AS f
    INNER JOIN feeds AS d ON d.feed = f.feed
    WINDOW versions AS (PARTITION BY f.feed, f.indicator, f.unit, f.subject, f.at, f.period ORDER BY f.sent_at, f.offset, f.record_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
) AS v
INNER JOIN units AS u ON u.unit = v.unit
INNER JOIN indicators AS i ON i.indicator = v.indicator
WHERE v.version > 1 AND (v.vintage = 'correction' OR v.vintage = v.vintage_before) AND v.value != v.value_before AND v.sent_at > v.deadline
    AND toDate(v.sent_at, 'Asia/Ho_Chi_Minh') BETWEEN {from:Date} AND {to:Date}
ORDER BY v.sent_at DESC, u.position, i.indicator
LIMIT 1000
