"""The wall of the National Public Service Portal: dossiers, on time by both denominators, payments, visits, petitions,
the six groups of the Decision 766 index, provinces. One screen, nothing to click.
"""

from grafana import case_panels
from grafana.case_panels import Cases
from grafana.head import HEAD
from grafana.model import Axis, Board, Panel, Row
from grafana.panels import ASK, Figure, against_last_week

DOSSIERS = Cases(kind="dossier", many=("hồ sơ", "dossiers"), channels=True, by_unit=False)
MONTH = Panel(
    key="month",
    kind="tiles",
    title=(
        "Tháng báo cáo từ ngày 15 đến nay; hôm nay tạm tính",
        "Reporting month from the 15th so far; today is provisional",
    ),
    shows=(
        "Đúng hạn theo cả hai mẫu số, đếm từ từng hồ sơ; hôm nay là tạm tính.",
        "On time by both denominators, counted from single dossiers; today is provisional.",
    ),
    todo=(
        "Hai mẫu số xa nhau: còn nhiều hồ sơ đang mở; xem ô các tỉnh bên dưới.",
        "Where the two part, many are still open: see the provinces below.",
    ),
    sql="""
        SELECT line.1 AS name, line.2 AS text
        FROM
        (
            SELECT sum(c.received) AS received, sum(c.online) AS online, sum(c.finished) AS finished,
                sum(c.on_time) AS on_time, sumForEach(c.durations) AS spread
            FROM case_month(at = $__toTime, kind = 'dossier') AS c
            HAVING count() > 0
        )
        ARRAY JOIN [
            ('{{đúng hạn / đã giải quyết|on time / finished}}', percent_$lang(on_time / nullIf(finished, 0), 1)),
            ('{{đúng hạn / tiếp nhận|on time / received}}', percent_$lang(on_time / nullIf(received, 0), 1)),
            ('{{trực tuyến / tiếp nhận|online / received}}', percent_$lang(online / nullIf(received, 0), 1)),
            ('{{giải quyết trong, trung vị|handled within, median}}', duration_$lang(quantile_s(spread, 0.5)))
        ] AS line
    """,
    width=11,
)
LIVE = Panel(
    key="live",
    kind="tiles",
    title=("Thanh toán, truy cập, tổng đài", "Payments, visits, support calls"),
    shows=(
        "Số mới nhất của cả nước; số cũ hơn hai chu kỳ có ▲ và tuổi.",
        "The country's newest figures; one older than two cadences has ▲ and its age.",
    ),
    todo=ASK,
    sql="""
        SELECT i.name_$lang AS name, figure_line_$lang(c.value, NULL, i.decimals, {{i.measure|i.measure_en}}, '',
            c.verdict, if(c.at < $__toTime - toIntervalSecond(2 * d.cadence_s + 900),
                dateDiff('second', c.at, $__toTime), NULL)) AS text
        FROM newest_instants(at = $__toTime) AS c
        INNER JOIN indicators AS i ON i.indicator = c.indicator
        INNER JOIN feeds AS d ON d.feed = c.feed
        WHERE c.feed IN ('online-payment', 'portal-traffic', 'portal-calls') AND c.indicator != 'portal-accounts'
        ORDER BY c.feed, c.indicator
    """,
    width=13,
)
BACKLOG = Panel(
    key="backlog",
    kind="tiles",
    title=("Quá hạn / đang mở", "Overdue / open"),
    shows=(
        "Hồ sơ và phản ánh ở cuối ngày đang xem; ▲ khi quá hạn nhiều hơn một tuần trước.",
        "Dossiers and petitions at the end of the day; ▲ where more are overdue than a week before.",
    ),
    todo=("▲: xem tỉnh nào giữ nhiều nhất.", "▲: see which province holds most."),
    sql="""
        SELECT k.name_$lang AS name, concat(if(sum(c.overdue) > sum(c.overdue_before), '▲ ', ''),
            number_$lang(sum(c.overdue), 0), ' / ', number_$lang(sum(c.open), 0)) AS text
        FROM case_open_at(at = $__toTime) AS c
        INNER JOIN case_kinds AS k ON k.kind = c.kind
        WHERE c.kind IN ('dossier', 'petition')
        GROUP BY c.kind, k.name_$lang
        ORDER BY c.kind
    """,
    width=8,
)
INDEX = Panel(
    key="index",
    kind="tiles",
    title=(
        "Chỉ số 766 và sáu nhóm, trung bình cộng các tỉnh / điểm tối đa",
        "Service index 766 and its six groups, mean of provinces / the most possible",
    ),
    shows=(
        "Điểm mới nhất mỗi tỉnh được Cổng công bố, trung bình cộng; trong ngoặc là so bảy ngày trước.",
        "The newest points that the portal publishes of each province, their mean; in brackets on seven days before.",
    ),
    todo=(
        "Đổi trên một điểm trong tuần: xem bảng Cổng dịch vụ công, tỉnh và nhóm nào.",
        "More than a point in a week: see the portal's board, which province and group.",
    ),
    sql="""
        SELECT i.name_$lang AS name, concat(number_$lang(avg(n.value), 2), ' / ', number_$lang(any(i.hard_high), 0),
            ' (', signed_$lang(avg(n.value - n.value_before), 2, ''), ')') AS text
        FROM newest_instants(at = $__toTime) AS n
        INNER JOIN indicators AS i ON i.indicator = n.indicator
        WHERE n.feed = 'service-index' AND n.indicator IN ('index-766', 'index-publicity', 'index-timeliness',
            'index-online', 'index-payment', 'index-digitisation', 'index-satisfaction')
        GROUP BY n.indicator, i.name_$lang
        ORDER BY indexOf(['index-766', 'index-publicity', 'index-timeliness', 'index-online', 'index-payment',
            'index-digitisation', 'index-satisfaction'], n.indicator)
    """,
    width=24,
)
PROVINCES = Panel(
    key="provinces",
    kind="tiles",
    title=(
        "Đúng hạn / đã giải quyết theo tỉnh, tháng báo cáo đến nay, bắc xuống nam",
        "On time / finished by province, reporting month so far, north to south",
    ),
    shows=(
        "▲ khi thấp hơn cả nước từ năm điểm và bốn độ lệch chuẩn, nên tỉnh ít hồ sơ không ồn hơn tỉnh nhiều.",
        "▲: five points and four standard deviations below the country, so that a small province is not louder.",
    ),
    todo=("▲: mở bảng của tỉnh; hỏi trung tâm điều hành tỉnh.", "▲: open its board; ask its operations centre."),
    sql="""
        WITH sum(m.on_time) OVER () / nullIf(sum(m.finished) OVER (), 0) AS country,
            m.on_time / nullIf(m.finished, 0) AS own,
            own <= country - 0.05 AND (country - own) >= 4 * sqrt(country * (1 - country) / m.finished) AS low
        SELECT u.name_$lang AS name, multiIf(own IS NULL, '– {{chưa có|none yet}}', low,
            concat('▲ {{thấp|low}} ', percent_$lang(own, 1)), concat('● ', percent_$lang(own, 1))) AS text
        FROM units AS u
        LEFT JOIN case_month(at = $__toTime, kind = 'dossier') AS m ON m.unit = u.unit
        WHERE u.level = 'province' AND u.valid_to IS NULL
        ORDER BY u.latitude DESC
        LIMIT 60
    """,
    width=24,
)

BOARD = Board(
    uid="nhip-wall-portal",
    folder="wall",
    title=("Màn hình lớn: Cổng Dịch vụ công", "Wall: the portal"),
    about=(
        "Hồ sơ, đúng hạn theo hai mẫu số, thanh toán, truy cập, phản ánh, chỉ số 766, các tỉnh. Đọc được từ năm mét.",
        "Dossiers, on time by both denominators, payments, visits, petitions, the index, provinces. From five metres.",
    ),
    rows=(
        HEAD,
        Row(3, (case_panels.today(DOSSIERS, width=16), BACKLOG)),
        Row(3, (MONTH, LIVE)),
        Row(3, (INDEX,)),
        Row(8, (PROVINCES,)),
        Row(
            8,
            (
                case_panels.by_quarter_hour(DOSSIERS, width=8),
                against_last_week(
                    "visits",
                    ("Lượt truy cập", "Visits"),
                    Figure("portal-traffic", "portal-visits"),
                    Axis(("chục lượt một phút", "tens of visits a minute"), least=0),
                    scale=10,
                    every_s=300,
                    width=8,
                ),
                against_last_week(
                    "payments",
                    ("Giao dịch thanh toán", "Payments"),
                    Figure("online-payment", "payments"),
                    Axis(("giao dịch trong 5 phút", "payments in 5 minutes"), least=0),
                    every_s=300,
                    width=8,
                ),
            ),
        ),
    ),
    refresh="30s",
    wall=True,
)
