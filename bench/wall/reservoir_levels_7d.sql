-- title_vi: Mực nước các hồ, bảy ngày
-- title_en: Levels of the reservoirs, seven days
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: from DateTime = now-7d | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Hồ chứa: đường · reservoirs, time series
SELECT at AS time, subject AS reservoir, value
FROM figures_in_force
WHERE feed = 'reservoirs' AND indicator = 'reservoir-level' AND verdict != 'impossible' AND at >= {from:DateTime} AND at < {to:DateTime}
ORDER BY time, reservoir
