-- title_vi: Các lần sửa số liệu của một bộ, ngành, địa phương theo thứ tự công bố
-- title_en: Revisions of a ministry's or province's figures in release order
-- owner: Nhóm phân tích · analysts
-- parameter: unit String = G12 | mã đơn vị | unit
-- parameter: indicator String = | chỉ tiêu, ví dụ vốn đầu tư; rỗng là tất cả | indicator, or empty for all
SELECT indicator, subject, period, version, vintage, sent_at, value_before, value, change, change_ratio, reason, document, verdict, simulated
FROM figure_revisions(unit = {unit:String}, indicator = {indicator:String})
WHERE period != ''
ORDER BY indicator, subject, at, version
