-- title_vi: Hồ sơ của một tỉnh theo mọi kỳ báo cáo
-- title_en: A province's dossiers by every period
-- owner: Nhóm phân tích · analysts
-- parameter: unit String = H26 | đơn vị | unit
-- panel: Hồ sơ của tỉnh: bảng · province, table
SELECT period, first_day, last_day, days, received, finished, on_time, overdue, on_time_of_received, on_time_of_finished,
    online_of_received, mean_days, open_end, overdue_open_end, simulated
FROM case_periods
WHERE unit = {unit:String} AND kind = 'dossier'
ORDER BY first_day DESC, period
