-- title_vi: Số hồ sơ địa phương báo cáo so với số đếm từ từng hồ sơ, một tháng báo cáo
-- title_en: Dossiers reported against dossiers counted one by one, for an administrative month
-- owner: Văn phòng Chính phủ, Cục Kiểm soát thủ tục hành chính · procedures control
-- parameter: period String = A-M2026-11 | mã tháng báo cáo | administrative month
SELECT
    u.name_vi AS name, r.reported AS reported, c.received AS counted, r.reported - c.received AS difference,
    round(100 * (r.reported / nullIf(c.received, 0) - 1), 2) AS difference_percent, r.vintage AS vintage, r.versions AS versions, c.simulated AS simulated
FROM
(
    SELECT unit, any(value) AS reported, any(vintage) AS vintage, any(versions) AS versions
    FROM figures_in_force
    WHERE feed = 'reporting-services' AND indicator = 'reported-received' AND period = {period:String} AND verdict != 'impossible'
    GROUP BY unit
) AS r
INNER JOIN (SELECT unit, received, simulated FROM case_periods WHERE kind = 'dossier' AND period = {period:String}) AS c ON c.unit = r.unit
INNER JOIN units AS u ON u.unit = r.unit
ORDER BY abs(difference_percent) DESC, u.position
