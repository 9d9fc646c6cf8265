-- title_vi: Nền tảng dữ liệu, xác thực, ký số: lượt gọi và lỗi, 24 giờ
-- title_en: Data platform, sign-in, signing: calls and errors, 24 hours
-- owner: Trực sự cố · on call
-- parameter: from DateTime = now-24h | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Nền tảng quốc gia: đường · platforms, time series
SELECT toStartOfFiveMinutes(at) AS time, indicator, avg(c.value) AS value, max(c.value) AS highest
FROM figures_in_force AS c
WHERE feed IN ('ndxp', 'authentication', 'signing', 'population-queries') AND verdict != 'impossible' AND at >= {from:DateTime} AND at < {to:DateTime}
GROUP BY time, indicator
ORDER BY time, indicator
