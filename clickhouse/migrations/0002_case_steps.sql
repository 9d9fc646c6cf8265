-- Raw case steps: every state that every case entered, as received. Never rewritten.
CREATE TABLE IF NOT EXISTS case_steps
(
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    kind LowCardinality(String) COMMENT 'loại: dossier, document, opinion… · case kind',
    unit LowCardinality(String) COMMENT 'đơn vị hành chính · administrative unit',
    subject LowCardinality(String) COMMENT 'thủ tục, lĩnh vực…, hoặc rỗng · procedure, field… or empty',
    case_id String COMMENT 'mã hồ sơ, văn bản, phiếu… · the case''s own number' CODEC(ZSTD(1)),
    state LowCardinality(String) COMMENT 'trạng thái được chuyển vào · state entered',
    event_at DateTime64(3, 'UTC') COMMENT 'thời điểm chuyển trạng thái · when it was entered' CODEC(Delta, ZSTD(1)),
    due_at Nullable(DateTime64(3, 'UTC')) COMMENT 'hạn trả kết quả theo bước này · due time as known at this step' CODEC(Delta, ZSTD(1)),
    channel LowCardinality(String) COMMENT 'kênh nộp: direct, online, post · filing channel',
    attributes Array(LowCardinality(String)) COMMENT 'các dấu trong danh sách đóng · marks from a closed list',
    verdict LowCardinality(String) COMMENT 'ok, suspect hoặc impossible; impossible không vào tổng hợp · verdict',
    marks Array(LowCardinality(String)) COMMENT 'các quy tắc đã cho ra đánh giá · rules behind the verdict',
    late Bool COMMENT 'đến muộn so với hạn của kết nối · later than the feed allows',
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
PARTITION BY toYYYYMM(event_at)
ORDER BY (feed, kind, unit, event_at, record_id)
SETTINGS non_replicated_deduplication_window = 100;
