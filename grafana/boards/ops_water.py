"""Waters: reservoirs against their seasonal ceilings, rain and rivers with alarms, search and rescue."""

from grafana.bodies import PROVINCE
from grafana.choices import chosen, one_of
from grafana.head import HEAD
from grafana.model import Axis, Board, Panel, Row
from grafana.panels import LEFT_OUT, TO_UNIT, connections, findings, joined

MINE = chosen("unit", "c.unit")
RESERVOIR = one_of(
    "reservoir",
    ("hồ", "reservoir"),
    """
        SELECT subject AS value,
            concat(name_$lang, if('$lang' = 'vi', concat(' · ', replaceAll(subject, '-', ' ')), '')) AS text
        FROM subjects
        WHERE family = 'reservoirs'
        ORDER BY subject
    """,
    "hoa-binh",
    ("Hồ Hòa Bình", "Hoa Binh reservoir"),
)
TABLE = Panel(
    key="reservoirs",
    kind="table",
    title=("Hồ chứa so với trần của ngày", "Reservoirs against the ceiling of the day"),
    shows=(
        "Nghiêm trọng: từ trần trở lên. Cần xem: cách trần dưới nửa mét, hoặc từ mực nước chết trở xuống. Trần ngoài "
        "mùa lũ là mực nước dâng bình thường.",
        "Critical: at the ceiling or above. To be looked at: within half a metre below, or at the dead level. Out "
        "of season the ceiling is the normal level.",
    ),
    todo=(
        "Chọn hồ ở đầu bảng để xem đường mực nước; gọi trực ban EVN.",
        "Choose it at the top of the board to see its line; call EVN's duty officer.",
    ),
    sql="""
        SELECT r.name_$lang AS name, r.level AS level, number_$lang(r.height, 2) AS height,
            number_$lang(r.ceiling, 1) AS ceiling,
            number_$lang(r.below_ceiling, 2) AS below_ceiling, signed_$lang(r.height - r.height_before, 2, 'm') AS week,
            number_$lang(r.inflow, 0) AS inflow, number_$lang(r.outflow, 0) AS outflow,
            number_$lang(r.gates, 0) AS gates,
            duration_$lang(dateDiff('second', r.at, $__toTime)) AS age, r.below_ceiling AS below_raw
        FROM reservoirs_at(at = $__toTime) AS r
        ORDER BY r.level = 'critical' DESC, r.level = 'warning' DESC, r.reservoir
    """,
    columns=("name", "level", "height", "ceiling", "below_ceiling", "week", "inflow", "outflow", "gates", "age"),
    hidden=("below_raw",),
    width=24,
)
BELOW = Panel(
    key="below",
    kind="series",
    title=("Hồ đang chọn: còn cách trần", "Chosen reservoir: below its ceiling"),
    shows=joined(
        (
            "Trần của ngày đang xem trừ mực nước; dưới 0 là vượt trần. ",
            "Ceiling of the day looked at, less the level; below 0 it is over. ",
        ),
        LEFT_OUT,
    ),
    todo=("Giảm nhanh về 0: xem lưu lượng đến ở bên cạnh.", "Fast towards 0: see the inflow beside."),
    sql="""
        WITH (SELECT max(ceiling) FROM reservoirs_at(at = $__toTime)
            WHERE reservoir = ${reservoir:sqlstring}) AS ceiling
        SELECT toDateTime(c.at) AS time, 10 * (ceiling - c.value) AS below
        FROM figures_in_force AS c
        WHERE c.feed = 'reservoirs' AND c.indicator = 'reservoir-level' AND c.subject = ${reservoir:sqlstring}
            AND c.verdict != 'impossible' AND c.at > $__fromTime AND c.at <= $__toTime
        ORDER BY time
    """,
    axis=Axis(("dm dưới trần", "dm below the ceiling")),
    lines=(("below", ("còn cách trần", "below the ceiling")),),
    width=12,
)
FLOWS = Panel(
    key="flows",
    kind="series",
    title=("Hồ đang chọn: nước đến và xả", "Chosen reservoir: inflow and outflow"),
    shows=joined(("Lưu lượng đến và tổng lưu lượng xả. ", "Inflow and total outflow. "), LEFT_OUT),
    todo=("Xả tăng: báo các tỉnh hạ du.", "Outflow rises: tell the provinces downstream."),
    sql="""
        SELECT toDateTime(c.at) AS time, anyIf(toNullable(c.value), c.indicator = 'reservoir-inflow') / 10 AS inflow,
            anyIf(toNullable(c.value), c.indicator = 'reservoir-outflow') / 10 AS outflow
        FROM figures_in_force AS c
        WHERE c.feed = 'reservoirs' AND c.indicator IN ('reservoir-inflow', 'reservoir-outflow')
            AND c.subject = ${reservoir:sqlstring} AND c.verdict != 'impossible' AND c.at > $__fromTime
                AND c.at <= $__toTime
        GROUP BY time
        ORDER BY time
    """,
    axis=Axis(("chục m³/s", "tens of m³/s"), least=0),
    lines=(("inflow", ("đến", "inflow")), ("outflow", ("xả", "outflow"))),
    width=12,
)
RIVERS = Panel(
    key="rivers",
    kind="table",
    title=("Mưa và sông theo tỉnh, báo động cao nhất trước", "Rain and rivers by province, the highest alarm first"),
    shows=(
        "Trung bình hoặc trạm chính của tỉnh. Mưa 24 giờ cộng số cuối mỗi giờ; thay đổi là mực nước so 24 giờ trước.",
        "A province's mean or main station. Rain of a day sums one figure an hour; change: level on 24 hours before.",
    ),
    todo=("Báo động II trở lên: gọi trung tâm điều hành tỉnh.", "Alarm II or above: call the province's centre."),
    sql=f"""
        SELECT c.name_$lang AS unit_name, c.level AS level,
            transform(toUInt8(ifNull(c.alarm, 9)), [0, 1, 2, 3],
                ['{{{{không|none}}}}', 'I', 'II', 'III'], '{{{{chưa có|none yet}}}}') AS alarm,
            figure_$lang(c.river, 2, 'm') AS river, signed_$lang(c.river - c.river_before, 2, 'm') AS change,
            figure_$lang(c.rain_hour, 1, 'mm') AS rain_hour, figure_$lang(c.most_rain, 1, 'mm') AS most_rain,
            concat(figure_$lang(c.rain_day, 0, 'mm'),
                if(c.hours < 24, concat(' (', toString(c.hours), '/24)'), '')) AS rain_day,
            c.unit AS unit, c.alarm AS alarm_raw
        FROM rivers_at(at = $__toTime) AS c
        WHERE {MINE}
        ORDER BY ifNull(c.alarm, -1) DESC, c.rain_day DESC, c.position
    """,
    columns=("unit_name", "level", "alarm", "river", "change", "rain_hour", "most_rain", "rain_day"),
    hidden=("unit", "alarm_raw"),
    links=TO_UNIT,
    width=14,
)
RAIN = Panel(
    key="rain",
    kind="series",
    title=(
        "Mưa giờ: cao nhất và trung bình các tỉnh đang chọn",
        "Rain of the hour: highest and mean of chosen provinces",
    ),
    shows=joined(
        ("Mỗi nửa giờ là lượng mưa của giờ trước đó. ", "Each half hour tells of the hour before. "), LEFT_OUT
    ),
    todo=("Cao nhất vọt lên: tìm tỉnh trong bảng bên cạnh.", "The highest jumps: find the province beside."),
    sql=f"""
        SELECT toStartOfInterval(toDateTime(c.at), INTERVAL greatest($__interval_s, 1800) second) AS time,
            max(c.value) AS highest, avg(c.value) AS mean
        FROM figures_in_force AS c
        WHERE c.feed = 'rain-rivers' AND c.indicator = 'rain-hour' AND c.verdict != 'impossible' AND {MINE}
            AND c.at > $__fromTime AND c.at <= $__toTime
        GROUP BY time
        ORDER BY time
    """,
    axis=Axis(("mm trong giờ", "mm in the hour"), least=0),
    lines=(("highest", ("tỉnh cao nhất", "highest province")), ("mean", ("trung bình", "mean"))),
    width=10,
)
INCIDENTS = Panel(
    key="incidents",
    kind="table",
    title=("Sự cố tìm kiếm cứu nạn chưa kết thúc", "Search-and-rescue incidents under way"),
    shows=(
        "Từ lúc tiếp nhận tin, bước hiện tại, loại sự cố; 60 ngày gần nhất.",
        "Since the report, where it stands, what kind; of the last 60 days.",
    ),
    todo=(
        "Lâu mà chưa điều lực lượng: gọi Trung tâm tìm kiếm cứu nạn.",
        "Long without forces sent: call the rescue centre.",
    ),
    sql=f"""
        SELECT u.name_$lang AS unit_name, i.case_id AS case_id, s.name_$lang AS step,
            arrayStringConcat(arrayMap(x -> transform(x, ['storm', 'flood', 'landslide', 'fire', 'sea', 'air', 'road'],
                ['{{{{bão|storm}}}}', '{{{{lũ|flood}}}}', '{{{{sạt lở|landslide}}}}', '{{{{cháy|fire}}}}',
                    '{{{{trên biển|at sea}}}}',
                '{{{{hàng không|air}}}}', '{{{{đường bộ|road}}}}'], '{{{{khác|other}}}}'), i.about), ', ') AS about,
            instant_$lang(i.reported_at) AS since,
            duration_$lang(dateDiff('second', i.reported_at, $__toTime)) AS longest,
            i.unit AS unit, i.reported_at AS since_raw
        FROM
        (
            SELECT c.case_id AS case_id, any(c.unit) AS unit, min(c.event_at) AS reported_at,
                argMax(c.state, c.event_at) AS state_now,
                groupUniqArrayArray(c.attributes) AS about
            FROM case_steps AS c
            WHERE c.feed = 'sar-incidents' AND c.kind = 'incident' AND c.verdict != 'impossible' AND {MINE}
                AND c.event_at > $__toTime - INTERVAL 60 DAY AND c.event_at <= $__toTime
            GROUP BY c.case_id
            HAVING state_now NOT IN ('ended', 'false_alarm')
        ) AS i
        INNER JOIN units AS u ON u.unit = i.unit
        LEFT JOIN case_states AS s ON s.kind = 'incident' AND s.state = i.state_now
        ORDER BY i.reported_at DESC, i.case_id
        LIMIT 30
    """,
    columns=("unit_name", "case_id", "step", "about", "since", "longest"),
    hidden=("unit", "since_raw"),
    links=TO_UNIT,
    empty=("không có sự cố nào đang diễn ra", "no incident is under way"),
    width=24,
)
FEEDS = "feed IN ('reservoirs', 'rain-rivers', 'sar-incidents')"

BOARD = Board(
    uid="nhip-ops-water",
    folder="operations",
    title=("Hồ chứa, mưa lũ, cứu nạn", "Reservoirs, floods, rescue"),
    about=(
        "Dành cho trực ban thiên tai: hồ so với trần, mưa và báo động lũ theo tỉnh, sự cố cứu nạn.",
        "For duty officers of disasters: reservoirs, rain and alarms by province, rescues.",
    ),
    rows=(
        HEAD,
        Row(15, (TABLE,)),
        Row(9, (BELOW, FLOWS)),
        Row(13, (RIVERS, RAIN)),
        Row(9, (INCIDENTS,)),
        Row(7, (connections(FEEDS), findings(FEEDS, unit=True))),
    ),
    variables=(RESERVOIR, PROVINCE),
    since="now-7d",
)
