"""One finding's sheet: what was seen, by what it was judged, what it came from, the like of it, whom to ask, who "
"takes it."""

from contract import handling
from grafana.boards.finding_evidence import JUDGED, MARKED, SCALE, STEPS
from grafana.findings import NEWEST, PICKED, SHOWN
from grafana.head import HEAD
from grafana.model import Board, Panel, Row, Variable
from grafana.phrases import NONE, said

KIND = Panel(
    key="kind",
    kind="stat",
    title=("Mức độ và quy tắc", "Severity and rule"),
    shows=(
        "Phiếu của điểm có mã ở ô trên; để trống là điểm nghiêm trọng mới nhất đang mở.",
        "The sheet of the finding named above; empty: the newest of the gravest that are open.",
    ),
    todo=("Đọc câu mô tả và bằng chứng trước khi gọi.", "Read the sentence and the evidence before you call."),
    sql=f"""
        SELECT if(count() = 0, {NONE}, any(concat(severity_sign(f.severity), ' ', rule_$lang(f.rule), ' · ',
            f.about_$lang))) AS text
        FROM {PICKED} AS f
    """,
    width=9,
)
SINCE = Panel(
    key="since",
    kind="stat",
    title=("Từ lúc, kéo dài", "Since, for how long"),
    shows=(
        "Lúc nó được biết; kéo dài đến lúc đóng, hoặc đến cuối khoảng đang xem.",
        "When it was known; up to its close, or to the end of the time range.",
    ),
    todo=("Còn mở và đã lâu: xem ai giữ.", "Open for long: see who has it."),
    sql=f"""
        SELECT if(count() = 0, {NONE}, any(concat(if(f.state = 'open', '● ', '○ '), instant_$lang(f.known_at), ' · ',
            duration_$lang(greatest(dateDiff('second', f.known_at, ifNull(f.closed_at, $__toTime)), 0))))) AS text
        FROM {PICKED} AS f
    """,
    width=7,
)
HANDLED = Panel(
    key="handled",
    kind="table",
    title=("Xử lý, và hỏi ai", "Handling, and whom to ask"),
    shows=(
        "Việc xử lý đến đâu, ai giữ; cơ quan chủ quản và đầu mối trực của kết nối.",
        "How far it has come and who has it; the owner of the connection and who is on duty there.",
    ),
    todo=(
        "Gọi đầu mối, đọc câu mô tả, hỏi ba giải thích vô can trước.",
        "Call the contact, read out the sentence, ask about the innocent explanations first.",
    ),
    sql=f"""
        SELECT f.handling AS handling, if(f.holder = '', '–', f.holder) AS holder,
            instant_$lang(f.taken_at) AS taken,
            if(f.asked_until IS NULL, '–',
                concat(if(f.asked_until < $__toTime, '▲ ', '● '), instant_$lang(f.asked_until))) AS asked_until,
            f.feed_$lang AS feed_name, w.owner AS owner, w.contact_$lang AS contact,
            if(w.reach = '', {NONE}, w.reach) AS reach, f.feed AS feed
        FROM {PICKED} AS f
        INNER JOIN who_to_ask AS w ON w.feed = f.feed
        WHERE w.unit IN ('', f.unit)
        ORDER BY w.unit = ''
    """,
    columns=("handling", "holder", "taken", "asked_until", "feed_name", "owner", "contact", "reach"),
    hidden=("feed",),
    links=(("feed_name", "nhip-feed"),),
    width=24,
)
DONE = Panel(
    key="done",
    kind="table",
    title=("Đã làm gì với nó", "What was done about it"),
    shows=(
        "Mọi bước đã gửi, cũ trước, với tài khoản và kết quả; bước không hợp lúc đó cũng được giữ mà không đổi gì.",
        "Every step that was sent, the oldest first, by which account and with what outcome; those that did not fit "
        "changed nothing.",
    ),
    todo=(
        "Quá hạn trả lời: hỏi lại đơn vị, hoặc chuyển lên cấp trên.",
        "Past the time to answer: ask again, or pass it up.",
    ),
    sql=f"""
        SELECT moment_$lang(h.arrived_at) AS at, {said("h.step", handling.STEPS)} AS act, h.actor AS actor,
            if(h.due IS NULL, '–', instant_$lang(h.due)) AS asked_until, if(h.note = '', '–', h.note) AS note,
            {said("h.outcome", handling.OUTCOMES)} AS outcome
        FROM finding_history AS h
        WHERE (h.feed, h.finding_id) IN (SELECT feed, finding_id FROM {PICKED})
        ORDER BY h.number
    """,
    columns=("at", "act", "actor", "asked_until", "note", "outcome"),
    empty=("chưa ai làm gì", "nobody has done anything yet"),
    width=24,
)
TAKE = Panel(
    key="take",
    kind="table",
    title=("Nhận việc", "Take it"),
    shows=(
        "Lệnh chạy trên máy trực ban, hoặc trang nhận việc; cả hai ghi tên tài khoản và giờ nhận.",
        "The command for the desk's terminal, or the desk's page; both keep the account and the time.",
    ),
    todo=(
        "Nhận rồi mới gọi: người khác thấy ngay là đã có người lo.",
        "Take it before you call: others see at once that somebody is at it.",
    ),
    sql=f"""
        SELECT concat('nhip findings take ', toString(f.finding_id)) AS command,
            if(desk_page(f.finding_id) = '', '–', '{{{{mở trang nhận việc|open the page}}}}') AS page,
            desk_page(f.finding_id) AS address
        FROM {PICKED} AS f
    """,
    columns=("command", "page"),
    hidden=("address",),
    pages=(("page", "address"),),
    width=8,
)
EVIDENCE = Panel(
    key="evidence",
    kind="table",
    title=("Bằng chứng", "Evidence"),
    shows=(
        "Câu mô tả, con số thấy được và mong đợi, độ chắc, các giải thích vô can, và nơi nó đứng trong Kafka.",
        "The sentence, what was seen and expected, how sure, the innocent explanations, and its place in Kafka.",
    ),
    todo=(
        "Hỏi theo giải thích vô can trước; đây là bằng chứng để hỏi, không phải kết luận.",
        "Ask about the innocent explanations first; this is evidence for a question, no verdict.",
    ),
    sql=f"""
        WITH (SELECT (groupArray(toString(unit)), groupArray(name_$lang)) FROM units) AS every_unit
        SELECT line.1 AS fact, line.2 AS explanation
        FROM
        (
            SELECT arrayJoin(arrayFilter(x -> x.2 != '', [
                ('{{{{điều thấy được|what was seen}}}}', f.sentence_$lang),
                ('{{{{giá trị|value}}}}', if(f.value IS NULL, '',
                    figure_$lang(f.value, f.value_decimals, f.measure_$lang))),
                ('{{{{mong đợi|expected}}}}', if(f.low IS NULL AND f.high IS NULL, '', concat(
                    if(f.low IS NULL, '…', figure_$lang(f.low, f.low_decimals, f.measure_$lang)),
                    ' – ',
                    if(f.high IS NULL, '…', figure_$lang(f.high, f.high_decimals,
                        f.measure_$lang))))),
                ('{{{{độ mạnh, bội số của ngưỡng|strength, times the threshold}}}}', number_$lang(f.score, 1)),
                ('{{{{độ chắc|certainty}}}}', transform(JSONExtractString(f.evidence, 'certainty'),
                    ['high', 'medium', 'low'],
                    ['{{{{cao|high}}}}', '{{{{vừa|medium}}}}', '{{{{thấp|low}}}}'], '')),
                ('{{{{giải thích vô can|innocent explanations}}}}',
                    arrayStringConcat(JSONExtract(f.evidence, 'innocent_$lang', 'Array(String)'), '; ')),
                ('{{{{đơn vị im lặng|silent units}}}}', arrayStringConcat(arrayMap(
                    unit -> transform(unit, every_unit.1, every_unit.2, unit),
                    splitByChar(' ', JSONExtractString(f.evidence, 'detail', 'units'))), ', ')),
                ('{{{{hồ sơ|cases}}}}', arrayStringConcat(
                    arrayDistinct(arrayConcat([f.case_id], JSONExtract(f.evidence, 'cases', 'Array(String)'))), ' ')),
                ('{{{{số bản ghi gộp|records gathered}}}}', number_$lang(f.count, 0)),
                ('{{{{luồng|lane}}}}', lane_$lang(f.lane)),
                ('{{{{bản tin mới nhất của nó trong Kafka|its newest message in Kafka}}}}',
                    concat(f.topic, '/', toString(f.partition), '@', toString(f.offset))),
                ('{{{{mã|id}}}}', toString(f.finding_id))])) AS line
            FROM
            (
                SELECT *, exact_decimals(value, decimals) AS value_decimals,
                    exact_decimals(low, decimals) AS low_decimals, exact_decimals(high, decimals) AS high_decimals
                FROM {PICKED}
            ) AS f
        )
    """,
    columns=("fact", "explanation"),
    empty=("không có điểm nào mang mã này", "no finding has this id"),
    width=24,
)
LIKE = Panel(
    key="like",
    kind="table",
    title=("Những lần giống thế", "The like of it"),
    shows=(
        "Cùng quy tắc, kết nối, chỉ tiêu và đơn vị trong 400 ngày; cả lần này.",
        "The same rule, connection, indicator and unit over 400 days; this one too.",
    ),
    todo=(
        "Nhiều lần báo nhầm: báo người giữ danh mục để sửa ngưỡng.",
        "Often a false alarm: tell who keeps the catalogue to mend the threshold.",
    ),
    sql=f"""
        SELECT instant_$lang(f.known_at) AS since, if(f.state = 'open', '–',
            duration_$lang(greatest(dateDiff('second', f.known_at, f.closed_at), 0))) AS lasted,
            f.severity AS severity, f.state AS condition, f.handling AS handling, f.sentence_$lang AS sentence,
            toString(f.finding_id) AS finding_id, {SHOWN}
        FROM findings_told AS f
        WHERE (f.rule, f.feed, f.indicator, f.unit) IN (SELECT rule, feed, indicator, unit FROM {PICKED})
            AND f.known_at > $__toTime - INTERVAL 400 DAY
        ORDER BY {NEWEST}
        LIMIT 30
    """,
    columns=("since", "lasted", "severity", "condition", "handling", "sentence"),
    hidden=("finding_id", "from_ms", "to_ms"),
    links=(("sentence", "nhip-finding"),),
    width=24,
)
HOW = Panel(
    key="how",
    kind="note",
    title=("Các bước", "The steps"),
    body=(
        "**mới → đã nhận → đã hỏi đơn vị → đã đính chính | xác nhận đúng | báo nhầm | xu hướng mới → đóng.** Làm bằng "
        "`nhip findings take|ask|label|close MÃ` hoặc trên trang nhận việc; mỗi bước được ghi với tài khoản và giờ. "
        "Điểm "
        "nghiêm trọng không ai nhận trong 15 phút được chuyển lên cấp tiếp theo.",
        "**new → taken → unit asked → corrected | confirmed right | false alarm | new trend → closed.** By "
        "`nhip findings take|ask|label|close ID` or on the desk's page; every step is kept with account and time. A "
        "critical finding that nobody took for 15 minutes goes to the next level.",
    ),
    width=24,
)

BOARD = Board(
    uid="nhip-finding",
    folder="operations",
    title=("Phiếu điểm bất thường", "Sheet of a finding"),
    about=(
        "Mọi thứ cần khi gọi hỏi về một điểm bất thường: thấy gì, so với gì, từ bản ghi nào, hỏi ai, nhận việc thế "
        "nào.",
        "All one needs to call about a finding: what, against what, from which records, whom to ask, how to take it.",
    ),
    variables=(Variable(name="finding_id", label=("mã điểm bất thường", "finding")),),
    rows=(
        HEAD,
        Row(4, (KIND, SINCE, TAKE)),
        Row(4, (HANDLED,)),
        Row(13, (EVIDENCE,)),
        Row(10, (JUDGED, SCALE)),
        Row(6, (DONE,)),
        Row(8, (MARKED,)),
        Row(8, (STEPS,)),
        Row(9, (LIKE,)),
        Row(3, (HOW,)),
    ),
    since="now-7d",
)
