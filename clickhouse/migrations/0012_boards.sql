-- Faster under boards. What the views say is what they said: only the work to say it is less.

-- Rows in force before shards and additions are joined. A sum over them is the sum over case_buckets_in_force, without
-- grouping by five columns first; what is grouped once more anyway (by hour, by day, by province) starts here.
CREATE OR REPLACE VIEW case_counts
(
    kind LowCardinality(String) COMMENT 'loại hồ sơ · case kind',
    unit LowCardinality(String) COMMENT 'đơn vị · unit',
    width LowCardinality(String) COMMENT 'độ rộng: 5m hoặc day · width',
    bucket DateTime('UTC') COMMENT 'đầu khoảng; ngày tính theo giờ Việt Nam · start; days are local days',
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    shard UInt8 COMMENT 'phần của kết nối · shard of the feed',
    delta UInt64 COMMENT '0 là dòng chính; khác 0 là phần cộng thêm của bản ghi rất muộn · 0: main row, else an addition by a very late record',
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
    durations Array(UInt32) COMMENT 'biểu đồ tần suất thời gian giải quyết · histogram of handling times',
    open_end Int64 COMMENT 'đang mở ở cuối khoảng; không cộng theo thời gian · open at the end; never add over time',
    overdue_open_end Int64 COMMENT 'trong đó đã quá hạn; không cộng theo thời gian · of these overdue; never add over time',
    simulated Bool COMMENT 'có số liệu mô phỏng · holds simulated records',
    clock DateTime('UTC') COMMENT 'đồng hồ phân vùng khi ghi · the partition''s clock when written'
)
AS SELECT
    b.kind AS kind, b.unit AS unit, b.width AS width, b.bucket AS bucket, b.feed AS feed, b.shard AS shard, b.delta AS delta,
    b.received AS received, b.online AS online, b.finished AS finished, b.on_time AS on_time, b.overdue AS overdue,
    b.refused AS refused, b.withdrawn AS withdrawn, b.supplements AS supplements, b.impossible AS impossible, b.steps AS steps,
    b.duration_ms AS duration_ms, b.durations AS durations, b.open_end AS open_end, b.overdue_open_end AS overdue_open_end,
    b.simulated AS simulated, b.clock AS clock
FROM case_buckets AS b FINAL
WHERE b.generation = (SELECT generation FROM generation_in_force)
COMMENT 'dòng chỉ số hồ sơ đang có hiệu lực, từng phần của kết nối, để cộng · rows of case buckets in force, shards apart, to be summed';

-- One grouping instead of two.
CREATE OR REPLACE VIEW case_days
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
FROM case_counts AS b
WHERE b.width = 'day'
GROUP BY b.kind, b.unit, b.bucket
COMMENT 'chỉ số hồ sơ theo ngày · case indicators by local day';

-- figure_revisions(unit = 'G12', indicator = 'vdt'): every version, oldest first, with what it changed. Versions count
-- in the order in which they were sent, so a reader sees them as the public did. Empty indicator: all of the unit.
CREATE OR REPLACE VIEW figure_revisions AS
SELECT
    feed, indicator, unit, subject, at, period, vintage, value, verdict, reason, document, sent_at, arrived_at, simulated, record_id,
    row_number() OVER versions AS version,
    if(row_number() OVER versions = 1, NULL, lagInFrame(value) OVER versions) AS value_before,
    value - value_before AS change,
    if(value_before = 0, NULL, change / abs(value_before)) AS change_ratio
FROM
(
    -- Of a record that was sent again the lowest offset counts, as the table itself decides when it merges. FINAL would
    -- read every column of every granule that may hold the unit; this reads the rows of the unit.
    SELECT * FROM figures
    WHERE unit = {unit:String} AND ({indicator:String} = '' OR indicator = {indicator:String})
    ORDER BY offset
    LIMIT 1 BY feed, indicator, unit, subject, at, record_id
)
WINDOW versions AS (PARTITION BY feed, indicator, unit, subject, at, period ORDER BY sent_at, offset, record_id
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
COMMENT 'mọi phiên bản số liệu của một đơn vị, theo thứ tự công bố · every version of a unit''s figures in release order';

-- As it stands it takes four bytes a row of figures: neighbours differ little.
ALTER TABLE figures MODIFY COLUMN precedence CODEC(Delta, ZSTD(1));
ALTER TABLE case_steps MODIFY COLUMN precedence CODEC(Delta, ZSTD(1));
