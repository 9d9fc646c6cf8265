-- title_vi: Cộng lên theo cây đơn vị so với số mà đơn vị cấp trên báo cáo
-- title_en: The sum up the unit tree against what the parent reported
-- owner: Nhóm phân tích · analysts
-- parameter: from Date = 2025-01-01 | kỳ bắt đầu từ ngày | periods from
-- parameter: to Date = 2026-12-31 | đến ngày | to
-- parameter: indicator String = | mã chỉ tiêu; rỗng là tất cả | indicator, or empty for all
-- Children are summed by their level: provinces, ministries and groups (TW, DP) are three ways to cut one nation. A sum is
-- only as good as its completeness: `children` of `expected`. Shares and indices do not add up and are left out.
SELECT
    i.name_vi AS indicator_name, p.subject AS subject, p.period AS period, parent.name_vi AS parent_name, c.level AS child_level,
    p.value AS reported, round(c.total, 6) AS summed, round(c.total - p.value, 6) AS difference,
    round(100 * (c.total - p.value) / nullIf(abs(p.value), 0), 2) AS difference_percent, c.children AS children, e.expected AS expected
FROM figures_in_force AS p
INNER JOIN
(
    SELECT f.feed AS feed, f.indicator AS indicator, f.subject AS subject, f.period AS period, f.at AS at, u.parent AS parent, u.level AS level,
        sum(f.value) AS total, uniqExact(f.unit) AS children
    FROM figures_in_force AS f
    INNER JOIN units AS u ON u.unit = f.unit
    WHERE f.verdict != 'impossible' AND f.period != '' AND f.at >= toDateTime({from:Date}, 'Asia/Ho_Chi_Minh')
        AND f.at < toDateTime({to:Date}, 'Asia/Ho_Chi_Minh') AND ({indicator:String} = '' OR f.indicator = {indicator:String}) AND u.parent != ''
    GROUP BY f.feed, f.indicator, f.subject, f.period, f.at, u.parent, u.level
) AS c ON c.feed = p.feed AND c.indicator = p.indicator AND c.subject = p.subject AND c.period = p.period AND c.parent = p.unit
INNER JOIN units AS parent ON parent.unit = p.unit
INNER JOIN indicators AS i ON i.indicator = p.indicator
LEFT JOIN
(
    SELECT e.feed AS feed, u.parent AS parent, u.level AS level, countIf(u.valid_to IS NULL) AS expected
    FROM expected_units AS e INNER JOIN units AS u ON u.unit = e.unit
    GROUP BY e.feed, u.parent, u.level
) AS e ON e.feed = p.feed AND e.parent = p.unit AND e.level = c.level
WHERE p.verdict != 'impossible' AND p.period != '' AND p.at >= toDateTime({from:Date}, 'Asia/Ho_Chi_Minh')
    AND p.at < toDateTime({to:Date}, 'Asia/Ho_Chi_Minh') AND ({indicator:String} = '' OR p.indicator = {indicator:String}) AND i.measure NOT IN ('%', 'điểm')
ORDER BY abs(difference_percent) DESC NULLS LAST, indicator_name, period
LIMIT 1000
