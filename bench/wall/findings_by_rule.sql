-- title_vi: Điểm bất thường theo quy tắc: số lượng và thời gian kéo dài, 30 ngày
-- title_en: Findings by rule: how many and how long, 30 days
-- owner: Nhóm phân tích · analysts
-- parameter: from DateTime = now-30d | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Phân tích: bảng · analysis, table
SELECT rule, count() AS findings, countIf(state = 'open') AS open,
    quantile(0.5)(dateDiff('minute', at, closed_at)) AS median_minutes, quantile(0.9)(dateDiff('minute', at, closed_at)) AS p90_minutes
FROM findings_in_force
WHERE at >= {from:DateTime} AND at < {to:DateTime} AND NOT drill
GROUP BY rule
ORDER BY findings DESC, rule
