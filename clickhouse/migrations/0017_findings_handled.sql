-- Findings with what was done about them, whom to call, and what nobody has taken.

-- Whom to call: a duty post, never a person. From catalogue/contacts.toml, which stays out of the repository; joined only
-- when a finding, an alert or a board is shown. Every feed is listed with every unit (and with none) that has a contact.
CREATE TABLE IF NOT EXISTS contacts
(
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    unit LowCardinality(String) COMMENT 'đơn vị; rỗng là chính kết nối · unit; empty: the feed itself',
    post_vi String COMMENT 'vị trí trực · duty post',
    post_en String COMMENT 'vị trí trực, tiếng Anh · duty post in English',
    telephone String COMMENT 'điện thoại trực · telephone of the post',
    email String COMMENT 'thư điện tử trực · e-mail of the post',
    hours String COMMENT 'giờ trực · hours'
)
ENGINE = MergeTree
ORDER BY (feed, unit)
COMMENT 'đầu mối trực để hỏi · duty posts to ask';

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
    partition UInt16 COMMENT 'phân vùng Kafka · partition'
)
AS SELECT
    f.finding_id AS finding_id, f.feed AS feed, f.rule AS rule, f.severity AS severity, f.state AS state,
    if(s.handling = '', 'new', s.handling) AS handling, s.holder AS holder, s.taken_at AS taken_at, s.asked_at AS asked_at,
    s.asked_until AS asked_until, s.label AS label, s.labelled_by AS labelled_by, s.labelled_at AS labelled_at,
    s.ended_by AS ended_by, s.ended_at AS ended_at,
    f.indicator AS indicator, f.unit AS unit, f.subject AS subject, f.case_id AS case_id, f.at AS at, f.opened_at AS opened_at,
    f.severity_at AS severity_at, f.updated_at AS updated_at, f.closed_at AS closed_at, f.count AS count, f.value AS value,
    f.low AS low, f.high AS high, f.score AS score, f.evidence AS evidence, f.sentence_vi AS sentence_vi,
    f.sentence_en AS sentence_en, f.drill AS drill, f.simulated AS simulated, f.topic AS topic, f.partition AS partition
FROM findings_in_force AS f
LEFT JOIN finding_states AS s ON s.feed = f.feed AND s.finding_id = f.finding_id
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
    f.severity_at AS severity_at, f.count AS count, f.value AS value, f.low AS low, f.high AS high, f.score AS score,
    f.sentence_vi AS sentence_vi, f.sentence_en AS sentence_en, f.drill AS drill, f.simulated AS simulated
FROM findings_as_of(as_of = {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')}) AS f
LEFT JOIN finding_states_as_of(as_of = {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')}) AS s
    ON s.feed = f.feed AND s.finding_id = f.finding_id
WHERE f.opened_at <= {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')}
COMMENT 'điểm bất thường và việc xử lý vào thời điểm as_of · findings and their handling as of then';

-- findings_untaken(now = '2026-11-21 02:30:00', UTC, of the data's clock): critical findings that nobody took, and whom they
-- call by now: level 1 at once, level 2 after 15 minutes, level 3 after 30. Whoever takes one calls off all three.
CREATE OR REPLACE VIEW findings_untaken AS
SELECT
    finding_id, feed, unit, rule, indicator, at, severity_at, drill, simulated, sentence_vi, sentence_en,
    greatest(dateDiff('second', severity_at, {now:DateTime64(3, 'UTC')}), 0) AS waited_s,
    multiIf(waited_s >= 1800, 3, waited_s >= 900, 2, 1) AS level
FROM findings_handled
WHERE severity = 'critical' AND state = 'open' AND handling = 'new'
COMMENT 'điểm nghiêm trọng chưa ai nhận và cấp phải báo · critical findings that nobody took, and the level they call';
