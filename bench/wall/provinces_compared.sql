-- title_vi: So sánh hai tỉnh theo ngày, 90 ngày
-- title_en: Two provinces compared by day, 90 days
-- owner: Nhóm phân tích · analysts
-- parameter: from DateTime = now-90d | từ | from
-- parameter: to DateTime = now | đến | to
-- parameter: unit String = H26 | đơn vị | unit
-- parameter: other String = H29 | đơn vị so sánh | unit to compare with
-- panel: Hồ sơ của tỉnh: đường · province, time series
SELECT day AS time, unit, received, finished, on_time_of_finished, online_of_received, mean_days
FROM case_days
WHERE kind = 'dossier' AND unit IN ({unit:String}, {other:String}) AND day >= toDate({from:DateTime}, 'Asia/Ho_Chi_Minh')
    AND day <= toDate({to:DateTime}, 'Asia/Ho_Chi_Minh')
ORDER BY time, unit
