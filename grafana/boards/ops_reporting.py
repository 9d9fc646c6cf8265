"""The National Reporting Information System: the 200 indicators, who is late, sums against what was told."""

from grafana import case_panels
from grafana.bodies import BODY
from grafana.case_panels import Cases
from grafana.head import HEAD
from grafana.model import Board, Panel, Row
from grafana.panels import TO_UNIT, connections, findings

REPORTS = Cases(
    kind="report",
    many=("báo cáo", "reports"),
    received=("đến kỳ", "came due"),
    finished=("được duyệt", "approved"),
)
COVERAGE = Panel(
    key="coverage",
    kind="tiles",
    title=("Độ phủ: chỉ tiêu có số liệu / 200", "Coverage: indicators filled / 200"),
    shows=(
        "Số hệ thống báo cáo tự báo, và số Nhịp đếm: chỉ tiêu trong 200 có ít nhất một số liệu nhận được ở đây.",
        "As the system tells it, and as Nhịp counts: indicators of the 200 with at least one figure received here.",
    ),
    todo=(
        "Hai số xa nhau: hệ thống chưa chia sẻ các chỉ tiêu còn lại; hỏi đầu mối báo cáo quốc gia.",
        "Far apart: the system does not share the rest; ask its contact.",
    ),
    sql="""
        WITH
            (SELECT (anyIf(toNullable(value), indicator = 'indicators-filled'),
                    anyIf(toNullable(value), indicator = 'bodies-reporting'))
                FROM newest_periods(at = $__toTime) WHERE feed = 'reporting-progress') AS told,
            (SELECT uniqExact(indicator) FROM figures
                WHERE indicator IN (SELECT indicator FROM indicators WHERE slot > 0)
                AND feed IN (SELECT feed FROM feeds WHERE headline_days != 1 OR cadence_s = 86400)
                AND verdict != 'impossible' AND at > $__toTime - INTERVAL 1200 DAY AND at <= $__toTime) AS counted
        SELECT line.1 AS name, line.2 AS text
        FROM (SELECT [
            ('{{hệ thống báo có số liệu / 200|filled as told / 200}}', concat(number_$lang(told.1, 0), ' / 200')),
            ('{{Nhịp đã nhận / 200|received here / 200}}', concat(number_$lang(counted, 0), ' / 200')),
            ('{{đơn vị đã kết nối|bodies connected}}', number_$lang(told.2, 0))
        ] AS lines) ARRAY JOIN lines AS line
    """,
    width=12,
)
STEPS = f"""
    SELECT c.case_id AS case_id, any(c.unit) AS unit, argMax(c.state, c.event_at) AS state_now,
        argMax(c.due_at, c.event_at) AS due_at
    FROM case_steps AS c
    WHERE c.feed = 'reports' AND c.kind = 'report' AND c.verdict != 'impossible' AND {REPORTS.chosen}
        AND c.event_at > $__toTime - INTERVAL 120 DAY AND c.event_at <= $__toTime
    GROUP BY c.case_id
    HAVING countIf(c.state = 'due') > 0 AND state_now NOT IN ('approved_national', 'waived')
"""
LEVELS = Panel(
    key="levels",
    kind="tiles",
    title=(
        "Báo cáo chưa xong đang ở cấp nào, và trong đó quá hạn",
        "Where reports not done stand, and of these overdue",
    ),
    shows=(
        "Báo cáo đến kỳ trong 120 ngày, theo bước hiện tại: trong đơn vị, lãnh đạo đơn vị, cấp quốc gia.",
        "Reports due within 120 days by where they stand: in the body, with its head, at the national level.",
    ),
    todo=(
        "Dồn ở cấp quốc gia là việc của bên duyệt, không phải của đơn vị.",
        "A heap at the national level is the approver's work.",
    ),
    sql=f"""
        SELECT s.name_$lang AS name, concat(if(countIf(r.due_at < $__toTime) > 0, '▲ ', ''), number_$lang(count(), 0),
            ' · {{{{quá hạn|overdue}}}} ', number_$lang(countIf(r.due_at < $__toTime), 0)) AS text
        FROM ({STEPS}) AS r
        INNER JOIN case_states AS s ON s.kind = 'report' AND s.state = r.state_now
        GROUP BY s.name_$lang, s.position
        ORDER BY s.position
    """,
    width=24,
)
OWED = Panel(
    key="owed",
    kind="table",
    title=("Báo cáo quá hạn chưa xong, lâu nhất trước", "Reports overdue, the longest first"),
    shows=("Đơn vị, báo cáo, bước hiện tại, quá bao lâu.", "Body, report, where it stands, for how long."),
    todo=(
        "Nhắc đơn vị; đã duyệt trong đơn vị mà chưa qua cấp quốc gia thì nhắc bên duyệt.",
        "Remind the body, or the approver where it has passed the body.",
    ),
    sql=f"""
        SELECT u.name_$lang AS unit_name, r.case_id AS case_id, s.name_$lang AS step, instant_$lang(r.due_at) AS due,
            duration_$lang(dateDiff('second', r.due_at, $__toTime)) AS longest, r.unit AS unit, r.due_at AS due_raw
        FROM ({STEPS}) AS r
        INNER JOIN units AS u ON u.unit = r.unit
        LEFT JOIN case_states AS s ON s.kind = 'report' AND s.state = r.state_now
        WHERE r.due_at < $__toTime
        ORDER BY r.due_at, r.case_id
        LIMIT 40
    """,
    columns=("unit_name", "case_id", "step", "due", "longest"),
    hidden=("unit", "due_raw"),
    links=TO_UNIT,
    empty=("không có báo cáo nào quá hạn", "no report is overdue"),
    width=12,
)
FIELDS = Panel(
    key="fields",
    kind="table",
    title=("Chín lĩnh vực của 200 chỉ tiêu", "The nine fields of the 200 indicators"),
    shows=(
        "Số chỉ tiêu của lĩnh vực, bao nhiêu đã công bố tên, bao nhiêu có số liệu ở đây. Số thứ tự là của Nhịp.",
        "Indicators of each field, how many have a public name, how many have figures here. The numbering is ours.",
    ),
    todo=("Chỉ tiêu chưa công bố tên thì chưa nhận số liệu.", "An indicator without a public name takes no figures."),
    sql="""
        SELECT f.name_$lang AS name, number_$lang(count(), 0) AS slots, number_$lang(countIf(i.published), 0) AS named,
            number_$lang(countIf(n.indicator != ''), 0) AS filled,
            percent_$lang(countIf(n.indicator != '') / count(), 0) AS filled_share,
            f.field AS field_raw
        FROM fields AS f
        CROSS JOIN indicators AS i
        LEFT JOIN
        (
            SELECT DISTINCT indicator FROM figures
            WHERE indicator IN (SELECT indicator FROM indicators WHERE slot > 0) AND verdict != 'impossible'
                AND feed IN (SELECT feed FROM feeds WHERE headline_days != 1 OR cadence_s = 86400)
                AND at > $__toTime - INTERVAL 1200 DAY AND at <= $__toTime
        ) AS n ON n.indicator = i.indicator
        WHERE i.slot BETWEEN f.first_slot AND f.last_slot
        GROUP BY f.field, f.name_$lang
        ORDER BY f.field
    """,
    columns=("name", "slots", "named", "filled", "filled_share"),
    hidden=("field_raw",),
    width=10,
)
TARGETS = Panel(
    key="targets",
    kind="table",
    title=("Chỉ tiêu trong 200: giá trị so với mức được giao", "Indicators of the 200: value against target"),
    shows=(
        "Số cả nước mới nhất của mỗi chỉ tiêu đã công bố tên. Mức của kỳ khác được ghi kỳ và không chấm.",
        "The country's newest figure of each named indicator. A target of another period is named and not judged by.",
    ),
    todo=(
        "▲ chưa đạt: hỏi cơ quan chủ trì; chưa giao nghĩa là danh mục chưa có mức nào.",
        "▲ not met: ask who leads it; not set: the catalogue has no target.",
    ),
    sql="""
        SELECT number_$lang(i.slot, 0) AS slot, i.name_$lang AS name,
            figure_$lang(if(c.indicator = '', NULL, c.value), i.decimals, {{i.measure|i.measure_en}}) AS figure,
            if(c.period = '', '–', period_$lang(c.period)) AS period,
            if(c.indicator = '', '–', vintage_$lang(c.vintage)) AS vintage,
            target_$lang(
                target_of(g.targets, c.period), c.value, c.period, i.decimals, {{i.measure|i.measure_en}}) AS target,
            i.indicator AS indicator, i.slot AS slot_raw
        FROM indicators AS i
        LEFT JOIN
        (
            SELECT indicator, value, period, vintage FROM newest_periods(at = $__toTime)
            WHERE unit = 'VN' AND subject IN ('', 'all-industry')
                AND indicator IN (SELECT indicator FROM indicators WHERE slot > 0)
            ORDER BY sent_at DESC
            LIMIT 1 BY indicator
        ) AS c ON c.indicator = i.indicator
        LEFT JOIN target_sets AS g ON g.indicator = i.indicator AND g.unit = 'VN'
        WHERE i.slot > 0 AND i.published
        ORDER BY i.slot
    """,
    columns=("slot", "name", "figure", "period", "vintage", "target"),
    hidden=("indicator", "slot_raw"),
    width=14,
)
COUNTED = Panel(
    key="counted",
    kind="table",
    title=(
        "Hồ sơ tháng báo cáo đã xong gần nhất: đơn vị báo và máy đếm",
        "Dossiers of the last finished month: as told and as counted",
    ),
    shows=(
        "Số tiếp nhận tỉnh báo cáo, và số đếm từ từng hồ sơ đồng bộ. ▲ khi lệch từ 5 %.",
        "Received as a province reported, and as counted from single dossiers. ▲ from 5 % on.",
    ),
    todo=(
        "Lệch: hồ sơ chưa đồng bộ, hoặc báo cáo tính kỳ khác; hỏi tỉnh.",
        "Off: dossiers are not synchronised, or another period was reported; ask.",
    ),
    sql=f"""
        WITH formatDateTime(addMonths(reporting_month(local_day($__toTime)), -1), 'A-M%Y-%m') AS code
        SELECT u.name_$lang AS unit_name, number_$lang(c.reported, 0) AS reported,
            number_$lang(if(p.unit = '', NULL, p.received), 0) AS counted,
            if(nullIf(p.received, 0) IS NULL, '– {{{{chưa so được|not comparable}}}}', concat(
                if(abs(c.reported / p.received - 1) >= 0.05, '▲ ', ''),
                signed_$lang(100 * (c.reported / nullIf(p.received, 0) - 1), 1, '%'))) AS difference,
            vintage_$lang(c.vintage) AS vintage, c.unit AS unit,
            c.reported / nullIf(p.received, 0) - 1 AS difference_raw
        FROM
        (
            SELECT f.unit AS unit, any(f.value) AS reported, any(f.vintage) AS vintage
            FROM figures_in_force AS f
            WHERE f.feed = 'reporting-services' AND f.indicator = 'reported-received' AND f.period = code
                AND f.verdict != 'impossible'
                AND f.at > $__toTime - INTERVAL 80 DAY AND f.at <= $__toTime
            GROUP BY f.unit
        ) AS c
        INNER JOIN units AS u ON u.unit = c.unit
        LEFT JOIN (SELECT unit, received FROM case_periods WHERE kind = 'dossier' AND period = code) AS p
            ON p.unit = c.unit
        WHERE {REPORTS.chosen}
        ORDER BY abs(c.reported / nullIf(p.received, 0) - 1) DESC, u.position
    """,
    columns=("unit_name", "reported", "counted", "difference", "vintage"),
    hidden=("unit", "difference_raw"),
    links=TO_UNIT,
    empty=("chưa đơn vị nào báo tháng này", "nobody has told of this month yet"),
    width=12,
)
SUMS = Panel(
    key="sums",
    kind="table",
    title=(
        "Vốn đầu tư từ ngân sách: cả nước báo và máy cộng trung ương, địa phương",
        "State investment: the country as told, and central plus local as summed",
    ),
    shows=(
        "Tổng lên cây đơn vị do máy làm, so với số cấp trên báo. ▲ khi lệch trên 0,5 %, dung sai của danh mục.",
        "The sum up the tree made by the machine, and what the parent told. ▲ above 0.5 %, the catalogue's tolerance.",
    ),
    todo=(
        "▲: một bên đã đính chính mà bên kia chưa; hỏi đầu mối thống kê.",
        "▲: one was corrected, the other not; ask the statistics office.",
    ),
    sql="""
        SELECT period_$lang(c.period) AS period,
            figure_$lang(anyIf(toNullable(c.value), c.unit = 'VN') AS told, 1, '{{tỷ đồng|bn đồng}}') AS reported,
            figure_$lang(sumOrNullIf(c.value, c.unit IN ('TW', 'DP')) AS parts, 1, '{{tỷ đồng|bn đồng}}') AS summed,
            if(countIf(c.unit IN ('TW', 'DP')) < 2, '{{chưa có|none yet}}', concat(
                if(abs(parts / told - 1) > 0.005, '▲ ', ''),
                signed_$lang(100 * (parts / told - 1), 2, '%'))) AS difference,
            concat(number_$lang(countIf(c.unit IN ('TW', 'DP')), 0), ' / 2') AS parts_told, max(c.at) AS period_raw
        FROM figures_in_force AS c
        WHERE c.feed = 'public-investment' AND c.indicator = 'public-investment' AND c.unit IN ('VN', 'TW', 'DP')
            AND c.verdict != 'impossible'
            AND c.at > $__toTime - INTERVAL 400 DAY AND c.at <= $__toTime
        GROUP BY c.period
        ORDER BY period_raw DESC
        LIMIT 12
    """,
    columns=("period", "reported", "summed", "difference", "parts_told"),
    hidden=("period_raw",),
    width=12,
)

BOARD = Board(
    uid="nhip-ops-reporting",
    folder="operations",
    title=("Hệ thống thông tin báo cáo quốc gia", "National Reporting Information System"),
    about=(
        "Dành cho bộ phận theo dõi chế độ báo cáo: 200 chỉ tiêu, ai chậm, số đơn vị báo so với số máy cộng và máy đếm.",
        "For those who follow reporting: the 200 indicators, who is late, what was told against sums and counts.",
    ),
    rows=(
        HEAD,
        Row(4, (COVERAGE, case_panels.still_open(REPORTS, width=12))),
        Row(4, (case_panels.month(REPORTS, width=24),)),
        Row(4, (LEVELS,)),
        Row(14, (case_panels.by_unit(REPORTS, "'ministry', 'agency', 'province'", received_as="came_due"),)),
        Row(11, (OWED, COUNTED)),
        Row(13, (FIELDS, TARGETS)),
        Row(10, (SUMS, case_panels.open_by_day(REPORTS, since=""))),
        Row(8, (connections("system = 'ttbcqg'"), findings("system = 'ttbcqg'", unit=True))),
    ),
    variables=(BODY,),
    since="now-90d",
)
