"""Figures behind the target that was set for them."""

from alerts import links
from alerts.model import Rule
from alerts.sql import NOW

RULES = (
    Rule(
        name="FigureBehindTarget",
        title=("Chỉ tiêu chưa đạt mức được giao", "A figure is behind its target"),
        severity="warning",
        audience="leaders",
        every_s=600,
        # The version in force then: of the highest release, then the newest by the sender's clock, then by the log.
        sql=f"""
WITH {NOW},
    transform(f.vintage, ['estimate', 'preliminary', 'final', 'correction'], [1, 2, 3, 4], 0) AS release,
    argMax(f.value, (release, f.sent_at, f.offset)) AS seen
SELECT
    toString(s.system) AS system, toString(f.feed) AS feed,
    toString(f.unit) AS unit, u.name_vi AS unit_name, u.name_en AS unit_name_en,
    toString(f.indicator) AS indicator, i.name_vi AS what, i.name_en AS what_en, toString(f.period) AS period,
    g.set_by AS set_by, if(s.contact = '', 'chưa có', s.contact) AS contact,
    if(max(f.simulated), 'simulated', 'real') AS origin,
    100. * greatest(ifNull(any(g.at_least) - seen, 0), ifNull(seen - any(g.at_most), 0), 0)
        / greatest(abs(ifNull(any(g.at_least), any(g.at_most))), 1e-9) AS value
FROM figures AS f
INNER JOIN targets AS g ON g.indicator = f.indicator AND g.unit = f.unit AND g.period = f.period
LEFT JOIN feeds AS s ON s.feed = f.feed
LEFT JOIN units AS u ON u.unit = f.unit
LEFT JOIN indicators AS i ON i.indicator = f.indicator
WHERE f.indicator IN (SELECT indicator FROM targets) AND f.subject = '' AND f.verdict != 'impossible'
    AND f.arrived_at <= t
GROUP BY system, feed, unit, unit_name, unit_name_en, indicator, what, what_en, period, set_by, contact
ORDER BY indicator, unit, period
""",
        above=0.0,
        decimals=1,
        lasts_s=3600,
        no_data="OK",
        summary=(
            "{mark}{what}, {unit_name}, kỳ {period}: chưa đạt mức được giao, lệch {value} %",
            "{mark}{what_en}, {unit_name_en}, {period}: {value} % off its target",
        ),
        description=(
            "Số liệu mới nhất còn cách mức do {set_by} giao {value} % của mức ấy (ngưỡng: {threshold} %).",
            "The newest figure is off the target set by {set_by} by {value} % of it (threshold: {threshold} %).",
        ),
        link=links.TARGETS,
    ),
)
