-- Raw figures: every version of every figure, as received. Never rewritten.
-- The key ends in record_id and the partition is a function of the key, so a record sent again collapses into the
-- copy of the lowest offset, however late it comes.
CREATE TABLE IF NOT EXISTS figures
(
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    indicator LowCardinality(String) COMMENT 'mã chỉ tiêu · indicator',
    unit LowCardinality(String) COMMENT 'đơn vị hành chính, có hiệu lực vào thời điểm của số liệu · administrative unit',
    subject LowCardinality(String) COMMENT 'đối tượng: hồ chứa, sân bay, ngành…, hoặc rỗng · subject or empty',
    at DateTime64(3, 'UTC') COMMENT 'thời điểm của số liệu; với số liệu theo kỳ là ngày đầu kỳ · instant, or start of the period' CODEC(Delta, ZSTD(1)),
    period LowCardinality(String) COMMENT 'mã kỳ, ví dụ A-M2026-10; rỗng với số liệu tức thời · period code or empty',
    vintage LowCardinality(String) COMMENT 'lần công bố: estimate, preliminary, final, correction · release',
    value Float64 COMMENT 'giá trị theo đơn vị đo của chỉ tiêu · value in the indicator''s measure',
    verdict LowCardinality(String) COMMENT 'ok, suspect hoặc impossible; impossible không vào tổng hợp · verdict; the impossible enters no sum',
    marks Array(LowCardinality(String)) COMMENT 'các quy tắc đã cho ra đánh giá · rules behind the verdict',
    late Bool COMMENT 'đến muộn so với hạn của kết nối · later than the feed allows',
    reason String COMMENT 'lý do đính chính · why corrected',
    approved_by String COMMENT 'cấp phê duyệt · approving level',
    document String COMMENT 'số văn bản · document number',
    record_id String COMMENT 'mã bản ghi của bên gửi, hoặc băm 128 bit · sender''s id, or a 128-bit hash' CODEC(ZSTD(1)),
    sent_at DateTime64(3, 'UTC') COMMENT 'đồng hồ bên gửi khi giao cho Kafka · sender''s clock at hand-over' CODEC(Delta, ZSTD(1)),
    arrived_at DateTime64(3, 'UTC') COMMENT 'đồng hồ Kafka khi nhận · broker''s clock' CODEC(Delta, ZSTD(1)),
    simulated Bool COMMENT 'số liệu mô phỏng · simulated',
    topic LowCardinality(String) COMMENT 'chủ đề Kafka · topic',
    partition UInt16 COMMENT 'phân vùng Kafka · partition',
    offset UInt64 COMMENT 'vị trí bản tin trong phân vùng · offset of the message' CODEC(Delta, ZSTD(1)),
    stored_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'lúc ghi vào kho; không tham gia so sánh · when stored; part of no equality' CODEC(Delta, ZSTD(1)),
    precedence UInt64 MATERIALIZED bitNot(offset) COMMENT 'bản có vị trí nhỏ nhất được giữ · the lowest offset wins'
)
ENGINE = ReplacingMergeTree(precedence)
PARTITION BY toYYYYMM(at)
ORDER BY (feed, indicator, unit, subject, at, record_id)
SETTINGS non_replicated_deduplication_window = 100;
