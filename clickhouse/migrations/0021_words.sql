
-- To the second: `21/11/2026 09:30:12`.
CREATE OR REPLACE FUNCTION moment_vi AS (t) -> ifNull(formatDateTime(t, '%d/%m/%Y %H:%i:%S', 'Asia/Ho_Chi_Minh'), 'chưa có');
CREATE OR REPLACE FUNCTION moment_en AS (t) -> ifNull(formatDateTime(t, '%d/%m/%Y %H:%i:%S', 'Asia/Ho_Chi_Minh'), 'none yet');

-- To search by: lower case, without diacritics, đ as d; as contract/text.py `fold`.
CREATE OR REPLACE FUNCTION folded AS (text) -> lowerUTF8(replaceRegexpAll(normalizeUTF8NFD(replaceAll(replaceAll(text, 'đ', 'd'), 'Đ',
    'd')), '\\p{Mn}', ''));

-- Closed lists in words, the same as grafana/lists.py, contract/lanes.py and contract/reasons.py have them (a test
-- compares).
CREATE OR REPLACE FUNCTION state_vi AS (state) -> transform(state,
    ['silent', 'late', 'receiving', 'maintenance', 'not_due', 'off_hours'], ['mất tín hiệu', 'chậm', 'đang nhận', 'bảo trì', 'chưa đến kỳ',
        'ngoài giờ'], state);
CREATE OR REPLACE FUNCTION state_en AS (state) -> transform(state,
    ['silent', 'late', 'receiving', 'maintenance', 'not_due', 'off_hours'], ['silent', 'late', 'receiving', 'maintenance', 'not due',
        'off hours'], state);

CREATE OR REPLACE FUNCTION rule_vi AS (rule) -> transform(rule,
    ['hard_bounds', 'soft_bounds', 'jump', 'stuck', 'sum_mismatch', 'impossible_move', 'finish_before_start', 'finish_equals_due',
        'due_moved_after', 'silent', 'storm'],
    ['ngoài khoảng có thể có', 'ngoài khoảng thường gặp', 'đột biến', 'đứng yên', 'tổng không khớp', 'bước không thể có',
        'kết thúc trước khi bắt đầu', 'kết thúc trùng khít hạn', 'lùi hạn sau khi đã quá', 'mất tín hiệu', 'nhiều chuỗi cùng biến động'],
    rule);
CREATE OR REPLACE FUNCTION rule_en AS (rule) -> transform(rule,
    ['hard_bounds', 'soft_bounds', 'jump', 'stuck', 'sum_mismatch', 'impossible_move', 'finish_before_start', 'finish_equals_due',
        'due_moved_after', 'silent', 'storm'],
    ['outside what is possible', 'outside what is usual', 'jump', 'stuck', 'sum does not match', 'impossible step',
        'finished before it started', 'finished exactly when due', 'due time moved once it had passed', 'silent',
        'many series move together'],
    rule);

-- As contract/lanes.py says (A: operations, B: editing, C: integrity). What a rule of lane A finds in a figure of a period is
-- editing too: nobody can act on it by the minute, and who reported it is asked.
CREATE OR REPLACE FUNCTION finding_lane AS (rule, by_period) -> multiIf(
    rule IN ('finish_equals_due', 'due_moved_after'), 'C',
    rule IN ('sum_mismatch', 'impossible_move', 'finish_before_start'), 'B',
    rule NOT IN ('hard_bounds', 'soft_bounds', 'jump', 'stuck', 'silent', 'storm'), '',
    by_period, 'B',
    'A');

CREATE OR REPLACE FUNCTION lane_vi AS (lane) -> concat(lane, ' · ', transform(lane, ['A', 'B', 'C'], ['vận hành', 'rà số liệu', 'toàn vẹn'], ''));
CREATE OR REPLACE FUNCTION lane_en AS (lane) -> concat(lane, ' · ', transform(lane, ['A', 'B', 'C'], ['operations', 'editing', 'integrity'], ''));

CREATE OR REPLACE FUNCTION reason_vi AS (reason) -> transform(reason,
    ['empty', 'too_large', 'not_json', 'not_arrow', 'too_deep', 'wrong_schema', 'wrong_partition', 'unknown_field', 'missing_field',
        'bad_type', 'not_a_number', 'number_too_long', 'nan', 'infinity', 'text_too_long', 'unknown_feed', 'unknown_unit', 'unit_not_valid',
        'unknown_subject', 'unknown_indicator', 'unknown_kind', 'unknown_state', 'unknown_channel', 'unknown_attribute', 'unknown_vintage',
        'unknown_step', 'bad_due', 'personal', 'bad_period', 'no_time', 'future', 'before_first_day', 'classified', 'conflict'],
    ['bản tin rỗng', 'bản tin quá lớn', 'không phải JSON', 'không phải Arrow IPC', 'JSON lồng quá sâu', 'sai cấu trúc cột',
        'gửi nhầm phân vùng; hãy gửi vào nhip.inbox', 'có trường ngoài danh sách', 'thiếu trường bắt buộc', 'sai kiểu dữ liệu',
        'giá trị không phải số', 'số quá dài', 'giá trị NaN', 'giá trị vô cùng', 'chuỗi quá dài', 'kết nối không có trong danh mục',
        'đơn vị không có trong danh mục', 'đơn vị không còn hoặc chưa có hiệu lực vào ngày đó', 'đối tượng không có trong danh mục',
        'chỉ tiêu không thuộc kết nối này', 'loại hồ sơ không thuộc kết nối này', 'trạng thái không có trong danh sách của loại',
        'kênh không có trong danh sách', 'dấu không có trong danh sách của loại', 'loại công bố không hợp lệ',
        'bước xử lý không có trong danh sách', 'hạn trả lời thiếu, thừa, hoặc không sau thời điểm hỏi',
        'có dãy số hoặc địa chỉ như của một người', 'mã kỳ không hợp lệ với chỉ tiêu', 'thiếu thời điểm và kỳ, hoặc có cả hai',
        'thời điểm ở tương lai', 'trước ngày đầu tiên của kết nối', 'có độ mật, không được lưu', 'cùng mã bản ghi nhưng nội dung khác'],
    reason);
CREATE OR REPLACE FUNCTION reason_en AS (reason) -> replaceAll(reason, '_', ' ');

CREATE OR REPLACE FUNCTION level_vi AS (level) -> transform(level,
    ['national', 'group', 'ministry', 'agency', 'province', 'commune'], ['cả nước', 'nhóm', 'bộ, ngành', 'cơ quan', 'tỉnh, thành phố',
        'đặc khu'], level);
CREATE OR REPLACE FUNCTION level_en AS (level) -> transform(level,
    ['national', 'group', 'ministry', 'agency', 'province', 'commune'], ['the country', 'group', 'ministry', 'agency', 'province or city',
        'island zone'], level);

CREATE OR REPLACE FUNCTION question_vi AS (question) -> transform(question,
    ['lost', 'late', 'balance', 'stored', 'doubled', 'buckets', 'beat', 'snapshots', 'detached', 'canary', 'store', 'kafka'],
    ['sổ cái liên tục', 'đọc kịp Kafka', 'bản tin cộng khớp', 'bản ghi được nhận có trong kho', 'không bản ghi nào trùng',
        'chỉ số khớp với các bước', 'nhịp đều', 'bản chụp trạng thái còn mới', 'dữ liệu trên đĩa lành', 'bản ghi thử tới kho',
        'kho trả lời', 'Kafka trả lời'],
    question);
CREATE OR REPLACE FUNCTION question_en AS (question) -> transform(question,
    ['lost', 'late', 'balance', 'stored', 'doubled', 'buckets', 'beat', 'snapshots', 'detached', 'canary', 'store', 'kafka'],
    ['the ledger has no hole', 'Kafka is read in time', 'messages add up', 'accepted records are stored', 'no record twice',
        'buckets agree with steps', 'the beat is regular', 'snapshots are fresh', 'parts on disk are sound', 'the canary comes through',
        'the store answers', 'Kafka answers'],
    question);

-- The first day after a period, from its code and the instant at which it began.
CREATE OR REPLACE FUNCTION period_over AS (period, at) -> multiIf(
    startsWith(period, 'C-D'), addDays(toDate(at, 'Asia/Ho_Chi_Minh'), 1),
    startsWith(period, 'A-W'), addDays(toDate(at, 'Asia/Ho_Chi_Minh'), 7),
    startsWith(period, 'C-H') AND endsWith(period, 'a'), addDays(toDate(at, 'Asia/Ho_Chi_Minh'), 15),
    startsWith(period, 'C-H'), addMonths(toStartOfMonth(toDate(at, 'Asia/Ho_Chi_Minh')), 1),
    addMonths(toDate(at, 'Asia/Ho_Chi_Minh'), transform(substring(period, 3, 1), ['M', 'Q', 'H', 'N', 'Y'], [1, 3, 6, 9, 12], 1)));

-- What a reader types for a moment: `2026-11-21 09:00`, `21/11/2026 09:00`, or `09:00` on the local day of `until`.
-- Nothing: `until`. What is no moment: NULL.
CREATE OR REPLACE FUNCTION moment_typed AS (typed, until) -> multiIf(
    trim(typed) = '', toNullable(until),
    match(trim(typed), '^([01]?\\d|2[0-3]):[0-5]\\d$'), parseDateTimeBestEffortOrNull(concat(toString(toDate(until, 'Asia/Ho_Chi_Minh')),
        ' ', trim(typed)), 'Asia/Ho_Chi_Minh'),
    match(typed, '\\d{4}'), parseDateTimeBestEffortOrNull(trim(typed), 'Asia/Ho_Chi_Minh'),
    NULL);

-- The same in Vietnamese time, as the views `..._as_of` take it, and `until` for what is no moment.
CREATE OR REPLACE FUNCTION moment_asked AS (typed, until) -> toTimeZone(ifNull(moment_typed(typed, until), until), 'Asia/Ho_Chi_Minh');

-- More decimals than usual where rounding would hide the very thing: 54,939 MW is not 55.
CREATE OR REPLACE FUNCTION exact_decimals AS (x, decimals) -> multiIf(ifNull(abs(round(x, decimals) - x) <= 0.001 * abs(x), true), decimals,
    round(x, decimals + 1) = x, decimals + 1, round(x, decimals + 2) = x, decimals + 2, decimals + 3);

-- By what an axis is divided so that its numbers lie below a thousand and above nine: a power of ten.
CREATE OR REPLACE FUNCTION axis_step AS (most) -> pow(10, if(ifNull(most, 0) = 0, 0,
    transform(modulo(modulo(floor(log10(abs(most))), 3) + 3, 3), [0, 1, 2], [-1, -1, -2], 0) + floor(log10(abs(most)))));

-- The page on which a finding is taken. The one place that knows the desk's address: at each start the function is made
-- anew with that of the settings (clickhouse/desk.py).
CREATE OR REPLACE FUNCTION desk_page AS (finding_id) -> concat('/f/', toString(finding_id));
