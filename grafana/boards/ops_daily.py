"""`Chỉ tiêu điều hành hằng ngày`: one screen for the leader. Value, target, change, age, verdict, who answers."""

from grafana.findings import open_counts
from grafana.head import HEAD
from grafana.model import Board, Panel, Row, Words
from grafana.panels import NAME_TO_FEED

COLUMNS = ("name", "figure", "target", "change", "age", "verdict", "contact")
READ: Words = (
    "Thay đổi: số tức thời so cùng giờ tuần trước, số ngày so cùng thứ tuần trước, số kỳ dài so kỳ trước. Tuổi: từ lúc "
    "đo, hoặc từ lúc công bố. Chưa giao: danh mục chưa có mức nào.",
    "Change: instants on the same time last week, days on the same weekday, longer ones on the one before. Age: since "
    "it was measured or published. Not set: the catalogue has no target.",
)
ASK: Words = (
    "Cột cuối là ai trả lời. ✖ không thể có: số mới bị loại, đang hiện số trước đó.",
    "The last column is who answers. ✖ impossible: the newest was left out, the one before it is shown.",
)


def figures(key: str, title: Words, sections: str) -> Panel:
    """Figures of some sections, in the catalogue's order of these."""
    return Panel(
        key=key,
        kind="table",
        title=title,
        shows=READ,
        todo=ASK,
        sql=f"""
            SELECT c.name_$lang AS name, concat(figure_$lang(c.value, c.decimals, c.measure_$lang),
                    if(c.whole IS NULL, '', concat(' / ', number_$lang(c.whole, 0))),
                    if(c.period = '' OR startsWith(c.period, 'C-D'), '',
                        concat(' · ', replaceOne(period_$lang(c.period), '{{{{tháng |month }}}}', '')))) AS figure,
                target_$lang(c.target, c.value, c.period, c.decimals, c.measure_$lang) AS target,
                change_$lang(c.value, c.value_before, c.decimals, c.measure_$lang) AS change,
                concat(if(c.state IN ('late', 'silent'), concat(state_sign(c.state), ' '), ''),
                    duration_$lang(greatest(dateDiff('second', c.known_at, $__toTime), 0))) AS age,
                c.verdict AS verdict, c.contact_$lang AS contact, c.feed AS feed, c.indicator AS indicator,
                c.value AS value_raw
            FROM daily_figures(at = $__toTime) AS c
            INNER JOIN sections AS s ON s.section = c.section
            WHERE c.section IN ({sections})
            ORDER BY s.position, c.position, c.feed, c.name_$lang
        """,
        columns=COLUMNS,
        hidden=("feed", "indicator", "value_raw"),
        links=NAME_TO_FEED,
        width=12,
    )


MET = Panel(
    key="met",
    kind="stat",
    title=("Chỉ tiêu có mức được giao: đạt, chưa đạt", "Figures with a target: met, not met"),
    shows=(
        "Mức được giao cho cả nước, so với số mới nhất của đúng kỳ ấy; còn lại là chưa đến kỳ hoặc chưa có số.",
        "The country's targets, against the newest figure of that very period; the rest has none yet.",
    ),
    todo=("▲: tìm dòng chưa đạt, hỏi đầu mối ở cột cuối.", "▲: find them, ask the contact in the last column."),
    sql="""
        WITH countIf(n.period = x.1 AND target_met(x, n.value)) AS met,
            countIf(n.period = x.1 AND NOT target_met(x, n.value)) AS missed
        SELECT if(count() = 0, '– {{danh mục chưa có mức được giao nào|the catalogue has no target}}', concat(
            multiIf(missed > 0, '▲ ', met > 0, '● ', '– '), number_$lang(met, 0), ' {{đạt|met}}, ',
            number_$lang(missed, 0), ' {{chưa đạt|not met}}, ',
            number_$lang(count() - met - missed, 0), ' {{chưa có số của kỳ|without a figure of the period}}')) AS text
        FROM target_sets AS g
        ARRAY JOIN g.targets AS x
        LEFT JOIN (SELECT indicator, period, value FROM newest_periods(at = $__toTime)
            WHERE unit = 'VN' AND subject = '' AND indicator IN (SELECT indicator FROM targets)) AS n
            ON n.indicator = g.indicator
        WHERE g.unit = 'VN'
    """,
    width=12,
)
TAKEN = open_counts(infos=False, width=12)

BOARD = Board(
    uid="nhip-ops-daily",
    folder="operations",
    title=("Chỉ tiêu điều hành hằng ngày", "Daily figures for the leader"),
    about=(
        "Một màn hình cho lãnh đạo: giá trị, mức được giao, thay đổi, tuổi, đánh giá, ai trả lời.",
        "One screen for the leader: value, target, change, age, verdict, who answers.",
    ),
    rows=(
        HEAD,
        Row(3, (MET, TAKEN)),
        Row(
            21,
            (
                figures(
                    "economy",
                    ("Năng lượng, nước, kinh tế, giao thông", "Energy, waters, economy, transport"),
                    "'energy', 'water', 'economy', 'finance', 'transport'",
                ),
                figures(
                    "services",
                    ("Dịch vụ công, chỉ đạo điều hành, dân cư", "Public services, administration, people"),
                    "'services', 'society'",
                ),
            ),
        ),
    ),
)
