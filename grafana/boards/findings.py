"""Findings: what is open, by lane, severity, unit and state; what is new; which rules speak, and how often."""

from grafana import lists, words
from grafana.choices import ANY_FEED, ANY_UNIT, any_of_list, chosen
from grafana.findings import IN_RANGE, NEWEST, OPEN_AT, REACH, UNTAKEN, findings_table
from grafana.head import HEAD
from grafana.model import Axis, Board, Panel, Row

PICKED = " AND ".join(
    (
        chosen("lane", "f.lane"),
        chosen("severity", "f.severity"),
        chosen("handling", "f.handling"),
        chosen("unit", "f.unit"),
        chosen("feed", "f.feed"),
    )
)
GRAVE = ("critical", "warning", "info")
OPEN = f"{OPEN_AT} AND {PICKED}"
REAL = "NOT f.drill"
"""Drills stand in the lists, where they say so, and in no count."""

BY_LANE = Panel(
    key="by-lane",
    kind="tiles",
    title=("Đang mở theo luồng", "Open, by lane"),
    shows=(
        "A vận hành: phải xem ngay. B rà số liệu: câu hỏi gửi lại nơi báo cáo. C toàn vẹn: xem mỗi ngày, không gọi ai.",
        "A operations: look at once. B editing: a question back to who reported. C integrity: once a day, calls "
        "nobody.",
    ),
    todo=("✖ ở luồng A: nhận việc ngay.", "✖ in lane A: take it now."),
    sql=f"""
        SELECT lane_$lang(l.lane) AS name, concat(
            multiIf(n.critical > 0, '✖ ', n.warning > 0, '▲ ', '● '), number_$lang(n.critical, 0),
            ' {{{{nghiêm trọng|critical}}}} · ',
            number_$lang(n.warning, 0), ' {{{{cảnh báo|warning}}}} · ', number_$lang(n.info, 0),
            ' {{{{thông tin|info}}}}') AS text
        FROM (SELECT arrayJoin(['A', 'B', 'C']) AS lane) AS l
        LEFT JOIN
        (
            SELECT f.lane AS lane, countIf(f.severity = 'critical') AS critical,
                countIf(f.severity = 'warning') AS warning,
                countIf(f.severity = 'info') AS info
            FROM findings_told AS f
            WHERE {OPEN} AND {REAL}
            GROUP BY f.lane
        ) AS n ON n.lane = l.lane
        ORDER BY l.lane
    """,
    width=15,
)
WAITING = Panel(
    key="untaken",
    kind="stat",
    title=("Nghiêm trọng chưa ai nhận", "Critical, not taken"),
    shows=(
        "Số điểm nghiêm trọng đang mở chưa có người nhận, và điểm chờ lâu nhất, tính từ lúc thấy được là nghiêm trọng.",
        "How many open critical findings nobody has taken, and how long the first has waited since it was seen so.",
    ),
    todo=(
        "Quá 15 phút không ai nhận thì chuyển lên cấp trực tiếp theo.",
        "After 15 minutes without a taker it goes to the next level.",
    ),
    sql=f"""
        SELECT if(count() = 0, '● {{{{không có|none}}}}', concat('✖ ', number_$lang(count(), 0), ' · ',
            duration_$lang(max(if(w.feed = '', dateDiff('second', f.known_at, $__toTime), w.waited_s))))) AS text
        FROM findings_told AS f
        LEFT JOIN findings_untaken(now = $__toTime) AS w ON w.feed = f.feed AND w.finding_id = f.finding_id
        WHERE {OPEN} AND f.severity = 'critical' AND {REAL} AND {UNTAKEN}
    """,
    width=5,
)
NEW_TODAY = Panel(
    key="new-today",
    kind="stat",
    title=("Mới mở hôm nay", "Opened today"),
    shows=(
        "Số điểm mở từ 0 giờ, và trung bình mỗi ngày của bảy ngày trước.",
        "Opened since midnight, and the mean of the seven days before.",
    ),
    todo=(
        "Gấp ba ngày thường: xem quy tắc nào, kết nối nào; có thể một nguồn đổi cách tính.",
        "Three times the usual: see which rule and connection; a source may have changed its method.",
    ),
    sql=f"""
        WITH toTimeZone(toStartOfDay($__toTime, 'Asia/Ho_Chi_Minh'), 'UTC') AS today,
            countIf(f.known_at >= today) AS fresh, countIf(f.known_at < today) / 7 AS usual
        SELECT concat(if(fresh > 3 * usual AND fresh > 5, '▲ ', '● '), number_$lang(fresh, 0),
            ' ({{{{thường|usually}}}} ', number_$lang(usual, 0), ')') AS text
        FROM findings_told AS f
        WHERE f.known_at >= today - INTERVAL 7 DAY AND f.known_at <= $__toTime AND f.at > today - {REACH}
            AND {PICKED} AND {REAL}
    """,
    width=4,
)
LIST = findings_table(
    "open",
    ("Đang mở, nghiêm trọng trước", "Open, the most severe first"),
    (
        "Mọi điểm bất thường đang mở theo lựa chọn ở trên. Điểm bất thường là bằng chứng để hỏi, không phải kết luận.",
        "Every open finding of what is chosen above. A finding is evidence for a question, no verdict.",
    ),
    OPEN,
    limit=200,
)
BY_UNIT = Panel(
    key="by-unit",
    kind="table",
    title=("Đang mở theo đơn vị", "Open, by unit"),
    shows=(
        "Đơn vị có nhiều điểm nghiêm trọng và cảnh báo nhất. Nhiều điểm không phải là lỗi của đơn vị: hỏi trước.",
        "Units with most critical findings and warnings. Many are no fault of the unit: ask first.",
    ),
    todo=("Mở bảng của đơn vị.", "Open the unit's board."),
    sql=f"""
        SELECT if(f.unit = '', '{{{{cả kết nối|whole connection}}}}', any(f.unit_$lang)) AS unit_name,
            number_$lang(countIf(f.severity = 'critical'), 0) AS critical,
            number_$lang(countIf(f.severity = 'warning'), 0) AS warnings,
            number_$lang(countIf(f.severity = 'info'), 0) AS infos, instant_$lang(max(f.known_at)) AS newest,
            f.unit AS unit, countIf(f.severity != 'info') AS graver_raw
        FROM findings_told AS f
        WHERE {OPEN} AND {REAL}
        GROUP BY f.unit
        ORDER BY countIf(f.severity = 'critical') DESC, graver_raw DESC, count() DESC, unit
        LIMIT 40
    """,
    columns=("unit_name", "critical", "warnings", "infos", "newest"),
    hidden=("unit", "graver_raw"),
    links=(("unit_name", "nhip-unit"),),
    empty=("không có điểm bất thường nào đang mở", "no finding is open"),
    width=12,
)
BY_RULE = Panel(
    key="by-rule",
    kind="series",
    title=("Mới mở mỗi ngày theo quy tắc; hôm nay tạm tính", "Opened a day, by rule; today is provisional"),
    shows=(
        "Số điểm mở trong mỗi ngày (giờ Việt Nam), mỗi đường một quy tắc. Ngày đang chạy là tạm tính.",
        "Findings opened a local day, a line a rule. The running day is provisional.",
    ),
    todo=(
        "Một quy tắc tăng vọt: nguồn đổi, hoặc ngưỡng không còn hợp; báo người giữ danh mục.",
        "A rule that shoots up: a source has changed, or its threshold no longer fits; tell who keeps the catalogue.",
    ),
    sql=f"""
        SELECT toTimeZone(toStartOfDay(f.known_at, 'Asia/Ho_Chi_Minh'), 'UTC') AS time, rule_$lang(f.rule) AS series,
            count() AS value
        FROM findings_told AS f
        WHERE {IN_RANGE} AND {PICKED} AND {REAL}
        GROUP BY time, series
        ORDER BY time, series
    """,
    axis=Axis(("điểm mỗi ngày", "findings a day"), least=0),
    width=12,
)
LATEST = findings_table(
    "newest",
    ("Mới nhất, cả đã hết", "Newest, those that are over too"),
    (
        "Điểm mở trong khoảng thời gian đang xem, mới trước.",
        "Opened in the time range, the newest first.",
    ),
    f"{IN_RANGE} AND {PICKED}",
    order=NEWEST,
    limit=100,
    empty=("không có điểm nào mở trong khoảng này", "none was opened in this time"),
)

BOARD = Board(
    uid="nhip-findings",
    folder="operations",
    title=("Điểm bất thường", "Findings"),
    about=(
        "Cho trực ban và người rà số liệu: cái gì đang mở, ai giữ, quy tắc nào nói nhiều.",
        "For people on call and editors: what is open, who has it, which rules speak most.",
    ),
    variables=(
        any_of_list(
            "lane", ("luồng", "lane"), {k: (f"{k} · {vi}", f"{k} · {en}") for k, (vi, en) in lists.LANES.items()}
        ),
        any_of_list("severity", ("mức độ", "severity"), {key: words.SEVERITIES[key].words for key in GRAVE}),
        any_of_list("handling", ("xử lý", "handling"), {key: sign.words for key, sign in words.HANDLING.items()}),
        ANY_UNIT,
        ANY_FEED,
    ),
    rows=(
        HEAD,
        Row(4, (BY_LANE, WAITING, NEW_TODAY)),
        Row(14, (LIST,)),
        Row(10, (BY_UNIT, BY_RULE)),
        Row(12, (LATEST,)),
    ),
    since="now-30d",
)
