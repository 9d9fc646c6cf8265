"""As it was known then: figures, completeness, findings and the unit tree at a moment, beside what is known now."""

from grafana.boards.known_figures import CHANGED, COMPLETE, FIGURES, THEN
from grafana.findings import LEADS, REACH, SENTENCE, SHOWN
from grafana.head import HEAD
from grafana.model import Board, Panel, Row, Variable

OPEN_THEN_SQL = f"""(
            SELECT * FROM findings_handled_as_of(as_of = {THEN}) AS o
            WHERE o.state = 'open' AND o.at > {THEN} - {REACH}
        )"""

MOMENT = Panel(
    key="moment",
    kind="stat",
    title=("BẢNG NÀY CHO THẤY LÚC", "THIS BOARD SHOWS THE MOMENT"),
    shows=(
        "Thời điểm đang xem, giờ Việt Nam: ô Thời điểm ở trên, hoặc cuối khoảng thời gian khi ô ấy trống.",
        "The moment that is shown, Vietnamese time: the box above, or the end of the time range where it is empty.",
    ),
    todo=(
        "Gõ 2026-11-21 09:00, 21/11/2026 09:00, hoặc 09:00 của ngày cuối khoảng. ✖: không hiểu, sửa lại.",
        "Type 2026-11-21 09:00, 21/11/2026 09:00, or 09:00 of the last day of the range. ✖: not understood.",
    ),
    sql=f"""
        SELECT if(moment_typed(${{as_of:sqlstring}}, $__toTime) IS NULL,
            concat('✖ {{{{không hiểu|not understood}}}}: ', ${{as_of:sqlstring}}, ' → '), '● ')
            || moment_$lang({THEN}) AS text
        FROM numbers(1)
    """,
    width=14,
    large=True,
)
GENERATION = Panel(
    key="generation",
    kind="stat",
    title=("Thế hệ tính toán lúc đó", "Generation in force then"),
    shows=(
        "Chỉ số hồ sơ và điểm bất thường được tính theo thế hệ này; nếu nay là thế hệ khác thì quy tắc đã đổi.",
        "Case indicators and findings are of this generation; if another is in force now, rules have changed.",
    ),
    todo=("▲: xem lý do đổi ở bảng Hệ thống Nhịp.", "▲: see why on the platform's board."),
    sql=f"""
        WITH (SELECT generation FROM generation_as_of(as_of = {THEN})) AS before,
            (SELECT generation FROM generation_in_force) AS latest
        SELECT concat(if(before = latest, '● ', '▲ '), toString(before), ' ({{{{nay|now}}}} ', toString(latest),
            ')') AS text
        FROM numbers(1)
    """,
    width=5,
)
OPEN_THEN = Panel(
    key="open-then",
    kind="stat",
    title=("Điểm bất thường mở lúc đó, nay còn mở", "Findings open then, of these open now"),
    shows=(
        "Số điểm đang mở như đã biết lúc đó, và bao nhiêu trong số ấy nay vẫn mở.",
        "Findings that were open as was known then, and how many of them still are.",
    ),
    todo=("Còn mở lâu: xem ai giữ.", "Still open for long: see who has them."),
    sql=f"""
        SELECT concat(number_$lang(count(), 0), ' / ', number_$lang(countIf(n.state = 'open'), 0)) AS text
        FROM {OPEN_THEN_SQL} AS t
        LEFT JOIN findings_in_force AS n ON n.finding_id = t.finding_id
    """,
    width=5,
)
DIFFERENCE = Panel(
    key="difference",
    kind="note",
    title=("Hai nghĩa của “đã biết”", "Two meanings of “known”"),
    body=(
        "**Đã biết** ở đây là **hệ thống đã nhận được** đến lúc đó, theo đồng hồ của Kafka "
        "(`figures_received_as_of`): điều người xem "
        "bảng lúc ấy có thể thấy. Khác với điều **các bên gửi đã công bố** đến lúc đó, theo đồng hồ của họ "
        "(`figures_as_of`): nơi gửi "
        "chậm thì họ đã nói mà ta chưa nghe; tệp cũ phát lại hôm nay thì họ đã nói từ lâu mà hôm nay ta mới nhận. Số "
        "liệu không bao giờ bị "
        "ghi đè: mỗi lần sửa là một bản mới.",
        "**Known** means here **what we had received** by then, by Kafka's clock (`figures_received_as_of`): what "
        "who looked at a board "
        "could see. It is not what **senders had said** by then, by their clocks (`figures_as_of`): of a slow sender "
        "they had said what "
        "we had not heard; of an old file played today they said it long ago. Figures are never overwritten: each "
        "revision is a version.",
    ),
    width=24,
)
FINDINGS = Panel(
    key="findings",
    kind="table",
    title=("Điểm bất thường đang mở lúc đó", "Findings that were open then"),
    shows=(
        "Theo thế hệ có hiệu lực lúc đó: ai đang giữ khi ấy, nay ra sao. Câu mô tả và mức độ là của lần ghi mới nhất.",
        "Of the generation in force then: who had them, and how they stand now. Sentence and severity are the newest.",
    ),
    todo=("Mở phiếu để xem diễn biến.", "Open the sheet to see what became of it."),
    sql=f"""
        SELECT f.severity AS severity, instant_$lang(f.opened_at) AS since, f.handling AS handling_then,
            n.state AS condition, if(n.handling = '', 'new', n.handling) AS handling, rule_$lang(f.rule) AS rule_name,
            if(f.unit = '', '–', u.name_$lang) AS unit_name, d.name_$lang AS feed_name, {SENTENCE} AS sentence,
            toString(f.finding_id) AS finding_id, f.unit AS unit, f.feed AS feed,
            toString(toUnixTimestamp64Milli(if(n.feed = '', f.at - INTERVAL 7 DAY, n.shown_from))) AS from_ms,
            toString(1000 * toUnixTimestamp(least($__toTime, toDateTime(if(n.feed = '', f.opened_at, n.shown_to)))))
                AS to_ms
        FROM {OPEN_THEN_SQL} AS f
        LEFT JOIN findings_told AS n ON n.feed = f.feed AND n.finding_id = f.finding_id
        INNER JOIN feeds AS d ON d.feed = f.feed
        LEFT JOIN units AS u ON u.unit = f.unit
        ORDER BY f.drill, severity_rank(f.severity) DESC, f.opened_at DESC
        LIMIT 100
    """,
    columns=(
        *("severity", "since", "handling_then", "condition", "handling"),
        *("rule_name", "unit_name", "feed_name", "sentence"),
    ),
    hidden=("finding_id", "unit", "feed", "from_ms", "to_ms"),
    links=LEADS,
    empty=("lúc đó không có điểm nào đang mở", "none was open then"),
    width=24,
)
LATER = Panel(
    key="later",
    kind="table",
    title=("Về trước lúc đó, nhưng sau mới biết", "About the time before, but known only since"),
    shows=(
        "Điểm bất thường về số liệu của thời gian trước lúc đó, mở ra sau lúc đó: bản ghi đến muộn, kỳ được báo cáo "
        "sau.",
        "Findings about figures of the time before that were opened after it: late records, periods reported later.",
    ),
    todo=("Điều lúc ấy không ai có thể thấy.", "What nobody could see then."),
    sql=f"""
        SELECT f.severity AS severity, instant_$lang(f.at) AS at, instant_$lang(f.known_at) AS since,
            f.state AS condition, rule_$lang(f.rule) AS rule_name,
            if(f.unit = '', '–', f.unit_$lang) AS unit_name, f.feed_$lang AS feed_name, {SENTENCE} AS sentence,
            toString(f.finding_id) AS finding_id, f.unit AS unit, f.feed AS feed, {SHOWN}
        FROM findings_told AS f
        WHERE f.at <= {THEN} AND f.at > {THEN} - {REACH} AND f.known_at > {THEN}
        ORDER BY severity_rank(f.severity) DESC, f.known_at DESC
        LIMIT 50
    """,
    columns=("severity", "at", "since", "condition", "rule_name", "unit_name", "feed_name", "sentence"),
    hidden=("finding_id", "unit", "feed", "from_ms", "to_ms"),
    links=LEADS,
    empty=("không có điểm nào như thế", "there is none"),
    width=24,
)
TREE = Panel(
    key="tree",
    kind="table",
    title=("Cây đơn vị lúc đó, và nay là gì", "The unit tree then, and what it is now"),
    shows=(
        "Bộ, cơ quan, tỉnh có hiệu lực vào ngày đó; đơn vị đã đổi lên đầu, với đơn vị nay tiếp nhận nó.",
        "Ministries, agencies and provinces valid on that day; those that have changed first, with what has taken "
        "them over.",
    ),
    todo=(
        "So sánh qua 01/07/2025: cộng các đơn vị tiền thân, không nối theo tên hay mã.",
        "To compare across 1 July 2025, sum the predecessors; never join by name or code.",
    ),
    sql=f"""
        SELECT u.name_$lang AS unit_name, level_$lang(u.level) AS unit_level,
            formatDateTime(u.valid_from, '%d/%m/%Y') AS valid_from,
            if(u.valid_to IS NULL, '–', formatDateTime(assumeNotNull(u.valid_to), '%d/%m/%Y')) AS valid_to,
            if(u.valid_to IS NULL, '{{{{như cũ|as it was}}}}',
                concat('▲ ', if(s.name = '', '{{{{không còn|no more}}}}', s.name))) AS since_then, u.unit AS unit
        FROM units AS u
        LEFT JOIN (SELECT arrayJoin(predecessors) AS unit, name_$lang AS name FROM units) AS s ON s.unit = u.unit
        WHERE u.level IN ('ministry', 'agency', 'province') AND u.valid_from <= toDate({THEN}, 'Asia/Ho_Chi_Minh')
            AND (u.valid_to IS NULL OR u.valid_to >= toDate({THEN}, 'Asia/Ho_Chi_Minh'))
        ORDER BY u.valid_to IS NULL, u.level DESC, u.position
    """,
    columns=("unit_name", "unit_level", "valid_from", "valid_to", "since_then"),
    hidden=("unit",),
    links=(("unit_name", "nhip-unit"),),
    width=24,
)

BOARD = Board(
    uid="nhip-known",
    folder="operations",
    title=("Như đã biết lúc đó", "As it was known then"),
    about=(
        "Chín giờ hôm qua ta đã thấy gì? Số liệu, mức đầy đủ, điểm bất thường và cây đơn vị vào một thời điểm, bên "
        "cạnh điều nay biết.",
        "What did we see at nine yesterday? Figures, completeness, findings and the unit tree at a moment, beside "
        "what is known now.",
    ),
    variables=(
        Variable(
            name="as_of",
            label=(
                "thời điểm, ví dụ 2026-11-21 09:00; trống: cuối khoảng",
                "moment, 2026-11-21 09:00; empty: end of the range",
            ),
        ),
    ),
    rows=(
        HEAD,
        Row(5, (MOMENT, GENERATION, OPEN_THEN)),
        Row(4, (DIFFERENCE,)),
        Row(11, (FIGURES,)),
        Row(10, (CHANGED,)),
        Row(11, (COMPLETE,)),
        Row(10, (FINDINGS,)),
        Row(8, (LATER,)),
        Row(10, (TREE,)),
    ),
    refresh="",
)
