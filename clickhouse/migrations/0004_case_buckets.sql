-- Rolling indicators of cases: base buckets of 5 minutes and of one day (Asia/Ho_Chi_Minh), as integers that merge.
-- A bucket that changed is written again with a higher revision; a record too late for memory adds a delta row.
CREATE TABLE IF NOT EXISTS case_buckets
(
    generation UInt32 COMMENT 'thế hệ tính toán · generation',
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    shard UInt8 COMMENT 'phần của kết nối · shard of the feed',
    kind LowCardinality(String) COMMENT 'loại hồ sơ · case kind',
    unit LowCardinality(String) COMMENT 'đơn vị hành chính · administrative unit',
    width LowCardinality(String) COMMENT 'độ rộng: 5m hoặc day · width',
    bucket DateTime('UTC') COMMENT 'đầu khoảng (ngày tính theo giờ Việt Nam) · start; days are local days' CODEC(Delta, ZSTD(1)),
    delta UInt64 COMMENT '0 là dòng chính; khác 0 là phần cộng thêm của bản ghi rất muộn · 0: main row, else an addition by a very late record',
    revision UInt64 COMMENT 'lần ghi; số lớn nhất có hiệu lực · the highest revision is in force',
    received Int64 COMMENT 'số hồ sơ tiếp nhận · received',
    online Int64 COMMENT 'trong đó nộp trực tuyến · of these filed online',
    finished Int64 COMMENT 'số hồ sơ giải quyết xong · finished',
    on_time Int64 COMMENT 'trong đó đúng hạn · of these on time',
    overdue Int64 COMMENT 'trong đó quá hạn · of these overdue',
    refused Int64 COMMENT 'số hồ sơ bị từ chối hoặc dừng · refused or stopped',
    withdrawn Int64 COMMENT 'số hồ sơ rút · withdrawn',
    supplements Int64 COMMENT 'số lượt yêu cầu bổ sung · supplement rounds asked for',
    impossible Int64 COMMENT 'số bước bị loại vì không thể có thật · steps kept out as impossible',
    steps Int64 COMMENT 'tổng số bước được nhận · steps taken in',
    duration_ms Int64 COMMENT 'tổng thời gian giải quyết, trừ thời gian chờ bổ sung (mili giây) · sum of handling times less supplement time',
    durations Array(UInt32) COMMENT 'biểu đồ tần suất thời gian giải quyết, các khoảng cố định · histogram of handling times, fixed bins',
    open_end Int64 COMMENT 'số hồ sơ đang mở ở cuối khoảng · open at the end',
    overdue_open_end Int64 COMMENT 'trong đó đã quá hạn · of these overdue',
    simulated Bool COMMENT 'có số liệu mô phỏng · holds simulated records',
    clock DateTime('UTC') COMMENT 'đồng hồ phân vùng khi ghi · the partition''s clock when written',
    topic LowCardinality(String) COMMENT 'chủ đề Kafka · topic',
    partition UInt16 COMMENT 'phân vùng Kafka · partition',
    offset UInt64 COMMENT 'bản tin đã gây ra lần ghi này · the message that led to this row',
    stored_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'lúc ghi vào kho · when stored'
)
ENGINE = ReplacingMergeTree(revision)
PARTITION BY (generation, width, toYYYYMM(bucket))
ORDER BY (generation, width, kind, unit, bucket, feed, shard, delta);
