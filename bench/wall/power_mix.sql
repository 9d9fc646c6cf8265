-- title_vi: Sản lượng điện theo nguồn, 30 ngày
-- title_en: Power output by source, 30 days
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: from DateTime = now-30d | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Năng lượng: cột chồng · energy, stacked bars
SELECT at AS time, indicator, value, vintage
FROM figures_in_force
WHERE feed = 'power-day' AND startsWith(indicator, 'energy-') AND verdict != 'impossible' AND at >= {from:DateTime} AND at < {to:DateTime}
ORDER BY time, indicator
