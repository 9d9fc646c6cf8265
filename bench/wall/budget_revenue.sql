-- title_vi: Thu ngân sách theo ngày và so với dự toán năm
-- title_en: Budget revenue by day, and of the year's plan
-- owner: Nhóm phân tích · analysts
-- parameter: from DateTime = now-90d | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Tài chính: đường · finance, time series
SELECT at AS time, indicator, value, vintage
FROM figures_in_force
WHERE feed IN ('treasury', 'state-budget') AND verdict != 'impossible' AND at >= {from:DateTime} AND at < {to:DateTime}
ORDER BY time, indicator
