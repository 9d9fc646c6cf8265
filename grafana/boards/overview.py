"""All connections, provinces and findings at a glance, in tables: what `nhip watch` shows in the terminal."""

from grafana.findings import IS_OPEN, REACH, open_counts
from grafana.head import HEAD
from grafana.model import Board, Panel, Row
from grafana.panels import TO_FEED, TO_UNIT
from grafana.phrases import COUNTED_IN

COUNTS = Panel(
    key="counts",
    kind="stat",
    title=("Kết nối", "Connections"),
    shows=(
        "Số kết nối theo trạng thái; ✖ khi có kết nối mất tín hiệu, ▲ khi có kết nối chậm.",
        "Connections by state; ✖ where one is silent, ▲ where one is late.",
    ),
    todo=("Xem danh sách bên dưới, xấu nhất trước.", "See the list below, the worst first."),
    sql="""
        WITH countIf(state = 'silent') AS silent, countIf(state = 'late') AS late
        SELECT concat(multiIf(count() = 0, '–', silent > 0, '✖', late > 0, '▲', '●'), ' ', toString(count()), ': ',
            toString(silent), ' {{mất tín hiệu|silent}}, ', toString(late), ' {{chậm|late}}, ',
            toString(countIf(state = 'receiving')), ' {{đang nhận|receiving}}') AS text
        FROM feed_states_at(at = $__toTime) AS s
        INNER JOIN feeds AS f ON f.feed = s.feed
        WHERE f.system != 'drill'
    """,
    width=8,
)
OPEN = open_counts(infos=True, width=8)
INTAKE = Panel(
    key="intake",
    kind="stat",
    title=("Đường ống năm phút qua", "Pipeline, last five minutes"),
    shows=(
        "Tươi p99: từ đồng hồ bên gửi đến dòng hỏi được trong kho. ▲ khi quá một giây hoặc có bản ghi bị từ chối.",
        "Fresh p99: from the sender's clock to a row to be asked for. ▲ above a second, or where records were refused.",
    ),
    todo=("Mở bảng Hệ thống Nhịp.", "Open the platform's board."),
    sql="""
        WITH
            (toUnixTimestamp64Milli(stored_at) - toUnixTimestamp64Milli(sent_at)) / 1000 AS since_sent,
            kind = 'records' AND NOT backfill
                AND abs(toUnixTimestamp64Milli(arrived_at) - toUnixTimestamp64Milli(sent_at)) < 3600000 AS sound,
            quantileOrNullIf(0.99)(since_sent, sound) AS p99,
            sum(l.rejected) AS refused
        SELECT concat(multiIf(countIf(kind = 'records') = 0, '–', p99 > 1 OR refused > 0, '▲', '●'),
            ' {{tươi p99|fresh p99}} ', figure_$lang(p99, 2, '{{giây|s}}'),
            ', {{từ chối|refused}} ', number_$lang(refused, 0), ', {{muộn|late}} ', number_$lang(sum(l.late), 0),
            ', {{trùng|repeated}} ', number_$lang(sum(l.duplicates), 0), ', {{bản ghi|records}} ',
            number_$lang(sum(if(disposition = 'forwarded', l.rejected, l.records)), 0)) AS text
        FROM ledger AS l
        WHERE arrived_at > now64(3) - INTERVAL 5 MINUTE
    """,
    width=8,
)
FEEDS = Panel(
    key="feeds",
    kind="table",
    title=("Kết nối, xấu nhất trước", "Connections, the worst first"),
    shows=(
        "Mọi kết nối: trạng thái, tuổi bản ghi mới nhất, đơn vị báo cáo / phải báo cáo, giá trị của chỉ tiêu đại diện.",
        "Every connection: state, age of its newest record, units reporting / expected, its headline value.",
    ),
    todo=(
        "✖ mất tín hiệu: mở bảng của kết nối, gọi đầu mối ghi ở đó. ▲ trước một giá trị: giá trị nghi vấn.",
        "✖ silent: open the connection's board, call the contact there. ▲ before a value: it is suspect.",
    ),
    sql=f"""
        SELECT
            concat(if(c.drill, '{{{{DIỄN TẬP|DRILL}}}} ', ''), c.name_$lang) AS feed_name, c.state AS state,
            multiIf(c.periodic, '{{{{theo kỳ|by period}}}}', c.age_s < 2, '{{{{vừa xong|just now}}}}',
                duration_$lang(c.age_s)) AS age,
            if(c.expected = 0, '–', concat(toString(c.reporting), '/', toString(c.expected))) AS reporting_text,
            concat(if(c.verdict = 'suspect', '▲ ', ''), if(c.record = 'cases',
                figure_$lang(c.received_today, 0, concat(n.words, ' {{{{hôm nay|today}}}}')),
                figure_$lang(c.value, c.decimals, c.measure_$lang))) AS last_value,
            c.feed AS feed, c.age_s AS age_raw, c.value AS value_raw
        FROM feeds_at(at = $__toTime) AS c
        LEFT JOIN {COUNTED_IN} AS n ON n.feed = c.feed
        ORDER BY state_rank(c.state) DESC, c.system, c.feed
    """,
    columns=("feed_name", "state", "age", "reporting_text", "last_value"),
    hidden=("feed", "age_raw", "value_raw"),
    links=TO_FEED,
    width=12,
)
PROVINCES = Panel(
    key="provinces",
    kind="table",
    title=("Hồ sơ theo tỉnh hôm nay, biến động nhiều nhất trước", "Dossiers by province today, the most moved first"),
    shows=(
        "So với cùng thứ tuần trước đến cùng năm phút; xếp theo độ lệch chuẩn. Dòng đầu là cả nước, cộng từ các tỉnh.",
        "Against the same weekday last week up to the same five minutes. The first line is the country, summed up.",
    ),
    todo=("Mở bảng của tỉnh; hỏi trung tâm điều hành tỉnh.", "Open the province's board; ask its operations centre."),
    sql="""
        WITH rows AS (SELECT * FROM provinces_today(at = $__toTime, kind = 'dossier'))
        SELECT unit_name, number_$lang(came, 0) AS received,
            if(change IS NULL, '– {{chưa so được|not comparable}}', concat(if(far, '▲ ', ''),
                change_$lang(came, came_before, 0, '{{hồ sơ|dossiers}}'))) AS week_ago,
            percent_$lang(on_time_ratio, 1) AS on_time, number_$lang(overdue_open, 0) AS overdue,
            unit, change AS change_raw
        FROM
        (
            SELECT name_$lang AS unit_name, unit, received AS came, received_before AS came_before, change,
                on_time_of_finished AS on_time_ratio, overdue_open, abs(moved) AS distance,
                ifNull(abs(moved) >= 4 AND abs(change) >= 0.25, false) AS far
            FROM rows
            UNION ALL
            SELECT '{{Cả nước|Whole country}}', 'VN', sum(received), sum(received_before),
                sum(received) / nullIf(sum(received_before), 0) - 1, sum(on_time) / nullIf(sum(finished), 0),
                sum(overdue_open), inf, false
            FROM rows
        )
        ORDER BY distance DESC, unit
    """,
    columns=("unit_name", "received", "week_ago", "on_time", "overdue"),
    hidden=("unit", "change_raw"),
    links=TO_UNIT,
    width=12,
)
JUST_CLOSED = f"""o.opened_at <= $__toTime AND o.at > $__toTime - {REACH}
            AND o.closed_at BETWEEN $__toTime - INTERVAL 1 HOUR AND $__toTime"""
FINDINGS = Panel(
    key="findings",
    kind="table",
    title=("Điểm bất thường", "Findings"),
    shows=(
        "Đang mở, hoặc đóng trong giờ qua; cùng quy tắc, đơn vị, kết nối là một dòng, sau dấu + là số điểm cùng loại.",
        "Open, or closed within the hour; those of one rule, unit and connection are a line, + counts the others.",
    ),
    todo=("Nhận việc trên trang trực ban hoặc bằng nhip findings.", "Take it at the desk or with nhip findings."),
    sql=f"""
        SELECT if({IS_OPEN}, o.severity, 'closed') AS severity,
            formatDateTime(max(o.opened_at), '%d/%m %H:%i', 'Asia/Ho_Chi_Minh') AS since,
            concat(if(o.drill, '{{{{DIỄN TẬP|DRILL}}}} ', ''),
                if(count() > 1, concat('(+', toString(count() - 1), ') '), ''),
                argMax(o.sentence_$lang, o.opened_at)) AS sentence,
            argMax(toString(o.finding_id), o.opened_at) AS finding_id,
            arrayStringConcat(groupArray(toString(o.finding_id)), ' ') AS finding_ids,
            toString(toUnixTimestamp64Milli(min(o.at) - INTERVAL 1 DAY)) AS from_ms,
            toString(1000 * toUnixTimestamp($__toTime)) AS to_ms
        FROM findings_in_force AS o
        WHERE ({IS_OPEN}) OR ({JUST_CLOSED})
        GROUP BY o.rule, o.unit, o.feed, o.severity, severity, o.drill
        ORDER BY severity = 'closed', o.drill, severity_rank(o.severity) DESC, max(o.opened_at) DESC
        LIMIT 40
    """,
    columns=("severity", "since", "sentence"),
    hidden=("finding_id", "finding_ids", "from_ms", "to_ms"),
    links=(("sentence", "nhip-finding"),),
    empty=("không có điểm bất thường nào đang mở", "no finding is open"),
    width=24,
)

BOARD = Board(
    uid="nhip-overview",
    folder="operations",
    title=("Toàn cảnh", "Overview"),
    about=(
        "Mọi kết nối, các tỉnh và điểm bất thường trong một bảng; cùng bảng này là nhip watch trong cửa sổ lệnh.",
        "Connections, provinces and findings on one board; in the terminal it is nhip watch.",
    ),
    rows=(HEAD, Row(3, (COUNTS, OPEN, INTAKE)), Row(16, (FEEDS, PROVINCES)), Row(9, (FINDINGS,))),
    refresh="30s",
)
