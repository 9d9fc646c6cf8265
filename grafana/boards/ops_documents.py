"""The national document exchange axis: volume, transit time, what nobody has acknowledged, refusals, recalls."""

from grafana import case_panels
from grafana.bodies import BODY
from grafana.case_panels import Cases
from grafana.choices import chosen
from grafana.head import HEAD
from grafana.model import Board, Panel, Row
from grafana.panels import TO_UNIT, connections, findings

DOCUMENTS = Cases(
    kind="document",
    many=("văn bản", "documents"),
    received=("gửi lên trục", "sent to the axis"),
    finished=("đã xử lý xong", "done with"),
)
MINE = chosen("unit", "c.unit")
WAYS = Panel(
    key="ways",
    kind="table",
    title=(
        "Thời gian qua từng chặng, văn bản gửi trong khoảng đang xem",
        "Time for each leg, documents sent in the range",
    ),
    shows=(
        "Từ lúc gửi đến lần đầu vào từng trạng thái: số văn bản đã qua, trung vị, 90 %, lâu nhất.",
        "From the sending until each state was first entered: documents that came so far, median, 90 %, longest.",
    ),
    todo=(
        "Chặng đã đến kéo dài: sự cố của trục. Chặng tiếp nhận kéo dài: hỏi văn thư nơi nhận.",
        "A long way to arrival is the axis's own trouble; a long one to acceptance is the receiving clerk's.",
    ),
    sql=f"""
        SELECT s.name_$lang AS leg, number_$lang(count(), 0) AS documents,
            duration_$lang(quantile(0.5)(w.took)) AS median,
            duration_$lang(quantile(0.9)(w.took)) AS most, duration_$lang(max(w.took)) AS longest
        FROM
        (
            SELECT e.state AS state, dateDiff('second', e.sent, e.entered) AS took
            FROM
            (
                SELECT f.state AS state, f.entered AS entered,
                    minOrNullIf(f.entered, f.state = 'sent') OVER (PARTITION BY f.case_id) AS sent
                FROM
                (
                    SELECT c.case_id AS case_id, c.state AS state, min(c.event_at) AS entered
                    FROM case_steps AS c
                    WHERE c.feed = 'document-axis' AND c.kind = 'document' AND c.verdict != 'impossible' AND {MINE}
                        AND c.event_at > $__fromTime AND c.event_at <= $__toTime
                    GROUP BY c.case_id, c.state
                ) AS f
            ) AS e
            WHERE e.state != 'sent' AND e.sent IS NOT NULL
        ) AS w
        INNER JOIN case_states AS s ON s.kind = 'document' AND s.state = w.state
        GROUP BY s.name_$lang, s.position
        ORDER BY s.position
    """,
    columns=("leg", "documents", "median", "most", "longest"),
    width=12,
)
UNACKNOWLEDGED = Panel(
    key="unacknowledged",
    kind="table",
    title=("Đã đến quá một ngày làm việc, chưa tiếp nhận", "Arrived more than a working day ago, not acknowledged"),
    shows=(
        "Văn bản đến trong bảy ngày, chưa được tiếp nhận hoặc từ chối. Thứ bảy, chủ nhật không tính; ngày lễ chưa trừ.",
        "Arrived within seven days, neither accepted nor refused. Weekends do not count; holidays are not left out.",
    ),
    todo=("Gọi văn thư của đơn vị đứng đầu bảng.", "Call the clerk of the body at the top."),
    sql=f"""
        WITH toDayOfWeek(local_day($__toTime)) AS weekday,
            if(weekday >= 6, toDateTime(local_day($__toTime) - (weekday - 5), 'Asia/Ho_Chi_Minh'),
                $__toTime - toIntervalDay(if(weekday = 1, 3, 1))) AS patience
        SELECT u.name_$lang AS unit_name, number_$lang(count(), 0) AS documents,
            duration_$lang(dateDiff('second', min(d.arrived), $__toTime)) AS longest, d.unit AS unit,
            count() AS documents_raw
        FROM
        (
            SELECT c.case_id, any(c.unit) AS unit, minIf(c.event_at, c.state = 'arrived') AS arrived
            FROM case_steps AS c
            WHERE c.feed = 'document-axis' AND c.kind = 'document' AND c.verdict != 'impossible' AND {MINE}
                AND c.event_at > $__toTime - INTERVAL 7 DAY AND c.event_at <= $__toTime
            GROUP BY c.case_id
            HAVING countIf(c.state NOT IN ('sent', 'arrived')) = 0 AND countIf(c.state = 'arrived') > 0
                AND arrived < patience
        ) AS d
        INNER JOIN units AS u ON u.unit = d.unit
        GROUP BY unit_name, d.unit, u.position
        ORDER BY count() DESC, u.position
    """,
    columns=("unit_name", "documents", "longest"),
    hidden=("unit", "documents_raw"),
    links=TO_UNIT,
    empty=("không có văn bản nào chờ quá một ngày làm việc", "nothing has waited longer than a working day"),
    width=12,
)
TAKEN = "('accepted', 'waiting', 'handling', 'done')"
"""States of a document that somebody has accepted: not every body tells of the step itself."""
URGENT = Panel(
    key="urgent",
    kind="table",
    title=("Theo độ khẩn, văn bản gửi trong khoảng đang xem", "By priority, documents sent in the range"),
    shows=(
        "Độ khẩn như nơi gửi ghi; văn bản không ghi là thường. Đã tiếp nhận / đã gửi, và trung vị đến lúc tiếp nhận.",
        "Priority as the sender says; without one it is normal. Accepted / sent, and the median until then.",
    ),
    todo=("Văn bản hỏa tốc chưa tiếp nhận: gọi ngay.", "An express document that nobody accepted: call at once."),
    sql=f"""
        SELECT transform(d.priority, [4, 3, 2, 1],
                ['{{{{hỏa tốc hẹn giờ|timed}}}}', '{{{{hỏa tốc|express}}}}', '{{{{thượng khẩn|very urgent}}}}',
                    '{{{{khẩn|urgent}}}}'],
                '{{{{thường|normal}}}}') AS priority,
            number_$lang(count(), 0) AS sent, percent_$lang(countIf(d.taken) / count(), 1) AS accepted,
            duration_$lang(quantileIf(0.5)(dateDiff('second', d.sent_at, d.taken_at), d.taken)) AS median,
            d.priority AS rank
        FROM
        (
            SELECT c.case_id, minIf(c.event_at, c.state = 'sent') AS sent_at,
                minIf(c.event_at, c.state IN {TAKEN}) AS taken_at, countIf(c.state IN {TAKEN}) > 0 AS taken,
                max(arrayMax(arrayMap(x -> indexOf(['urgent', 'very_urgent', 'express', 'timed'], x),
                    arrayPushBack(c.attributes, '')))) AS priority
            FROM case_steps AS c
            WHERE c.feed = 'document-axis' AND c.kind = 'document' AND c.verdict != 'impossible' AND {MINE}
                AND c.event_at > $__fromTime AND c.event_at <= $__toTime
            GROUP BY c.case_id
            HAVING countIf(c.state = 'sent') > 0
        ) AS d
        GROUP BY d.priority
        ORDER BY d.priority DESC
    """,
    columns=("priority", "sent", "accepted", "median"),
    hidden=("rank",),
    width=12,
)

BOARD = Board(
    uid="nhip-ops-documents",
    folder="operations",
    title=("Trục liên thông văn bản", "Document exchange axis"),
    about=(
        "Dành cho trực ban trục: bao nhiêu văn bản qua trục, mất bao lâu, nơi nào chưa tiếp nhận.",
        "For the axis's duty officers: how much goes through, how long it takes, who has not acknowledged.",
    ),
    rows=(
        HEAD,
        Row(4, (case_panels.today(DOCUMENTS, width=17), case_panels.still_open(DOCUMENTS, width=7))),
        Row(4, (case_panels.month(DOCUMENTS, width=24),)),
        Row(
            9,
            (
                case_panels.by_quarter_hour(DOCUMENTS),
                case_panels.by_day(DOCUMENTS),
            ),
        ),
        Row(9, (UNACKNOWLEDGED, WAYS)),
        Row(9, (URGENT, case_panels.open_by_day(DOCUMENTS))),
        Row(12, (case_panels.by_unit(DOCUMENTS, "'ministry', 'agency', 'province'", received_as="sent"),)),
        Row(8, (connections("system = 'document-axis'"), findings("system = 'document-axis'", unit=True))),
    ),
    variables=(BODY,),
)
