"""The National Public Service Portal: dossiers, payments, visits, petitions, and the service index of Decision 766."""

from grafana import case_panels
from grafana.bodies import PROVINCE
from grafana.case_panels import Cases
from grafana.choices import chosen
from grafana.head import HEAD
from grafana.model import Axis, Board, Panel, Row
from grafana.panels import TO_UNIT, Figure, against_last_week, connections, findings, newest

DOSSIERS = Cases(kind="dossier", many=("hồ sơ", "dossiers"), channels=True, of_received=True)
PETITIONS = Cases(kind="petition", many=("phản ánh", "petitions"))
ONLINE = Panel(
    key="online",
    kind="series",
    title=(
        "Trực tuyến / tiếp nhận và đúng hạn / đã giải quyết, theo ngày; hôm nay tạm tính",
        "Online / received and on time / finished, by day; today is provisional",
    ),
    shows=(
        "Hai tỷ lệ của từng ngày, mỗi cái theo mẫu số của nó; hôm nay là tạm tính.",
        "Two rates of each day, each of its own denominator; today is provisional.",
    ),
    todo=(
        "Đúng hạn trên 99,9 % nhiều ngày liền: xem điểm bất thường kết thúc trùng khít hạn.",
        "On time above 99.9 % for days: see findings of cases that finished exactly when due.",
    ),
    sql=f"""
        SELECT toDateTime(c.day, 'Asia/Ho_Chi_Minh') AS time,
            100 * sum(c.online) / nullIf(sum(c.received), 0) AS online,
            100 * sum(c.on_time) / nullIf(sum(c.finished), 0) AS of_finished
        FROM case_days AS c
        WHERE c.kind = 'dossier' AND {chosen("unit", "c.unit")}
            AND c.day > local_day($__fromTime) AND c.day <= local_day($__toTime)
        GROUP BY time
        ORDER BY time
    """,
    axis=Axis(("%", "%"), least=0),
    lines=(
        ("online", ("trực tuyến / tiếp nhận", "online / received")),
        ("of_finished", ("đúng hạn / đã giải quyết", "on time / finished")),
    ),
    width=12,
    since="now-30d",
)
INDEX = Panel(
    key="index",
    kind="table",
    title=("Chỉ số 766: tổng và sáu nhóm, điểm mới nhất", "Service index 766: total and six groups, newest"),
    shows=(
        "Điểm Cổng công bố, sau dấu / ở đầu cột là điểm tối đa. Thay đổi là so bảy ngày trước.",
        "Points as the portal publishes them, after / in the heading the most possible. Change: on seven days before.",
    ),
    todo=(
        "Đổi trên một điểm trong tuần là lạ: mở bảng của tỉnh, xem nhóm nào.",
        "More than a point in a week is odd: open the province's board, see which group.",
    ),
    sql=f"""
        SELECT u.name_$lang AS unit_name, number_$lang(c.total, 2) AS index_total,
            signed_$lang(c.total - c.total_before, 2, '') AS change, number_$lang(c.publicity, 2) AS index_publicity,
            number_$lang(c.timeliness, 2) AS index_timeliness, number_$lang(c.online, 2) AS index_online,
            number_$lang(c.payment, 2) AS index_payment, number_$lang(c.digitisation, 2) AS index_digitisation,
            number_$lang(c.satisfaction, 2) AS index_satisfaction, c.unit AS unit, c.total AS total_raw
        FROM service_index_at(at = $__toTime) AS c
        INNER JOIN units AS u ON u.unit = c.unit
        WHERE {chosen("unit", "c.unit")}
        ORDER BY c.total DESC, u.position
    """,
    columns=(
        *("unit_name", "index_total", "change", "index_publicity", "index_timeliness"),
        *("index_online", "index_payment", "index_digitisation", "index_satisfaction"),
    ),
    hidden=("unit", "total_raw"),
    links=TO_UNIT,
    width=24,
)
ENDS = "c.state IN ('finished', 'returned') AND c.verdict != 'impossible'"
"""Many a dossier is returned without a step of finishing: that ends it too, and it ends once."""
SUBJECTS = Panel(
    key="subjects",
    kind="table",
    title=(
        "Theo thủ tục, lĩnh vực: hồ sơ có bước trong khoảng đang xem",
        "By procedure or field: dossiers with a step in the range",
    ),
    shows=(
        "Hồ sơ có chuyển bước, hồ sơ xong hoặc đã trả kết quả, xong sau hạn / xong, bước nghi vấn hoặc không thể có.",
        "Dossiers that moved, finished or returned ones, finished after the due time / finished, questionable steps.",
    ),
    todo=(
        "Một lĩnh vực chậm hẳn: hỏi bộ quản lý; nhiều nghi vấn: xem điểm bất thường.",
        "One field far behind: ask its ministry; many questionable ones: see the findings.",
    ),
    sql=f"""
        SELECT if(s.name_$lang = '', d.subject, s.name_$lang) AS name, number_$lang(count(), 0) AS dossiers,
            number_$lang(countIf(d.over), 0) AS finished,
            percent_$lang(countIf(d.over AND d.over_at > d.due_at) / nullIf(countIf(d.over), 0), 1) AS late_share,
            number_$lang(sum(d.odd), 0) AS questionable
        FROM
        (
            SELECT c.subject AS subject, countIf({ENDS}) > 0 AS over, minIf(c.event_at, {ENDS}) AS over_at,
                argMinIf(tuple(c.due_at), c.event_at, {ENDS}).1 AS due_at, countIf(c.verdict != 'ok') AS odd
            FROM case_steps AS c
            WHERE c.feed = 'portal-dossiers' AND c.kind = 'dossier' AND {chosen("unit", "c.unit")}
                AND c.event_at > $__fromTime AND c.event_at <= $__toTime
            GROUP BY c.subject, c.case_id
        ) AS d
        LEFT JOIN subjects AS s ON s.subject = d.subject
        GROUP BY name
        ORDER BY count() DESC, name
        LIMIT 20
    """,
    columns=("name", "dossiers", "finished", "late_share", "questionable"),
    width=12,
)
PETITIONS_NOW = Panel(
    key="petitions",
    kind="table",
    title=("Phản ánh, kiến nghị theo tỉnh", "Petitions by province"),
    shows=(
        "Tháng báo cáo đến nay và đang mở cuối ngày. Ít phản ánh thì một cái đã đổi tỷ lệ nhiều.",
        "Reporting month so far, and open at the end of the day. Where there are few, one moves a rate far.",
    ),
    todo=(
        "Hạn trả lời là 15 ngày làm việc: hỏi tỉnh có nhiều quá hạn.",
        "An answer is due within 15 working days: ask provinces with many overdue.",
    ),
    sql=f"""
        SELECT u.name_$lang AS unit_name, number_$lang(m.received, 0) AS received,
            number_$lang(m.finished, 0) AS finished,
            percent_$lang(m.on_time / nullIf(m.finished, 0), 1) AS on_time, number_$lang(c.open, 0) AS open,
            number_$lang(c.overdue, 0) AS overdue, c.unit AS unit, c.overdue AS overdue_raw
        FROM case_open_at(at = $__toTime) AS c
        INNER JOIN units AS u ON u.unit = c.unit
        LEFT JOIN case_month(at = $__toTime, kind = 'petition') AS m ON m.unit = c.unit
        WHERE c.kind = 'petition' AND {PETITIONS.chosen}
        ORDER BY c.overdue DESC, u.position
    """,
    columns=("unit_name", "received", "finished", "on_time", "open", "overdue"),
    hidden=("unit", "overdue_raw"),
    links=TO_UNIT,
    width=12,
)
LIVE = "feed IN ('online-payment', 'portal-traffic', 'portal-calls')"

BOARD = Board(
    uid="nhip-ops-portal",
    folder="operations",
    title=("Cổng Dịch vụ công quốc gia", "National Public Service Portal"),
    about=(
        "Dành cho trực ban Cổng: hồ sơ của cả nước hoặc một tỉnh, thanh toán, truy cập, phản ánh, chỉ số 766.",
        "For the portal's duty officers: dossiers of the country or a province, payments, petitions, the index.",
    ),
    rows=(
        HEAD,
        Row(4, (case_panels.today(DOSSIERS, width=17), case_panels.still_open(DOSSIERS, width=7))),
        Row(4, (case_panels.month(DOSSIERS, width=24),)),
        Row(
            4,
            (
                newest(
                    "live", ("Truy cập, thanh toán, tổng đài: cả nước", "Visits, payments, support: the country"), LIVE
                ),
            ),
        ),
        Row(
            9,
            (
                case_panels.by_quarter_hour(DOSSIERS),
                case_panels.open_by_day(DOSSIERS),
            ),
        ),
        Row(
            9,
            (
                ONLINE,
                against_last_week(
                    "visits",
                    ("Lượt truy cập, cả nước", "Visits, the country"),
                    Figure("portal-traffic", "portal-visits"),
                    Axis(("chục lượt một phút", "tens of visits a minute"), least=0),
                    scale=10,
                    every_s=300,
                    width=6,
                ),
                against_last_week(
                    "payments",
                    ("Giao dịch thanh toán, cả nước", "Payments, the country"),
                    Figure("online-payment", "payments"),
                    Axis(("giao dịch trong 5 phút", "payments in 5 minutes"), least=0),
                    every_s=300,
                    width=6,
                ),
            ),
        ),
        Row(14, (case_panels.by_unit(DOSSIERS, "'province'"),)),
        Row(14, (INDEX,)),
        Row(12, (SUBJECTS, PETITIONS_NOW)),
        Row(9, (connections("system = 'dvcqg'"), findings("system = 'dvcqg'", unit=True))),
    ),
    variables=(PROVINCE,),
)
