"""Findings: those that call, those for the channel, those that are evidence, and those that nobody took."""

from alerts import links
from alerts.model import Rule
from alerts.sql import (
    ALL,
    ANY_ORIGIN,
    CALLING,
    EVIDENCE,
    FEED_LABELS,
    FINDING_LABELS,
    IS_OPEN,
    LATELY,
    LIVE_FEEDS,
    NOW,
    ORIGIN,
    STATES,
    WITH_NAMES,
)

MOST = 100
"""Findings told one by one; the newest. Beyond, the board is the place to look."""


def _untaken(value: str, narrower: str = "") -> str:
    """Critical findings one by one; what somebody took, or what closed within the hour, has 0.

    `findings_untaken` is a view of the findings' workflow.
    """
    return f"""
WITH {NOW}
SELECT
    {FINDING_LABELS},
    if({IS_OPEN} AND n.untaken, {value}, 0.) AS value
FROM findings_in_force AS f
{WITH_NAMES}
LEFT JOIN
(
    SELECT finding_id, waited_s, true AS untaken
    FROM findings_untaken(now = $__toTime)
) AS n ON n.finding_id = f.finding_id
WHERE f.severity = 'critical' AND f.rule IN ({CALLING}) AND {LATELY} {narrower}
ORDER BY value > 0 DESC, f.at DESC, f.finding_id
LIMIT {MOST}
"""


RULES = (
    Rule(
        name="FindingCritical",
        title=("Điểm bất thường nghiêm trọng", "A critical finding is open"),
        severity="critical",
        audience="operations",
        # Who takes it calls the alert off, for everybody.
        sql=_untaken("toFloat64(greatest(f.count, 1))"),
        above=0.0,
        no_data="OK",
        summary=("{mark}{what}, {unit_name}: {family_name}", "{mark}{what_en}, {unit_name_en}: {family_name_en}"),
        description=(
            "Kết nối {feed_name}. Số bản ghi liên quan: {value} (ngưỡng: {threshold}). Đây là bằng chứng để hỏi lại, "
            "không phải kết luận về người báo cáo; phiếu điểm bất thường có chuỗi số, khoảng mong đợi và các cách "
            "giải thích vô can.",
            "Connection {feed_name_en}. Records concerned: {value} (threshold: {threshold}). It is evidence for a "
            "question, not a verdict about those who report; the finding's sheet has the series, what was expected "
            "and the innocent explanations.",
        ),
        link=links.FINDING,
    ),
    Rule(
        name="FindingUntaken",
        title=("Điểm bất thường nghiêm trọng chưa ai nhận", "Nobody has taken a critical finding"),
        severity="critical",
        audience="leaders",
        sql=_untaken("n.waited_s / 60", "AND NOT f.drill"),
        above=15.0,
        no_data="OK",
        summary=(
            "{mark}{value} phút chưa ai nhận: {what}, {unit_name}, {family_name}",
            "{mark}Untaken for {value} min: {what_en}, {unit_name_en}, {family_name_en}",
        ),
        description=(
            "Ca trực chưa nhận điểm bất thường nghiêm trọng này sau {value} phút (kết nối {feed_name}; ngưỡng: "
            "{threshold} phút). Chuyển lên cấp trực tiếp theo.",
            "The shift has not taken this critical finding for {value} min (connection {feed_name_en}; threshold: "
            "{threshold} min). It goes to the next level.",
        ),
        link=links.FINDING,
    ),
    Rule(
        name="FindingUntakenLong",
        title=(
            "Điểm bất thường nghiêm trọng nửa giờ chưa ai nhận",
            "Nobody has taken a critical finding for half an hour",
        ),
        severity="critical",
        audience="head",
        sql=_untaken("n.waited_s / 60", "AND NOT f.drill"),
        above=30.0,
        no_data="OK",
        summary=(
            "{mark}{value} phút chưa ai nhận, kể cả cấp trên: {what}, {unit_name}, {family_name}",
            "{mark}Untaken for {value} min, by the next level too: {what_en}, {unit_name_en}, {family_name_en}",
        ),
        description=(
            "Ca trực và cấp trực tiếp theo chưa nhận điểm bất thường nghiêm trọng này sau {value} phút (kết nối "
            "{feed_name}; ngưỡng: {threshold} phút).",
            "Neither the shift nor the next level has taken this critical finding for {value} min (connection "
            "{feed_name_en}; threshold: {threshold} min).",
        ),
        link=links.FINDING,
    ),
    Rule(
        name="FindingsWarning",
        title=("Điểm bất thường cần xem", "Findings to be looked at"),
        severity="warning",
        audience="operations",
        sql=f"""
WITH {NOW}
SELECT {FEED_LABELS}, 'VN' AS unit, {ORIGIN}, toFloat64(q.findings) AS value
FROM feeds AS s
LEFT JOIN
(
    SELECT f.feed AS feed, count() AS findings
    FROM findings_in_force AS f
    WHERE f.severity = 'warning' AND f.rule IN ({CALLING}) AND NOT f.drill AND {LATELY} AND {IS_OPEN}
    GROUP BY f.feed
) AS q ON q.feed = s.feed
LEFT JOIN {STATES} AS o ON o.feed = s.feed
WHERE {LIVE_FEEDS}
ORDER BY s.feed
""",
        above=0.0,
        lasts_s=300,
        summary=(
            "{mark}{feed_name}: {value} điểm bất thường cần xem",
            "{mark}{feed_name_en}: {value} findings to be looked at",
        ),
        description=(
            "{value} điểm bất thường mức cảnh báo đang mở (ngưỡng: {threshold}).",
            "{value} findings of severity warning are open (threshold: {threshold}).",
        ),
        link=links.FINDINGS,
    ),
    Rule(
        name="FindingsForReview",
        title=("Dấu hiệu cần rà soát theo ngày", "Evidence to be looked through by day"),
        severity="info",
        audience="review",
        every_s=600,
        # Each unit has a row; who has none of these findings has 0.
        sql=f"""
WITH {NOW}
SELECT
    {ALL}, toString(u.unit) AS unit, u.name_vi AS unit_name, u.name_en AS unit_name_en,
    {ANY_ORIGIN} AS origin, toFloat64(q.findings) AS value
FROM units AS u
LEFT JOIN
(
    SELECT f.unit AS unit, count() AS findings
    FROM findings_in_force AS f
    WHERE f.rule IN ({EVIDENCE}) AND NOT f.drill AND {LATELY} AND {IS_OPEN}
    GROUP BY f.unit
) AS q ON q.unit = u.unit
WHERE u.level IN ('province', 'ministry') AND u.valid_from <= toDate(t, 'Asia/Ho_Chi_Minh')
    AND (u.valid_to IS NULL OR u.valid_to >= toDate(t, 'Asia/Ho_Chi_Minh'))
ORDER BY u.position
""",
        above=0.0,
        summary=(
            "{mark}{unit_name}: {value} dấu hiệu cần rà soát",
            "{mark}{unit_name_en}: {value} signs to look through",
        ),
        description=(
            "{value} dấu hiệu đang mở về thời điểm kết thúc hoặc hạn trả hồ sơ (ngưỡng: {threshold}). Không gọi ai; "
            "xem trong buổi rà soát hằng ngày.",
            "{value} signs are open about when dossiers end or fall due (threshold: {threshold}). They call nobody; "
            "they are looked through once a day.",
        ),
        link=links.FINDINGS_OF_UNIT,
    ),
)
