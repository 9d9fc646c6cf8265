"""The first row of every board: how old what stands below it is, how complete, and whether it is simulated.

A frozen browser cannot turn itself red: so the time of the query stands large beside the time of the data, and whoever
looks compares it with the clock on the wall.
"""

from grafana.model import Panel, Row

QUERIED = Panel(
    key="queried",
    kind="stat",
    title=("Truy vấn lúc", "Queried at"),
    shows=(
        "Giờ của chính lần hỏi này. Khác đồng hồ treo tường quá một phút là màn hình đã đứng.",
        "The time of this very query. A minute off the clock on the wall means that the screen is frozen.",
    ),
    todo=(
        "Nếu đứng: tải lại trang, rồi gọi trực ban Nhịp.",
        "If it is frozen: load the page again, then call the operators of Nhịp.",
    ),
    sql="SELECT clock_$lang(now()) AS text",
    width=4,
    large=True,
)
AS_OF = Panel(
    key="as-of",
    kind="stat",
    title=("Số liệu tính đến", "Data as of"),
    shows=(
        "Bản ghi mới nhất trong mọi kết nối, đến cuối khoảng thời gian đang xem.",
        "The newest record of all connections, up to the end of the time range.",
    ),
    todo=(
        "Cũ hơn giờ truy vấn quá vài phút: xem ô Kết nối trễ hạn nhất.",
        "Minutes behind the time of the query: look at the connection longest overdue.",
    ),
    sql="SELECT instant_$lang(maxOrNull(last_at)) AS text FROM feed_states_at(at = $__toTime)",
    width=5,
)
OLDEST = Panel(
    key="oldest",
    kind="stat",
    title=("Kết nối trễ hạn nhất", "Connection longest overdue"),
    shows=(
        "Trong các kết nối phải có số liệu lúc này, kết nối quá hạn của chính nó lâu nhất, và tuổi bản ghi mới nhất.",
        "Of the connections that should be heard now, the one longest past its own due time, and its record's age.",
    ),
    todo=(
        "▲ là chậm, ✖ là mất tín hiệu: mở bảng của kết nối, gọi đầu mối ghi ở đó.",
        "▲ is late, ✖ is silent: open the board of the connection and call the contact named there.",
    ),
    sql="""
        WITH if(s.last_at IS NULL OR s.due_at IS NULL, inf, toFloat64(dateDiff('second', s.due_at, $__toTime)))
                AS behind,
            (behind, -ifNull(toUnixTimestamp64Milli(s.last_at), 0)) AS place
        SELECT if(count() = 0, '{{chưa có|none yet}}', argMax(concat(state_sign(s.state), ' ', f.name_$lang, ' · ',
            if(s.last_at IS NULL, '{{chưa thấy lần nào|never heard}}',
                duration_$lang(greatest(dateDiff('second', s.last_at, $__toTime), 0)))), place)) AS text
        FROM feed_states_at(at = $__toTime) AS s
        INNER JOIN feeds AS f ON f.feed = s.feed
        WHERE s.state IN ('receiving', 'late', 'silent') AND f.cadence_s > 0 AND NOT f.drill
    """,
    width=6,
)
COMPLETE = Panel(
    key="complete",
    kind="stat",
    title=("Đơn vị báo cáo / phải báo cáo", "Units reporting / expected"),
    shows=(
        "Cộng trên mọi kết nối đang đến kỳ. Dưới 95 % là ▲, dưới 80 % là ✖.",
        "Summed over the connections that are due. Below 95 % is ▲, below 80 % is ✖.",
    ),
    todo=(
        "Xem bảng kết nối: đơn vị nào thiếu; số cộng bên dưới thiếu phần của họ.",
        "See the connections: who is missing; sums below lack their part.",
    ),
    sql="""
        WITH sum(s.reporting) AS reporting, sum(s.expected) AS expected
        SELECT concat(
            multiIf(expected = 0, '– ', reporting < 0.8 * expected, '✖ ', reporting < 0.95 * expected, '▲ ', '● '),
            number_$lang(reporting, 0), ' / ', number_$lang(expected, 0)) AS text
        FROM feed_states_at(at = $__toTime) AS s
        WHERE s.state IN ('receiving', 'late', 'silent')
    """,
    width=5,
)
MARKS = Panel(
    key="marks",
    kind="stat",
    title=("Đánh dấu", "Marks"),
    shows=(
        "MẤT NHỊP: có phân vùng quá 15 giây không có nhịp, tuổi và im lặng không tin được. MÔ PHỎNG: có số mô phỏng.",
        "BEAT LOST: a partition without a tick for 15 seconds, no age can be trusted. SIMULATED: some records are.",
    ),
    todo=(
        "Mất nhịp quá một phút: mở bảng Hệ thống Nhịp và gọi trực ban Nhịp. Số mô phỏng không dùng để báo cáo.",
        "Beat lost for a minute: open the platform's board, call the operators. Simulated figures are not for reports.",
    ),
    sql="""
        WITH
            (SELECT if(count() = 0, 3600, dateDiff('second', min(newest), now64(3))) FROM
                (SELECT max(arrived_at) AS newest FROM ledger
                    WHERE kind = 'tick' AND arrived_at >= now64(3) - INTERVAL 1 HOUR
                    GROUP BY topic, partition)) AS silence,
            (SELECT (countIf(toUnixTimestamp(s.clock) > 0), max(s.simulated)) FROM feed_states_at(at = $__toTime) AS s)
                AS known
        SELECT concat(
            if(silence > 15, concat('✖ {{MẤT NHỊP|BEAT LOST}} ', duration_$lang(silence), ' · '), ''),
            multiIf(known.1 = 0, '– {{chưa có|none yet}}', known.2, '◆ {{MÔ PHỎNG|SIMULATED}}',
                '● {{số liệu thật|real data}}')) AS text
    """,
    width=4,
)

HEAD = Row(3, (QUERIED, AS_OF, OLDEST, COMPLETE, MARKS))
