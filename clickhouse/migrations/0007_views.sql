-- What readers read: the version in force of everything that is kept in versions. Boards, analysts and the checks
-- use these views, never the raw tables, unless they ask about versions themselves.
-- A rate whose denominator is zero is NULL (chưa có). Every view takes a filter on its key down to the table.

-- The ledger grows by one row a message, for ever in one order (topic, partition, offset). Boards ask for its last
-- minutes: this index lets them skip the rest of the month.
ALTER TABLE ledger ADD INDEX IF NOT EXISTS ledger_arrived arrived_at TYPE minmax GRANULARITY 1;

-- Order of two versions of one figure: release first, then the sender's clock, then the place in the log. One number,
-- because comparing tuples is ten times slower.
CREATE VIEW IF NOT EXISTS figures_in_force
(
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    indicator LowCardinality(String) COMMENT 'mã chỉ tiêu · indicator',
    unit LowCardinality(String) COMMENT 'đơn vị · unit',
    subject LowCardinality(String) COMMENT 'đối tượng hoặc rỗng · subject or empty',
    at DateTime64(3, 'UTC') COMMENT 'thời điểm, hoặc ngày đầu kỳ · instant, or start of the period',
    period LowCardinality(String) COMMENT 'mã kỳ hoặc rỗng · period code or empty',
    vintage LowCardinality(String) COMMENT 'lần công bố đang có hiệu lực · release in force',
    value Float64 COMMENT 'giá trị đang có hiệu lực · value in force',
    verdict LowCardinality(String) COMMENT 'ok, suspect hoặc impossible; khi cộng phải bỏ impossible · leave the impossible out of sums',
    marks Array(LowCardinality(String)) COMMENT 'các quy tắc đã cho ra đánh giá · rules behind the verdict',
    late Bool COMMENT 'đến muộn · late',
    reason String COMMENT 'lý do đính chính · why corrected',
    document String COMMENT 'số văn bản · document number',
    record_id String COMMENT 'mã bản ghi · record',
    sent_at DateTime64(3, 'UTC') COMMENT 'đồng hồ bên gửi · sender''s clock',
    arrived_at DateTime64(3, 'UTC') COMMENT 'đồng hồ Kafka · broker''s clock',
    simulated Bool COMMENT 'số liệu mô phỏng · simulated',
    topic LowCardinality(String) COMMENT 'chủ đề Kafka · topic',
    partition UInt16 COMMENT 'phân vùng Kafka · partition',
    offset UInt64 COMMENT 'vị trí bản tin · offset of the message',
    versions UInt64 COMMENT 'số phiên bản đã nhận · versions received'
)
AS WITH bitShiftLeft(toUInt128(transform(f.vintage, ['estimate', 'preliminary', 'final', 'correction'], [1, 2, 3, 4], 0)), 112)
    + bitShiftLeft(toUInt128(greatest(toUnixTimestamp64Milli(f.sent_at), 0)), 64) + f.offset AS precedence_in_force
SELECT
    f.feed AS feed, f.indicator AS indicator, f.unit AS unit, f.subject AS subject, f.at AS at, f.period AS period,
    argMax(f.vintage, precedence_in_force) AS vintage,
    argMax(f.value, precedence_in_force) AS value,
    argMax(f.verdict, precedence_in_force) AS verdict,
    argMax(f.marks, precedence_in_force) AS marks,
    argMax(f.late, precedence_in_force) AS late,
    argMax(f.reason, precedence_in_force) AS reason,
    argMax(f.document, precedence_in_force) AS document,
    argMax(f.record_id, precedence_in_force) AS record_id,
    argMax(f.sent_at, precedence_in_force) AS sent_at,
    argMax(f.arrived_at, precedence_in_force) AS arrived_at,
    argMax(f.simulated, precedence_in_force) AS simulated,
    argMax(f.topic, precedence_in_force) AS topic,
    argMax(f.partition, precedence_in_force) AS partition,
    argMax(f.offset, precedence_in_force) AS offset,
    uniqExact(f.record_id) AS versions
FROM figures AS f
GROUP BY f.feed, f.indicator, f.unit, f.subject, f.at, f.period
COMMENT 'số liệu đang có hiệu lực: phiên bản có (lần công bố, lúc gửi, vị trí) cao nhất · the version in force of every figure';

-- figures_as_of(as_of = '2026-11-21 09:30:00', Vietnamese time): what the senders had said by then.
CREATE VIEW IF NOT EXISTS figures_as_of AS
WITH bitShiftLeft(toUInt128(transform(f.vintage, ['estimate', 'preliminary', 'final', 'correction'], [1, 2, 3, 4], 0)), 112)
    + bitShiftLeft(toUInt128(greatest(toUnixTimestamp64Milli(f.sent_at), 0)), 64) + f.offset AS precedence_in_force
SELECT
    f.feed AS feed, f.indicator AS indicator, f.unit AS unit, f.subject AS subject, f.at AS at, f.period AS period,
    argMax(f.vintage, precedence_in_force) AS vintage,
    argMax(f.value, precedence_in_force) AS value,
    argMax(f.verdict, precedence_in_force) AS verdict,
    argMax(f.reason, precedence_in_force) AS reason,
    argMax(f.record_id, precedence_in_force) AS record_id,
    argMax(f.sent_at, precedence_in_force) AS sent_at,
    argMax(f.arrived_at, precedence_in_force) AS arrived_at,
    argMax(f.simulated, precedence_in_force) AS simulated,
    uniqExact(f.record_id) AS versions
FROM figures AS f
WHERE f.sent_at <= {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')}
GROUP BY f.feed, f.indicator, f.unit, f.subject, f.at, f.period
COMMENT 'số liệu như các bên gửi đã báo đến thời điểm as_of (giờ Việt Nam) · figures as their senders had reported them by as_of';

-- figures_received_as_of(as_of = ...): the same by the clock of our own log, whatever the sender said. The two differ
-- where a sender was late, or an old file was replayed.
CREATE VIEW IF NOT EXISTS figures_received_as_of AS
WITH bitShiftLeft(toUInt128(transform(f.vintage, ['estimate', 'preliminary', 'final', 'correction'], [1, 2, 3, 4], 0)), 112)
    + bitShiftLeft(toUInt128(greatest(toUnixTimestamp64Milli(f.sent_at), 0)), 64) + f.offset AS precedence_in_force
SELECT
    f.feed AS feed, f.indicator AS indicator, f.unit AS unit, f.subject AS subject, f.at AS at, f.period AS period,
    argMax(f.vintage, precedence_in_force) AS vintage,
    argMax(f.value, precedence_in_force) AS value,
    argMax(f.verdict, precedence_in_force) AS verdict,
    argMax(f.reason, precedence_in_force) AS reason,
    argMax(f.record_id, precedence_in_force) AS record_id,
    argMax(f.sent_at, precedence_in_force) AS sent_at,
    argMax(f.arrived_at, precedence_in_force) AS arrived_at,
    argMax(f.simulated, precedence_in_force) AS simulated,
    uniqExact(f.record_id) AS versions
FROM figures AS f
WHERE f.arrived_at <= {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')}
GROUP BY f.feed, f.indicator, f.unit, f.subject, f.at, f.period
COMMENT 'số liệu mà hệ thống đã nhận được đến thời điểm as_of (giờ Việt Nam) · figures as received here by as_of';

-- figure_revisions(unit = 'G12', indicator = 'vdt'): every version, oldest first, with what it changed. Versions count
-- in the order in which they were sent, so a reader sees them as the public did. Empty indicator: all of the unit.
CREATE VIEW IF NOT EXISTS figure_revisions AS
SELECT
    feed, indicator, unit, subject, at, period, vintage, value, verdict, reason, document, sent_at, arrived_at, simulated, record_id,
    row_number() OVER versions AS version,
    if(row_number() OVER versions = 1, NULL, lagInFrame(value) OVER versions) AS value_before,
    value - value_before AS change,
    if(value_before = 0, NULL, change / abs(value_before)) AS change_ratio
FROM figures FINAL
WHERE unit = {unit:String} AND ({indicator:String} = '' OR indicator = {indicator:String})
WINDOW versions AS (PARTITION BY feed, indicator, unit, subject, at, period ORDER BY sent_at, offset, record_id
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
COMMENT 'mọi phiên bản số liệu của một đơn vị, theo thứ tự công bố · every version of a unit''s figures in release order';

CREATE VIEW IF NOT EXISTS generation_in_force
(
    generation UInt32 COMMENT 'thế hệ tính toán đang có hiệu lực · generation in force'
)
AS SELECT argMax(generation, (in_force_from, generation)) AS generation FROM generations WHERE in_force_from <= now64(3)
COMMENT 'thế hệ tính toán đang có hiệu lực · the generation in force';

-- generation_as_of(as_of = ...): the generation that readers saw then.
CREATE VIEW IF NOT EXISTS generation_as_of AS
SELECT argMax(generation, (in_force_from, generation)) AS generation
FROM generations WHERE in_force_from <= {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')}
COMMENT 'thế hệ tính toán có hiệu lực vào thời điểm as_of · the generation in force as of then';

CREATE VIEW IF NOT EXISTS case_buckets_in_force
(
    kind LowCardinality(String) COMMENT 'loại hồ sơ · case kind',
    unit LowCardinality(String) COMMENT 'đơn vị · unit',
    width LowCardinality(String) COMMENT 'độ rộng: 5m hoặc day · width',
    bucket DateTime('UTC') COMMENT 'đầu khoảng; ngày tính theo giờ Việt Nam · start; days are local days',
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    received Int64 COMMENT 'tiếp nhận · received',
    online Int64 COMMENT 'trong đó trực tuyến · of these online',
    finished Int64 COMMENT 'đã giải quyết · finished',
    on_time Int64 COMMENT 'trong đó đúng hạn · of these on time',
    overdue Int64 COMMENT 'trong đó quá hạn · of these overdue',
    refused Int64 COMMENT 'từ chối hoặc dừng · refused or stopped',
    withdrawn Int64 COMMENT 'rút · withdrawn',
    supplements Int64 COMMENT 'lượt yêu cầu bổ sung · supplement rounds',
    impossible Int64 COMMENT 'bước bị loại · steps kept out as impossible',
    steps Int64 COMMENT 'tổng số bước · steps',
    duration_ms Int64 COMMENT 'tổng thời gian giải quyết, mili giây · sum of handling times',
    durations Array(UInt64) COMMENT 'biểu đồ tần suất thời gian giải quyết · histogram of handling times',
    open_end Int64 COMMENT 'đang mở ở cuối khoảng; không cộng theo thời gian · open at the end; never add over time',
    overdue_open_end Int64 COMMENT 'trong đó đã quá hạn; không cộng theo thời gian · of these overdue; never add over time',
    simulated Bool COMMENT 'có số liệu mô phỏng · holds simulated records',
    clock DateTime('UTC') COMMENT 'đồng hồ phân vùng khi ghi · the partition''s clock when written',
    late_rows UInt64 COMMENT 'số dòng cộng thêm của bản ghi rất muộn · additions by very late records'
)
AS SELECT
    b.kind AS kind, b.unit AS unit, b.width AS width, b.bucket AS bucket, b.feed AS feed,
    sum(b.received) AS received, sum(b.online) AS online, sum(b.finished) AS finished, sum(b.on_time) AS on_time,
    sum(b.overdue) AS overdue, sum(b.refused) AS refused, sum(b.withdrawn) AS withdrawn, sum(b.supplements) AS supplements,
    sum(b.impossible) AS impossible, sum(b.steps) AS steps, sum(b.duration_ms) AS duration_ms,
    sumForEach(b.durations) AS durations, sum(b.open_end) AS open_end, sum(b.overdue_open_end) AS overdue_open_end,
    max(b.simulated) AS simulated, max(b.clock) AS clock, countIf(b.delta != 0) AS late_rows
FROM case_buckets AS b FINAL
WHERE b.generation = (SELECT generation FROM generation_in_force)
GROUP BY b.kind, b.unit, b.width, b.bucket, b.feed
COMMENT 'chỉ số hồ sơ theo khoảng, bản ghi mới nhất, gộp các phần của kết nối · case buckets, newest revision, shards joined';

CREATE VIEW IF NOT EXISTS case_days
(
    kind LowCardinality(String) COMMENT 'loại hồ sơ · case kind',
    unit LowCardinality(String) COMMENT 'đơn vị · unit',
    day Date COMMENT 'ngày, giờ Việt Nam · local day',
    received Int64 COMMENT 'tiếp nhận · received',
    online Int64 COMMENT 'trong đó trực tuyến · of these online',
    finished Int64 COMMENT 'đã giải quyết · finished',
    on_time Int64 COMMENT 'trong đó đúng hạn · of these on time',
    overdue Int64 COMMENT 'trong đó quá hạn · of these overdue',
    refused Int64 COMMENT 'từ chối hoặc dừng · refused or stopped',
    withdrawn Int64 COMMENT 'rút · withdrawn',
    supplements Int64 COMMENT 'lượt yêu cầu bổ sung · supplement rounds',
    impossible Int64 COMMENT 'bước bị loại · steps kept out as impossible',
    steps Int64 COMMENT 'tổng số bước · steps',
    duration_ms Int64 COMMENT 'tổng thời gian giải quyết, mili giây · sum of handling times',
    durations Array(UInt64) COMMENT 'biểu đồ tần suất thời gian giải quyết · histogram of handling times',
    open_end Int64 COMMENT 'đang mở ở cuối ngày · open at the end of the day',
    overdue_open_end Int64 COMMENT 'trong đó đã quá hạn · of these overdue',
    on_time_of_received Nullable(Float64) COMMENT 'đúng hạn / tiếp nhận; NULL khi chưa có · on time / received',
    on_time_of_finished Nullable(Float64) COMMENT 'đúng hạn / đã giải quyết; NULL khi chưa có · on time / finished',
    online_of_received Nullable(Float64) COMMENT 'trực tuyến / tiếp nhận; NULL khi chưa có · online / received',
    mean_days Nullable(Float64) COMMENT 'thời gian giải quyết trung bình, ngày; NULL khi chưa có · mean handling time in days',
    simulated Bool COMMENT 'có số liệu mô phỏng · holds simulated records'
)
AS SELECT
    b.kind AS kind, b.unit AS unit, toDate(b.bucket, 'Asia/Ho_Chi_Minh') AS day,
    sum(b.received) AS received, sum(b.online) AS online, sum(b.finished) AS finished, sum(b.on_time) AS on_time,
    sum(b.overdue) AS overdue, sum(b.refused) AS refused, sum(b.withdrawn) AS withdrawn, sum(b.supplements) AS supplements,
    sum(b.impossible) AS impossible, sum(b.steps) AS steps, sum(b.duration_ms) AS duration_ms,
    sumForEach(b.durations) AS durations, sum(b.open_end) AS open_end, sum(b.overdue_open_end) AS overdue_open_end,
    sum(b.on_time) / nullIf(sum(b.received), 0) AS on_time_of_received,
    sum(b.on_time) / nullIf(sum(b.finished), 0) AS on_time_of_finished,
    sum(b.online) / nullIf(sum(b.received), 0) AS online_of_received,
    sum(b.duration_ms) / 86400000 / nullIf(sum(b.finished), 0) AS mean_days,
    max(b.simulated) AS simulated
FROM case_buckets_in_force AS b
WHERE b.width = 'day'
GROUP BY b.kind, b.unit, b.bucket
COMMENT 'chỉ số hồ sơ theo ngày · case indicators by local day';

-- The administrative month runs from the 15th to the 14th and is named after the month it ends in; quarter, half, nine
-- months and year are made of such months. Weeks are ISO weeks.
CREATE VIEW IF NOT EXISTS case_periods
(
    kind LowCardinality(String) COMMENT 'loại hồ sơ · case kind',
    unit LowCardinality(String) COMMENT 'đơn vị · unit',
    period String COMMENT 'mã kỳ: A-W2026-47, A-M2026-10, A-Q2026-4, A-H2026-2, A-N2026, A-Y2026 · period code',
    first_day Date COMMENT 'ngày đầu có số liệu · first day with data',
    last_day Date COMMENT 'ngày cuối có số liệu · last day with data',
    days UInt64 COMMENT 'số ngày có số liệu · days with data',
    received Int64 COMMENT 'tiếp nhận · received',
    online Int64 COMMENT 'trong đó trực tuyến · of these online',
    finished Int64 COMMENT 'đã giải quyết · finished',
    on_time Int64 COMMENT 'trong đó đúng hạn · of these on time',
    overdue Int64 COMMENT 'trong đó quá hạn · of these overdue',
    refused Int64 COMMENT 'từ chối hoặc dừng · refused or stopped',
    withdrawn Int64 COMMENT 'rút · withdrawn',
    supplements Int64 COMMENT 'lượt yêu cầu bổ sung · supplement rounds',
    duration_ms Int64 COMMENT 'tổng thời gian giải quyết, mili giây · sum of handling times',
    durations Array(UInt64) COMMENT 'biểu đồ tần suất thời gian giải quyết · histogram of handling times',
    open_end Int64 COMMENT 'đang mở ở cuối kỳ · open at the end of the period',
    overdue_open_end Int64 COMMENT 'trong đó đã quá hạn · of these overdue',
    on_time_of_received Nullable(Float64) COMMENT 'đúng hạn / tiếp nhận; NULL khi chưa có · on time / received',
    on_time_of_finished Nullable(Float64) COMMENT 'đúng hạn / đã giải quyết; NULL khi chưa có · on time / finished',
    online_of_received Nullable(Float64) COMMENT 'trực tuyến / tiếp nhận; NULL khi chưa có · online / received',
    mean_days Nullable(Float64) COMMENT 'thời gian giải quyết trung bình, ngày · mean handling time in days',
    simulated Bool COMMENT 'có số liệu mô phỏng · holds simulated records'
)
AS WITH
    if(toDayOfMonth(d.day) >= 15, addMonths(toStartOfMonth(d.day), 1), toStartOfMonth(d.day)) AS month,
    toString(toYear(month)) AS year
SELECT
    d.kind AS kind, d.unit AS unit,
    arrayJoin(arrayFilter(code -> code != '', [
        concat('A-W', toString(toISOYear(d.day)), '-', leftPad(toString(toISOWeek(d.day)), 2, '0')),
        concat('A-M', year, '-', leftPad(toString(toMonth(month)), 2, '0')),
        concat('A-Q', year, '-', toString(toQuarter(month))),
        concat('A-H', year, '-', if(toMonth(month) <= 6, '1', '2')),
        if(toMonth(month) <= 9, concat('A-N', year), ''),
        concat('A-Y', year)])) AS period,
    min(d.day) AS first_day, max(d.day) AS last_day, count() AS days,
    sum(d.received) AS received, sum(d.online) AS online, sum(d.finished) AS finished, sum(d.on_time) AS on_time,
    sum(d.overdue) AS overdue, sum(d.refused) AS refused, sum(d.withdrawn) AS withdrawn, sum(d.supplements) AS supplements,
    sum(d.duration_ms) AS duration_ms, sumForEach(d.durations) AS durations,
    argMax(d.open_end, d.day) AS open_end, argMax(d.overdue_open_end, d.day) AS overdue_open_end,
    sum(d.on_time) / nullIf(sum(d.received), 0) AS on_time_of_received,
    sum(d.on_time) / nullIf(sum(d.finished), 0) AS on_time_of_finished,
    sum(d.online) / nullIf(sum(d.received), 0) AS online_of_received,
    sum(d.duration_ms) / 86400000 / nullIf(sum(d.finished), 0) AS mean_days,
    max(d.simulated) AS simulated
FROM case_days AS d
GROUP BY kind, unit, period
COMMENT 'chỉ số hồ sơ theo tuần và kỳ báo cáo hành chính · case indicators by week and administrative period';

-- What is open at this moment: the last bucket of every feed and shard, and what very late records added to it.
CREATE VIEW IF NOT EXISTS case_open_now
(
    kind LowCardinality(String) COMMENT 'loại hồ sơ · case kind',
    unit LowCardinality(String) COMMENT 'đơn vị · unit',
    open_now Int64 COMMENT 'đang mở · open',
    overdue_open_now Int64 COMMENT 'trong đó đã quá hạn · of these overdue',
    clock DateTime('UTC') COMMENT 'đồng hồ phân vùng khi ghi · the partition''s clock when written'
)
AS SELECT
    s.kind AS kind, s.unit AS unit, sum(s.open_end) AS open_now, sum(s.overdue_open_end) AS overdue_open_now, max(s.clock) AS clock
FROM
(
    SELECT
        b.kind AS kind, b.unit AS unit, b.feed AS feed, b.shard AS shard,
        argMax(b.open_end, (b.bucket, b.revision)) AS open_end,
        argMax(b.overdue_open_end, (b.bucket, b.revision)) AS overdue_open_end,
        max(b.clock) AS clock
    FROM case_buckets AS b
    WHERE b.generation = (SELECT generation FROM generation_in_force) AND b.width = 'day' AND b.delta = 0
        AND b.bucket >= (SELECT max(bucket) - INTERVAL 40 DAY FROM case_buckets)
    GROUP BY b.kind, b.unit, b.feed, b.shard
) AS s
GROUP BY s.kind, s.unit
COMMENT 'hồ sơ đang mở và quá hạn lúc này · cases open and overdue at this moment';

CREATE VIEW IF NOT EXISTS findings_in_force
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
    finding_id, revision, rule, severity, state, feed, indicator, unit, subject, case_id, at, updated_at, closed_at, count,
    value, low, high, score, evidence, sentence_vi, sentence_en, drill, simulated, topic, partition, offset
FROM findings FINAL
WHERE generation = (SELECT generation FROM generation_in_force)
COMMENT 'điểm bất thường, lần ghi mới nhất của thế hệ đang có hiệu lực · findings, newest revision of the generation in force';

-- A feed is as bad as its worst shard. A feed whose clock stands still keeps its last state, and its clock tells.
CREATE VIEW IF NOT EXISTS feed_states_now
(
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    state LowCardinality(String) COMMENT 'receiving, not_due, late, silent, off_hours hoặc maintenance · state',
    clock DateTime('UTC') COMMENT 'đồng hồ chậm nhất trong các phần · slowest clock of its shards',
    last_at Nullable(DateTime64(3, 'UTC')) COMMENT 'thời điểm số liệu mới nhất; NULL khi chưa có · newest record',
    due_at Nullable(DateTime64(3, 'UTC')) COMMENT 'hạn gần nhất; NULL khi chưa có · next due',
    reporting UInt32 COMMENT 'số đơn vị đang báo cáo · units reporting',
    expected UInt32 COMMENT 'số đơn vị phải báo cáo · units expected',
    shards UInt32 COMMENT 'số phần · shards',
    simulated Bool COMMENT 'số liệu mô phỏng · simulated'
)
AS SELECT
    s.feed AS feed,
    argMax(s.state, transform(s.state, ['silent', 'late', 'receiving', 'maintenance', 'not_due', 'off_hours'], [6, 5, 4, 3, 2, 1], 0)) AS state,
    min(s.clock) AS clock, max(s.last_at) AS last_at, min(s.due_at) AS due_at,
    sum(s.reporting) AS reporting, sum(s.expected) AS expected, count() AS shards, max(s.simulated) AS simulated
FROM
(
    WITH bitShiftLeft(toUInt128(toUnixTimestamp(f.clock)), 64) + f.offset AS place
    SELECT
        f.feed AS feed, f.shard AS shard, argMax(f.state, place) AS state,
        max(f.clock) AS clock, max(f.last_at) AS last_at,
        argMax(tuple(f.due_at), place).1 AS due_at,
        argMax(f.reporting, place) AS reporting,
        argMax(f.expected, place) AS expected,
        argMax(f.simulated, place) AS simulated
    FROM feed_states AS f
    WHERE f.generation = (SELECT generation FROM generation_in_force)
        AND f.clock >= (SELECT max(clock) - INTERVAL 2 DAY FROM feed_states)
    GROUP BY f.feed, f.shard
) AS s
GROUP BY s.feed
COMMENT 'trạng thái hiện tại của từng kết nối · the state of each connection now';

-- Offsets that the ledger should hold and does not. No row: nothing is missing between the first and the last.
CREATE VIEW IF NOT EXISTS ledger_gaps
(
    topic LowCardinality(String) COMMENT 'chủ đề Kafka · topic',
    partition UInt16 COMMENT 'phân vùng Kafka · partition',
    first_missing UInt64 COMMENT 'vị trí đầu tiên bị thiếu · first missing offset',
    last_missing UInt64 COMMENT 'vị trí cuối cùng bị thiếu · last missing offset'
)
AS SELECT topic, partition, before + 1 AS first_missing, offset - 1 AS last_missing
FROM
(
    SELECT
        topic, partition, offset,
        lagInFrame(offset, 1, offset) OVER (PARTITION BY topic, partition ORDER BY offset
            ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
    FROM ledger
)
WHERE offset > before + 1
COMMENT 'khoảng trống trong sổ cái · holes in the ledger';

-- freshness(minutes = 5): seconds from the sender's clock to the store, over what arrived in the last minutes. A
-- message of a past that was played, or whose sender's clock is an hour or more off the broker's, says nothing about us
-- and is counted apart.
CREATE VIEW IF NOT EXISTS freshness AS
WITH
    (toUnixTimestamp64Milli(stored_at) - toUnixTimestamp64Milli(sent_at)) / 1000 AS since_sent,
    (toUnixTimestamp64Milli(stored_at) - toUnixTimestamp64Milli(arrived_at)) / 1000 AS since_arrived,
    NOT backfill AND abs(toUnixTimestamp64Milli(arrived_at) - toUnixTimestamp64Milli(sent_at)) < 3600000 AS sound
SELECT
    feed, count() AS messages, sum(records) AS records, countIf(NOT sound) AS odd_clocks,
    quantileOrNullIf(0.5)(since_sent, sound) AS p50_s,
    quantileOrNullIf(0.99)(since_sent, sound) AS p99_s,
    maxOrNullIf(since_sent, sound) AS longest_s,
    quantileOrNull(0.99)(since_arrived) AS p99_since_arrived_s
FROM ledger
WHERE kind = 'records' AND arrived_at >= now64(3) - toIntervalMinute({minutes:UInt32})
GROUP BY feed
COMMENT 'độ tươi của số liệu theo kết nối, giây · freshness by feed in seconds';

-- What each table is for, where a prompt or a database tool shows it.
ALTER TABLE figures MODIFY COMMENT 'số liệu: mọi phiên bản như đã nhận · every version of every figure, as received';
ALTER TABLE case_steps MODIFY COMMENT 'bước của hồ sơ, văn bản, phiếu… như đã nhận · every step of every case, as received';
ALTER TABLE rejected MODIFY COMMENT 'bản ghi bị từ chối và lý do · what was refused, and why';
ALTER TABLE ledger MODIFY COMMENT 'sổ cái: mỗi bản tin Kafka một dòng · one row for every Kafka message';
ALTER TABLE ticks MODIFY COMMENT 'nhịp: thời gian như đã nhận · time as it was received';
ALTER TABLE case_buckets MODIFY COMMENT 'chỉ số hồ sơ theo khoảng, mọi lần ghi; nên đọc case_buckets_in_force · buckets in every revision';
ALTER TABLE findings MODIFY COMMENT 'điểm bất thường, mọi lần ghi; nên đọc findings_in_force · findings in every revision';
ALTER TABLE feed_states MODIFY COMMENT 'trạng thái kết nối theo thời gian · states of connections over time';
ALTER TABLE generations MODIFY COMMENT 'thế hệ tính toán và lúc có hiệu lực · generations of derived rows';
ALTER TABLE snapshots MODIFY COMMENT 'bản chụp trạng thái của worker · what a worker remembers';
ALTER TABLE units MODIFY COMMENT 'đơn vị hành chính và hiệu lực · administrative units with their dates';
ALTER TABLE feeds MODIFY COMMENT 'kết nối · connections';
ALTER TABLE indicators MODIFY COMMENT 'chỉ tiêu và đơn vị đo · indicators and their measures';
