"""What comes in: how fresh, how much, what is refused, whether the ledger is whole."""

from grafana.boards.feed_flow import SOUND
from grafana.model import Axis, Panel

ARRIVED = "l.arrived_at >= $__fromTime AND l.arrived_at <= $__toTime"
MESSAGES = f"l.kind = 'records' AND {ARRIVED}"
STORED = "l.disposition = 'stored'"
"""What came through the inbox stands in the ledger twice: as it was forwarded, and as it was stored."""
EVERY = "toStartOfInterval(toDateTime(l.arrived_at), INTERVAL $__interval_s second)"
MS = "toUnixTimestamp64Milli(l.stored_at) - toUnixTimestamp64Milli(l.sent_at)"

INTAKE = Panel(
    key="intake",
    kind="series",
    title=("Bản ghi mỗi giây", "Records a second"),
    shows=(
        "Trung bình trong mỗi khoảng, mọi kết nối: được nhận, bị từ chối, gửi lại. Khoảng cuối là tạm tính.",
        "The mean of each step over all connections: accepted, refused, repeated. The last step is provisional.",
    ),
    todo=(
        "Về không giữa giờ làm việc: xem nhịp, Kafka và bộ xử lý.",
        "Zero in working hours: see ticks, Kafka and the worker.",
    ),
    sql=f"""
        SELECT {EVERY} AS time, sumIf(l.accepted, {STORED}) / $__interval_s AS accepted,
            sum(l.rejected) / $__interval_s AS refused, sumIf(l.duplicates, {STORED}) / $__interval_s AS repeated
        FROM ledger AS l
        WHERE {MESSAGES}
        GROUP BY time
        ORDER BY time
    """,
    axis=Axis(("bản ghi mỗi giây", "records a second"), least=0),
    lines=(
        ("accepted", ("được nhận", "accepted")),
        ("refused", ("bị từ chối", "refused")),
        ("repeated", ("gửi lại", "repeated")),
    ),
    width=12,
)
FRESHNESS = Panel(
    key="freshness",
    kind="series",
    title=("Độ tươi: từ lúc gửi đến lúc vào kho", "Freshness: from sending to the store"),
    shows=(
        "Mili giây, trung vị và p99 của mọi bản tin; cam kết p99 dưới 1000. Không tính quá khứ được phát lại.",
        "Milliseconds, median and p99 of all messages; p99 below 1000 is promised. A past that was played does not "
        "count.",
    ),
    todo=(
        "Trên 1000: xem chi phí truy vấn, gộp phần và đĩa ở dưới; rồi tải của máy.",
        "Above 1000: see the cost of queries, merges and disk below; then the machine's load.",
    ),
    sql=f"""
        SELECT {EVERY} AS time, quantileIf(0.5)({MS}, {SOUND}) AS p50, quantileIf(0.99)({MS}, {SOUND}) AS p99
        FROM ledger AS l
        WHERE {MESSAGES}
        GROUP BY time
        HAVING isFinite(p50)
        ORDER BY time
    """,
    axis=Axis(("mili giây", "milliseconds"), least=0),
    lines=(("p50", ("trung vị", "median")), ("p99", ("p99", "p99"))),
    width=12,
)
FEEDS = Panel(
    key="feeds",
    kind="table",
    title=("Từng kết nối, giờ cuối của khoảng đang xem", "Every connection, over the last hour of the range"),
    shows=(
        "Đồng hồ của kết nối chậm bao nhiêu, độ tươi, bản ghi, bị từ chối, đến muộn. Đồng hồ lạ: bên gửi lệch Kafka "
        "quá một giờ.",
        "How far its clock is behind, freshness, records, refused, late. Odd clocks: the sender's is an hour off "
        "Kafka's.",
    ),
    todo=(
        "Một kết nối chậm: chờ ở nguồn hoặc phân vùng của nó. Mọi kết nối chậm: bộ xử lý hoặc kho.",
        "One is behind: its source or partition. All are: the worker or the store.",
    ),
    sql=f"""
        SELECT d.name_$lang AS feed_name, s.state AS state,
            duration_$lang(dateDiff('second', s.clock, $__toTime)) AS lag,
            figure_$lang(if(r.sound = 0, NULL, r.p50), 0, 'ms') AS p50,
            figure_$lang(if(r.sound = 0, NULL, r.p99), 0, 'ms') AS p99,
            number_$lang(r.records, 0) AS records, number_$lang(r.refused, 0) AS refused,
            number_$lang(r.late, 0) AS late,
            number_$lang(r.odd, 0) AS odd_clocks, d.feed AS feed, dateDiff('second', s.clock, $__toTime) AS lag_raw
        FROM feeds AS d
        INNER JOIN feed_states_at(at = $__toTime) AS s ON s.feed = d.feed
        LEFT JOIN
        (
            SELECT l.feed AS feed, sum(l.records) AS records, sum(l.rejected) AS refused, sum(l.late) AS late,
                countIf({SOUND}) AS sound,
                countIf(NOT ({SOUND})) AS odd, quantileIf(0.5)({MS}, {SOUND}) AS p50,
                quantileIf(0.99)({MS}, {SOUND}) AS p99
            FROM ledger AS l
            WHERE l.kind = 'records' AND l.arrived_at > $__toTime - INTERVAL 1 HOUR AND l.arrived_at <= $__toTime
            GROUP BY l.feed
        ) AS r ON r.feed = d.feed
        ORDER BY lag_raw > 120 DESC, r.p99 DESC NULLS LAST, feed_name
    """,
    columns=("feed_name", "state", "lag", "p50", "p99", "records", "refused", "late", "odd_clocks"),
    hidden=("feed", "lag_raw"),
    links=(("feed_name", "nhip-feed"),),
    width=24,
)
REJECTED = Panel(
    key="rejected",
    kind="table",
    title=("Bị từ chối theo kết nối và lý do", "Refused, by connection and reason"),
    shows=(
        "Trong khoảng đang xem, nhiều trước. Nội dung không được giữ; trường và chỗ trong Kafka đủ để nơi gửi tìm lại.",
        "In the time range, the most first. Bodies are not kept; field and place in Kafka are enough for the sender.",
    ),
    todo=(
        "Báo đầu mối của kết nối; lý do do danh mục: sửa danh mục.",
        "Tell the contact; where the catalogue is at fault, mend it.",
    ),
    sql="""
        SELECT if(r.feed = '', '{{không đọc được|could not be read}}', any(d.name_$lang)) AS feed_name,
            reason_$lang(r.reason) AS reason,
            if(r.field = '', '–', r.field) AS field, number_$lang(uniqExact(r.topic, r.partition, r.offset, r.row),
                0) AS records,
            instant_$lang(max(r.arrived_at)) AS newest, r.feed AS feed, count() AS rows_raw
        FROM rejected AS r
        LEFT JOIN feeds AS d ON d.feed = r.feed
        WHERE r.arrived_at >= $__fromTime AND r.arrived_at <= $__toTime
        GROUP BY r.feed, r.reason, r.field
        ORDER BY rows_raw DESC, feed_name, reason
        LIMIT 50
    """,
    columns=("feed_name", "reason", "field", "records", "newest"),
    hidden=("feed", "rows_raw"),
    links=(("feed_name", "nhip-feed"),),
    empty=("không bản ghi nào bị từ chối", "no record was refused"),
    width=12,
)
LEDGER = Panel(
    key="ledger",
    kind="table",
    title=("Sổ cái trong khoảng đang xem: liên tục, cộng khớp", "The ledger over the range: no hole, and it adds up"),
    shows=(
        "Theo chủ đề Kafka: bản tin, vị trí còn thiếu giữa đầu và cuối, bản tin không cộng khớp, phân vùng có nhịp "
        "cũ nhất.",
        "By Kafka topic: messages, offsets missing between first and last, messages that do not add up, the oldest "
        "beat.",
    ),
    todo=(
        "✖: chạy nhip check; mất bản tin là việc nghiêm trọng nhất ở đây.",
        "✖: run nhip check; a message lost is the gravest thing there is here.",
    ),
    sql=f"""
        SELECT p.topic AS topic, number_$lang(count(), 0) AS partitions, number_$lang(sum(p.messages), 0) AS messages,
            concat(if(sum(p.missing) > 0, '✖ ', '● '), number_$lang(sum(p.missing), 0)) AS missing,
            concat(if(sum(p.unbalanced) > 0, '✖ ', '● '), number_$lang(sum(p.unbalanced), 0)) AS unbalanced,
            number_$lang(sum(p.records), 0) AS records, number_$lang(sum(p.accepted), 0) AS taken_in,
            number_$lang(sum(p.refused), 0) AS refused,
            number_$lang(sum(p.repeated), 0) AS repeated,
            if(min(p.beat) IS NULL, '–', concat(if(dateDiff('second', min(p.beat), $__toTime) > 120, '▲ ', '● '),
                duration_$lang(dateDiff('second', min(p.beat), $__toTime)))) AS oldest_beat,
            sum(p.missing) AS missing_raw
        FROM
        (
            SELECT l.topic AS topic, l.partition AS partition, uniqExact(l.offset) AS messages,
                max(l.offset) - min(l.offset) + 1 - messages AS missing,
                countIf(l.kind = 'records' AND l.records != l.accepted + l.rejected + l.duplicates) AS unbalanced,
                sum(l.records) AS records,
                sum(l.accepted) AS accepted, sum(l.rejected) AS refused, sum(l.duplicates) AS repeated,
                maxOrNullIf(l.clock, l.kind = 'tick') AS beat
            FROM ledger AS l
            WHERE {ARRIVED}
            GROUP BY l.topic, l.partition
        ) AS p
        GROUP BY p.topic
        ORDER BY p.topic
    """,
    columns=(
        *("topic", "partitions", "messages", "missing", "unbalanced"),
        *("records", "taken_in", "refused", "repeated", "oldest_beat"),
    ),
    hidden=("missing_raw",),
    empty=("không có bản tin nào trong khoảng này", "no message in this time"),
    width=24,
)
