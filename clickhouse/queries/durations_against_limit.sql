-- title_vi: Thời gian giải quyết theo thủ tục và tỉnh so với hạn phải trả
-- title_en: Handling times by procedure and province against the legal limit
-- owner: Văn phòng Chính phủ, Cục Kiểm soát thủ tục hành chính · procedures control
-- parameter: from Date = 2026-10-15 | xong từ ngày | finished from
-- parameter: to Date = 2026-11-14 | xong đến hết ngày | finished to
-- parameter: unit String = H26 | mã tỉnh; rỗng là cả nước (đọc nhiều) | province, or empty for all (reads much)
-- parameter: kind String = dossier | loại hồ sơ | case kind
-- From the first step that starts the clock to the first that ends it, as the calendar goes: days off and time that waits
-- for papers count here. The indicators of the boards take that waiting off. The limit is the due time of the last step.
SELECT
    u.name_vi AS name, ifNull(nullIf(s.name_vi, ''), c.subject) AS procedure, count() AS finished, countIf(c.due > 0 AND c.ended > c.due) AS over_limit,
    round(100 * over_limit / nullIf(countIf(c.due > 0), 0), 2) AS over_limit_percent,
    round(quantileExact(0.5)((c.ended - c.started) / 86400), 2) AS median_days, round(quantileExact(0.9)((c.ended - c.started) / 86400), 2) AS p90_days,
    round(quantileExactIf(0.5)((c.due - c.started) / 86400, c.due > 0), 2) AS median_limit_days
FROM
(
    SELECT unit, case_id, any(subject) AS subject,
        toUnixTimestamp(minIf(event_at, state IN (SELECT state FROM case_states WHERE kind = {kind:String} AND phase = 'open'))) AS started,
        toUnixTimestamp(minIf(event_at, state IN (SELECT state FROM case_states WHERE kind = {kind:String} AND phase = 'ended'))) AS ended,
        toUnixTimestamp(ifNull(argMax(due_at, event_at), toDateTime64(0, 3))) AS due
    FROM case_steps
    WHERE kind = {kind:String} AND feed IN (SELECT feed FROM feeds WHERE record = 'cases' AND system != 'drill')
        AND ({unit:String} = '' OR unit = {unit:String}) AND verdict != 'impossible'
        AND event_at >= toDateTime({from:Date}) - INTERVAL 60 DAY AND event_at < toDateTime({to:Date}) + INTERVAL 1 DAY
    GROUP BY unit, case_id
    HAVING started > 0 AND ended > started AND toDate(toDateTime(ended), 'Asia/Ho_Chi_Minh') BETWEEN {from:Date} AND {to:Date}
) AS c
INNER JOIN units AS u ON u.unit = c.unit
LEFT JOIN subjects AS s ON s.subject = c.subject
GROUP BY u.position, name, procedure
ORDER BY u.position, over_limit_percent DESC, finished DESC
LIMIT 2000
