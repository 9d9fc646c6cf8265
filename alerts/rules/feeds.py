"""Connections: one that is silent, one that is lost, many at once, and fewer reporters than are due."""

from alerts import links
from alerts.model import Rule
from alerts.sql import ALL, FEED_LABELS, IS_OPEN, LIVE_FEEDS, NOW, ORIGIN, STATES


def _gathered(severities: str) -> str:
    """By feed: since when many are silent together, how many are, and of how many that was said.

    The finding `silent` without a unit gathers: it opens when half of those who report are overdue by their own
    cadence, calendar and hours, and closes when two thirds are back. Of a feed in shards there is one a shard, each of
    its own units alone.
    """
    return f"""
    SELECT
        f.feed AS feed, max(dateDiff('second', f.at, t)) / 3600 AS hours,
        sum(JSONExtractFloat(f.evidence, 'detail', 'silent')) AS silent,
        sum(JSONExtractFloat(f.evidence, 'detail', 'expected')) AS asked
    FROM findings_in_force AS f
    WHERE f.rule = 'silent' AND f.unit = '' AND f.severity IN ({severities}) AND {IS_OPEN}
    GROUP BY f.feed
""".strip()


_HALF = "(2 * q.silent >= o.expected OR q.asked >= o.expected)"
"""Half of the whole feed; or each shard has its finding, which ends later than it began."""
_ALL = "q.silent >= o.expected"
_GRAVE, _GRAVEST = "'warning', 'critical'", "'critical'"


def _silent(severities: str, enough: str) -> str:
    return f"""
WITH {NOW}
SELECT
    {FEED_LABELS}, 'VN' AS unit, {ORIGIN},
    if(q.feed != '' AND {enough}, greatest(q.hours, 0.1), 0.) AS value
FROM feeds AS s
LEFT JOIN
(
    {_gathered(severities)}
) AS q ON q.feed = s.feed
LEFT JOIN {STATES} AS o ON o.feed = s.feed
WHERE {LIVE_FEEDS}
ORDER BY s.feed
"""


RULES = (
    Rule(
        name="FeedSilent",
        title=("Kết nối mất tín hiệu", "A connection is silent"),
        severity="warning",
        audience="operations",
        sql=_silent(_GRAVE, _HALF),
        above=0.0,
        decimals=1,
        lasts_s=120,
        summary=("{mark}{feed_name}: mất tín hiệu", "{mark}{feed_name_en}: silent"),
        description=(
            "Đã quá hạn {value} giờ mà chưa nhận được số liệu của ít nhất một nửa số đơn vị phải báo cáo. "
            "Ngưỡng: quá hạn theo nhịp của chính kết nối (đã tính ngày nghỉ, giờ làm việc, bảo trì).",
            "For {value} h past the due time nothing has come from at least half of those who must report. "
            "Threshold: the connection's own cadence, with holidays, working hours and maintenance taken out.",
        ),
        link=links.FEED,
    ),
    Rule(
        name="FeedLost",
        title=("Kết nối mất hẳn", "A connection is lost"),
        severity="critical",
        audience="operations",
        sql=_silent(_GRAVEST, _ALL),
        above=0.0,
        decimals=1,
        lasts_s=120,
        summary=("{mark}{feed_name}: mất hẳn tín hiệu", "{mark}{feed_name_en}: lost"),
        description=(
            "Đã quá hạn {value} giờ, không đơn vị nào gửi số liệu. Ngưỡng: ba lần khoảng chờ cho phép.",
            "{value} h past the due time nobody has sent anything. Threshold: three times what is allowed.",
        ),
        link=links.FEED,
    ),
    Rule(
        name="FeedsSilentMany",
        title=("Nhiều kết nối cùng mất tín hiệu", "Many connections are silent together"),
        severity="critical",
        audience="operations",
        sql=f"""
WITH {NOW}
SELECT {ALL}, 'VN' AS unit, toFloat64(count()) AS value
FROM
(
    {_gathered(_GRAVE)}
) AS q
INNER JOIN feeds AS s ON s.feed = q.feed
LEFT JOIN {STATES} AS o ON o.feed = q.feed
WHERE {LIVE_FEEDS} AND {_HALF}
""",
        above=4.0,
        lasts_s=120,
        summary=("{value} kết nối cùng mất tín hiệu", "{value} connections are silent together"),
        description=(
            "{value} kết nối đang mất tín hiệu (ngưỡng: quá {threshold}). Nhiều khả năng một nguyên nhân chung: đường "
            "truyền, nguồn điện, hoặc chính phía ta.",
            "{value} connections are silent (threshold: more than {threshold}). Most likely one common cause: a line, "
            "power, or our own side.",
        ),
        link=links.CENTRE,
    ),
    Rule(
        name="CompletenessLow",
        title=("Thiếu đơn vị báo cáo", "Too few units have reported"),
        severity="warning",
        audience="operations",
        # Who is due is judged unit by unit (findings `silent` with a unit), or by shard where many are silent together;
        # on holidays nobody is.
        sql=f"""
WITH {NOW}
SELECT
    {FEED_LABELS}, 'VN' AS unit, {ORIGIN},
    100. * greatest(o.expected - q.silent, 0.) / o.expected AS value
FROM feeds AS s
INNER JOIN {STATES} AS o ON o.feed = s.feed
LEFT JOIN
(
    SELECT
        f.feed AS feed,
        uniqExactIf(f.unit, f.unit != '') + sum(JSONExtractFloat(f.evidence, 'detail', 'silent')) AS silent
    FROM findings_in_force AS f
    WHERE f.rule = 'silent' AND f.severity IN ({_GRAVE}) AND {IS_OPEN}
    GROUP BY f.feed
) AS q ON q.feed = s.feed
WHERE {LIVE_FEEDS} AND o.expected > 1
ORDER BY s.feed
""",
        below=90.0,
        decimals=1,
        lasts_s=900,
        summary=(
            "{mark}{feed_name}: chỉ {value} % đơn vị đã báo cáo",
            "{mark}{feed_name_en}: only {value} % of its units have reported",
        ),
        description=(
            "{value} % số đơn vị phải báo cáo đã báo cáo đúng hạn (ngưỡng: {threshold} %). Số tổng của kết nối này "
            "chưa đủ; bảng ghi rõ đơn vị nào còn thiếu.",
            "{value} % of the units that are due have reported (threshold: {threshold} %). Sums of this connection "
            "are not complete; the board names who is missing.",
        ),
        link=links.FEED,
    ),
)
