"""The wall of the operations centre: what is live, what is silent, what moved. One screen, nothing to click."""

from grafana.findings import OPEN_AT, SENTENCE, UNTAKEN, findings_table
from grafana.head import HEAD
from grafana.model import Axis, Board, Panel, Row
from grafana.phrases import COUNTED_IN

BANNER = Panel(
    key="banner",
    kind="stat",
    title=("Điểm nghiêm trọng mới nhất chưa ai nhận", "Newest critical finding that nobody has taken"),
    shows=(
        "Điểm nghiêm trọng đang mở, chưa ai nhận hoặc mở lại sau khi đã đóng; không tính diễn tập.",
        "Open critical findings that nobody took, or that opened again after they were closed; drills left out.",
    ),
    todo=(
        "Nhận việc trên trang trực ban hoặc bằng nhip findings take.",
        "Take it at the desk or with nhip findings take.",
    ),
    sql=f"""
        SELECT if(count() = 0, '● {{{{không có|none}}}}', concat(
            '✖ ', argMax(instant_$lang(f.known_at), f.known_at), ' · ', argMax({SENTENCE}, f.known_at),
            if(count() > 1, concat(' (+', number_$lang(count() - 1, 0), ')'), ''))) AS text
        FROM findings_told AS f
        WHERE f.severity = 'critical' AND NOT f.drill AND {UNTAKEN} AND {OPEN_AT}
    """,
    width=24,
)
FEEDS = Panel(
    key="feeds",
    kind="tiles",
    title=("Kết nối: trạng thái, tuổi, giá trị mới nhất", "Connections: state, age, last value"),
    shows=(
        "Mỗi ô một kết nối, xấu nhất trước: ✖ mất tín hiệu, ▲ chậm, ● đang nhận, ○ chưa đến kỳ, – ngoài giờ.",
        "A tile a connection, the worst first: ✖ silent, ▲ late, ● receiving, ○ not due, – off hours.",
    ),
    todo=(
        "Ô ✖: gọi đầu mối của kết nối (bảng Kết nối có tên đầu mối).",
        "A tile with ✖: call the contact of the connection (its board names the contact).",
    ),
    sql=f"""
        SELECT c.name_$lang AS name, concat(
            if(c.state = '', '– {{{{chưa thấy lần nào|never heard}}}}',
                concat(state_sign(c.state), ' ', state_$lang(c.state))), ' · ',
            if(c.record = 'cases', figure_$lang(c.received_today, 0, n.words),
                figure_$lang(c.value, c.decimals, c.measure_$lang)),
            if(c.age_s IS NULL OR c.state NOT IN ('late', 'silent'), '',
                concat(' · ', duration_$lang(c.age_s)))) AS text
        FROM feeds_at(at = $__toTime) AS c
        LEFT JOIN {COUNTED_IN} AS n ON n.feed = c.feed
        ORDER BY state_rank(c.state) DESC, c.system, c.feed
        LIMIT 60
    """,
    width=14,
)
PROVINCES = Panel(
    key="provinces",
    kind="tiles",
    title=("Hồ sơ tiếp nhận hôm nay theo tỉnh, bắc xuống nam", "Dossiers received today by province, north to south"),
    shows=(
        "34 tỉnh, thành phố và hai đặc khu. ▲ khi cách cùng thứ tuần trước từ bốn độ lệch chuẩn và 25 %.",
        "34 provinces and the two island zones. ▲: four standard deviations and 25 % off the same weekday last week.",
    ),
    todo=(
        "▲: mở bảng của tỉnh, xem thủ tục nào đổi. Hoàng Sa tính trong Đà Nẵng, Trường Sa trong Khánh Hòa.",
        "▲: open the province's board. Hoang Sa is counted in Da Nang, Truong Sa in Khanh Hoa.",
    ),
    sql="""
        WITH abs(p.moved) >= 4 AND abs(p.change) >= 0.25 AS far
        SELECT if(u.level = 'province', u.name_$lang, concat(u.name_$lang, ' (', p.name_$lang, ')')) AS name, concat(
            multiIf(p.received IS NULL, '– {{chưa có|none yet}}', p.change IS NULL, '– {{chưa so được|not comparable}}',
                far AND p.change > 0, '▲ {{tăng mạnh|far up}}', far, '▲ {{giảm mạnh|far down}}',
                '● {{bình thường|normal}}'),
            if(p.received IS NULL, '', concat(' · ', number_$lang(p.received, 0)))) AS text
        FROM units AS u
        INNER JOIN provinces_today(at = $__toTime, kind = 'dossier') AS p
            ON p.unit = if(u.level = 'commune', u.parent, u.unit)
        WHERE u.level IN ('province', 'commune') AND u.valid_to IS NULL AND u.latitude > 0
        ORDER BY u.latitude DESC
    """,
    width=10,
)
TODAY = Panel(
    key="today",
    kind="series",
    title=("Hồ sơ tiếp nhận hôm nay và cùng thứ tuần trước", "Dossiers received today, and the same weekday last week"),
    shows=(
        "Cộng dồn từ 0 giờ, cả nước, đến cùng năm phút. Hai khoảng năm phút cuối là tạm tính.",
        "Running total since midnight, the whole country, up to the same five minutes. The last two are provisional.",
    ),
    todo=(
        "Hai đường rời nhau: xem ô các tỉnh và bảng Cổng dịch vụ công.",
        "Where the lines part: see the tiles of provinces and the portal's boards.",
    ),
    sql="""
        WITH
            toTimeZone(toStartOfDay($__toTime, 'Asia/Ho_Chi_Minh'), 'UTC') AS today,
            toStartOfFiveMinutes($__toTime) AS until
        SELECT time, sum(now) OVER (ORDER BY time) / 1000 AS today_thousands,
            sum(before) OVER (ORDER BY time) / 1000 AS week_thousands
        FROM
        (
            SELECT if(c.bucket >= today, c.bucket, c.bucket + INTERVAL 7 DAY) AS time,
                sumIf(c.received, c.bucket >= today) AS now, sumIf(c.received, c.bucket < today) AS before
            FROM case_counts AS c
            WHERE c.kind = 'dossier' AND c.width = '5m' AND ((c.bucket >= today AND c.bucket < until)
                OR (c.bucket >= today - INTERVAL 7 DAY AND c.bucket < until - INTERVAL 7 DAY))
            GROUP BY time
        )
        ORDER BY time
    """,
    axis=Axis(("nghìn hồ sơ", "thousand dossiers"), least=0),
    lines=(
        ("today_thousands", ("hôm nay (hai khoảng cuối tạm tính)", "today (last two provisional)")),
        ("week_thousands", ("cùng thứ tuần trước", "same weekday last week")),
    ),
    width=8,
)
MOVED = Panel(
    key="moved",
    kind="tiles",
    title=("Biến động nhiều nhất so cùng thứ tuần trước", "Moved most against the same weekday last week"),
    shows=(
        "Tám tỉnh xa cùng thứ tuần trước nhất, tính bằng độ lệch chuẩn, nên tỉnh nhỏ không ồn hơn tỉnh lớn; sau dấu "
        "chấm là số tiếp nhận hôm nay.",
        "The eight provinces farthest from last week, in standard deviations: a small one is not louder. After the dot "
        "what it received today.",
    ),
    todo=("Mở bảng của tỉnh; hỏi trung tâm điều hành tỉnh.", "Open the province's board; ask its operations centre."),
    sql="""
        SELECT name_$lang AS name, concat(
            multiIf(received IS NULL, '– {{chưa có|none yet}}', change IS NULL, '– {{chưa so được|not comparable}}',
                concat(if(abs(moved) >= 4 AND abs(change) >= 0.25, '▲ ', '● '),
                    change_$lang(received, received_before, 0, '{{hồ sơ|dossiers}}'))),
            if(received IS NULL, '', concat(' · ', number_$lang(received, 0)))) AS text
        FROM provinces_today(at = $__toTime, kind = 'dossier')
        ORDER BY abs(moved) DESC, position
        LIMIT 8
    """,
    width=8,
)
FINDINGS = findings_table(
    "findings",
    ("Điểm bất thường đang mở", "Open findings"),
    (
        "Nghiêm trọng trước, mới trước; diễn tập ở cuối. Là bằng chứng để hỏi, không phải kết luận.",
        "The most severe first, then the newest; drills last. Evidence for a question, no verdict.",
    ),
    OPEN_AT,
    limit=8,
    columns=("severity", "since", "sentence"),
    width=8,
    todo=(
        "Nhận việc trên trang trực ban; mở phiếu của điểm bất thường.",
        "Take it at the desk; open the finding's sheet.",
    ),
    leads=False,
)

BOARD = Board(
    uid="nhip-wall-centre",
    folder="wall",
    title=("Màn hình lớn: Trung tâm", "Wall: the centre"),
    about=(
        "Màn hình của trung tâm điều hành: kết nối nào sống, nơi nào im lặng, số nào biến động. Đọc được từ năm mét.",
        "The wall of the operations centre: what is live, what is silent, what moved. To be read from five metres.",
    ),
    rows=(HEAD, Row(2, (BANNER,)), Row(15, (FEEDS, PROVINCES)), Row(8, (TODAY, MOVED, FINDINGS))),
    refresh="30s",
    wall=True,
)
