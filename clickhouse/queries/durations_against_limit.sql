-- title_vi: Thời gian giải quyết theo thủ tục và tỉnh so với hạn phải trả
-- title_en: Handling times by procedure and province against the legal limit
-- owner: Văn phòng Chính phủ, Cục Kiểm soát thủ tục hành chính · procedures control
-- parameter: from Date = 2026-10-15 | xong từ ngày | finished from
-- parameter: to Date = 2026-11-14 | xong đến hết ngày | finished to
-- parameter: unit String = H26 | mã tỉnh; rỗng là cả nước (đọc nhiều) | province, or empty for all (reads much)
-- parameter: kind String = dossier | loại hồ sơ | case kind
-- From the first step that starts the clock to the first with which the work was done, as the calendar goes: days off and
-- time that waits for papers count here. The indicators of the boards take that waiting off. What was refused, stopped or
-- withdrawn was not handled. A case is followed 400 days back, so that the longest are not taken for the shortest. The
-- limit is the due time of the last step.
WITH
    toDateTime({from:Date}, 'Asia/Ho_Chi_Minh') AS since,
    toDateTime({to:Date}, 'Asia/Ho_Chi_Minh') + INTERVAL 1 DAY AS until
SELECT
    u.name_vi AS name, ifNull(nullIf(s.name_vi, ''), c.subject) AS procedure, count() AS finished, countIf(c.due > 0 AND c.ended > c.due) AS over_limit,
    round(100 * over_limit / nullIf(countIf(c.due > 0), 0), 2) AS over_limit_percent,
    round(quantileExact(0.5)((c.ended - c.started) / 86400), 2) AS median_days, round(quantileExact(0.9)((c.ended - c.started) / 86400), 2) AS p90_days,
    round(quantileExactIf(0.5)((c.due - c.started) / 86400, c.due > 0), 2) AS median_limit_days
FROM
(
    SELECT unit, case_id, any(subject) AS subject,
        toUnixTimestamp(minIf(event_at, state IN (SELECT state FROM case_states WHERE kind = {kind:String} AND phase = 'open'))) AS started,
        toUnixTimestamp(minIf(event_at, state IN (SELECT state FROM case_states WHERE kind = {kind:String}
            AND result IN ('finished', 'returned')))) AS ended,
        toUnixTimestamp(ifNull(argMax(due_at, event_at), toDateTime64(0, 3))) AS due
    FROM case_steps
    WHERE kind = {kind:String} AND feed IN (SELECT feed FROM feeds WHERE record = 'cases' AND system != 'drill')
        AND ({unit:String} = '' OR unit = {unit:String}) AND verdict != 'impossible'
        AND event_at >= since - INTERVAL 400 DAY AND event_at < until
        AND (unit, case_id) IN
        (
            -- Of the many cases of 400 days those few that were done in time to be counted.
            SELECT unit, case_id FROM case_steps
            WHERE kind = {kind:String} AND feed IN (SELECT feed FROM feeds WHERE record = 'cases' AND system != 'drill')
                AND ({unit:String} = '' OR unit = {unit:String}) AND verdict != 'impossible'
                AND event_at >= since AND event_at < until
                AND state IN (SELECT state FROM case_states WHERE kind = {kind:String} AND result IN ('finished', 'returned'))
        )
    GROUP BY unit, case_id
    HAVING started > 0 AND ended > started AND ended >= toUnixTimestamp(since)
) AS c
INNER JOIN units AS u ON u.unit = c.unit
LEFT JOIN subjects AS s ON s.subject = c.subject
GROUP BY u.position, name, procedure
ORDER BY u.position, over_limit_percent DESC, finished DESC
LIMIT 2000
