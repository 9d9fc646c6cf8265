"""Power: load by region with its band, spot price, the day's output by source, and whether the sources add up."""

from grafana.boards.wall_telemetry import REGIONS
from grafana.head import HEAD
from grafana.model import Axis, Board, Panel, Row
from grafana.panels import LEFT_OUT, Figure, against_last_week, connections, findings, joined, lines, newest

SECTION = "headline IN (SELECT indicator FROM indicators WHERE section = 'energy')"
LOADS = tuple(
    against_last_week(
        indicator,
        title,
        Figure("power-load", indicator),
        Axis(("trăm MW", "hundred MW"), least=0),
        scale=100,
        every_s=1800,
        band=True,
    )
    for indicator, title in REGIONS
)
SPOT = Panel(
    key="spot",
    kind="series",
    title=("Giá biên theo miền", "Marginal price by region"),
    shows=joined(("Giá của từng miền và toàn hệ thống. ", "Of each region and the system. "), LEFT_OUT),
    todo=(
        "Các miền rời nhau: đường dây nghẽn hoặc nguồn hỏng; hỏi trực ban NSMO.",
        "Regions part: a line or a plant is out; ask NSMO's duty officer.",
    ),
    sql="""
        SELECT toStartOfInterval(toDateTime(c.at), INTERVAL greatest($__interval_s, 1800) second) AS time,
            any(s.name_$lang) AS series, avg(c.value) / 10 AS value
        FROM figures_in_force AS c
        INNER JOIN subjects AS s ON s.subject = c.subject
        WHERE c.feed = 'spot-price' AND c.indicator = 'spot-price' AND c.verdict != 'impossible'
            AND c.at > $__fromTime AND c.at <= $__toTime
        GROUP BY time, c.subject
        ORDER BY time
    """,
    axis=Axis(("chục đ/kWh", "tens of đ/kWh"), least=0),
    width=12,
)
MIX = Panel(
    key="mix",
    kind="table",
    title=("Sản lượng theo nguồn, ngày mới nhất, và phần / tổng", "Output by source, newest day, and part / total"),
    shows=(
        "Báo cáo ngày của NSMO; thay đổi là so cùng thứ tuần trước. Điện mặt trời mái nhà tính tại nguồn.",
        "NSMO's day report; change on the same weekday last week. Roof solar at source.",
    ),
    todo=(
        "Nguồn đổi mạnh: nước về, gió, nắng hay sự cố tổ máy; hỏi trực ban NSMO.",
        "A source far off: water, wind, sun, or an outage; ask NSMO's duty officer.",
    ),
    sql="""
        SELECT name_$lang AS name, figure_$lang(value, decimals, measure_$lang) AS figure,
            period_$lang(period) AS period,
            percent_$lang(value / nullIf(sumIf(value, indicator = 'energy-total') OVER (), 0), 1) AS share,
            change_$lang(value, value_before, decimals, measure_$lang) AS change, verdict, value AS value_raw
        FROM figures_named(at = $__toTime)
        WHERE feed = 'power-day' AND startsWith(indicator, 'energy-') AND indicator != 'energy-solar-roof-sold'
        ORDER BY indicator = 'energy-total' DESC, value DESC
    """,
    columns=("name", "figure", "period", "share", "change", "verdict"),
    hidden=("value_raw",),
    width=12,
)
DAYS = Panel(
    key="days",
    kind="table",
    title=("Mười ngày: tổng, cộng các nguồn, phụ tải đỉnh", "Ten days: total, sum of the sources, peak"),
    shows=(
        "Tổng do NSMO báo và tổng do máy cộng từ các nguồn. ▲ khi lệch trên 1 %, dung sai của danh mục.",
        "The total as told, and as the sources add up. ▲ where they differ by over 1 %, the catalogue's tolerance.",
    ),
    todo=("▲: thiếu một nguồn hoặc gõ nhầm; hỏi trực ban NSMO.", "▲: a source is missing or mistyped; ask NSMO."),
    sql="""
        SELECT period_$lang(c.period) AS period,
            figure_$lang(anyIf(toNullable(c.value), c.indicator = 'energy-total') AS total, 1,
                '{{triệu kWh|m kWh}}') AS figure,
            figure_$lang(sumOrNullIf(c.value, startsWith(c.indicator, 'energy-')
                AND c.indicator NOT IN ('energy-total', 'energy-solar-roof-sold')) AS parts,
                1, '{{triệu kWh|m kWh}}') AS summed,
            concat(if(abs(parts / total - 1) > 0.01, '▲ ', ''),
                signed_$lang(100 * (parts / total - 1), 1, '%')) AS difference,
            figure_$lang(anyIf(toNullable(c.value), c.indicator = 'power-max'), 0, 'MW') AS peak,
            number_$lang(anyIf(toNullable(c.value), c.indicator = 'load-factor'), 2) AS load_factor
        FROM figures_in_force AS c
        WHERE c.feed = 'power-day' AND c.verdict != 'impossible' AND c.at > $__toTime - INTERVAL 12 DAY
            AND c.at <= $__toTime
        GROUP BY c.period
        ORDER BY c.period DESC
        LIMIT 10
    """,
    columns=("period", "figure", "summed", "difference", "peak", "load_factor"),
    width=12,
)
SOURCES = lines(
    "sources",
    ("Sản lượng theo nguồn, 30 ngày", "Output by source, 30 days"),
    ("Các nguồn lớn, từng ngày.", "The large sources, day by day."),
    ("Ngày trống: báo cáo ngày chưa đến; xem kết nối.", "A gap: the day report has not come; see the connection."),
    "power-day",
    (
        ("energy-coal", ("than", "coal")),
        ("energy-hydro", ("thủy điện", "hydro")),
        ("energy-gas", ("khí", "gas")),
        ("energy-solar-farm", ("mặt trời trang trại", "solar farms")),
        ("energy-solar-roof", ("mặt trời mái nhà", "roof solar")),
        ("energy-wind", ("gió", "wind")),
        ("energy-import", ("nhập khẩu", "imports")),
    ),
    Axis(("triệu kWh", "m kWh"), least=0),
    every_s=0,
    width=12,
    since="now-30d",
)

BOARD = Board(
    uid="nhip-ops-energy",
    folder="operations",
    title=("Năng lượng", "Energy"),
    about=(
        "Dành cho trực ban điện: phụ tải theo miền, giá, sản lượng theo nguồn. Hồ chứa ở bảng Hồ chứa, mưa lũ.",
        "For duty officers of power: load by region, price, output by source. Reservoirs are on the board of waters.",
    ),
    rows=(
        HEAD,
        Row(
            4,
            (newest("live", ("Lúc này", "Now"), "feed IN ('power-load', 'spot-price') AND subject IN ('', 'system')"),),
        ),
        Row(9, LOADS[:2]),
        Row(9, LOADS[2:]),
        Row(10, (MIX, DAYS)),
        Row(9, (SOURCES, SPOT)),
        Row(8, (connections(f"feed IN (SELECT feed FROM feeds WHERE {SECTION})"), findings(SECTION))),
    ),
)
