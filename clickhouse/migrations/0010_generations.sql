-- A replay derives a generation of rows anew, beside the one in force (docs/generations.md).

-- Whose worker wrote a message's rows. Where a worker of another generation wrote the last ones, a partition's mark is
-- that of its own generation's snapshot.
ALTER TABLE ledger ADD COLUMN IF NOT EXISTS generation UInt32 DEFAULT 1 COMMENT 'thế hệ của bộ xử lý đã ghi; 0 với hộp thư vào · generation of the worker that wrote it, 0 for the inbox' AFTER arrived_at;

-- The ledger of replays: apart, so that no question about what was received meets it. Topic and offset are those of the
-- log that is played again; one row stands for many of its messages, up to and with this offset.
CREATE TABLE IF NOT EXISTS replay_ledger AS ledger
ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, topic, partition, offset)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'sổ cái của các lần phát lại · the ledger of replays';

CREATE TABLE IF NOT EXISTS replays
(
    generation UInt32 COMMENT 'thế hệ được tính lại · generation that is derived anew',
    begun_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'bắt đầu lúc · begun at',
    feeds Array(LowCardinality(String)) COMMENT 'các kết nối được tính lại; rỗng: tất cả · feeds that are derived anew; empty: all',
    reason String COMMENT 'lý do · why',
    version String COMMENT 'phiên bản mã nguồn và danh mục · version of code and catalogue'
)
ENGINE = MergeTree
ORDER BY (generation, begun_at)
COMMENT 'các lần phát lại: mỗi lần bắt đầu hay đi tiếp một dòng · replays: a row each time one begins or goes on';

-- While a handover is asked for, workers leave their partitions and wait: until the generation is in force, the request
-- is withdrawn, or its time is over. Then they go on, with whichever generation is in force.
CREATE TABLE IF NOT EXISTS handovers
(
    id String COMMENT 'mã yêu cầu · request',
    generation UInt32 COMMENT 'thế hệ sắp có hiệu lực · generation that is to come into force',
    asked_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'lúc yêu cầu · when it was asked for',
    until DateTime64(3, 'UTC') COMMENT 'hết hạn lúc · when the request is over',
    withdrawn Bool COMMENT 'đã rút yêu cầu · withdrawn'
)
ENGINE = MergeTree
ORDER BY (asked_at, id)
COMMENT 'yêu cầu chuyển thế hệ · requests to put a generation in force';

-- case_buckets_as_of(as_of = '2026-11-21 09:30:00', Vietnamese time), findings_as_of, feed_states_as_of: by the
-- generation that was in force then, as far as that one has come; a generation that is no longer in force stands still.
CREATE VIEW IF NOT EXISTS case_buckets_as_of AS
SELECT
    b.kind AS kind, b.unit AS unit, b.width AS width, b.bucket AS bucket, b.feed AS feed,
    sum(b.received) AS received, sum(b.online) AS online, sum(b.finished) AS finished, sum(b.on_time) AS on_time,
    sum(b.overdue) AS overdue, sum(b.refused) AS refused, sum(b.withdrawn) AS withdrawn, sum(b.supplements) AS supplements,
    sum(b.impossible) AS impossible, sum(b.steps) AS steps, sum(b.duration_ms) AS duration_ms,
    sumForEach(b.durations) AS durations, sum(b.open_end) AS open_end, sum(b.overdue_open_end) AS overdue_open_end,
    max(b.simulated) AS simulated, max(b.clock) AS clock, any(b.generation) AS generation
FROM case_buckets AS b FINAL
WHERE b.generation = (
    SELECT argMax(generation, (in_force_from, generation)) FROM generations
    WHERE in_force_from <= {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')})
GROUP BY b.kind, b.unit, b.width, b.bucket, b.feed
COMMENT 'chỉ số hồ sơ theo thế hệ có hiệu lực vào thời điểm as_of · case buckets by the generation in force as of then';

CREATE VIEW IF NOT EXISTS findings_as_of AS
SELECT
    generation, finding_id, revision, rule, severity, state, feed, indicator, unit, subject, case_id, at, updated_at, closed_at, count,
    value, low, high, score, evidence, sentence_vi, sentence_en, drill, simulated, topic, partition, offset
FROM findings FINAL
WHERE generation = (
    SELECT argMax(generation, (in_force_from, generation)) FROM generations
    WHERE in_force_from <= {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')})
COMMENT 'điểm bất thường theo thế hệ có hiệu lực vào thời điểm as_of · findings by the generation in force as of then';

CREATE VIEW IF NOT EXISTS feed_states_as_of AS
SELECT generation, feed, shard, clock, state, last_at, due_at, reporting, expected, simulated
FROM feed_states FINAL
WHERE generation = (
    SELECT argMax(generation, (in_force_from, generation)) FROM generations
    WHERE in_force_from <= {as_of:DateTime64(3, 'Asia/Ho_Chi_Minh')})
COMMENT 'trạng thái kết nối theo thế hệ có hiệu lực vào thời điểm as_of · states by the generation in force as of then';
