-- Since when people could see a finding as grave as it is, and what opened again or grew graver after it was dealt with.

-- `findings` keeps the newest revision alone, and `severity_at` is the log's clock: after an hour in which nothing was read
-- it is an hour old when the finding is first seen. So the store notes when it first had each severity. A finding that
-- opens again has another `severity_at`; the same found once more by a repeat or a replay has the same.
CREATE TABLE IF NOT EXISTS finding_severities
(
    generation UInt32 COMMENT 'thế hệ tính toán · generation',
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    finding_id FixedString(32) COMMENT 'mã điểm bất thường · finding',
    severity LowCardinality(String) COMMENT 'mức độ · severity',
    severity_at DateTime64(3, 'UTC') COMMENT 'đồng hồ kết nối lúc lên mức này · the feed''s clock when it became so grave',
    first_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')) COMMENT 'lúc kho có mức này lần đầu · when the store first had it so'
)
ENGINE = AggregatingMergeTree
PARTITION BY generation
ORDER BY (generation, feed, finding_id, severity, severity_at)
COMMENT 'kho biết mức của từng điểm bất thường từ lúc nào · since when the store knows how grave each finding is';

-- What was there before: of its revisions only the newest is left, so the log's clock has to do.
INSERT INTO finding_severities (generation, feed, finding_id, severity, severity_at, first_at)
SELECT generation, feed, finding_id, severity, severity_at, min(least(stored_at, severity_at))
FROM findings
WHERE NOT EXISTS (SELECT 1 FROM finding_severities)
GROUP BY generation, feed, finding_id, severity, severity_at;

CREATE MATERIALIZED VIEW IF NOT EXISTS finding_severities_of_findings TO finding_severities
(
    generation UInt32 COMMENT 'thế hệ tính toán · generation',
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    finding_id FixedString(32) COMMENT 'mã điểm bất thường · finding',
    severity LowCardinality(String) COMMENT 'mức độ · severity',
    severity_at DateTime64(3, 'UTC') COMMENT 'đồng hồ kết nối lúc lên mức này · the feed''s clock when it became so grave',
    first_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')) COMMENT 'lúc kho có mức này lần đầu · when the store first had it so'
)
AS SELECT generation, feed, finding_id, severity, severity_at, min(stored_at) AS first_at
FROM findings
GROUP BY generation, feed, finding_id, severity, severity_at;

-- What a replay derived was in the store before its generation came into force (`since`). It says nothing new to who
-- labelled or closed a finding before, unless the log's clock says that it came later.
CREATE OR REPLACE VIEW findings_handled
(
    finding_id FixedString(32) COMMENT 'mã bất biến · stable id',
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    rule LowCardinality(String) COMMENT 'quy tắc · rule family',
    severity LowCardinality(String) COMMENT 'info, warning hoặc critical · severity',
    state LowCardinality(String) COMMENT 'open hoặc closed, theo số liệu · open or closed, by the data',
    handling String COMMENT 'trạng thái xử lý: new, taken, asked, corrected, confirmed, false_alarm, new_trend, closed · state of handling',
    holder String COMMENT 'tài khoản đang giữ · account that has it',
    taken_at Nullable(DateTime64(3, 'UTC')) COMMENT 'người giữ đã nhận lúc · when its holder took it',
    asked_at Nullable(DateTime64(3, 'UTC')) COMMENT 'hỏi đơn vị lúc, khi còn chờ trả lời · when the unit was asked, while it waits',
    asked_until Nullable(DateTime64(3, 'UTC')) COMMENT 'hạn trả lời, khi còn chờ · until when the unit is to answer',
    label String COMMENT 'kết luận, hoặc rỗng · how it turned out, or empty',
    labelled_by String COMMENT 'tài khoản đã kết luận · who said so',
    labelled_at Nullable(DateTime64(3, 'UTC')) COMMENT 'kết luận lúc · when',
    ended_by String COMMENT 'tài khoản đã đóng · who closed its handling',
    ended_at Nullable(DateTime64(3, 'UTC')) COMMENT 'đóng lúc · when its handling was closed',
    indicator LowCardinality(String) COMMENT 'chỉ tiêu hoặc loại hồ sơ · indicator or case kind',
    unit LowCardinality(String) COMMENT 'đơn vị · unit',
    subject LowCardinality(String) COMMENT 'đối tượng · subject',
    case_id String COMMENT 'mã hồ sơ, nếu có · case',
    at DateTime64(3, 'UTC') COMMENT 'thời điểm của bản ghi đã mở · time of the record that opened it',
    opened_at DateTime64(3, 'UTC') COMMENT 'đồng hồ kết nối lúc mở · the feed''s clock when it opened',
    severity_at DateTime64(3, 'UTC') COMMENT 'đồng hồ kết nối lúc lên mức hiện tại · the feed''s clock when it became as grave as it is',
    updated_at DateTime64(3, 'UTC') COMMENT 'thời điểm của bản ghi mới nhất · time of the latest record',
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'số liệu hết bất thường lúc · when the data was well again',
    count UInt32 COMMENT 'số bản ghi gộp · records gathered in it',
    value Nullable(Float64) COMMENT 'giá trị thấy được · what was seen',
    low Nullable(Float64) COMMENT 'cận dưới mong đợi · lower expected bound',
    high Nullable(Float64) COMMENT 'cận trên mong đợi · upper expected bound',
    score Float64 COMMENT 'mức độ: bội số của ngưỡng · strength as a multiple of the threshold',
    evidence String COMMENT 'bằng chứng dạng JSON · evidence as JSON',
    sentence_vi String COMMENT 'câu mô tả · sentence in Vietnamese',
    sentence_en String COMMENT 'câu mô tả tiếng Anh · sentence in English',
    drill Bool COMMENT 'diễn tập · a drill',
    simulated Bool COMMENT 'từ số liệu mô phỏng · from simulated records',
    topic LowCardinality(String) COMMENT 'chủ đề Kafka · topic',
    partition UInt16 COMMENT 'phân vùng Kafka · partition',
    again Bool COMMENT 'sau khi kết luận lại mở hoặc nặng thêm, chưa ai nhận lại · open again or graver since it was labelled or closed'
)
AS SELECT
    f.finding_id AS finding_id, f.feed AS feed, f.rule AS rule, f.severity AS severity, f.state AS state,
    if(s.handling = '', 'new', s.handling) AS handling, s.holder AS holder, s.taken_at AS taken_at, s.asked_at AS asked_at,
    s.asked_until AS asked_until, s.label AS label, s.labelled_by AS labelled_by, s.labelled_at AS labelled_at,
    s.ended_by AS ended_by, s.ended_at AS ended_at,
    f.indicator AS indicator, f.unit AS unit, f.subject AS subject, f.case_id AS case_id, f.at AS at, f.opened_at AS opened_at,
    f.severity_at AS severity_at, f.updated_at AS updated_at, f.closed_at AS closed_at, f.count AS count, f.value AS value,
    f.low AS low, f.high AS high, f.score AS score, f.evidence AS evidence, f.sentence_vi AS sentence_vi,
    f.sentence_en AS sentence_en, f.drill AS drill, f.simulated AS simulated, f.topic AS topic, f.partition AS partition,
    handling NOT IN ('new', 'taken', 'asked')
        AND ifNull(ifNull(k.live_at, f.severity_at) > ifNull(s.ended_at, s.labelled_at), false) AS again
FROM findings_in_force AS f
LEFT JOIN finding_states AS s ON s.feed = f.feed AND s.finding_id = f.finding_id
LEFT JOIN
(
    SELECT
        g.feed AS feed, g.finding_id AS finding_id, g.severity AS severity, g.severity_at AS severity_at,
        minOrNullIf(g.first_at, g.first_at >= e.since) AS live_at
    FROM finding_severities AS g
    INNER JOIN (SELECT generation, min(in_force_from) AS since FROM generations GROUP BY generation) AS e ON e.generation = g.generation
    WHERE g.finding_id IN (SELECT finding_id FROM finding_actions)
    GROUP BY g.feed, g.finding_id, g.severity, g.severity_at
) AS k ON k.feed = f.feed AND k.finding_id = f.finding_id AND k.severity = f.severity AND k.severity_at = f.severity_at
COMMENT 'điểm bất thường và việc xử lý · findings and what was done about them';

-- findings_handled_as_of(as_of = '2026-11-21 09:30:00', Vietnamese time): what was open then, and who had it. Severity and
-- sentence are the newest of the generation in force then, as far as that one has come.
CREATE OR REPLACE VIEW findings_handled_as_of AS
SELECT
    f.finding_id AS finding_id, f.feed AS feed, f.rule AS rule, f.severity AS severity,
    if(ifNull(f.closed_at > {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')}, false), 'open', toString(f.state)) AS state,
    if(s.handling = '', 'new', s.handling) AS handling, s.holder AS holder, s.taken_at AS taken_at, s.asked_at AS asked_at,
    s.asked_until AS asked_until, s.label AS label, s.labelled_by AS labelled_by, s.labelled_at AS labelled_at,
    s.ended_by AS ended_by, s.ended_at AS ended_at,
    f.indicator AS indicator, f.unit AS unit, f.subject AS subject, f.case_id AS case_id, f.at AS at, f.opened_at AS opened_at,
    f.severity_at AS severity_at, f.closed_at AS closed_at, f.count AS count, f.value AS value, f.low AS low, f.high AS high, f.score AS score,
    f.sentence_vi AS sentence_vi, f.sentence_en AS sentence_en, f.drill AS drill, f.simulated AS simulated,
    handling NOT IN ('new', 'taken', 'asked') AND ifNull(k.live_at, f.severity_at) <= {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')}
        AND ifNull(ifNull(k.live_at, f.severity_at) > ifNull(s.ended_at, s.labelled_at), false) AS again
FROM findings_as_of(as_of = {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')}) AS f
LEFT JOIN finding_states_as_of(as_of = {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')}) AS s
    ON s.feed = f.feed AND s.finding_id = f.finding_id
LEFT JOIN
(
    SELECT
        g.feed AS feed, g.finding_id AS finding_id, g.severity AS severity, g.severity_at AS severity_at,
        minOrNullIf(g.first_at, g.first_at >= e.since) AS live_at
    FROM finding_severities AS g
    INNER JOIN (SELECT generation, min(in_force_from) AS since FROM generations GROUP BY generation) AS e ON e.generation = g.generation
    WHERE g.finding_id IN (SELECT finding_id FROM finding_actions)
    GROUP BY g.feed, g.finding_id, g.severity, g.severity_at
) AS k ON k.feed = f.feed AND k.finding_id = f.finding_id AND k.severity = f.severity AND k.severity_at = f.severity_at
WHERE f.opened_at <= {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')}
COMMENT 'điểm bất thường và việc xử lý vào thời điểm as_of · findings and their handling as of then';

-- findings_untaken(now = '2026-11-21 02:30:00', UTC, of the data's clock): critical findings that nobody took, or that opened
-- again or grew critical after they were labelled or closed, and whom they call by now: level 1 at once, level 2 after 15
-- minutes, level 3 after 30, counted from when people could see them (`seen_at`): what a replay derived, from when its
-- generation came into force. Whoever takes one calls off all three.
CREATE OR REPLACE VIEW findings_untaken AS
SELECT
    f.finding_id AS finding_id, f.feed AS feed, f.unit AS unit, f.rule AS rule, f.indicator AS indicator, f.at AS at,
    f.severity_at AS severity_at, f.drill AS drill, f.simulated AS simulated, f.sentence_vi AS sentence_vi, f.sentence_en AS sentence_en,
    greatest(f.severity_at, k.seen_at) AS seen_at,
    greatest(dateDiff('second', seen_at, {now:DateTime64(3, 'UTC')}), 0) AS waited_s,
    multiIf(waited_s >= 1800, 3, waited_s >= 900, 2, 1) AS level
FROM findings_handled AS f
LEFT JOIN
(
    SELECT
        g.feed AS feed, g.finding_id AS finding_id, g.severity_at AS severity_at, min(greatest(g.first_at, e.since)) AS seen_at
    FROM finding_severities AS g
    INNER JOIN (SELECT generation, min(in_force_from) AS since FROM generations GROUP BY generation) AS e ON e.generation = g.generation
    WHERE g.severity = 'critical'
    GROUP BY g.feed, g.finding_id, g.severity_at
) AS k ON k.feed = f.feed AND k.finding_id = f.finding_id AND k.severity_at = f.severity_at
WHERE f.severity = 'critical' AND f.state = 'open' AND (f.handling = 'new' OR f.again)
COMMENT 'điểm nghiêm trọng chưa ai nhận và cấp phải báo · critical findings that nobody took, and the level they call'
