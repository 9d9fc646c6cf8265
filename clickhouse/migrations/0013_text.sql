-- Numbers and times as people read them, the same as contract/text.py prints (a test compares). Boards, alerts and
-- analysts use these: `figure_vi(54939, 0, 'MW')` is `54.939 MW`, what is not there is `chưa có`, never 0.

CREATE OR REPLACE FUNCTION number_grouped AS (whole, separator) ->
    replaceRegexpOne(reverse(replaceRegexpAll(reverse(whole), '(\\d{3})', concat('\\1', separator))), '^[.,]', '');

-- Up to four decimals, half up. `toDecimalString` takes a constant only, and here each row may have its own.
CREATE OR REPLACE FUNCTION number_fixed AS (x, decimals) -> multiIf(
    decimals = 0, toDecimalString(x, 0), decimals = 1, toDecimalString(x, 1), decimals = 2, toDecimalString(x, 2),
    decimals = 3, toDecimalString(x, 3), toDecimalString(x, 4));

CREATE OR REPLACE FUNCTION number_text AS (x, decimals, separator, point) -> concat(
    if(x < 0 AND match(number_fixed(abs(x), decimals), '[1-9]'), '-', ''),
    number_grouped(splitByChar('.', number_fixed(abs(x), decimals))[1], separator),
    if(decimals > 0, concat(point, splitByChar('.', number_fixed(abs(x), decimals))[2]), ''));

CREATE OR REPLACE FUNCTION number_vi AS (x, decimals) ->
    if(ifNull(isFinite(x), false), ifNull(number_text(toFloat64(x), decimals, '.', ','), 'chưa có'), 'chưa có');
CREATE OR REPLACE FUNCTION number_en AS (x, decimals) ->
    if(ifNull(isFinite(x), false), ifNull(number_text(toFloat64(x), decimals, ',', '.'), 'none yet'), 'none yet');

CREATE OR REPLACE FUNCTION figure_vi AS (x, decimals, measure) ->
    if(ifNull(isFinite(x), false), trimRight(concat(number_vi(x, decimals), ' ', measure)), 'chưa có');
CREATE OR REPLACE FUNCTION figure_en AS (x, decimals, measure) ->
    if(ifNull(isFinite(x), false), trimRight(concat(number_en(x, decimals), ' ', measure)), 'none yet');

-- A ratio as per cent: percent_vi(0.0802, 2) is `8,02 %`.
CREATE OR REPLACE FUNCTION percent_vi AS (ratio, decimals) -> figure_vi(100 * ratio, decimals, '%');
CREATE OR REPLACE FUNCTION percent_en AS (ratio, decimals) -> figure_en(100 * ratio, decimals, '%');

-- Times in Viet Nam's zone, whatever the column's.
CREATE OR REPLACE FUNCTION instant_vi AS (t) -> ifNull(formatDateTime(t, '%d/%m/%Y %H:%i', 'Asia/Ho_Chi_Minh'), 'chưa có');
CREATE OR REPLACE FUNCTION instant_en AS (t) -> ifNull(formatDateTime(t, '%d/%m/%Y %H:%i', 'Asia/Ho_Chi_Minh'), 'none yet');
CREATE OR REPLACE FUNCTION clock_vi AS (t) -> ifNull(formatDateTime(t, '%H:%i:%S', 'Asia/Ho_Chi_Minh'), 'chưa có');
CREATE OR REPLACE FUNCTION clock_en AS (t) -> ifNull(formatDateTime(t, '%H:%i:%S', 'Asia/Ho_Chi_Minh'), 'none yet');

-- In its largest whole unit, and the next one where that is under three: `3 phút`, `1 giờ 20 phút`.
CREATE OR REPLACE FUNCTION duration_step AS (count, unit, rest, next) ->
    concat(toString(count), ' ', unit, if(count < 3 AND rest > 0, concat(' ', toString(rest), ' ', next), ''));
CREATE OR REPLACE FUNCTION duration_text AS (whole, day, hour, minute, second) -> multiIf(
    whole >= 86400, duration_step(intDiv(whole, 86400), day, intDiv(whole % 86400, 3600), hour),
    whole >= 3600, duration_step(intDiv(whole, 3600), hour, intDiv(whole % 3600, 60), minute),
    whole >= 60, duration_step(intDiv(whole, 60), minute, whole % 60, second),
    concat(toString(whole), ' ', second));
CREATE OR REPLACE FUNCTION duration_vi AS (seconds) -> if(ifNull(isFinite(seconds), false), concat(
    if(round(seconds) < 0, '-', ''),
    duration_text(toUInt64(abs(round(ifNull(seconds, 0)))), 'ngày', 'giờ', 'phút', 'giây')), 'chưa có');
CREATE OR REPLACE FUNCTION duration_en AS (seconds) -> if(ifNull(isFinite(seconds), false), concat(
    if(round(seconds) < 0, '-', ''),
    duration_text(toUInt64(abs(round(ifNull(seconds, 0)))), 'd', 'h', 'min', 's')), 'none yet');
