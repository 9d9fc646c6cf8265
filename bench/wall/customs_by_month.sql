-- title_vi: Xuất khẩu, nhập khẩu theo tháng, bản mới nhất, 13 tháng
-- title_en: Exports and imports by month, newest release, 13 months
-- owner: Nhóm phân tích · analysts
-- parameter: to DateTime = now | đến | to
-- panel: Kinh tế: cột · economy, bars
SELECT period, min(at) AS time, indicator, any(value) AS value, any(vintage) AS vintage, any(versions) AS versions
FROM figures_in_force
WHERE feed = 'customs' AND indicator IN ('exports', 'imports', 'trade-balance') AND verdict != 'impossible'
    AND at >= toDateTime64({to:DateTime}, 3, 'UTC') - INTERVAL 13 MONTH AND at < {to:DateTime}
GROUP BY period, indicator
ORDER BY time, indicator
