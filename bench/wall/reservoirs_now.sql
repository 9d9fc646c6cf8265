-- title_vi: Hồ chứa lúc này: mực nước, lưu lượng, so với tuần trước
-- title_en: Reservoirs now: level, flows, against a week before
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Hồ chứa: bảng · reservoirs, table
WITH toDateTime64({to:DateTime}, 3, 'UTC') AS t
SELECT f.subject AS reservoir, max(f.at) AS last_at,
    argMaxIf(f.value, f.at, f.indicator = 'reservoir-level') AS level,
    level - argMaxIf(f.value, f.at, f.indicator = 'reservoir-level' AND f.at <= t - INTERVAL 7 DAY) AS change_in_a_week,
    argMaxIf(f.value, f.at, f.indicator = 'reservoir-inflow') AS inflow, argMaxIf(f.value, f.at, f.indicator = 'reservoir-outflow') AS outflow,
    argMaxIf(f.value, f.at, f.indicator = 'gates-deep') AS gates_deep, argMaxIf(f.value, f.at, f.indicator = 'gates-surface') AS gates_surface
FROM figures_in_force AS f
WHERE f.feed = 'reservoirs' AND f.verdict != 'impossible' AND f.at <= t
    AND (f.at >= t - INTERVAL 3 HOUR OR f.at BETWEEN t - INTERVAL 171 HOUR AND t - INTERVAL 168 HOUR)
GROUP BY reservoir
ORDER BY reservoir
