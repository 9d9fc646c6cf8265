-- title_vi: Điểm bất thường mở ra theo ngày và mức độ, 90 ngày
-- title_en: Findings opened by day and severity, 90 days
-- owner: Nhóm phân tích · analysts
-- parameter: from DateTime = now-90d | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Phân tích: cột chồng · analysis, stacked bars
SELECT toStartOfDay(at, 'Asia/Ho_Chi_Minh') AS time, severity, count() AS findings
FROM findings_in_force
WHERE at >= {from:DateTime} AND at < {to:DateTime} AND NOT drill
GROUP BY time, severity
ORDER BY time, severity
