"""The command centre's connections: which live, which are silent, what moved, provincial centres, transport, health."""

from grafana.choices import all_or_one_of, chosen
from grafana.head import HEAD
from grafana.model import Axis, Board, Panel, Row
from grafana.panels import NAME_TO_FEED, TO_FEED, TO_UNIT, Figure, against_last_week, findings, joined
from grafana.phrases import COUNTED_IN

SYSTEM = all_or_one_of(
    "system",
    ("hệ thống", "system"),
    """
        SELECT system AS value, name_$lang AS text, rowNumberInAllBlocks() AS place
        FROM systems
        WHERE system NOT IN ('drill', 'nhip')
    """,
)
MINE = chosen("system", "c.system")
COUNTS = Panel(
    key="counts",
    kind="tiles",
    title=("Kết nối theo trạng thái", "Connections by state"),
    shows=(
        "Bao nhiêu kết nối ở mỗi trạng thái lúc đang xem.",
        "How many connections are in each state at the moment looked at.",
    ),
    todo=("✖ hoặc ▲ khác 0: xem bảng bên dưới, gọi đầu mối.", "✖ or ▲ not 0: see the table below, call the contact."),
    sql=f"""
        SELECT l.name AS name,
            concat(if(s.feeds = 0, '– ', concat(state_sign(l.state), ' ')), number_$lang(s.feeds, 0)) AS text
        FROM
        (
            SELECT pair.1 AS state, pair.2 AS name
            FROM (SELECT arrayJoin([
                ('silent', '{{{{mất tín hiệu|silent}}}}'), ('late', '{{{{chậm|late}}}}'),
                ('receiving', '{{{{đang nhận|receiving}}}}'), ('maintenance', '{{{{bảo trì|maintenance}}}}'),
                ('not_due', '{{{{chưa đến kỳ|not due}}}}'), ('off_hours', '{{{{ngoài giờ|off hours}}}}')]) AS pair)
        ) AS l
        LEFT JOIN
        (
            SELECT f.state AS state, count() AS feeds
            FROM feed_states_at(at = $__toTime) AS f
            INNER JOIN feeds AS c ON c.feed = f.feed
            WHERE c.system NOT IN ('drill', 'nhip') AND {MINE}
            GROUP BY f.state
        ) AS s ON s.state = l.state
        ORDER BY state_rank(l.state) DESC
    """,
    width=14,
)
COMPLETE = Panel(
    key="systems",
    kind="bars",
    title=("Đơn vị báo cáo / phải báo cáo theo hệ thống", "Units reporting / expected by system"),
    shows=("Cộng trên các kết nối đang đến kỳ của hệ thống.", "Summed over the system's connections that are due."),
    todo=(
        "Dưới 95: mở bảng của hệ thống, xem đơn vị nào thiếu.",
        "Below 95: open the system's board, see who is missing.",
    ),
    sql="""
        SELECT y.name_$lang AS name, 100 * sum(s.reporting) / nullIf(sum(s.expected), 0) AS complete
        FROM feed_states_at(at = $__toTime) AS s
        INNER JOIN feeds AS f ON f.feed = s.feed
        INNER JOIN systems AS y ON y.system = f.system
        WHERE s.state IN ('receiving', 'late', 'silent') AND f.system NOT IN ('drill', 'nhip')
        GROUP BY y.name_$lang
        ORDER BY complete, name
    """,
    axis=Axis(("%", "%"), least=0, most=100),
    width=10,
)
FEEDS = Panel(
    key="feeds",
    kind="table",
    title=("Mọi kết nối, xấu nhất trước", "Every connection, the worst first"),
    shows=(
        "Trạng thái, tuổi, giá trị của chỉ tiêu đại diện, đơn vị báo cáo / phải báo cáo, hạn tới, chủ quản, đầu mối.",
        "State, age, headline value, units reporting / expected, next due, owner, contact.",
    ),
    todo=(
        "✖: gọi đầu mối; số cộng của các bảng thiếu phần của kết nối này.",
        "✖: call the contact; sums on boards lack its part.",
    ),
    sql=f"""
        SELECT c.state AS state, c.name_$lang AS feed_name, y.name_$lang AS system_name,
            if(c.periodic, '{{{{theo kỳ|by period}}}}', duration_$lang(c.age_s)) AS age,
            if(c.record = 'cases', figure_$lang(c.received_today, 0, concat(n.words, ' {{{{hôm nay|today}}}}')),
                concat(verdict_mark(c.verdict), figure_$lang(c.value, c.decimals, c.measure_$lang))) AS last_value,
            if(c.expected = 0, '–',
                concat(number_$lang(c.reporting, 0), ' / ', number_$lang(c.expected, 0))) AS reporting_text,
            instant_$lang(c.due_at) AS due, c.owner AS owner, c.contact AS contact, c.feed AS feed, c.age_s AS age_raw
        FROM feeds_at(at = $__toTime) AS c
        INNER JOIN systems AS y ON y.system = c.system
        LEFT JOIN {COUNTED_IN} AS n ON n.feed = c.feed
        WHERE NOT c.drill AND c.system NOT IN ('drill', 'nhip') AND {MINE}
        ORDER BY state_rank(c.state) DESC, c.system, c.feed
    """,
    columns=("state", "feed_name", "system_name", "age", "last_value", "reporting_text", "due", "owner", "contact"),
    hidden=("feed", "age_raw"),
    links=TO_FEED,
    width=24,
)
HISTORY = Panel(
    key="history",
    kind="states",
    title=("Kết nối có lúc chậm hoặc mất tín hiệu", "Connections that were late or silent at some time"),
    shows=(
        "Trạng thái xấu nhất mỗi 15 phút, chỉ các kết nối có trục trặc trong khoảng đang xem.",
        "The worst state of each quarter of an hour, only of connections that were in trouble in the range.",
    ),
    todo=(
        "Đứt cùng lúc nhiều nơi: đường truyền hoặc Nhịp; đứt một nơi: đầu mối của nó.",
        "Many at once: the network or Nhịp; one: its own contact.",
    ),
    sql=f"""
        SELECT s.time AS time, c.name_$lang AS series, s.worst AS state
        FROM
        (
            SELECT toStartOfFifteenMinutes(f.clock) AS time, f.feed AS feed,
                argMax(f.state, state_rank(f.state)) AS worst,
                countIf(worst IN ('late', 'silent')) OVER (PARTITION BY feed) AS troubled
            FROM feed_states AS f
            WHERE f.generation = (SELECT generation FROM generation_in_force)
                AND f.clock > $__fromTime AND f.clock <= $__toTime
            GROUP BY time, feed
        ) AS s
        INNER JOIN feeds AS c ON c.feed = s.feed
        WHERE s.troubled > 0 AND c.system NOT IN ('drill', 'nhip') AND {MINE}
        ORDER BY time, series
    """,
    empty=("không kết nối nào chậm hoặc mất tín hiệu", "no connection was late or silent"),
    width=24,
)
MOVED = Panel(
    key="moved",
    kind="table",
    title=(
        "Số cả nước biến động nhiều nhất so cùng giờ tuần trước",
        "National figures that moved most on the same time last week",
    ),
    shows=(
        "Các số tức thời của cả nước, đổi nhiều nhất tính theo phần của chính nó.",
        "Instants of the whole country, those that changed most as a share of themselves.",
    ),
    todo=(
        "Nghĩ tới ngày lễ, thời tiết, sự cố; rồi mở bảng của kết nối.",
        "Think of holidays, weather, incidents; then open the connection's board.",
    ),
    sql=f"""
        SELECT c.label_$lang AS name, figure_$lang(c.value, c.decimals, c.measure_$lang) AS figure,
            change_$lang(c.value, c.value_before, c.decimals, c.measure_$lang) AS change, c.verdict AS verdict,
            f.contact AS contact, c.feed AS feed, c.value / c.value_before - 1 AS change_raw
        FROM figures_named(at = $__toTime) AS c
        INNER JOIN feeds AS f ON f.feed = c.feed
        WHERE c.feed IN (SELECT feed FROM feeds
                WHERE cadence_s BETWEEN 1 AND 3600 AND system NOT IN ('drill', 'nhip') AND record = 'figures')
            AND c.unit = 'VN' AND c.subject IN ('', 'system') AND c.value_before > 0 AND {MINE}
        ORDER BY abs(c.value / c.value_before - 1) DESC, name
        LIMIT 15
    """,
    columns=("name", "figure", "change", "verdict", "contact"),
    hidden=("feed", "change_raw"),
    links=NAME_TO_FEED,
    width=12,
)
STATIONS = Panel(
    key="stations",
    kind="table",
    title=("Trung tâm điều hành tỉnh: trạm quan trắc", "Provincial centres: stations"),
    shows=("Số mới nhất của trạm từng tỉnh đã nối.", "The newest figures of the stations of each province linked."),
    todo=("Chưa có số: gọi trung tâm điều hành tỉnh.", "No figure: call the province's centre."),
    sql="""
        SELECT u.name_$lang AS unit_name,
            figure_$lang(anyIf(toNullable(n.value), n.indicator = 'station-pm25'), 1, 'µg/m³') AS pm25,
            figure_$lang(anyIf(toNullable(n.value), n.indicator = 'station-temperature'), 1, '°C') AS temperature,
            figure_$lang(anyIf(toNullable(n.value), n.indicator = 'station-humidity'), 0, '%') AS humidity,
            duration_$lang(dateDiff('second', max(n.at), $__toTime)) AS age, n.unit AS unit
        FROM newest_instants(at = $__toTime) AS n
        INNER JOIN units AS u ON u.unit = n.unit
        WHERE n.feed = 'centre-stations'
        GROUP BY n.unit, u.name_$lang, u.position
        ORDER BY u.position
    """,
    columns=("unit_name", "pm25", "temperature", "humidity", "age"),
    hidden=("unit",),
    links=TO_UNIT,
    width=12,
)
HEALTH = Panel(
    key="health",
    kind="table",
    title=(
        "Y tế theo tỉnh: giường đang dùng / giường, cao nhất trước",
        "Health by province: beds in use / beds, the highest first",
    ),
    shows=(
        "Ngày mới nhất mỗi tỉnh báo; ca bệnh là lũy kế từ đầu năm và tăng trong bảy ngày.",
        "The newest day each told of; cases since January, and those of seven days.",
    ),
    todo=("Trên 100 %: quá tải; gọi Sở Y tế.", "Above 100 %: overfull; call the province's health department."),
    sql="""
        SELECT u.name_$lang AS unit_name, concat(if(n.beds > 100, '▲ ', ''), figure_$lang(n.beds, 1, '%')) AS beds,
            number_$lang(n.cases, 0) AS disease, signed_$lang(n.cases - n.cases_before, 0, '') AS change,
            period_$lang(n.period) AS period,
            n.unit AS unit, n.beds AS beds_raw
        FROM
        (
            SELECT c.unit AS unit, max(c.period) AS period,
                anyIf(toNullable(c.value), c.indicator = 'beds-used') AS beds,
                anyIf(toNullable(c.value), c.indicator = 'disease-cases') AS cases,
                anyIf(c.value_before, c.indicator = 'disease-cases') AS cases_before
            FROM newest_periods(at = $__toTime) AS c
            WHERE c.feed = 'health'
            GROUP BY c.unit
        ) AS n
        INNER JOIN units AS u ON u.unit = n.unit
        ORDER BY n.beds DESC, u.position
    """,
    columns=("unit_name", "beds", "disease", "change", "period"),
    hidden=("unit", "beds_raw"),
    links=TO_UNIT,
    width=12,
)
HOUR = Axis(("lượt trong 60 phút", "in 60 minutes"), least=0)
TRAFFIC = (
    against_last_week(
        "south",
        ("Bay Tân Sơn Nhất", "Flights, Tan Son Nhat"),
        Figure("flights-tan-son-nhat", "flights-hour"),
        HOUR,
        every_s=300,
        width=8,
    ),
    against_last_week(
        "north",
        ("Bay Nội Bài", "Flights, Noi Bai"),
        Figure("flights-noi-bai", "flights-hour"),
        HOUR,
        every_s=300,
        width=8,
    ),
    against_last_week(
        "vehicles",
        ("Xe đếm được, TP Hồ Chí Minh", "Vehicles counted, Ho Chi Minh City"),
        Figure("traffic-cameras", "vehicles", unit="H29"),
        Axis(("chục xe một phút", "tens a minute"), least=0),
        scale=10,
        every_s=300,
        width=8,
    ),
)

BOARD = Board(
    uid="nhip-ops-centre",
    folder="operations",
    title=("Trung tâm: các kết nối", "The centre: connections"),
    about=joined(
        ("Dành cho trực ban trung tâm điều hành: ", "For the centre's duty officers: "),
        (
            "kết nối nào sống, nơi nào im lặng, số nào biến động; giao thông, trạm tỉnh, y tế.",
            "what is live, silent, moved; traffic, stations, health.",
        ),
    ),
    rows=(
        HEAD,
        Row(5, (COUNTS, COMPLETE)),
        Row(18, (FEEDS,)),
        Row(9, (HISTORY,)),
        Row(12, (MOVED, findings("system NOT IN ('drill', 'nhip')"))),
        Row(8, TRAFFIC),
        Row(11, (STATIONS, HEALTH)),
    ),
    variables=(SYSTEM,),
)
