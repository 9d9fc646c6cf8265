-- What boards of the systems say in words: changes, periods, targets; and more of the catalogue.

CREATE OR REPLACE FUNCTION local_day AS (t) -> toDate(t, 'Asia/Ho_Chi_Minh');

-- The administrative month that a day lies in: from the 15th on it is the next month's.
CREATE OR REPLACE FUNCTION reporting_month AS (day) -> addMonths(toStartOfMonth(day), toUInt8(toDayOfMonth(day) >= 15));
CREATE OR REPLACE FUNCTION reporting_month_code AS (day) -> formatDateTime(reporting_month(day), 'A-M%Y-%m');
CREATE OR REPLACE FUNCTION reporting_month_start AS (day) -> addDays(toStartOfMonth(addDays(day, -14)), 14);

-- `+3,2 %`. With a true minus sign, so that no reader takes it for a dash.
CREATE OR REPLACE FUNCTION signed_vi AS (x, decimals, measure) -> if(ifNull(isFinite(x), false), concat(
    multiIf(round(x, decimals) < 0, '−', round(x, decimals) > 0, '+', ''), figure_vi(abs(x), decimals, measure)), 'chưa có');
CREATE OR REPLACE FUNCTION signed_en AS (x, decimals, measure) -> if(ifNull(isFinite(x), false), concat(
    multiIf(round(x, decimals) < 0, '−', round(x, decimals) > 0, '+', ''), figure_en(abs(x), decimals, measure)), 'none yet');

-- From one value to another. What is measured in per cent, points, degrees, metres or days, or counted in nothing, differs
-- by so many of these; anything else by a share of what it was, where that was above zero.
CREATE OR REPLACE FUNCTION differs_by_itself AS (before, measure) ->
    before <= 0 OR measure IN ('', '%', 'điểm', 'points', '°C', 'm', 'ngày', 'days');
-- (A lambda gives values names: a function's arguments are put in wherever it names them, and the query grows with it.)
CREATE OR REPLACE FUNCTION change_vi AS (x, before, decimals, measure) -> arrayMap(
    (itself, difference, ratio) -> signed_vi(if(itself, difference, ratio), if(itself, decimals, 1),
        multiIf(NOT itself, '%', measure = '%', 'điểm %', measure)),
    [ifNull(differs_by_itself(before, measure), false)], [x - before], [100 * (x / before - 1)])[1];
CREATE OR REPLACE FUNCTION change_en AS (x, before, decimals, measure) -> arrayMap(
    (itself, difference, ratio) -> signed_en(if(itself, difference, ratio), if(itself, decimals, 1),
        multiIf(NOT itself, '%', measure = '%', '% points', measure)),
    [ifNull(differs_by_itself(before, measure), false)], [x - before], [100 * (x / before - 1)])[1];

-- Before and after a text: nothing, unless a figure is questionable. Of an impossible one the figure before it is shown.
CREATE OR REPLACE FUNCTION verdict_mark AS (verdict) -> transform(verdict, ['impossible', 'suspect'], ['✖ ', '▲ '], '');
CREATE OR REPLACE FUNCTION verdict_note_vi AS (verdict) -> transform(verdict, ['impossible', 'suspect'], [' · số mới bị loại', ' · nghi vấn'], '');
CREATE OR REPLACE FUNCTION verdict_note_en AS (verdict) ->
    transform(verdict, ['impossible', 'suspect'], [' · the newest was left out', ' · suspect'], '');

-- Periods as people read them: `tháng 10/2026`, `quý 3/2026`, `21/11/2026`; a code that is none of ours stays as it is.
CREATE OR REPLACE FUNCTION period_kind AS (code) -> concat(substring(code, 1, 3), if(substring(code, 3, 1) = 'H', right(code, 1), ''));
CREATE OR REPLACE FUNCTION period_text AS (pattern, code) -> replaceAll(replaceAll(replaceAll(pattern,
    'YYYY', substring(code, 4, 4)), 'NN', substring(code, 9, 2)), 'DD', substring(code, 12, 2));
CREATE OR REPLACE FUNCTION period_vi AS (code) -> period_text(transform(period_kind(code),
    ['C-D', 'A-W', 'C-M', 'A-M', 'C-Ha', 'C-Hb', 'C-Q', 'A-Q', 'A-H1', 'A-H2', 'A-N', 'C-Y', 'A-Y'],
    ['DD/NN/YYYY', 'tuần NN/YYYY', 'tháng NN/YYYY', 'tháng báo cáo NN/YYYY', 'nửa đầu tháng NN/YYYY', 'nửa cuối tháng NN/YYYY',
        'quý NN/YYYY', 'quý báo cáo NN/YYYY', '6 tháng đầu năm báo cáo YYYY', '6 tháng cuối năm báo cáo YYYY',
        '9 tháng năm báo cáo YYYY', 'năm YYYY', 'năm báo cáo YYYY'], code), code);
CREATE OR REPLACE FUNCTION period_en AS (code) -> period_text(transform(period_kind(code),
    ['C-D', 'A-W', 'C-M', 'A-M', 'C-Ha', 'C-Hb', 'C-Q', 'A-Q', 'A-H1', 'A-H2', 'A-N', 'C-Y', 'A-Y'],
    ['DD/NN/YYYY', 'week NN/YYYY', 'month NN/YYYY', 'reporting month NN/YYYY', 'first half of NN/YYYY', 'second half of NN/YYYY',
        'quarter NN/YYYY', 'reporting quarter NN/YYYY', 'first half of reporting year YYYY', 'second half of reporting year YYYY',
        'nine months of reporting year YYYY', 'year YYYY', 'reporting year YYYY'], code), code);

-- A figure as a line: value, period, change, age where it is old, and what is to be said against it:
-- `▲ 39.477 MW (+3,3 %) · nghi vấn`.
CREATE OR REPLACE FUNCTION figure_line_vi AS (x, before, decimals, measure, period, verdict, stale_s) -> concat(
    if(stale_s IS NULL OR verdict != 'ok', verdict_mark(verdict), '▲ '), figure_vi(x, decimals, measure),
    if(period = '', '', concat(' · ', period_vi(period))),
    if(before IS NULL, '', concat(' (', change_vi(x, before, decimals, measure), ')')),
    if(stale_s IS NULL, '', concat(' · ', duration_vi(stale_s), ' trước')), verdict_note_vi(verdict));
CREATE OR REPLACE FUNCTION figure_line_en AS (x, before, decimals, measure, period, verdict, stale_s) -> concat(
    if(stale_s IS NULL OR verdict != 'ok', verdict_mark(verdict), '▲ '), figure_en(x, decimals, measure),
    if(period = '', '', concat(' · ', period_en(period))),
    if(before IS NULL, '', concat(' (', change_en(x, before, decimals, measure), ')')),
    if(stale_s IS NULL, '', concat(' · ', duration_en(stale_s), ' ago')), verdict_note_en(verdict));

-- target_of(targets, period): of all targets of an indicator and a unit (`target_sets`) that of the period, else the one of
-- the newest period, else an empty one. A figure of another period is shown beside it and not judged by it.
CREATE OR REPLACE FUNCTION target_of AS (targets, period) -> if(arrayExists(x -> x.1 = period, targets),
    arrayFirst(x -> x.1 = period, targets), arrayLast(x -> true, arraySort(targets)));
CREATE OR REPLACE FUNCTION target_met AS (target, x) -> ifNull(x >= target.2, true) AND ifNull(x <= target.3, true);
CREATE OR REPLACE FUNCTION target_vi AS (target, x, period, decimals, measure) -> if(target.1 = '', 'chưa giao', concat(
    multiIf(target.1 != period, '', target_met(target, x), '● ', '▲ '),
    trim(BOTH ' ' FROM concat(if(target.2 IS NULL, '', concat('≥ ', figure_vi(target.2, decimals, measure))),
        if(target.3 IS NULL, '', concat(' ≤ ', figure_vi(target.3, decimals, measure))))),
    multiIf(target.1 != period, concat(' (', period_vi(target.1), ')'), target_met(target, x), ' (đạt)', ' (chưa đạt)')));
CREATE OR REPLACE FUNCTION target_en AS (target, x, period, decimals, measure) -> if(target.1 = '', 'not set', concat(
    multiIf(target.1 != period, '', target_met(target, x), '● ', '▲ '),
    trim(BOTH ' ' FROM concat(if(target.2 IS NULL, '', concat('≥ ', figure_en(target.2, decimals, measure))),
        if(target.3 IS NULL, '', concat(' ≤ ', figure_en(target.3, decimals, measure))))),
    multiIf(target.1 != period, concat(' (', period_en(target.1), ')'), target_met(target, x), ' (met)', ' (not met)')));

-- Of a histogram of handling times (46 bins from 1 minute to 400 days, each 1.33 times as long as the one before, and one
-- on either side): the middle of the bin in which the share `q` is reached, in seconds. NULL where nothing was finished.
CREATE OR REPLACE FUNCTION quantile_s AS (durations, q) -> if(arraySum(durations) = 0, NULL,
    60 * pow(576000, (arrayFirstIndex(x -> x >= q * arraySum(durations), arrayCumSum(durations)) - 1.5) / 46));

-- More of the catalogue: words for sections, fields, kinds of cases and their states.
CREATE TABLE IF NOT EXISTS sections
(
    section LowCardinality(String) COMMENT 'mã mảng chuyên đề · section',
    position UInt8 COMMENT 'thứ tự · order',
    name_vi String COMMENT 'tên · name',
    name_en String COMMENT 'tên tiếng Anh · English name'
)
ENGINE = MergeTree
ORDER BY section
COMMENT 'các mảng chuyên đề của trung tâm · thematic sections of the centre';

CREATE TABLE IF NOT EXISTS fields
(
    field UInt8 COMMENT 'số thứ tự lĩnh vực · number of the field',
    first_slot UInt16 COMMENT 'chỉ tiêu đầu · first indicator',
    last_slot UInt16 COMMENT 'chỉ tiêu cuối · last indicator',
    name_vi String COMMENT 'tên · name',
    name_en String COMMENT 'tên tiếng Anh · English name'
)
ENGINE = MergeTree
ORDER BY field
COMMENT 'chín lĩnh vực của 200 chỉ tiêu · the nine fields of the 200 indicators';

CREATE TABLE IF NOT EXISTS case_kinds
(
    kind LowCardinality(String) COMMENT 'loại hồ sơ · case kind',
    name_vi String COMMENT 'tên · name',
    name_en String COMMENT 'tên tiếng Anh · English name'
)
ENGINE = MergeTree
ORDER BY kind
COMMENT 'các loại hồ sơ: hồ sơ, văn bản, phiếu… · kinds of cases: dossiers, documents, forms…';

CREATE TABLE IF NOT EXISTS case_states
(
    kind LowCardinality(String) COMMENT 'loại hồ sơ · case kind',
    state LowCardinality(String) COMMENT 'mã trạng thái · state',
    position UInt8 COMMENT 'thứ tự · order',
    phase LowCardinality(String) COMMENT 'before, open, paused hoặc ended · where the clock stands',
    name_vi String COMMENT 'tên · name',
    name_en String COMMENT 'tên tiếng Anh · English name'
)
ENGINE = MergeTree
ORDER BY (kind, state)
COMMENT 'trạng thái của các loại hồ sơ · states of case kinds';

CREATE VIEW IF NOT EXISTS target_sets
(
    indicator LowCardinality(String) COMMENT 'mã chỉ tiêu · indicator',
    unit LowCardinality(String) COMMENT 'đơn vị được giao · unit',
    targets Array(Tuple(String, Nullable(Float64), Nullable(Float64))) COMMENT 'kỳ, ít nhất, nhiều nhất · period, at least, at most'
)
AS SELECT indicator, unit, groupArray((toString(period), at_least, at_most)) AS targets FROM targets GROUP BY indicator, unit
COMMENT 'mọi mức được giao của một chỉ tiêu · all targets of an indicator';

CREATE OR REPLACE FUNCTION vintage_vi AS (vintage) -> transform(vintage,
    ['estimate', 'preliminary', 'final', 'correction', ''], ['ước tính', 'sơ bộ', 'chính thức', 'đính chính', 'tức thời'], vintage);
CREATE OR REPLACE FUNCTION vintage_en AS (vintage) -> if(vintage = '', 'instant', vintage);
