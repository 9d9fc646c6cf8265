-- What was refused, and what became of every Kafka message.
CREATE TABLE IF NOT EXISTS rejected
(
    topic LowCardinality(String) COMMENT 'chủ đề Kafka · topic',
    partition UInt16 COMMENT 'phân vùng Kafka · partition',
    offset UInt64 COMMENT 'vị trí bản tin · offset of the message',
    row UInt32 COMMENT 'thứ tự bản ghi trong bản tin · the record''s place in its message',
    feed LowCardinality(String) COMMENT 'mã kết nối, rỗng nếu không đọc được · feed, empty where it could not be read',
    reason LowCardinality(String) COMMENT 'lý do từ chối, danh sách đóng · reason, from a closed list',
    field LowCardinality(String) COMMENT 'trường gây ra lý do · the field at fault',
    fields Map(LowCardinality(String), String) COMMENT 'các trường nhận dạng đã làm sạch; không bao giờ có nội dung · cleaned identifying fields, never the body',
    size UInt32 COMMENT 'số byte của bản tin · bytes of the message',
    hash String COMMENT 'băm 128 bit của bản tin · 128-bit hash of the message',
    arrived_at DateTime64(3, 'UTC') COMMENT 'đồng hồ Kafka khi nhận · broker''s clock',
    stored_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'lúc ghi vào kho · when stored'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(arrived_at)
ORDER BY (topic, partition, offset, row)
SETTINGS non_replicated_deduplication_window = 100;

-- One row per Kafka message, written after all that the message led to. Its highest offset is the mark.
CREATE TABLE IF NOT EXISTS ledger
(
    topic LowCardinality(String) COMMENT 'chủ đề Kafka · topic',
    partition UInt16 COMMENT 'phân vùng Kafka · partition',
    offset UInt64 COMMENT 'vị trí bản tin · offset of the message' CODEC(Delta, ZSTD(1)),
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    kind LowCardinality(String) COMMENT 'records, tick hoặc control · kind of message',
    disposition LowCardinality(String) COMMENT 'stored, hoặc forwarded với nhip.inbox · stored, or forwarded for the inbox',
    records UInt32 COMMENT 'số bản ghi trong bản tin · records in the message',
    accepted UInt32 COMMENT 'số bản ghi được nhận · accepted',
    rejected UInt32 COMMENT 'số bản ghi bị từ chối · rejected',
    duplicates UInt32 COMMENT 'số bản ghi gửi lại · repeats',
    late UInt32 COMMENT 'số bản ghi đến muộn · late',
    written Map(LowCardinality(String), UInt32) COMMENT 'số dòng đã ghi vào mỗi bảng · rows written per table',
    backfill Bool COMMENT 'bản tin bù quá khứ theo nhịp thô; không tính độ tươi · of a past played under a coarse clock; tells nothing of freshness',
    clock DateTime('UTC') COMMENT 'đồng hồ của phân vùng sau bản tin này · the partition''s clock after this message' CODEC(Delta, ZSTD(1)),
    sent_at DateTime64(3, 'UTC') COMMENT 'đồng hồ bên gửi, bản ghi cũ nhất trong bản tin · sender''s clock, oldest record of the message' CODEC(Delta, ZSTD(1)),
    arrived_at DateTime64(3, 'UTC') COMMENT 'đồng hồ Kafka khi nhận · broker''s clock' CODEC(Delta, ZSTD(1)),
    stored_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'lúc ghi vào kho · when stored' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(arrived_at)
ORDER BY (topic, partition, offset)
SETTINGS non_replicated_deduplication_window = 100;

-- Time as it was received: the first tick past each whole minute, per partition.
CREATE TABLE IF NOT EXISTS ticks
(
    topic LowCardinality(String) COMMENT 'chủ đề Kafka · topic',
    partition UInt16 COMMENT 'phân vùng Kafka · partition',
    offset UInt64 COMMENT 'vị trí bản tin · offset of the message' CODEC(Delta, ZSTD(1)),
    at DateTime64(3, 'UTC') COMMENT 'thời điểm trong nhịp · the tick''s time' CODEC(Delta, ZSTD(1)),
    arrived_at DateTime64(3, 'UTC') COMMENT 'đồng hồ Kafka khi nhận · broker''s clock' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (topic, partition, at, offset);
