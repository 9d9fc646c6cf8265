-- What the check that never stops found, minute by minute (nhip audit).
CREATE TABLE IF NOT EXISTS checks
(
    at DateTime64(3, 'UTC') COMMENT 'lúc soát · when it was looked at' CODEC(Delta, ZSTD(1)),
    question LowCardinality(String) COMMENT 'câu hỏi: lost, late, balance, stored, doubled, buckets, beat, snapshots, detached, canary, store · question',
    level UInt8 COMMENT '0 tốt, 1 cần xem, 2 mất hoặc trùng hoặc chưa chứng minh được · 0 well, 1 look, 2 bad',
    numbers Map(LowCardinality(String), Float64) COMMENT 'các con số đứng sau câu trả lời · the numbers behind the answer',
    vi String COMMENT 'câu trả lời · the answer' CODEC(ZSTD(1)),
    en String COMMENT 'câu trả lời bằng tiếng Anh · the answer in English' CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (question, at)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'soát liên tục: mất, trùng, chậm, từng phút · the check that never stops, minute by minute';
-- What came in lately is found without a scan.
ALTER TABLE ledger ADD INDEX IF NOT EXISTS by_stored stored_at TYPE minmax GRANULARITY 1;
ALTER TABLE figures ADD INDEX IF NOT EXISTS by_arrival arrived_at TYPE minmax GRANULARITY 1;
ALTER TABLE case_steps ADD INDEX IF NOT EXISTS by_arrival arrived_at TYPE minmax GRANULARITY 1;
