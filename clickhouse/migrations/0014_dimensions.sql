-- More of the catalogue, for boards and analysts: what is measured and how, who answers, bounds, targets, ceilings.
ALTER TABLE feeds ADD COLUMN IF NOT EXISTS contact String COMMENT 'đầu mối trực, là chức danh · who is on duty there: a role';
ALTER TABLE feeds ADD COLUMN IF NOT EXISTS cadence_s UInt32 COMMENT 'chu kỳ báo cáo, giây; 0 là theo kỳ · seconds between reports; 0: by period';
ALTER TABLE feeds ADD COLUMN IF NOT EXISTS headline LowCardinality(String) COMMENT 'chỉ tiêu đại diện trên bảng · the indicator that speaks for it';
ALTER TABLE feeds ADD COLUMN IF NOT EXISTS headline_days UInt16 COMMENT 'số mới nhất của nó nằm trong bấy nhiêu ngày · its newest figure is of these last days';
ALTER TABLE feeds ADD COLUMN IF NOT EXISTS drill Bool COMMENT 'dùng để diễn tập · for drills';

ALTER TABLE indicators ADD COLUMN IF NOT EXISTS measure_en String COMMENT 'đơn vị đo bằng tiếng Anh · measure in English';
ALTER TABLE indicators ADD COLUMN IF NOT EXISTS section LowCardinality(String) COMMENT 'mảng chuyên đề · thematic section';
ALTER TABLE indicators ADD COLUMN IF NOT EXISTS period LowCardinality(String) COMMENT 'loại kỳ; rỗng là theo thời điểm · kind of period; empty: an instant';
ALTER TABLE indicators ADD COLUMN IF NOT EXISTS slot UInt16 COMMENT 'số thứ tự trong 200 chỉ tiêu; 0 là ngoài danh sách · number among the 200; 0: none of them';
ALTER TABLE indicators ADD COLUMN IF NOT EXISTS hard_low Nullable(Float64) COMMENT 'thấp hơn là không thể có · below is impossible';
ALTER TABLE indicators ADD COLUMN IF NOT EXISTS hard_high Nullable(Float64) COMMENT 'cao hơn là không thể có · above is impossible';
ALTER TABLE indicators ADD COLUMN IF NOT EXISTS soft_low Nullable(Float64) COMMENT 'thấp hơn là đáng hỏi · below is worth a question';
ALTER TABLE indicators ADD COLUMN IF NOT EXISTS soft_high Nullable(Float64) COMMENT 'cao hơn là đáng hỏi · above is worth a question';
ALTER TABLE indicators ADD COLUMN IF NOT EXISTS published Bool COMMENT 'đã công bố tên · its name is public';

CREATE TABLE IF NOT EXISTS systems
(
    system LowCardinality(String) COMMENT 'mã hệ thống · system',
    name_vi String COMMENT 'tên · name',
    name_en String COMMENT 'tên tiếng Anh · English name'
)
ENGINE = MergeTree
ORDER BY system
COMMENT 'các hệ thống được theo dõi · systems watched';

CREATE TABLE IF NOT EXISTS targets
(
    indicator LowCardinality(String) COMMENT 'mã chỉ tiêu · indicator',
    period LowCardinality(String) COMMENT 'kỳ · period',
    unit LowCardinality(String) COMMENT 'đơn vị được giao · unit',
    at_least Nullable(Float64) COMMENT 'ít nhất · at least',
    at_most Nullable(Float64) COMMENT 'nhiều nhất · at most',
    set_by String COMMENT 'cơ quan giao · who set it',
    source String COMMENT 'văn bản · document'
)
ENGINE = MergeTree
ORDER BY (indicator, period, unit)
COMMENT 'chỉ tiêu được giao · targets';

CREATE TABLE IF NOT EXISTS subjects
(
    subject LowCardinality(String) COMMENT 'mã đối tượng · subject',
    family LowCardinality(String) COMMENT 'nhóm · family',
    name_vi String COMMENT 'tên · name',
    name_en String COMMENT 'tên tiếng Anh · English name'
)
ENGINE = MergeTree
ORDER BY subject
COMMENT 'đối tượng: hồ chứa, sân bay, ngành, thủ tục · subjects: reservoirs, airports, sectors, procedures';

CREATE TABLE IF NOT EXISTS ceilings
(
    subject LowCardinality(String) COMMENT 'hồ chứa · reservoir',
    first_day UInt16 COMMENT 'từ ngày, dạng tháng nhân 100 cộng ngày · from, as month times 100 plus day',
    last_day UInt16 COMMENT 'đến hết ngày · to, both inside',
    ceiling Float64 COMMENT 'mực nước cao nhất được giữ, m · highest level allowed, m',
    dead Float64 COMMENT 'mực nước chết, m · dead level, m',
    normal Float64 COMMENT 'mực nước dâng bình thường, m · normal level, m',
    flood_season Bool COMMENT 'trong mùa lũ · in the flood season'
)
ENGINE = MergeTree
ORDER BY (subject, first_day)
COMMENT 'trần mực nước hồ theo ngày trong năm · ceilings of reservoirs through the year';
