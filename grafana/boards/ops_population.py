"""The population database and identity cards: look-ups, match rate, forms collected and scanned, cards issued."""

from grafana.bodies import PROVINCE
from grafana.choices import chosen
from grafana.head import HEAD
from grafana.model import Axis, Board, Panel, Row
from grafana.panels import TO_UNIT, Figure, against_last_week, connections, findings, lines, newest

MINE = chosen("unit", "c.unit")
TOTALS = Panel(
    key="totals",
    kind="tiles",
    title=(
        "Thu thập phiếu và cấp thẻ, lũy kế và mẫu số ghi ở từng ô",
        "Forms and cards, totals; each tile names its denominator",
    ),
    shows=(
        "Cộng số mới nhất của các tỉnh đang chọn; trong ngoặc là tăng so bảy ngày trước đó.",
        "The newest figures of the chosen provinces, summed; in brackets what came within seven days.",
    ),
    todo=(
        "Lũy kế giảm là sai hoặc đính chính: xem điểm bất thường.",
        "A total that falls is wrong or corrected: see the findings.",
    ),
    sql=f"""
        SELECT line.1 AS name, line.2 AS text
        FROM
        (
            SELECT sumIf(c.value, c.indicator = 'forms-collected') AS collected,
                sumIf(c.value, c.indicator = 'forms-scanned') AS scanned,
                sumIf(c.value, c.indicator = 'cards-issued') AS issued,
                sumOrNullIf(c.value - c.value_before, c.indicator = 'forms-collected') AS collected_week,
                sumOrNullIf(c.value - c.value_before, c.indicator = 'cards-issued') AS issued_week,
                max(c.period) AS newest, groupUniqArrayIf((c.unit, c.period), c.indicator = 'cards-issued') AS days,
                arrayCount(x -> x.2 = newest, days) AS told,
                (SELECT count() FROM units AS c WHERE c.level = 'province' AND c.valid_to IS NULL AND {MINE}) AS units
            FROM newest_periods(at = $__toTime) AS c
            WHERE c.feed = 'identity-cards' AND {MINE}
            HAVING count() > 0
        )
        ARRAY JOIN [
            ('{{{{phiếu thu thập|forms collected}}}}',
                concat(number_$lang(collected, 0), ' (', signed_$lang(collected_week, 0, ''), ')')),
            ('{{{{đã quét / thu thập|scanned / collected}}}}', percent_$lang(scanned / nullIf(collected, 0), 1)),
            ('{{{{thẻ đã cấp|cards issued}}}}',
                concat(number_$lang(issued, 0), ' (', signed_$lang(issued_week, 0, ''), ')')),
            ('{{{{thẻ / phiếu|cards / forms}}}}', percent_$lang(issued / nullIf(collected, 0), 1)),
            (concat('{{{{tỉnh đã báo ngày|provinces that told of}}}} ', period_$lang(newest)),
                concat(if(told < units, '▲ ', ''), number_$lang(told, 0), ' / ', number_$lang(units, 0)))
        ] AS line
    """,
    width=24,
)
PROVINCES = Panel(
    key="provinces",
    kind="table",
    title=("Theo tỉnh, ngày mới nhất mỗi tỉnh báo", "By province, the newest day that each told of"),
    shows=(
        "Lũy kế; mỗi ngày là bình quân bảy ngày gần nhất. Quét / thu thập, thẻ / phiếu.",
        "Totals; a day is the mean of the last seven. Scanned / collected, cards / forms.",
    ),
    todo=(
        "Ngày cũ hơn tỉnh khác: tỉnh chưa báo; quét thấp: hỏi tiến độ số hóa.",
        "A day behind the others: not told yet; few scanned: ask how digitising goes.",
    ),
    sql=f"""
        SELECT u.name_$lang AS unit_name, period_$lang(c.period) AS period, number_$lang(c.collected, 0) AS collected,
            percent_$lang(c.scanned / nullIf(c.collected, 0), 1) AS scanned_share, number_$lang(c.issued, 0) AS issued,
            percent_$lang(c.issued / nullIf(c.collected, 0), 1) AS issued_share,
            signed_$lang((c.issued - c.issued_before) / 7, 0, '') AS issued_day, c.unit AS unit, c.issued AS issued_raw
        FROM
        (
            SELECT n.unit AS unit, max(n.period) AS period,
                anyIf(toNullable(n.value), n.indicator = 'forms-collected') AS collected,
                anyIf(toNullable(n.value), n.indicator = 'forms-scanned') AS scanned,
                anyIf(toNullable(n.value), n.indicator = 'cards-issued') AS issued,
                anyIf(n.value_before, n.indicator = 'cards-issued') AS issued_before
            FROM newest_periods(at = $__toTime) AS n
            WHERE n.feed = 'identity-cards'
            GROUP BY n.unit
        ) AS c
        INNER JOIN units AS u ON u.unit = c.unit
        WHERE {MINE}
        ORDER BY u.position
    """,
    columns=("unit_name", "period", "collected", "scanned_share", "issued", "issued_share", "issued_day"),
    hidden=("unit", "issued_raw"),
    links=TO_UNIT,
    width=24,
)
DAYS = Panel(
    key="issued",
    kind="series",
    title=("Tăng thêm mỗi ngày, 30 ngày", "Added each day, 30 days"),
    shows=(
        "Chênh lệch lũy kế hai ngày liền của các tỉnh đang chọn; chỉ tỉnh báo cả hai ngày.",
        "Differences of totals of two days in a row, of chosen provinces that told of both.",
    ),
    todo=(
        "Dưới 0: một tỉnh đính chính lùi; xem bảng của tỉnh.",
        "Below 0: a province corrected downwards; see its board.",
    ),
    sql=f"""
        SELECT toDateTime(at) AS time, sumIf(added, indicator = 'forms-collected') / 1000 AS collected,
            sumIf(added, indicator = 'cards-issued') / 1000 AS issued
        FROM
        (
            SELECT c.at AS at, c.unit, c.indicator AS indicator,
                c.value - lagInFrame(toNullable(c.value)) OVER days AS added,
                lagInFrame(c.at) OVER days AS before
            FROM figures_in_force AS c
            WHERE c.feed = 'identity-cards' AND c.indicator IN ('forms-collected', 'cards-issued')
                AND c.verdict != 'impossible'
                AND c.at > $__fromTime AND c.at <= $__toTime AND {MINE}
            WINDOW days AS (PARTITION BY c.indicator, c.unit ORDER BY c.at ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
        )
        WHERE before > at - INTERVAL 36 HOUR AND before < at
        GROUP BY time
        ORDER BY time
    """,
    axis=Axis(("nghìn", "thousand")),
    lines=(("collected", ("phiếu thu thập", "forms collected")), ("issued", ("thẻ đã cấp", "cards issued"))),
    width=8,
    since="now-30d",
)
MATCH = lines(
    "match",
    ("Khớp thông tin / tra cứu", "Matches / look-ups"),
    (
        "Phần nghìn lượt tra cứu khớp; bình thường từ 900 đến 1.000.",
        "Matches per thousand look-ups; 900 to 1,000 is normal.",
    ),
    (
        "Dưới 900: cơ sở dữ liệu hoặc một bên gọi sai; gọi trực ban dân cư.",
        "Below 900: the database or a caller is wrong; call the duty officer.",
    ),
    "population-queries",
    (("population-match", ("khớp / tra cứu", "matches / look-ups")),),
    Axis(("phần nghìn", "per thousand"), most=1000),
    scale=0.1,
    every_s=300,
    width=8,
)

BOARD = Board(
    uid="nhip-ops-population",
    folder="operations",
    title=("Dân cư và căn cước", "Population and identity cards"),
    about=(
        "Dành cho trực ban cơ sở dữ liệu dân cư: tra cứu, tỷ lệ khớp / tra cứu, phiếu và thẻ theo tỉnh.",
        "For the population database's duty officers: look-ups, matches / look-ups, forms and cards by province.",
    ),
    rows=(
        HEAD,
        Row(
            4,
            (newest("live", ("Tra cứu lúc này, cả nước", "Look-ups now, the country"), "feed = 'population-queries'"),),
        ),
        Row(4, (TOTALS,)),
        Row(
            9,
            (
                against_last_week(
                    "queries",
                    ("Lượt tra cứu", "Look-ups"),
                    Figure("population-queries", "population-queries"),
                    Axis(("chục lượt một phút", "tens a minute"), least=0),
                    scale=10,
                    every_s=300,
                    width=8,
                ),
                MATCH,
                DAYS,
            ),
        ),
        Row(14, (PROVINCES,)),
        Row(8, (connections("system = 'population'"), findings("system = 'population'", unit=True))),
    ),
    variables=(PROVINCE,),
)
