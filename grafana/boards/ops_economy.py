"""Economy and finance: the newest release of every figure, trade, budget, enterprises, prices, growth, revisions."""

from grafana.bodies import PROVINCE
from grafana.choices import chosen
from grafana.head import HEAD
from grafana.model import Axis, Board, Panel, Row, Words
from grafana.panels import TO_UNIT, Figure, against_last_week, connections, findings, lines, newest

SECTION = "headline IN (SELECT indicator FROM indicators WHERE section IN ('economy', 'finance'))"
HELD: Words = (
    "Tháng trống: chưa công bố; xem kết nối và hạn công bố.",
    "A gap: not published yet; see the connection.",
)
RELEASED = Panel(
    key="released",
    kind="table",
    title=("Bản công bố mới nhất của từng chỉ tiêu", "The newest release of every figure"),
    shows=(
        "Giá trị, kỳ, lần công bố, thay đổi so kỳ trước, công bố cách nay bao lâu, chỉ tiêu được giao.",
        "Value, period, release, change on the period before, how long ago, target.",
    ),
    todo=("Quá hạn công bố: gọi đầu mối của kết nối.", "Past the day of its release: call the connection's contact."),
    sql="""
        SELECT c.label_$lang AS name, period_$lang(c.period) AS period,
            figure_$lang(c.value, c.decimals, c.measure_$lang) AS figure,
            vintage_$lang(c.vintage) AS vintage,
            change_$lang(c.value, c.value_before, c.decimals, c.measure_$lang) AS change,
            duration_$lang(dateDiff('second', c.sent_at, $__toTime)) AS age, c.verdict AS verdict,
            target_$lang(target_of(g.targets, c.period), c.value, c.period, c.decimals, c.measure_$lang) AS target,
            c.indicator AS indicator, c.value AS value_raw
        FROM figures_named(at = $__toTime) AS c
        LEFT JOIN target_sets AS g ON g.indicator = c.indicator AND g.unit = c.unit
        WHERE c.section IN ('economy', 'finance') AND c.unit IN ('VN', 'TW', 'DP') AND c.period != ''
        ORDER BY c.section, c.feed, c.period DESC, c.indicator
    """,
    columns=("name", "period", "figure", "vintage", "change", "age", "verdict", "target"),
    hidden=("indicator", "value_raw"),
    width=24,
)


def months(key: str, title: Words, feed: str, told: tuple[tuple[str, Words], ...], axis: Axis, scale: float) -> Panel:
    shows = ("Mỗi tháng bản đang có hiệu lực.", "Of each month the release in force.")
    return lines(key, title, shows, HELD, feed, told, axis, scale, every_s=0, width=8)


TRADE = months(
    "trade",
    ("Xuất khẩu, nhập khẩu theo tháng", "Exports and imports by month"),
    "customs",
    (("exports", ("xuất khẩu", "exports")), ("imports", ("nhập khẩu", "imports"))),
    Axis(("tỷ USD", "bn USD"), least=0),
    1,
)
BALANCE = months(
    "balance",
    ("Cán cân thương mại theo tháng", "Trade balance by month"),
    "customs",
    (("trade-balance", ("cán cân", "balance")),),
    Axis(("trăm triệu USD", "hundred m USD")),
    0.1,
)
BUDGET = months(
    "budget",
    ("Thu ngân sách / dự toán, giải ngân đầu tư công / kế hoạch", "Budget revenue and public investment / year's plan"),
    "state-budget",
    (("budget-revenue-share", ("thu ngân sách", "revenue")), ("public-investment-share", ("giải ngân", "investment"))),
    Axis(("% của cả năm", "% of the year"), least=0),
    1,
)
ENTERPRISES = months(
    "enterprises",
    ("Doanh nghiệp theo tháng", "Enterprises by month"),
    "enterprises",
    (
        ("enterprises-new", ("thành lập mới", "founded")),
        ("enterprises-back", ("quay lại", "back")),
        ("enterprises-paused", ("tạm ngừng", "paused")),
        ("enterprises-dissolved", ("giải thể", "dissolved")),
    ),
    Axis(("trăm doanh nghiệp", "hundred enterprises"), least=0),
    100,
)
PRICES = months(
    "prices",
    ("Giá tiêu dùng, đô la Mỹ so cùng kỳ năm trước", "Consumer prices and US dollar on the year before"),
    "prices",
    (("cpi-year", ("CPI", "CPI")), ("usd-year", ("đô la Mỹ", "US dollar"))),
    Axis(("phần nghìn", "per thousand")),
    0.1,
)
GROWTH = months(
    "growth",
    ("Tăng trưởng GDP theo quý so cùng kỳ", "GDP growth by quarter on the year before"),
    "growth",
    (("gdp-growth", ("GDP quý", "GDP of the quarter")),),
    Axis(("phần nghìn", "per thousand")),
    0.1,
)
GRDP = Panel(
    key="grdp",
    kind="table",
    title=("Tăng trưởng GRDP quý mới nhất theo tỉnh", "GRDP growth of the newest quarter by province"),
    shows=(
        "So cùng kỳ năm trước, cao nhất trước. Gộp lại các tỉnh phải gần mức cả nước; lệch xa là điều cần hỏi.",
        "On the year before, the highest first. Together they must lie near the country's; far from it is a question.",
    ),
    todo=(
        "Tỉnh cao khác thường: xem lần đính chính và điểm bất thường của tỉnh.",
        "Unusually high: see its revisions and findings.",
    ),
    sql=f"""
        SELECT u.name_$lang AS unit_name, period_$lang(c.period) AS period,
            figure_$lang(c.value, c.decimals, c.measure_$lang) AS figure,
            change_$lang(c.value, c.value_before, c.decimals, c.measure_$lang) AS change,
            vintage_$lang(c.vintage) AS vintage, c.verdict AS verdict, c.unit AS unit, c.value AS value_raw
        FROM figures_named(at = $__toTime) AS c
        INNER JOIN units AS u ON u.unit = c.unit
        WHERE c.feed = 'grdp' AND c.indicator = 'grdp-growth' AND {chosen("unit", "c.unit")}
        ORDER BY c.period DESC, c.value DESC
    """,
    columns=("unit_name", "period", "figure", "change", "vintage", "verdict"),
    hidden=("unit", "value_raw"),
    links=TO_UNIT,
    width=10,
)
REVISED = Panel(
    key="revised",
    kind="table",
    title=("Số đã công bố nay đổi, 90 ngày", "Published figures that changed, 90 days"),
    shows=(
        "Lần công bố sau khác lần trước của cùng một kỳ, mới nhất trước; lý do nếu bên gửi ghi.",
        "A later release of a period that differs from the one before, the newest first; the reason where it was told.",
    ),
    todo=(
        "Đổi mà không có lý do: hỏi đầu mối; mọi phiên bản có trong figure_revisions.",
        "Changed without a reason: ask; all versions are in figure_revisions.",
    ),
    sql="""
        SELECT instant_$lang(r.sent_at) AS since, i.name_$lang AS name, period_$lang(r.period) AS period,
            figure_$lang(r.before, i.decimals, '') AS before,
            figure_$lang(r.value, i.decimals, {{i.measure|i.measure_en}}) AS figure,
            change_$lang(r.value, r.before, i.decimals, {{i.measure|i.measure_en}}) AS change,
            vintage_$lang(r.vintage) AS vintage, r.reason AS reason, r.sent_at AS since_raw
        FROM
        (
            SELECT f.indicator AS indicator, f.period AS period, f.value AS value, f.vintage AS vintage,
                f.reason AS reason, f.sent_at AS sent_at,
                lagInFrame(toNullable(f.value)) OVER releases AS before
            FROM figures AS f
            WHERE f.feed IN (SELECT feed FROM feeds WHERE cadence_s = 0
                    AND headline IN (SELECT indicator FROM indicators WHERE section IN ('economy', 'finance')))
                AND f.unit = 'VN' AND f.subject = '' AND f.period != '' AND f.verdict != 'impossible'
                AND f.at > $__toTime - INTERVAL 800 DAY AND f.sent_at <= $__toTime
            WINDOW releases AS (PARTITION BY f.feed, f.indicator, f.period ORDER BY f.sent_at, f.offset
                ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
        ) AS r
        INNER JOIN indicators AS i ON i.indicator = r.indicator
        WHERE r.before IS NOT NULL AND r.before != r.value AND r.sent_at > $__toTime - INTERVAL 90 DAY
        ORDER BY r.sent_at DESC, r.indicator
        LIMIT 40
    """,
    columns=("since", "name", "period", "before", "figure", "change", "vintage", "reason"),
    hidden=("since_raw",),
    empty=("không có số nào đổi", "nothing changed"),
    width=14,
)
STOCKS = against_last_week(
    "vn-index",
    ("VN-Index trong phiên", "VN-Index in session"),
    Figure("vn-index", "vn-index"),
    Axis(("chục điểm", "tens of points")),
    scale=10,
    width=8,
    since="now-24h",
)

BOARD = Board(
    uid="nhip-ops-economy",
    folder="operations",
    title=("Kinh tế, tài chính", "Economy and finance"),
    about=(
        "Dành cho bộ phận tổng hợp: bản công bố mới nhất, thương mại, ngân sách, doanh nghiệp, giá, tăng trưởng.",
        "For those who sum up: newest releases, trade, budget, enterprises, prices, growth, revisions.",
    ),
    rows=(
        HEAD,
        Row(
            4, (newest("live", ("Trong ngày", "Of the day"), "feed IN ('vn-index', 'treasury', 'enterprises-daily')"),)
        ),
        Row(18, (RELEASED,)),
        Row(8, (TRADE, BALANCE, BUDGET)),
        Row(8, (ENTERPRISES, PRICES, GROWTH)),
        Row(13, (GRDP, REVISED)),
        Row(
            8,
            (
                connections(f"feed IN (SELECT feed FROM feeds WHERE {SECTION})", width=8),
                findings(SECTION, width=8),
                STOCKS,
            ),
        ),
    ),
    variables=(PROVINCE,),
    since="now-400d",
)
