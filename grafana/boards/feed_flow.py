"""One connection's flow: its states over time, who reports, how fresh, how much, what is refused."""

from grafana.choices import THE_FEED
from grafana.model import Axis, Panel

IN_RANGE = f"""l.feed = {THE_FEED} AND l.kind = 'records' AND l.arrived_at >= $__fromTime
    AND l.arrived_at <= $__toTime
            AND l.partition IN (SELECT arrayJoin(range(partition, partition + shards)) FROM feeds
                WHERE feed = {THE_FEED})"""
SOUND = "NOT l.backfill AND abs(toUnixTimestamp64Milli(l.arrived_at) - toUnixTimestamp64Milli(l.sent_at)) < 3600000"
"""A played past, or a sender's clock an hour off, says nothing about freshness."""
EVERY = "toStartOfInterval(toDateTime(l.arrived_at), INTERVAL $__interval_s second)"

STATES = Panel(
    key="states",
    kind="states",
    title=("Trạng thái theo thời gian", "State over time"),
    shows=(
        "Trạng thái xấu nhất của các phần trong mỗi khoảng: ✖ mất tín hiệu, ▲ chậm, ● đang nhận, ○ chưa đến kỳ, – "
        "ngoài giờ.",
        "The worst state of its shards in each step: ✖ silent, ▲ late, ● receiving, ○ not due, – off hours.",
    ),
    todo=(
        "Mất tín hiệu đều vào một giờ: hỏi về việc chạy theo lịch ở nguồn.",
        "Silent at the same hour each day: ask what runs on a schedule at the source.",
    ),
    sql=f"""
        SELECT toStartOfInterval(s.clock, INTERVAL $__interval_s second) AS time, d.name_$lang AS series,
            argMax(s.state, (state_rank(s.state), s.clock)) AS state
        FROM feed_states AS s
        INNER JOIN feeds AS d ON d.feed = s.feed
        WHERE s.generation = (SELECT generation FROM generation_in_force) AND s.feed = {THE_FEED}
            AND s.clock >= $__fromTime AND s.clock <= $__toTime
        GROUP BY time, series
        ORDER BY time
    """,
    width=24,
)
REPORTING = Panel(
    key="reporting",
    kind="series",
    title=("Đơn vị báo cáo / phải báo cáo", "Units reporting / expected"),
    shows=(
        "Bao nhiêu đơn vị còn trong hạn báo cáo, trên bao nhiêu đơn vị phải báo cáo; số nhỏ nhất trong mỗi khoảng.",
        "How many units are within their term, of how many that must report; the least in each step.",
    ),
    todo=("Hai đường tách nhau: xem đơn vị nào thiếu ở bảng dưới.", "Where the lines part: see below who is missing."),
    sql=f"""
        SELECT time, min(reporting) AS reporting, max(expected) AS expected
        FROM
        (
            SELECT toStartOfInterval(s.clock, INTERVAL $__interval_s second) AS time, s.clock AS clock,
                sum(s.reporting) AS reporting,
                sum(s.expected) AS expected
            FROM feed_states AS s
            WHERE s.generation = (SELECT generation FROM generation_in_force) AND s.feed = {THE_FEED}
                AND s.clock >= $__fromTime AND s.clock <= $__toTime
            GROUP BY s.clock
        )
        GROUP BY time
        ORDER BY time
    """,
    axis=Axis(("đơn vị", "units"), least=0),
    lines=(("reporting", ("báo cáo", "reporting")), ("expected", ("phải báo cáo", "expected"))),
    width=8,
)
FRESHNESS = Panel(
    key="freshness",
    kind="series",
    title=("Độ tươi: từ lúc gửi đến lúc vào kho", "Freshness: from sending to the store"),
    shows=(
        "Mili giây, trung vị và p99 của các bản tin trong mỗi khoảng; không tính số liệu quá khứ được phát lại.",
        "Milliseconds, median and p99 of the messages in each step; a past that was played does not count.",
    ),
    todo=(
        "Trên 1000 kéo dài: xem bảng Hệ thống Nhịp; nếu chỉ kết nối này, nguồn gửi dồn.",
        "Above 1000 for long: see the platform's board; if only this one, its source sends in bulk.",
    ),
    sql=f"""
        SELECT {EVERY} AS time,
            quantileIf(0.5)(toUnixTimestamp64Milli(l.stored_at) - toUnixTimestamp64Milli(l.sent_at), {SOUND}) AS p50,
            quantileIf(0.99)(toUnixTimestamp64Milli(l.stored_at) - toUnixTimestamp64Milli(l.sent_at), {SOUND}) AS p99
        FROM ledger AS l
        WHERE {IN_RANGE}
        GROUP BY time
        HAVING isFinite(p50)
        ORDER BY time
    """,
    axis=Axis(("mili giây", "milliseconds"), least=0),
    lines=(("p50", ("trung vị", "median")), ("p99", ("p99", "p99"))),
    empty=("không có bản tin nào trong khoảng này", "no message in this time"),
    width=8,
)
SHARES = Panel(
    key="shares",
    kind="series",
    title=("Bị từ chối, gửi lại, đến muộn / mọi bản ghi", "Refused, repeated, late / all records"),
    shows=(
        "Phần nghìn của các bản ghi đến trong mỗi khoảng. Gửi lại không đổi gì; muộn vẫn được tính vào chỗ của nó.",
        "Per thousand of the records that came in each step. A repeat changes nothing; the late count where they "
        "belong.",
    ),
    todo=("Từ chối tăng: xem lý do ở bảng bên dưới.", "Refusals rising: see the reasons below."),
    sql=f"""
        SELECT {EVERY} AS time, 1000 * sum(l.rejected) / nullIf(sum(l.records), 0) AS refused,
            1000 * sum(l.duplicates) / nullIf(sum(l.records), 0) AS repeated,
            1000 * sum(l.late) / nullIf(sum(l.records), 0) AS late
        FROM ledger AS l
        WHERE {IN_RANGE}
        GROUP BY time
        ORDER BY time
    """,
    axis=Axis(("phần nghìn bản ghi", "per thousand records"), least=0),
    lines=(
        ("refused", ("bị từ chối", "refused")),
        ("repeated", ("gửi lại", "repeated")),
        ("late", ("đến muộn", "late")),
    ),
    empty=("không có bản tin nào trong khoảng này", "no message in this time"),
    width=8,
)
COUNTED = Panel(
    key="counted",
    kind="table",
    title=("Đã nhận bao nhiêu", "How much came in"),
    shows=(
        "Theo giờ trong khoảng đang xem, mới trước: bản tin, bản ghi, được nhận, bị từ chối, gửi lại, đến muộn.",
        "By the hour, the newest first: messages, records, accepted, refused, repeated, late.",
    ),
    todo=(
        "Bản ghi luôn bằng được nhận cộng bị từ chối cộng gửi lại; nếu không, gọi trực ban Nhịp.",
        "Records are always accepted plus refused plus repeated; if not, call the operators of Nhịp.",
    ),
    sql=f"""
        SELECT instant_$lang(toStartOfHour(l.arrived_at)) AS at, number_$lang(count(), 0) AS messages,
            number_$lang(sum(l.records), 0) AS records,
            number_$lang(sum(l.accepted), 0) AS taken_in, number_$lang(sum(l.rejected), 0) AS refused,
            number_$lang(sum(l.duplicates), 0) AS repeated, number_$lang(sum(l.late), 0) AS late,
            toUnixTimestamp(toStartOfHour(l.arrived_at)) AS at_raw
        FROM ledger AS l
        WHERE {IN_RANGE}
        GROUP BY toStartOfHour(l.arrived_at)
        ORDER BY at_raw DESC
        LIMIT 100
    """,
    columns=("at", "messages", "records", "taken_in", "refused", "repeated", "late"),
    hidden=("at_raw",),
    empty=("không có bản tin nào trong khoảng này", "no message in this time"),
    width=12,
)
REFUSED = Panel(
    key="refused",
    kind="table",
    title=("Bị từ chối theo lý do", "Refused, by reason"),
    shows=(
        "Trong khoảng đang xem, nhiều trước; trường gây ra lý do và chỗ của bản ghi mới nhất trong Kafka.",
        "In the time range, the most first; the field at fault, and the place of the newest one in Kafka.",
    ),
    todo=(
        "Báo nơi gửi lý do và trường; đơn vị hay chỉ tiêu lạ: có thể danh mục thiếu.",
        "Tell the sender reason and field; an unknown unit or indicator may be missing in the catalogue.",
    ),
    sql=f"""
        SELECT reason_$lang(r.reason) AS reason, if(r.field = '', '–', r.field) AS field,
            number_$lang(uniqExact(r.topic, r.partition, r.offset, r.row), 0) AS records,
            instant_$lang(max(r.arrived_at)) AS newest,
            argMax(concat(r.topic, '/', toString(r.partition), '@', toString(r.offset), '+', toString(r.row)),
                r.arrived_at) AS place, count() AS rows_raw
        FROM rejected AS r
        WHERE r.feed = {THE_FEED} AND r.arrived_at >= $__fromTime AND r.arrived_at <= $__toTime
        GROUP BY r.reason, r.field
        ORDER BY rows_raw DESC, reason
        LIMIT 50
    """,
    columns=("reason", "field", "records", "newest", "place"),
    hidden=("rows_raw",),
    empty=("không bản ghi nào bị từ chối", "no record was refused"),
    width=12,
)
