"""The wall of telemetry: load by region with its band, reservoirs against their ceilings, rain and rivers, flights,
traffic, air, the stock exchange. One screen, nothing to click.
"""

from grafana.head import HEAD
from grafana.model import Axis, Board, Panel, Row, Words
from grafana.panels import ASK, Figure, against_last_week

REGIONS: tuple[tuple[str, Words], ...] = (
    ("power-load", ("Công suất toàn hệ thống", "Load, the whole system")),
    ("power-load-north", ("Công suất miền Bắc", "Load, North")),
    ("power-load-central", ("Công suất miền Trung", "Load, Central")),
    ("power-load-south", ("Công suất miền Nam", "Load, South")),
)
LOADS = tuple(
    against_last_week(
        indicator,
        title,
        Figure("power-load", indicator),
        Axis(("trăm MW", "hundred MW"), least=0),
        scale=100,
        every_s=1800,
        band=True,
        width=6,
    )
    for indicator, title in REGIONS
)
RESERVOIRS = Panel(
    key="reservoirs",
    kind="tiles",
    title=("Mực nước hồ / trần của ngày hôm nay, mét", "Reservoir level / ceiling of this day, metres"),
    shows=(
        "✖ từ trần trở lên; ▲ cách trần dưới nửa mét, hoặc từ mực nước chết. Số quá hai giờ có tuổi. Ngoài mùa lũ trần "
        "là mực nước dâng.",
        "✖ at the ceiling or above; ▲ within half a metre below, or at the dead level. Older than two hours: "
        "with its age. Out of season: normal level.",
    ),
    todo=(
        "✖ hoặc ▲: xem lưu lượng đến và xả ở bảng Hồ chứa, gọi trực ban EVN.",
        "✖ or ▲: see inflow and outflow on the board of waters, call EVN's duty officer.",
    ),
    sql="""
        SELECT name_$lang AS name, multiIf(level = 'none', '– {{chưa có|none yet}}', concat(
            multiIf(level = 'critical', '✖ {{vượt|over}} ', level = 'ok', '● ', height <= dead, '▲ {{cạn|dead}} ',
                '▲ {{sát|near}} '),
            number_$lang(height, 1), ' / ', number_$lang(ceiling, 1),
            if(at > $__toTime - INTERVAL 2 HOUR, '', concat(' · ', duration_$lang(dateDiff('second', at, $__toTime)),
                ' {{trước|ago}}')))) AS text
        FROM reservoirs_at(at = $__toTime)
        ORDER BY level = 'critical' DESC, level = 'warning' DESC, reservoir
    """,
    width=24,
)
RIVERS = Panel(
    key="rivers",
    kind="tiles",
    title=("Lũ và mưa 24 giờ: 14 tỉnh đáng chú ý nhất", "Floods and rain of 24 hours: the 14 provinces to watch"),
    shows=(
        "Cấp báo động của sông và mưa 24 giờ, trong ngoặc là mưa của mấy giờ. ✖ báo động III, ▲ báo động I, II.",
        "Alarm of the river and rain of 24 hours; in brackets of how many hours. ✖ alarm III, ▲ alarm I or II.",
    ),
    todo=(
        "✖: gọi trực ban khí tượng thủy văn và trung tâm điều hành tỉnh.",
        "✖: call the hydrometeorological service and the province's operations centre.",
    ),
    sql="""
        SELECT name_$lang AS name, concat(
            multiIf(alarm IS NULL, '– {{chưa có báo động|alarm unknown}}', alarm >= 3, '✖ {{BĐ|alarm}} III',
                alarm >= 2, '▲ {{BĐ|alarm}} II', alarm >= 1, '▲ {{BĐ|alarm}} I', '● {{dưới BĐ|below alarm}} I'),
            if(rain_day IS NULL, '', concat(' · ', figure_$lang(rain_day, 0, 'mm'), ' (', toString(hours),
                '/24 {{giờ|h}})'))
            ) AS text
        FROM rivers_at(at = $__toTime)
        ORDER BY ifNull(alarm, -1) DESC, rain_day DESC, position
        LIMIT 14
    """,
    width=24,
)
OTHERS = Panel(
    key="others",
    kind="tiles",
    title=("Các kết nối khác, số mới nhất", "Other connections, newest figures"),
    shows=(
        "Chỉ tiêu đại diện của mọi kết nối liên tục còn lại; kết nối mới tự có ô.",
        "The figure that speaks for each of the other live connections; a new one gets its tile by itself.",
    ),
    todo=ASK,
    sql="""
        SELECT multiIf(uniqExact(c.feed) OVER (PARTITION BY c.indicator) > 1, f.name_$lang,
                count() OVER (PARTITION BY c.indicator) > 1, concat(i.name_$lang, ' · ', u.name_$lang),
                i.name_$lang) AS name,
            figure_line_$lang(c.value, NULL, i.decimals, {{i.measure|i.measure_en}}, '', c.verdict,
                if(c.at > $__toTime - toIntervalSecond(2 * f.cadence_s + 900), NULL,
                    dateDiff('second', c.at, $__toTime))) AS text
        FROM newest_instants(at = $__toTime) AS c
        INNER JOIN indicators AS i ON i.indicator = c.indicator
        INNER JOIN feeds AS f ON f.feed = c.feed
        LEFT JOIN units AS u ON u.unit = c.unit
        WHERE c.feed IN (SELECT feed FROM feeds WHERE system = 'command-centre' AND cadence_s BETWEEN 1 AND 3600
                AND feed NOT IN ('power-load', 'reservoirs', 'rain-rivers'))
            AND c.indicator IN (SELECT headline FROM feeds) AND c.subject IN ('', 'system')
        ORDER BY c.feed, name
        LIMIT 15
    """,
    width=12,
)
FLIGHTS = Panel(
    key="flights",
    kind="series",
    title=("Lượt cất hạ cánh trong 60 phút", "Movements in the last 60 minutes"),
    shows=("Hai cảng hàng không. Số không thể có không được vẽ.", "Two airports. Impossible figures are not drawn."),
    todo=(
        "Rơi về 0 ban ngày: thời tiết xấu hoặc mất tín hiệu; gọi trực ban cảng.",
        "Down to 0 by day: weather, or the signal; call the airport.",
    ),
    sql="""
        SELECT toStartOfInterval(toDateTime(c.at), INTERVAL greatest($__interval_s, 300) second) AS time,
            avgOrNullIf(c.value, c.feed = 'flights-noi-bai') AS north,
            avgOrNullIf(c.value, c.feed = 'flights-tan-son-nhat') AS south
        FROM figures_in_force AS c
        WHERE c.feed IN ('flights-noi-bai', 'flights-tan-son-nhat') AND c.indicator = 'flights-hour'
            AND c.verdict != 'impossible' AND c.at > $__fromTime AND c.at <= $__toTime
        GROUP BY time
        ORDER BY time
    """,
    axis=Axis(("lượt trong 60 phút", "movements in 60 minutes"), least=0),
    lines=(("north", ("Nội Bài", "Noi Bai")), ("south", ("Tân Sơn Nhất", "Tan Son Nhat"))),
    width=6,
)
INDEX = against_last_week(
    "vn-index",
    ("VN-Index trong phiên", "VN-Index in session"),
    Figure("vn-index", "vn-index"),
    Axis(("chục điểm", "tens of points")),
    scale=10,
    width=6,
)

BOARD = Board(
    uid="nhip-wall-telemetry",
    folder="wall",
    title=("Màn hình lớn: Đo từ xa", "Wall: telemetry"),
    about=(
        "Điện, hồ chứa, mưa lũ, hàng không, giao thông, không khí, chứng khoán. Đọc được từ năm mét.",
        "Power, reservoirs, floods, flights, traffic, air, stocks. To be read from five metres.",
    ),
    rows=(HEAD, Row(7, LOADS), Row(5, (RESERVOIRS,)), Row(5, (RIVERS,)), Row(8, (OTHERS, FLIGHTS, INDEX))),
    refresh="30s",
    wall=True,
)
