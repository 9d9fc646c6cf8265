"""Findings as boards list them: one table, wherever it stands. `f` is `findings_told`, where the workflow joins."""

from grafana.model import Panel, Words

OPEN_AT = "f.at <= $__toTime AND (f.state = 'open' OR f.closed_at > $__toTime)"
"""Open at the moment that is looked at; what a finding was graver or milder then is not kept."""
IN_RANGE = "f.at >= $__fromTime AND f.at <= $__toTime"
OF_LATE = "f.at > $__toTime - INTERVAL 400 DAY"
"""No finding stays open longer: a figure's of a yearly period closes after a hundred days."""
GRAVEST = "severity_rank(f.severity) DESC, f.at DESC"
NEWEST = "f.at DESC"

SENTENCE = "concat(if(f.drill, '{{DIỄN TẬP|DRILL}} · ', ''), f.sentence_$lang)"
SHOWN = """toString(toUnixTimestamp64Milli(f.shown_from)) AS from_ms,
                toString(1000 * toUnixTimestamp(least($__toTime, toDateTime(f.shown_to)))) AS to_ms"""
"""The time range in which a finding's sheet is best looked at, up to now."""

TODO: Words = (
    "Bấm vào câu mô tả để mở phiếu: ở đó có bằng chứng, đầu mối để hỏi và lệnh nhận việc.",
    "The sentence leads to the finding's sheet: evidence, whom to ask, the command that takes it.",
)


def findings_table(
    key: str, title: Words, shows: Words, where: str, order: str = GRAVEST, limit: int = 50, empty: Words = ("", "")
) -> Panel:
    return Panel(
        key=key,
        kind="table",
        title=title,
        shows=shows,
        todo=TODO,
        sql=f"""
            SELECT f.severity AS severity, instant_$lang(f.at) AS since, f.state AS condition, f.handling AS handling,
                lane_$lang(f.lane) AS lane, rule_$lang(f.rule) AS rule_name,
                    if(f.unit = '', '–', f.unit_$lang) AS unit_name,
                f.feed_$lang AS feed_name, {SENTENCE} AS sentence,
                toString(f.finding_id) AS finding_id, f.unit AS unit, f.feed AS feed, {SHOWN}
            FROM findings_told AS f
            WHERE {where}
            ORDER BY {order}
            LIMIT {limit}
        """,
        columns=(
            *("severity", "since", "condition", "handling", "lane"),
            *("rule_name", "unit_name", "feed_name", "sentence"),
        ),
        hidden=("finding_id", "unit", "feed", "from_ms", "to_ms"),
        links=(("unit_name", "nhip-unit"), ("feed_name", "nhip-feed"), ("sentence", "nhip-finding")),
        empty=empty,
        width=24,
    )
