-- A snapshot in parts: what changed since the row before it, and a stretch of the rest. Rows of before stand alone, as
-- format 1, and remain. What the sort key tells apart is never replaced; old rows are taken out by the worker.
ALTER TABLE snapshots
    ADD COLUMN IF NOT EXISTS hash UInt64 COMMENT 'băm của dòng; 0: dòng của phiên bản đầu · hash of the row; 0: a row of the first version' AFTER format,
    MODIFY ORDER BY (topic, feed, shard, generation, hash);
ALTER TABLE snapshots
    ADD COLUMN IF NOT EXISTS previous UInt64 COMMENT 'băm của dòng trước cần có; 0: không cần · hash of the row before it that is needed; 0: none' AFTER hash,
    ADD COLUMN IF NOT EXISTS back UInt32 COMMENT 'số dòng trước cần có · rows before it that are needed' AFTER previous,
    ADD COLUMN IF NOT EXISTS ends Bool DEFAULT true COMMENT 'trạng thái đủ với dòng này · the state is whole with this row' AFTER back;
