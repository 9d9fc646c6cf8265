"""One connection: how it stands, whom to call, its flow, its newest values, who is missing, its findings."""

from grafana.boards.feed_flow import COUNTED, FRESHNESS, REFUSED, REPORTING, SHARES, STATES
from grafana.boards.heard import UNITS
from grafana.choices import FEED, THE_FEED
from grafana.findings import OPEN_OR_IN_RANGE, findings_table
from grafana.head import HEAD
from grafana.model import Board, Panel, Row

NOW = Panel(
    key="now",
    kind="table",
    title=("Kết nối: trạng thái, tuổi, hỏi ai", "The connection: state, age, whom to ask"),
    shows=(
        "Trạng thái và từ lúc nào; bản ghi mới nhất và tuổi; đến hạn lúc nào; đồng hồ của nó chậm bao nhiêu; đầu mối.",
        "State and since when; newest record and its age; when the next is due; how far its clock is behind; the "
        "contact.",
    ),
    todo=(
        "✖: gọi đầu mối. Đồng hồ chậm quá hai phút: Nhịp chưa đọc kịp, xem bảng Hệ thống Nhịp.",
        "✖: call the contact. Its clock two minutes behind: Nhịp has not read up to it, see the platform's board.",
    ),
    sql=f"""
        SELECT s.state AS state,
            if(c.changed = 0, '{{{{hơn hai ngày|over two days}}}}', instant_$lang(c.changed)) AS since,
            moment_$lang(s.last_at) AS newest, duration_$lang(dateDiff('second', s.last_at, $__toTime)) AS age,
            if(s.state IN ('off_hours', 'not_due') OR s.due_at > $__toTime, instant_$lang(s.due_at),
                concat('▲ ', instant_$lang(s.due_at))) AS due,
            duration_$lang(dateDiff('second', s.clock, $__toTime)) AS lag,
            concat(number_$lang(s.reporting, 0), ' / ', number_$lang(s.expected, 0)) AS reporting_text,
            y.name_$lang AS system_name, w.owner AS owner, w.contact_$lang AS contact,
            if(w.reach = '', '{{{{chưa có|none yet}}}}', w.reach) AS reach
        FROM feeds AS d
        INNER JOIN who_to_ask AS w ON w.feed = d.feed AND w.unit = ''
        INNER JOIN systems AS y ON y.system = d.system
        INNER JOIN feed_states_at(at = $__toTime) AS s ON s.feed = d.feed
        CROSS JOIN
        (
            SELECT ifNull(maxOrNullIf(a.clock, a.state != a.latest) + INTERVAL 1 MINUTE, toDateTime(0)) AS changed
            FROM
            (
                SELECT clock, argMax(state, state_rank(state)) AS state, last_value(state) OVER (ORDER BY clock
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS latest
                FROM feed_states
                WHERE generation = (SELECT generation FROM generation_in_force) AND feed = {THE_FEED}
                    AND clock > $__toTime - INTERVAL 2 DAY AND clock <= $__toTime
                GROUP BY clock
            ) AS a
        ) AS c
        WHERE d.feed = {THE_FEED}
    """,
    columns=(
        *("state", "since", "newest", "age", "due", "lag", "reporting_text"),
        *("system_name", "owner", "contact", "reach"),
    ),
    empty=("chưa thấy kết nối này lần nào trong hai ngày", "nothing of this connection for two days"),
    width=24,
)
NEWEST = Panel(
    key="newest",
    kind="table",
    title=("Giá trị mới nhất", "Newest values"),
    shows=(
        "Mỗi chuỗi số liệu một dòng: bản đang có hiệu lực; với hồ sơ: số bước đã nhận hôm nay theo đơn vị. Mới trước.",
        "A row a series: the version in force; of cases: steps taken in today, by unit. The newest first.",
    ),
    todo=("▲ ✖: xem điểm bất thường bên dưới.", "▲ ✖: see the findings below."),
    sql=f"""
        SELECT u.name_$lang AS unit_name, v.about AS indicator_name,
            if(v.subject = '', '–', ifNull(nullIf(j.name_$lang, ''), v.subject)) AS subject,
            if(v.period = '', moment_$lang(v.at), period_$lang(v.period)) AS period, v.what AS last_value,
            v.verdict AS verdict, v.unit AS unit
        FROM
        (
            SELECT g.unit AS unit, any(i.name_$lang) AS about, g.subject AS subject, max(g.at) AS at,
                argMax(g.period, g.at) AS period,
                figure_$lang(argMax(g.value, g.at), any(i.decimals), any({{{{i.measure|i.measure_en}}}})) AS what,
                argMax(g.verdict, g.at) AS verdict
            FROM figures_in_force AS g
            INNER JOIN indicators AS i ON i.indicator = g.indicator
            WHERE g.feed = {THE_FEED} AND g.at <= $__toTime
                AND g.at > $__toTime - toIntervalDay((SELECT if(any(cadence_s) = 0, 500, 2) FROM feeds
                    WHERE feed = {THE_FEED}))
            GROUP BY g.indicator, g.unit, g.subject
            UNION ALL
            SELECT c.unit, any(k.name_$lang), '', max(c.event_at), '',
                concat(number_$lang(count(), 0), ' {{{{bước|steps}}}}'),
                argMax(c.verdict, c.event_at)
            FROM case_steps AS c
            INNER JOIN case_kinds AS k ON k.kind = c.kind
            WHERE c.feed = {THE_FEED} AND c.event_at <= $__toTime
                AND c.event_at >= toTimeZone(toStartOfDay($__toTime, 'Asia/Ho_Chi_Minh'), 'UTC')
            GROUP BY c.kind, c.unit
        ) AS v
        LEFT JOIN units AS u ON u.unit = v.unit
        LEFT JOIN subjects AS j ON j.subject = v.subject
        ORDER BY v.at DESC, u.position, indicator_name, subject
        LIMIT 200
    """,
    columns=("unit_name", "indicator_name", "subject", "period", "last_value", "verdict"),
    hidden=("unit",),
    links=(("unit_name", "nhip-unit"),),
    empty=("chưa có bản ghi nào gần đây", "no record of late"),
    width=12,
)
FINDINGS = findings_table(
    "findings",
    ("Điểm bất thường của kết nối", "Findings of the connection"),
    (
        "Đang mở, và mở trong khoảng đang xem; nghiêm trọng trước.",
        "Open, or opened in the time range; the most severe first.",
    ),
    f"f.feed = {THE_FEED} AND {OPEN_OR_IN_RANGE}",
    empty=("kết nối này không có điểm bất thường nào", "no finding of this connection"),
)

BOARD = Board(
    uid="nhip-feed",
    folder="operations",
    title=("Kết nối", "Connection"),
    about=(
        "Một kết nối: còn sống không, ai trực ở đó, đến nhanh và đủ không, thiếu đơn vị nào, số mới nhất, điểm bất "
        "thường.",
        "One connection: is it alive, who is on duty there, is it fresh and complete, who is missing, values, "
        "findings.",
    ),
    variables=(FEED,),
    rows=(
        HEAD,
        Row(4, (NOW,)),
        Row(4, (STATES,)),
        Row(8, (REPORTING, FRESHNESS, SHARES)),
        Row(11, (UNITS, NEWEST)),
        Row(9, (FINDINGS,)),
        Row(9, (COUNTED, REFUSED)),
    ),
)
