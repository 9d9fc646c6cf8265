"""Findings as boards list them: one table, wherever it stands. `f` is `findings_told`, where the workflow joins."""

from grafana.model import Panel, Words

REACH = "INTERVAL 500 DAY"
"""A finding about a period is `at` the period's first day, up to a year before it is known. No question is asked of
`at`: it only says which parts of the table need not be read."""
IS_OPEN = f"""o.opened_at <= $__toTime AND o.at > $__toTime - {REACH}
                AND (o.state = 'open' OR o.closed_at > $__toTime)"""
"""Of `findings_in_force AS o`: open at the moment that is looked at; what a finding was graver or milder then is not
kept."""
OPEN_AT = f"""(f.feed, f.at, f.finding_id) IN (SELECT o.feed, o.at, o.finding_id FROM findings_in_force AS o
                WHERE {IS_OPEN})"""
"""The same of `findings_told`. The few that are open are picked before names and handling are joined: a wall has no
time to join them to all."""
IN_RANGE = f"f.known_at >= $__fromTime AND f.known_at <= $__toTime AND f.at > $__fromTime - {REACH}"
OPEN_OR_IN_RANGE = f"(({OPEN_AT}) OR ({IN_RANGE}))"
PICKED = f"""(
            SELECT * FROM findings_told
            WHERE toString(finding_id) = if(trim(${{finding_id:sqlstring}}) != '',
                lower(trim(${{finding_id:sqlstring}})),
                (SELECT toString(argMax(o.finding_id, (NOT o.drill, severity_rank(o.severity), o.opened_at)))
                FROM findings_in_force AS o WHERE {IS_OPEN}))
        )"""
"""The finding that a sheet is about: without an id the gravest that was known last, no drill while there is another."""
UNTAKEN = "(f.handling = 'new' OR f.again)"
"""Nobody has it: nobody took it, or it opened again or grew graver after it was dealt with."""
GRAVEST = "f.drill, severity_rank(f.severity) DESC, f.known_at DESC"
NEWEST = "f.known_at DESC"

SENTENCE = "concat(if(f.drill, '{{DIỄN TẬP|DRILL}} · ', ''), f.sentence_$lang)"
SHOWN = """toString(toUnixTimestamp64Milli(f.shown_from)) AS from_ms,
                toString(1000 * toUnixTimestamp(least($__toTime, toDateTime(f.shown_to)))) AS to_ms"""
"""The time range in which a finding's sheet is best looked at, up to now."""

TODO: Words = (
    "Bấm vào câu mô tả để mở phiếu: ở đó có bằng chứng, đầu mối để hỏi và lệnh nhận việc.",
    "The sentence leads to the finding's sheet: evidence, whom to ask, the command that takes it.",
)
NONE_OPEN: Words = ("không có điểm bất thường nào đang mở", "no finding is open")

TOLD = {
    "severity": "f.severity",
    "since": "instant_$lang(f.known_at)",
    "condition": "f.state",
    "handling": "f.handling",
    "lane": "lane_$lang(f.lane)",
    "rule_name": "rule_$lang(f.rule)",
    "unit_name": "if(f.unit = '', '–', f.unit_$lang)",
    "feed_name": "f.feed_$lang",
    "sentence": SENTENCE,
}
"""What a table may say of a finding, by column."""
LEADS = (("unit_name", "nhip-unit"), ("feed_name", "nhip-feed"), ("sentence", "nhip-finding"))


def findings_table(
    key: str,
    title: Words,
    shows: Words,
    where: str,
    order: str = GRAVEST,
    limit: int = 50,
    empty: Words = NONE_OPEN,
    columns: tuple[str, ...] = tuple(TOLD),
    width: int = 24,
    todo: Words = TODO,
    leads: bool = True,
) -> Panel:
    """`leads`: a wall has nothing to click."""
    return Panel(
        key=key,
        kind="table",
        title=title,
        shows=shows,
        todo=todo,
        sql=f"""
            SELECT {", ".join(f"{TOLD[column]} AS {column}" for column in columns)},
                toString(f.finding_id) AS finding_id, f.unit AS unit, f.feed AS feed, {SHOWN}
            FROM findings_told AS f
            WHERE {where}
            ORDER BY {order}
            LIMIT {limit}
        """,
        columns=columns,
        hidden=("finding_id", "unit", "feed", "from_ms", "to_ms"),
        links=tuple(link for link in LEADS if leads and link[0] in columns),
        empty=empty,
        width=width,
    )


def open_counts(infos: bool, width: int) -> Panel:
    """How many are open, by severity; drills are none."""
    told = ", ', ', number_$lang(countIf(o.severity = 'info'), 0), ' {{thông tin|info}}'" if infos else ""
    return Panel(
        key="open",
        kind="stat",
        title=("Điểm bất thường đang mở", "Open findings"),
        shows=(
            "Trên mọi kết nối, không tính diễn tập; là câu hỏi, không phải kết luận.",
            "Of all connections, drills left out; questions, no verdicts.",
        ),
        todo=(
            "✖: hỏi trực ban ai đã nhận; bảng Điểm bất thường có người giữ.",
            "✖: ask the duty officer who took it; the board of findings says who has it.",
        ),
        sql=f"""
            WITH countIf(o.severity = 'critical') AS critical, countIf(o.severity = 'warning') AS warning
            SELECT concat(multiIf(critical > 0, '✖ ', warning > 0, '▲ ', '● '), number_$lang(critical, 0),
                ' {{{{nghiêm trọng|critical}}}}, ',
                number_$lang(warning, 0), ' {{{{cảnh báo|warnings}}}}'{told}) AS text
            FROM findings_in_force AS o
            WHERE NOT o.drill AND {IS_OPEN}
        """,
        width=width,
    )
