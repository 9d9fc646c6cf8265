-- title_vi: Chỉ số phục vụ trung bình cả nước theo nhóm, 90 ngày
-- title_en: Service index, mean of the nation by group, 90 days
-- owner: Nhóm phân tích · analysts
-- parameter: from DateTime = now-90d | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Chỉ số 766: đường · service index, time series
SELECT toStartOfDay(at, 'Asia/Ho_Chi_Minh') AS time, indicator, avg(value) AS mean, min(value) AS lowest, max(value) AS highest
FROM figures_in_force
WHERE feed = 'service-index' AND indicator IN (['index-766', 'index-publicity', 'index-timeliness', 'index-online', 'index-payment', 'index-digitisation', 'index-satisfaction']) AND verdict != 'impossible' AND at >= {from:DateTime} AND at < {to:DateTime}
GROUP BY time, indicator
ORDER BY time, indicator
