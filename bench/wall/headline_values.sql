-- title_vi: Giá trị mới nhất của các kết nối trực tiếp
-- title_en: Newest values of live connections
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Toàn cảnh: ô số · overview, stat
WITH toDateTime64({to:DateTime}, 3, 'UTC') AS t
SELECT f.feed AS feed, f.indicator AS indicator, any(n.name_vi) AS name, any(n.measure) AS measure, argMax(f.value, f.at) AS value,
    max(f.at) AS last_at, argMax(f.verdict, f.at) AS verdict, argMaxIf(f.value, f.at, f.at <= t - INTERVAL 24 HOUR) AS a_day_before
FROM figures_in_force AS f
INNER JOIN indicators AS n ON n.indicator = f.indicator
WHERE f.feed IN ('power-load', 'spot-price', 'portal-traffic', 'ndxp', 'authentication', 'signing', 'population-queries', 'online-payment',
        'flights-noi-bai', 'flights-tan-son-nhat', 'traffic-cameras', 'vn-index', 'portal-calls')
    AND f.period = '' AND f.unit IN ('VN', 'H29') AND f.verdict != 'impossible' AND f.at <= t
    AND (f.at >= t - INTERVAL 2 HOUR OR f.at BETWEEN t - INTERVAL 26 HOUR AND t - INTERVAL 24 HOUR)
GROUP BY feed, indicator
ORDER BY feed, indicator
