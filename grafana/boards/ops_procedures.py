"""The national database of administrative procedures: how many, published on time, full content, and what is used."""

from grafana.bodies import PROVINCE
from grafana.choices import chosen
from grafana.head import HEAD
from grafana.model import Axis, Board, Panel, Row
from grafana.panels import TO_UNIT, connections, findings, lines, newest

MINE = chosen("unit", "c.unit")
PARTS = Panel(
    key="parts",
    kind="table",
    title=(
        "Công khai và cung cấp trực tuyến theo tỉnh, điểm / điểm tối đa",
        "Publicity and online service by province, points / most possible",
    ),
    shows=(
        "Thành phần 1.1 đến 1.4, 3.1, 3.2 của chỉ số 766, điểm mới nhất Cổng công bố; công khai thấp nhất trước.",
        "Parts 1.1 to 1.4, 3.1 and 3.2 of the index 766, newest points of the portal; lowest in publicity first.",
    ),
    todo=(
        "Công bố hoặc công khai chậm: hỏi đầu mối kiểm soát thủ tục của tỉnh; đồng bộ đúng 100 %: xem điểm bất thường.",
        "Late publishing: ask the province's procedure control; sync of exactly 100 %: see the findings.",
    ),
    sql=f"""
        SELECT u.name_$lang AS unit_name, number_$lang(p.parts['index-publicity'], 2) AS index_publicity,
            number_$lang(p.parts['index-publicity-announced'], 2) AS announced,
            number_$lang(p.parts['index-publicity-published'], 2) AS published,
            number_$lang(p.parts['index-publicity-content'], 2) AS content,
            number_$lang(p.parts['index-publicity-sync'], 2) AS synced,
            number_$lang(p.parts['index-online-offered'], 2) AS offered,
            number_$lang(p.parts['index-online-used'], 2) AS used,
            p.unit AS unit, p.parts['index-publicity'] AS index_raw
        FROM
        (
            SELECT c.unit AS unit, CAST((groupArray(toString(c.indicator)), groupArray(toNullable(c.value))),
                'Map(String, Nullable(Float64))') AS parts
            FROM newest_instants(at = $__toTime) AS c
            WHERE c.feed = 'service-index' AND {MINE} AND (startsWith(c.indicator, 'index-publicity')
                OR startsWith(c.indicator, 'index-online'))
            GROUP BY c.unit
        ) AS p
        INNER JOIN units AS u ON u.unit = p.unit
        ORDER BY p.parts['index-publicity'], u.position
    """,
    columns=("unit_name", "index_publicity", "announced", "published", "content", "synced", "offered", "used"),
    hidden=("unit", "index_raw"),
    links=TO_UNIT,
    width=24,
)
USED = Panel(
    key="used",
    kind="table",
    title=("Thủ tục, lĩnh vực được dùng nhiều nhất, bảy ngày", "Procedures and fields used most, seven days"),
    shows=(
        "Hồ sơ được tiếp nhận trong bảy ngày, đếm một lần, ở mấy tỉnh; trực tuyến, từ chối hoặc dừng / tiếp nhận.",
        "Dossiers accepted within seven days, each once, in how many provinces; online, refused or stopped / accepted.",
    ),
    todo=(
        "Từ chối nhiều: nội dung công khai của thủ tục có thể thiếu hoặc khó hiểu.",
        "Many refused: what is published of the procedure may lack something.",
    ),
    sql=f"""
        SELECT if(s.name_$lang = '', c.subject, s.name_$lang) AS name,
            number_$lang(uniqExactIf(c.case_id, c.state = 'accepted') AS came, 0) AS received,
            number_$lang(uniqExact(c.unit), 0) AS provinces,
            percent_$lang(uniqExactIf(c.case_id, c.state = 'accepted' AND c.channel = 'online') / nullIf(came, 0), 1)
                AS online,
            percent_$lang(uniqExactIf(c.case_id, c.state IN ('refused', 'stopped')) / nullIf(came, 0), 1)
                AS refused_share
        FROM case_steps AS c
        LEFT JOIN subjects AS s ON s.subject = c.subject
        WHERE c.feed = 'portal-dossiers' AND c.kind = 'dossier' AND c.state IN ('accepted', 'refused', 'stopped')
            AND {MINE} AND c.verdict != 'impossible'
            AND c.event_at > $__toTime - INTERVAL 7 DAY AND c.event_at <= $__toTime
        GROUP BY name
        ORDER BY came DESC, name
        LIMIT 20
    """,
    columns=("name", "received", "provinces", "online", "refused_share"),
    width=12,
)
SHARES = lines(
    "shares",
    ("Công khai đúng hạn và đủ nội dung / thủ tục", "Published on time and with full content / procedures"),
    ("Hai tỷ lệ trên tổng số thủ tục, theo ngày.", "Two shares of all procedures, by day."),
    (
        "Tụt: bộ, tỉnh vừa công bố thủ tục mới mà chưa nhập đủ.",
        "Falling: new procedures were announced but not entered in full.",
    ),
    "procedures-database",
    (
        ("procedures-on-time", ("công khai đúng hạn", "published on time")),
        ("procedures-full", ("đủ nội dung", "full content")),
    ),
    Axis(("% số thủ tục", "% of procedures"), most=100),
    every_s=0,
    width=12,
    since="now-30d",
)
TOTAL = lines(
    "total",
    ("Số thủ tục trong cơ sở dữ liệu", "Procedures in the database"),
    ("Tổng số, theo ngày.", "The total, by day."),
    (
        "Đổi vài trăm trong một ngày: nhập lại danh mục hoặc mất dữ liệu; hỏi đầu mối.",
        "Hundreds in a day: a list was loaded again, or lost; ask.",
    ),
    "procedures-database",
    (("procedures-total", ("thủ tục", "procedures")),),
    Axis(("chục thủ tục", "tens of procedures")),
    scale=10,
    every_s=0,
    width=12,
    since="now-30d",
)

BOARD = Board(
    uid="nhip-ops-procedures",
    folder="operations",
    title=("Cơ sở dữ liệu thủ tục hành chính", "Database of administrative procedures"),
    about=(
        "Dành cho kiểm soát thủ tục: bao nhiêu thủ tục, công khai đúng hạn, đủ nội dung, thủ tục nào được dùng.",
        "For procedure control: how many, published on time, with full content, and which are used.",
    ),
    rows=(
        HEAD,
        Row(
            4, (newest("live", ("Cơ sở dữ liệu, số mới nhất", "The database, newest"), "feed = 'procedures-database'"),)
        ),
        Row(9, (TOTAL, SHARES)),
        Row(14, (PARTS,)),
        Row(12, (USED, findings("feed IN ('procedures-database', 'service-index')", unit=True))),
        Row(5, (connections("feed IN ('procedures-database', 'service-index', 'portal-dossiers')", width=24),)),
    ),
    variables=(PROVINCE,),
)
