"""Dossiers: a unit whose overdue ones are rising."""

from alerts import links
from alerts.model import Rule
from alerts.sql import NOW

SHARE = 0.2
"""A rise smaller than this share of last week's is the ordinary coming and going."""

RULES = (
    Rule(
        name="OverdueRising",
        title=("Hồ sơ quá hạn tăng", "Overdue dossiers are rising"),
        severity="warning",
        audience="operations",
        every_s=300,
        # Against the end of the same weekday last week: dossiers fall due in the rhythm of the week. The days of the
        # table are the newest revision of each, so of a moment that has passed the whole day is seen.
        sql=f"""
WITH {NOW}, toFloat64(d.overdue - d.before) AS more
SELECT
    'dvcqg' AS system, toString(d.feed) AS feed, toString(d.unit) AS unit,
    if(u.name_vi = '', toString(d.unit), u.name_vi) AS unit_name,
    if(u.name_en = '', toString(d.unit), u.name_en) AS unit_name_en,
    if(d.simulated, 'simulated', 'real') AS origin,
    if(d.known AND more >= {SHARE} * d.before, greatest(more, 0.), 0.) AS value
FROM
(
    SELECT
        feed, unit, max(simulated) AS simulated, countIf(bucket <= t - INTERVAL 7 DAY) > 0 AS known,
        argMax(overdue_open_end, (bucket, revision)) AS overdue,
        argMaxIf(overdue_open_end, (bucket, revision), bucket <= t - INTERVAL 7 DAY) AS before
    FROM case_buckets
    WHERE generation = (SELECT generation FROM generation_in_force) AND width = 'day' AND kind = 'dossier' AND delta = 0
        AND bucket > t - INTERVAL 40 DAY AND bucket <= t
    GROUP BY feed, unit
) AS d
LEFT JOIN units AS u ON u.unit = d.unit
ORDER BY unit
""",
        above=20.0,
        lasts_s=1800,
        summary=(
            "{mark}{unit_name}: thêm {value} hồ sơ quá hạn so với tuần trước",
            "{mark}{unit_name_en}: {value} more dossiers overdue than last week",
        ),
        description=(
            "Số hồ sơ đang mở đã quá hạn nhiều hơn cuối ngày cùng thứ của tuần trước {value} hồ sơ (ngưỡng: quá "
            "{threshold} hồ sơ và quá 20 %).",
            "{value} more open dossiers are overdue than at the end of the same weekday last week (threshold: more "
            "than {threshold}, and 20 %).",
        ),
        link=links.UNIT,
    ),
)
