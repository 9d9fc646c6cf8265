-- What a replay from the store needs to meet records and ticks in the order of the log, each as it was received.
ALTER TABLE figures ADD COLUMN IF NOT EXISTS row UInt32 DEFAULT 0 COMMENT 'thứ tự của bản ghi trong bản tin · place of the record in its message' CODEC(Delta, ZSTD(1)) AFTER offset;
ALTER TABLE case_steps ADD COLUMN IF NOT EXISTS row UInt32 DEFAULT 0 COMMENT 'thứ tự của bản ghi trong bản tin · place of the record in its message' CODEC(Delta, ZSTD(1)) AFTER offset;
ALTER TABLE ticks ADD COLUMN IF NOT EXISTS step UInt32 DEFAULT 0 COMMENT 'độ thô của đồng hồ, mili giây · how coarse the clock was, ms' AFTER at;
-- Rows of one feed lie together and their offsets rise with time: what stands above a mark is found without a scan.
ALTER TABLE figures ADD INDEX IF NOT EXISTS by_offset offset TYPE minmax GRANULARITY 1;
ALTER TABLE case_steps ADD INDEX IF NOT EXISTS by_offset offset TYPE minmax GRANULARITY 1;
ALTER TABLE case_buckets ADD INDEX IF NOT EXISTS by_offset offset TYPE minmax GRANULARITY 1;
ALTER TABLE findings ADD INDEX IF NOT EXISTS by_offset offset TYPE minmax GRANULARITY 1;
ALTER TABLE feed_states ADD INDEX IF NOT EXISTS by_offset offset TYPE minmax GRANULARITY 1;
