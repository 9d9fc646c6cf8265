-- What people did with findings, step by step, and what became of each step.

-- When a finding was known, and since when it is so grave: of a period's figure, neither can be told from `at`.
ALTER TABLE findings ADD COLUMN IF NOT EXISTS opened_at DateTime64(3, 'UTC') DEFAULT at COMMENT 'đồng hồ kết nối lúc điểm bất thường được mở · the feed''s clock when it opened' AFTER at;
ALTER TABLE findings ADD COLUMN IF NOT EXISTS severity_at DateTime64(3, 'UTC') DEFAULT at COMMENT 'đồng hồ kết nối lúc lên mức hiện tại · the feed''s clock when it became as grave as it is' AFTER opened_at;

-- One row for each action that came through the log, whether it fitted or not; none is ever changed.
CREATE TABLE IF NOT EXISTS finding_actions
(
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    finding_id FixedString(32) COMMENT 'mã điểm bất thường · finding',
    action_id FixedString(32) COMMENT 'mã do bên gửi đặt; gửi lại cùng mã không đổi gì · the sender''s id; sent again it changes nothing',
    step LowCardinality(String) COMMENT 'bước: taken, taken_over, asked, corrected, confirmed, false_alarm, new_trend, closed, reopened · step',
    actor LowCardinality(String) COMMENT 'tài khoản, không phải tên người · account, never a person''s name',
    at DateTime64(3, 'UTC') COMMENT 'đồng hồ của người thực hiện · the actor''s clock',
    due Nullable(DateTime64(3, 'UTC')) COMMENT 'hạn đơn vị phải trả lời, khi hỏi · until when the unit is to answer, where it was asked',
    note String COMMENT 'ghi chú ngắn, không có thông tin cá nhân · short note, nothing personal',
    arrived_at DateTime64(3, 'UTC') COMMENT 'đồng hồ Kafka khi nhận · broker''s clock',
    topic LowCardinality(String) COMMENT 'chủ đề Kafka · topic',
    partition UInt16 COMMENT 'phân vùng Kafka · partition',
    offset UInt64 COMMENT 'vị trí bản tin · offset of the message',
    row UInt32 COMMENT 'thứ tự trong bản tin · place in the message',
    stored_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'lúc ghi vào kho · when stored'
)
ENGINE = ReplacingMergeTree
ORDER BY (feed, finding_id, topic, partition, offset, row)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'việc đã làm với điểm bất thường, mọi bước như đã nhận; nên đọc finding_history · actions on findings, every step as received';

-- The moves of contract/handling.py: from a state, by a step, to a state, and who may. A test compares the two.
CREATE OR REPLACE FUNCTION finding_move AS (state, step) -> transform(concat(state, ' ', step), [
        'new taken',
        'taken taken_over', 'asked taken_over', 'taken asked', 'asked asked',
        'taken corrected', 'taken confirmed', 'taken false_alarm', 'taken new_trend',
        'asked corrected', 'asked confirmed', 'asked false_alarm', 'asked new_trend',
        'corrected closed', 'confirmed closed', 'false_alarm closed', 'new_trend closed',
        'corrected reopened', 'confirmed reopened', 'false_alarm reopened', 'new_trend reopened', 'closed reopened'
    ], [
        'taken anyone',
        'taken other', 'asked other', 'asked holder', 'asked holder',
        'corrected holder', 'confirmed holder', 'false_alarm holder', 'new_trend holder',
        'corrected holder', 'confirmed holder', 'false_alarm holder', 'new_trend holder',
        'closed anyone', 'closed anyone', 'closed anyone', 'closed anyone',
        'taken anyone', 'taken anyone', 'taken anyone', 'taken anyone', 'taken anyone'
    ], '');

-- `held` is how a finding stands: (state, who has it, what became of the last action). `time`: the how manieth time that
-- the action's id is met.
CREATE OR REPLACE FUNCTION finding_outcome AS (held, move, actor, time) -> multiIf(
    time > 1, 'repeated',
    move = '', 'not_now',
    endsWith(move, ' holder') AND actor != held.2, 'not_yours',
    endsWith(move, ' other') AND actor = held.2, 'not_now',
    'done');
CREATE OR REPLACE FUNCTION finding_after AS (held, step, move, actor, outcome) -> if(outcome = 'done',
    tuple(splitByChar(' ', move)[1], if(step IN ('taken', 'taken_over', 'reopened'), actor, held.2), outcome),
    tuple(held.1, held.2, outcome));
CREATE OR REPLACE FUNCTION finding_follow AS (held, step, actor, time) -> finding_after(
    held, step, finding_move(held.1, step), actor, finding_outcome(held, finding_move(held.1, step), actor, time));

-- One finding's actions in the order of the log, each as (step, actor, time): how it stood after each.
CREATE OR REPLACE FUNCTION finding_fold AS (actions) -> arrayPopFront(
    arrayFold((stood, x) -> arrayPushBack(stood, finding_follow(stood[-1], x.1, x.2, x.3)), actions, [('new', '', '')]));

-- finding_history_as_of(as_of = '2026-11-21 09:30:00', Vietnamese time): what had come in by then. Times of steps are the
-- broker's. The order is that of the log, so whoever was first there was first.
CREATE OR REPLACE VIEW finding_history_as_of AS
SELECT
    feed, finding_id, number, actions[number].5 AS action_id, actions[number].6 AS step, actions[number].7 AS actor,
    actions[number].8 AS at, actions[number].9 AS due, actions[number].10 AS note, actions[number].11 AS arrived_at,
    stood[number].3 AS outcome, stood[number].1 AS state, stood[number].2 AS holder
FROM
(
    SELECT
        feed, finding_id,
        arraySort(a -> (a.1, a.2, a.3, a.4), groupArray((toString(topic), partition, offset, row,
            toString(action_id), toString(step), toString(actor), at, due, note, arrived_at))) AS actions,
        finding_fold(arrayMap((a, time) -> (a.6, a.7, time), actions, arrayEnumerateUniq(arrayMap(a -> a.5, actions)))) AS stood
    FROM finding_actions FINAL
    WHERE arrived_at <= {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')}
    GROUP BY feed, finding_id
)
ARRAY JOIN arrayEnumerate(actions) AS number
COMMENT 'các bước đã làm đến thời điểm as_of (giờ Việt Nam) · steps taken by as_of';

CREATE OR REPLACE VIEW finding_history
(
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    finding_id FixedString(32) COMMENT 'mã điểm bất thường · finding',
    number UInt32 COMMENT 'thứ tự của bước, theo trật tự trong Kafka · place among its steps, in the order of the log',
    action_id String COMMENT 'mã do bên gửi đặt · the sender''s id',
    step String COMMENT 'bước · step',
    actor String COMMENT 'tài khoản · account',
    at DateTime64(3, 'UTC') COMMENT 'đồng hồ của người thực hiện · the actor''s clock',
    due Nullable(DateTime64(3, 'UTC')) COMMENT 'hạn trả lời · due',
    note String COMMENT 'ghi chú · note',
    arrived_at DateTime64(3, 'UTC') COMMENT 'đồng hồ Kafka khi nhận · broker''s clock',
    outcome String COMMENT 'done; hoặc không đổi gì: repeated, not_now, not_yours · what became of it: only done changed anything',
    state String COMMENT 'trạng thái xử lý sau bước này · state after it',
    holder String COMMENT 'người giữ sau bước này · who has it after it'
)
AS SELECT feed, finding_id, number, action_id, step, actor, at, due, note, arrived_at, outcome, state, holder
FROM finding_history_as_of(as_of = '2199-12-31 00:00:00')
COMMENT 'mọi bước đã làm với điểm bất thường và kết quả của từng bước · every step taken with a finding, and what became of it';

-- One row for each finding that anybody acted on.
CREATE OR REPLACE VIEW finding_states_as_of AS
SELECT
    feed, finding_id,
    argMax(h.state, number) AS handling,
    argMax(h.holder, number) AS holder,
    argMaxOrNullIf(h.arrived_at, number, done AND step IN ('taken', 'taken_over', 'reopened')) AS taken_at,
    if(handling = 'asked', argMaxOrNullIf(h.arrived_at, number, done AND step = 'asked'), NULL) AS asked_at,
    if(handling = 'asked', argMaxIf(h.due, number, done AND step = 'asked'), NULL) AS asked_until,
    if(handling IN ('new', 'taken', 'asked'), '', argMaxIf(h.step, number, done AND is_label)) AS label,
    if(label = '', '', argMaxIf(h.actor, number, done AND is_label)) AS labelled_by,
    if(label = '', NULL, argMaxOrNullIf(h.arrived_at, number, done AND is_label)) AS labelled_at,
    if(handling = 'closed', argMaxIf(h.actor, number, done AND step = 'closed'), '') AS ended_by,
    if(handling = 'closed', argMaxOrNullIf(h.arrived_at, number, done AND step = 'closed'), NULL) AS ended_at,
    count() AS actions,
    countIf(h.outcome IN ('not_now', 'not_yours')) AS refused
FROM
(
    SELECT *, outcome = 'done' AS done, step IN ('corrected', 'confirmed', 'false_alarm', 'new_trend') AS is_label
    FROM finding_history_as_of(as_of = {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')})
) AS h
GROUP BY feed, finding_id
COMMENT 'việc xử lý đến đâu vào thời điểm as_of (giờ Việt Nam) · how far handling had come by as_of';

CREATE OR REPLACE VIEW finding_states
(
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    finding_id FixedString(32) COMMENT 'mã điểm bất thường · finding',
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
    actions UInt64 COMMENT 'số bước đã gửi · actions sent',
    refused UInt64 COMMENT 'trong đó không được thực hiện · of these refused'
)
AS SELECT
    feed, finding_id, handling, holder, taken_at, asked_at, asked_until, label, labelled_by, labelled_at, ended_by, ended_at,
    actions, refused
FROM finding_states_as_of(as_of = '2199-12-31 00:00:00')
COMMENT 'việc xử lý từng điểm bất thường đến đâu · how far the handling of each finding has come';

CREATE OR REPLACE VIEW findings_in_force
(
    finding_id FixedString(32) COMMENT 'mã bất biến · stable id',
    revision UInt64 COMMENT 'lần ghi · revision',
    rule LowCardinality(String) COMMENT 'quy tắc · rule family',
    severity LowCardinality(String) COMMENT 'info, warning hoặc critical · severity',
    state LowCardinality(String) COMMENT 'open hoặc closed · state',
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    indicator LowCardinality(String) COMMENT 'chỉ tiêu hoặc loại hồ sơ · indicator or case kind',
    unit LowCardinality(String) COMMENT 'đơn vị · unit',
    subject LowCardinality(String) COMMENT 'đối tượng · subject',
    case_id String COMMENT 'mã hồ sơ, nếu có · case',
    at DateTime64(3, 'UTC') COMMENT 'thời điểm mở · time of the record that opened it',
    opened_at DateTime64(3, 'UTC') COMMENT 'đồng hồ kết nối lúc mở · the feed''s clock when it opened',
    severity_at DateTime64(3, 'UTC') COMMENT 'đồng hồ kết nối lúc lên mức hiện tại · the feed''s clock when it became as grave as it is',
    updated_at DateTime64(3, 'UTC') COMMENT 'thời điểm của bản ghi mới nhất · time of the latest record',
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'thời điểm đóng · when closed',
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
    offset UInt64 COMMENT 'bản tin đã gây ra lần ghi này · the message that led to this row'
)
AS SELECT
    finding_id, revision, rule, severity, state, feed, indicator, unit, subject, case_id, at, opened_at, severity_at, updated_at,
    closed_at, count, value, low, high, score, evidence, sentence_vi, sentence_en, drill, simulated, topic, partition, offset
FROM findings FINAL
WHERE generation = (SELECT generation FROM generation_in_force)
COMMENT 'điểm bất thường, lần ghi mới nhất của thế hệ đang có hiệu lực · findings, newest revision of the generation in force';

CREATE OR REPLACE VIEW findings_as_of AS
SELECT
    generation, finding_id, revision, rule, severity, state, feed, indicator, unit, subject, case_id, at, opened_at, severity_at,
    updated_at, closed_at, count, value, low, high, score, evidence, sentence_vi, sentence_en, drill, simulated, topic, partition, offset
FROM findings FINAL
WHERE generation = (
    SELECT argMax(generation, (in_force_from, generation)) FROM generations
    WHERE in_force_from <= {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')})
COMMENT 'điểm bất thường theo thế hệ có hiệu lực vào thời điểm as_of · findings by the generation in force as of then';
