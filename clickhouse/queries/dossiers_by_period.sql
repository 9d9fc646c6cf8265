-- title_vi: Hồ sơ của một đơn vị theo kỳ báo cáo hành chính (tháng từ ngày 15 đến ngày 14)
-- title_en: A unit's dossiers by administrative period (the month runs from the 15th to the 14th)
-- owner: Nhóm phân tích · analysts
-- parameter: unit String = H26 | mã đơn vị | unit
-- parameter: kind String = dossier | loại hồ sơ | case kind
SELECT period, first_day, last_day, days, received, finished, on_time, overdue, on_time_of_received, on_time_of_finished, online_of_received,
    mean_days, open_end, overdue_open_end, simulated
FROM case_periods
WHERE unit = {unit:String} AND kind = {kind:String}
ORDER BY first_day, period
