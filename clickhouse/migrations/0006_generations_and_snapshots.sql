-- Which generation of derived rows is in force, and since when. A replay writes a new one beside the old.
CREATE TABLE IF NOT EXISTS generations
(
    generation UInt32 COMMENT 'thế hệ tính toán · generation',
    in_force_from DateTime64(3, 'UTC') COMMENT 'có hiệu lực từ · in force from',
    reason String COMMENT 'lý do · why',
    version String COMMENT 'phiên bản mã nguồn và danh mục · version of code and catalogue'
)
ENGINE = MergeTree
ORDER BY (in_force_from, generation);

INSERT INTO generations SELECT 1, toDateTime64(0, 3, 'UTC'), 'thế hệ đầu tiên · the first', ''
WHERE NOT EXISTS (SELECT 1 FROM generations);

-- What a worker remembers of a feed's shard, as of an offset. Any worker can load it.
CREATE TABLE IF NOT EXISTS snapshots
(
    topic LowCardinality(String) COMMENT 'chủ đề Kafka · topic',
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    shard UInt8 COMMENT 'phần của kết nối · shard',
    partition UInt16 COMMENT 'phân vùng khi chụp · partition it was taken on',
    offset UInt64 COMMENT 'trạng thái sau bản tin này · state after this message',
    generation UInt32 COMMENT 'thế hệ tính toán · generation',
    format UInt16 COMMENT 'phiên bản cấu trúc · version of the layout',
    size UInt64 COMMENT 'số byte sau nén · bytes compressed',
    body String COMMENT 'trạng thái đã nén · the state, compressed' CODEC(NONE),
    stored_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'lúc ghi vào kho · when stored'
)
ENGINE = ReplacingMergeTree(offset)
ORDER BY (topic, feed, shard, generation);

-- The catalogue as analysts join it; filled from catalogue/ at each start.
CREATE TABLE IF NOT EXISTS units
(
    unit LowCardinality(String) COMMENT 'mã đơn vị · unit',
    name_vi String COMMENT 'tên · name',
    name_en String COMMENT 'tên tiếng Anh · English name',
    name_ascii String COMMENT 'tên không dấu · name without diacritics',
    level LowCardinality(String) COMMENT 'cấp · level',
    parent LowCardinality(String) COMMENT 'đơn vị cấp trên · parent',
    position UInt16 COMMENT 'thứ tự chính thức · official order',
    valid_from Date32 COMMENT 'có hiệu lực từ ngày · valid from',
    valid_to Nullable(Date32) COMMENT 'đến hết ngày · last day valid',
    latitude Float64 COMMENT 'vĩ độ trung tâm · latitude',
    longitude Float64 COMMENT 'kinh độ trung tâm · longitude',
    predecessors Array(String) COMMENT 'các đơn vị tiền thân · predecessors'
)
ENGINE = MergeTree
ORDER BY unit;

CREATE TABLE IF NOT EXISTS feeds
(
    feed LowCardinality(String) COMMENT 'mã kết nối · feed',
    name_vi String COMMENT 'tên · name',
    name_en String COMMENT 'tên tiếng Anh · English name',
    system LowCardinality(String) COMMENT 'hệ thống · system',
    owner String COMMENT 'cơ quan chủ quản · owner',
    record LowCardinality(String) COMMENT 'figures hoặc cases · record type',
    partition UInt16 COMMENT 'phân vùng đầu tiên · first partition',
    shards UInt8 COMMENT 'số phần · shards'
)
ENGINE = MergeTree
ORDER BY feed;

CREATE TABLE IF NOT EXISTS indicators
(
    indicator LowCardinality(String) COMMENT 'mã chỉ tiêu · indicator',
    name_vi String COMMENT 'tên · name',
    name_en String COMMENT 'tên tiếng Anh · English name',
    measure String COMMENT 'đơn vị đo · measure',
    decimals UInt8 COMMENT 'số chữ số thập phân khi in · decimals when printed'
)
ENGINE = MergeTree
ORDER BY indicator;
