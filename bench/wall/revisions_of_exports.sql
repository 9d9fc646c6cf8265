-- title_vi: Các lần công bố của một chỉ tiêu theo kỳ: số cũ, số mới, thay đổi
-- title_en: Releases of a periodic figure: before, after, change
-- owner: Nhóm phân tích · analysts
-- parameter: unit String = VN | đơn vị | unit
-- parameter: indicator String = exports | chỉ tiêu | indicator
-- panel: Phân tích: bảng · analysis, table
SELECT period, version, vintage, sent_at, value_before, value, change, change_ratio, reason, verdict
FROM figure_revisions(unit = {unit:String}, indicator = {indicator:String})
WHERE period != ''
ORDER BY at DESC, version
LIMIT 60
