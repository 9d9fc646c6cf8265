-- What the detectors found. One finding keeps one id on every replay; each change is a higher revision.
CREATE TABLE IF NOT EXISTS findings
(
    generation UInt32 COMMENT 'thế hệ tính toán · generation',
    finding_id FixedString(32) COMMENT 'mã bất biến: băm của quy tắc, kết nối, chỉ tiêu, đơn vị, đối tượng, hồ sơ, thời điểm · stable id',
    revision UInt64 COMMENT 'lần ghi; số lớn nhất có hiệu lực · the highest revision is in force',
    rule LowCardinality(String) COMMENT 'quy tắc phát hiện · rule family',
    severity LowCardinality(String) COMMENT 'info, warning hoặc critical · severity',
    state LowCardinality(String) COMMENT 'open hoặc closed · state',
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    shard UInt8 COMMENT 'phần của kết nối · shard',
    indicator LowCardinality(String) COMMENT 'chỉ tiêu hoặc loại hồ sơ · indicator or case kind',
    unit LowCardinality(String) COMMENT 'đơn vị · unit',
    subject LowCardinality(String) COMMENT 'đối tượng · subject',
    case_id String COMMENT 'mã hồ sơ, nếu có · case, where there is one',
    at DateTime64(3, 'UTC') COMMENT 'thời điểm của bản ghi đã mở điểm bất thường · time of the record that opened it',
    updated_at DateTime64(3, 'UTC') COMMENT 'thời điểm của bản ghi mới nhất · time of the latest record',
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'thời điểm đóng · when closed',
    count UInt32 COMMENT 'số bản ghi gộp trong điểm bất thường · records gathered in it',
    value Nullable(Float64) COMMENT 'giá trị thấy được · what was seen',
    low Nullable(Float64) COMMENT 'cận dưới mong đợi · lower expected bound',
    high Nullable(Float64) COMMENT 'cận trên mong đợi · upper expected bound',
    score Float64 COMMENT 'mức độ: bội số của ngưỡng · strength as a multiple of the threshold',
    evidence String COMMENT 'bằng chứng dạng JSON · evidence as JSON',
    sentence_vi String COMMENT 'câu mô tả · the sentence in Vietnamese',
    sentence_en String COMMENT 'câu mô tả tiếng Anh · the sentence in English',
    drill Bool COMMENT 'diễn tập · a drill',
    simulated Bool COMMENT 'từ số liệu mô phỏng · from simulated records',
    topic LowCardinality(String) COMMENT 'chủ đề Kafka · topic',
    partition UInt16 COMMENT 'phân vùng Kafka · partition',
    offset UInt64 COMMENT 'bản tin đã gây ra lần ghi này · the message that led to this row',
    stored_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'lúc ghi vào kho · when stored'
)
ENGINE = ReplacingMergeTree(revision)
PARTITION BY (generation, toYYYYMM(at))
ORDER BY (generation, feed, at, finding_id);

-- The state of each connection, written when it changes and once a minute while it lives.
CREATE TABLE IF NOT EXISTS feed_states
(
    generation UInt32 COMMENT 'thế hệ tính toán · generation',
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    shard UInt8 COMMENT 'phần của kết nối · shard',
    clock DateTime('UTC') COMMENT 'đồng hồ phân vùng · the partition''s clock' CODEC(Delta, ZSTD(1)),
    state LowCardinality(String) COMMENT 'receiving, not_due, late, silent, off_hours hoặc maintenance · state',
    last_at Nullable(DateTime64(3, 'UTC')) COMMENT 'thời điểm số liệu mới nhất · newest record''s time',
    due_at Nullable(DateTime64(3, 'UTC')) COMMENT 'bản ghi tiếp theo đến hạn lúc · when the next record is due',
    reporting UInt16 COMMENT 'số đơn vị đang báo cáo · units reporting',
    expected UInt16 COMMENT 'số đơn vị phải báo cáo · units expected',
    simulated Bool COMMENT 'số liệu mô phỏng · simulated',
    topic LowCardinality(String) COMMENT 'chủ đề Kafka · topic',
    partition UInt16 COMMENT 'phân vùng Kafka · partition',
    offset UInt64 COMMENT 'bản tin đã gây ra lần ghi này · the message that led to this row',
    stored_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'lúc ghi vào kho · when stored'
)
ENGINE = ReplacingMergeTree(offset)
PARTITION BY (generation, toYYYYMM(clock))
ORDER BY (generation, feed, shard, clock);
