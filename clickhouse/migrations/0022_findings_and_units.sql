-- What the boards of findings, units, connections and of what was known then read.

ALTER TABLE feeds ADD COLUMN IF NOT EXISTS lateness_s UInt32 COMMENT 'được chậm bao nhiêu giây sau hạn · seconds of allowed lateness';
ALTER TABLE feeds ADD COLUMN IF NOT EXISTS due_days UInt16 COMMENT 'số liệu theo kỳ: hạn là bao nhiêu ngày sau khi hết kỳ · periodic figures are due so many days after their period';

CREATE TABLE IF NOT EXISTS expected_units
(
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    unit LowCardinality(String) COMMENT 'đơn vị phải báo cáo khi còn hiệu lực · unit that must report while it is valid'
)
ENGINE = MergeTree
ORDER BY (feed, unit)
COMMENT 'đơn vị nào phải báo cáo vào kết nối nào · which units must report to which connection';

-- The embedded engine has no query log of its own. Its endpoint keeps what statements took, by the minute and by who
-- asked, and nothing of their text.
CREATE TABLE IF NOT EXISTS query_costs
(
    minute DateTime('UTC') COMMENT 'phút · minute',
    role LowCardinality(String) COMMENT 'writer hoặc reader · role',
    kind LowCardinality(String) COMMENT 'read, insert hoặc other · kind of statement',
    board LowCardinality(String) COMMENT 'bảng Grafana đã hỏi, nếu biết · Grafana board that asked, where it says so',
    panel LowCardinality(String) COMMENT 'số của ô trên bảng, nếu biết · its panel''s number',
    statements UInt32 COMMENT 'số câu lệnh · statements',
    refused UInt32 COMMENT 'trong đó bị từ chối hoặc lỗi · of these refused or failed',
    slow UInt32 COMMENT 'trong đó lâu hơn một giây · of these longer than a second',
    total_ms UInt64 COMMENT 'tổng thời gian, mili giây, không tính lúc chờ · time of all, without waiting',
    longest_ms UInt32 COMMENT 'lâu nhất, mili giây · longest',
    rows UInt64 COMMENT 'số dòng đã đọc, hoặc đã ghi · rows read, or written',
    bytes UInt64 COMMENT 'số byte đã đọc, hoặc đã ghi · bytes read, or written'
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (minute, role, kind, board, panel)
TTL minute + INTERVAL 30 DAY
SETTINGS ttl_only_drop_parts = 1
COMMENT 'câu lệnh tốn bao nhiêu, theo phút và theo người hỏi · what statements cost, by minute and by who asked';

-- Who answers for a connection and how to reach them. A contact of a unit stands beside that of the connection itself.
CREATE VIEW IF NOT EXISTS who_to_ask
(
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    unit LowCardinality(String) COMMENT 'đơn vị; rỗng là chính kết nối · unit; empty: the connection itself',
    owner String COMMENT 'cơ quan chủ quản · owner',
    contact_vi String COMMENT 'vị trí trực · duty post',
    contact_en String COMMENT 'vị trí trực, tiếng Anh · duty post in English',
    reach String COMMENT 'điện thoại, thư điện tử, giờ trực; rỗng khi chưa có danh bạ · telephone, e-mail, hours; empty without contacts'
)
AS SELECT d.feed AS feed, p.unit AS unit, d.owner AS owner,
    if(c.post_vi = '', d.contact, c.post_vi) AS contact_vi, if(c.post_en = '', d.contact, c.post_en) AS contact_en,
    arrayStringConcat(arrayFilter(x -> x != '', [c.telephone, c.email, c.hours]), ' · ') AS reach
FROM feeds AS d
INNER JOIN (SELECT feed, '' AS unit FROM feeds UNION DISTINCT SELECT feed, toString(unit) FROM contacts) AS p ON p.feed = d.feed
LEFT JOIN contacts AS c ON c.feed = p.feed AND c.unit = p.unit
COMMENT 'hỏi ai về một kết nối · whom to ask about a connection';

-- Findings as boards show them: with names, with what people did about them, and with where to look: some 200 reports
-- before, a quarter as much after.
CREATE VIEW IF NOT EXISTS findings_told
(
    finding_id FixedString(32) COMMENT 'mã bất biến · stable id',
    lane String COMMENT 'luồng: A vận hành, B rà số liệu, C toàn vẹn · lane: A operations, B editing, C integrity',
    severity LowCardinality(String) COMMENT 'info, warning hoặc critical · severity',
    state LowCardinality(String) COMMENT 'open hoặc closed, do hệ thống thấy · open or closed, as seen by the detectors',
    handling String COMMENT 'trạng thái xử lý: new, taken, asked, corrected, confirmed, false_alarm, new_trend, closed · state of handling',
    holder String COMMENT 'tài khoản đang giữ · account that has it',
    taken_at Nullable(DateTime64(3, 'UTC')) COMMENT 'người giữ đã nhận lúc · when its holder took it',
    asked_until Nullable(DateTime64(3, 'UTC')) COMMENT 'hạn đơn vị trả lời, khi còn chờ · until when the unit is to answer',
    label String COMMENT 'kết luận, hoặc rỗng · how it turned out, or empty',
    rule LowCardinality(String) COMMENT 'quy tắc · rule family',
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    feed_vi String COMMENT 'tên kết nối · name of the connection',
    feed_en String COMMENT 'tên kết nối bằng tiếng Anh · its English name',
    indicator LowCardinality(String) COMMENT 'chỉ tiêu hoặc loại hồ sơ · indicator or case kind',
    about_vi String COMMENT 'tên chỉ tiêu hoặc loại hồ sơ · name of the indicator or case kind',
    about_en String COMMENT 'bằng tiếng Anh · in English',
    unit LowCardinality(String) COMMENT 'đơn vị; rỗng khi nói về cả kết nối · unit; empty where it is about the connection',
    unit_vi String COMMENT 'tên đơn vị · name of the unit',
    unit_en String COMMENT 'tên đơn vị bằng tiếng Anh · its English name',
    subject LowCardinality(String) COMMENT 'đối tượng · subject',
    case_id String COMMENT 'mã hồ sơ, nếu có · case',
    at DateTime64(3, 'UTC') COMMENT 'thời điểm của bản ghi đã mở nó · time of the record that opened it',
    known_at DateTime64(3, 'UTC') COMMENT 'lúc được biết: đồng hồ kết nối khi mở · when it was known: the feed''s clock at its opening',
    updated_at DateTime64(3, 'UTC') COMMENT 'thời điểm của bản ghi mới nhất · time of the latest record',
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'thời điểm đóng · when closed',
    shown_from DateTime64(3, 'UTC') COMMENT 'nên xem từ lúc: khoảng 200 lần báo cáo trước đó · where to look from: some 200 reports before',
    shown_to DateTime64(3, 'UTC') COMMENT 'đến lúc: thêm một phần tư của khoảng trước · until when: a quarter as much after it',
    count UInt32 COMMENT 'số bản ghi gộp · records gathered in it',
    value Nullable(Float64) COMMENT 'giá trị thấy được · what was seen',
    low Nullable(Float64) COMMENT 'cận dưới mong đợi · lower expected bound',
    high Nullable(Float64) COMMENT 'cận trên mong đợi · upper expected bound',
    score Float64 COMMENT 'mức độ: bội số của ngưỡng · strength as a multiple of the threshold',
    decimals UInt8 COMMENT 'số chữ số thập phân khi in · decimals when printed',
    measure_vi String COMMENT 'đơn vị đo · measure',
    measure_en String COMMENT 'đơn vị đo bằng tiếng Anh · measure in English',
    evidence String COMMENT 'bằng chứng dạng JSON · evidence as JSON',
    sentence_vi String COMMENT 'câu mô tả · sentence in Vietnamese',
    sentence_en String COMMENT 'câu mô tả tiếng Anh · sentence in English',
    drill Bool COMMENT 'diễn tập · a drill',
    simulated Bool COMMENT 'từ số liệu mô phỏng · from simulated records',
    topic LowCardinality(String) COMMENT 'chủ đề Kafka · topic',
    partition UInt16 COMMENT 'phân vùng Kafka · partition',
    offset UInt64 COMMENT 'bản tin đã gây ra lần ghi mới nhất · the message that led to its newest row'
)
AS WITH multiIf(d.record = 'cases', 2592000, d.cadence_s = 0, 95040000, least(greatest(200 * d.cadence_s, 21600), 34560000)) AS seconds_before
SELECT
    f.finding_id AS finding_id,
    finding_lane(f.rule, d.record = 'figures' AND d.cadence_s = 0) AS lane,
    f.severity AS severity, f.state AS state,
    if(h.handling = '', 'new', h.handling) AS handling, h.holder AS holder, h.taken_at AS taken_at, h.asked_until AS asked_until,
    h.label AS label,
    f.rule AS rule, f.feed AS feed, d.name_vi AS feed_vi, d.name_en AS feed_en,
    f.indicator AS indicator,
    multiIf(i.name_vi != '', i.name_vi, k.name_vi != '', k.name_vi, d.name_vi) AS about_vi,
    multiIf(i.name_en != '', i.name_en, k.name_en != '', k.name_en, d.name_en) AS about_en,
    f.unit AS unit, u.name_vi AS unit_vi, u.name_en AS unit_en, f.subject AS subject, f.case_id AS case_id,
    f.at AS at, f.opened_at AS known_at, f.updated_at AS updated_at, f.closed_at AS closed_at,
    f.at - toIntervalSecond(seconds_before) AS shown_from, f.updated_at + toIntervalSecond(intDiv(seconds_before, 4)) AS shown_to,
    f.count AS count, f.value AS value, f.low AS low, f.high AS high, f.score AS score,
    i.decimals AS decimals, i.measure AS measure_vi, i.measure_en AS measure_en,
    f.evidence AS evidence, f.sentence_vi AS sentence_vi, f.sentence_en AS sentence_en, f.drill AS drill, f.simulated AS simulated,
    f.topic AS topic, f.partition AS partition, f.offset AS offset
FROM findings_in_force AS f
LEFT JOIN finding_states AS h ON h.feed = f.feed AND h.finding_id = f.finding_id
LEFT JOIN feeds AS d ON d.feed = f.feed
LEFT JOIN units AS u ON u.unit = f.unit
LEFT JOIN indicators AS i ON i.indicator = f.indicator
LEFT JOIN case_kinds AS k ON k.kind = f.indicator
COMMENT 'điểm bất thường với tên gọi, luồng và việc xử lý · findings with names, lane and handling';

-- finding_picked(id = '…', at = …): one finding; without an id the gravest and newest that is open at a moment (UTC).
CREATE VIEW IF NOT EXISTS finding_picked AS
SELECT f.* FROM findings_told AS f
WHERE toString(f.finding_id) = if({id:String} != '', lower(trim({id:String})),
    (
        SELECT toString(argMax(o.finding_id, (severity_rank(o.severity), o.at))) FROM findings_in_force AS o
        WHERE o.at <= {at:DateTime64(3, 'UTC')} AND o.at > {at:DateTime64(3, 'UTC')} - INTERVAL 400 DAY
            AND (o.state = 'open' OR o.closed_at > {at:DateTime64(3, 'UTC')})
    ))
COMMENT 'một điểm bất thường theo mã · one finding by its id';

-- feed_states_known(as_of = …): the states that stood in the store then, which a worker that was behind had not moved.
CREATE VIEW IF NOT EXISTS feed_states_known AS
SELECT
    s.feed AS feed, argMax(s.state, state_rank(s.state)) AS state, min(s.clock) AS clock, max(s.last_at) AS last_at,
    sum(s.reporting) AS reporting, sum(s.expected) AS expected
FROM
(
    SELECT
        f.feed AS feed, f.shard AS shard, argMax(f.state, f.clock) AS state, max(f.clock) AS clock, max(f.last_at) AS last_at,
        argMax(f.reporting, f.clock) AS reporting, argMax(f.expected, f.clock) AS expected
    FROM feed_states AS f
    WHERE f.generation = (SELECT generation FROM generation_as_of(as_of = {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')}))
        AND f.clock <= {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')} AND f.clock > {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')} - INTERVAL 2 DAY
        AND f.stored_at <= {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')}
    GROUP BY f.feed, f.shard
) AS s
GROUP BY s.feed
COMMENT 'trạng thái kết nối như kho đã có vào thời điểm as_of · states of connections as the store had them then';

-- figures_then_and_now(as_of = …): of every figure what we had received of it by then, NULL where that was nothing, and
-- what is in force now.
CREATE VIEW IF NOT EXISTS figures_then_and_now AS
WITH
    bitShiftLeft(toUInt128(transform(f.vintage, ['estimate', 'preliminary', 'final', 'correction'], [1, 2, 3, 4], 0)), 112)
        + bitShiftLeft(toUInt128(greatest(toUnixTimestamp64Milli(f.sent_at), 0)), 64) + f.offset AS precedence_in_force,
    f.arrived_at <= {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')} AS known
SELECT
    f.feed AS feed, f.indicator AS indicator, f.unit AS unit, f.subject AS subject, f.at AS at, f.period AS period,
    argMaxOrNullIf(f.value, precedence_in_force, known) AS value_then,
    argMaxIf(f.vintage, precedence_in_force, known) AS vintage_then,
    argMaxIf(f.verdict, precedence_in_force, known) AS verdict_then,
    uniqExactIf(f.record_id, known) AS versions_then,
    argMax(f.value, precedence_in_force) AS value_now,
    argMax(f.vintage, precedence_in_force) AS vintage_now,
    argMax(f.verdict, precedence_in_force) AS verdict_now,
    argMax(f.reason, precedence_in_force) AS reason_now,
    argMax(f.arrived_at, precedence_in_force) AS arrived_now,
    uniqExact(f.record_id) AS versions_now
FROM figures AS f
GROUP BY f.feed, f.indicator, f.unit, f.subject, f.at, f.period
COMMENT 'số liệu như đã nhận vào thời điểm as_of (giờ Việt Nam), bên cạnh số đang có hiệu lực · figures as received by as_of beside those in force now';
