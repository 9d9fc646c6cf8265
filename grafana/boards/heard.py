"""Who was heard of, and how late: one unit over the connections it reports to, or one connection over its units."""

from grafana.choices import THE_FEED, THE_UNIT
from grafana.model import Panel
from grafana.phrases import INSTANTS, PERIODIC

UNITS_OF = f"SELECT unit FROM expected_units WHERE feed = {THE_FEED}"
FEEDS_OF = f"SELECT feed FROM expected_units WHERE unit = {THE_UNIT}"


OVER = "if(g.period = '', g.at, toDateTime64(period_over(g.period, g.at), 3, 'Asia/Ho_Chi_Minh'))"
"""From when a figure can be known: its time, or the end of its period."""


def heard(feeds: str, unit: str = "true", least_s: str = "2592000") -> str:
    """A row for each connection and unit: the newest record, how many, how many late, the usual delay.

    `feeds` and `unit`: conditions on columns of these names. `least_s`: how far back instants and steps are counted, or
    for as long as a connection may say nothing before it is called silent, where that is longer; figures of periods
    always for 500 days.
    """
    reach = f"greatest({least_s}, 2 * (cadence_s + lateness_s))"
    return f"""
        SELECT g.feed AS feed, g.unit AS unit, max(g.at) AS last_at,
            argMax(period_over(g.period, g.at), (g.at, -toInt32(period_over(g.period, g.at)))) AS over,
            argMax(g.period, g.at) AS period, count() AS records, countIf(g.late) AS late,
            quantile(0.5)(dateDiff('second', {OVER}, g.sent_at)) AS delay_s
        FROM figures AS g
        INNER JOIN (SELECT feed, {reach} AS reach FROM feeds) AS r ON r.feed = g.feed
        WHERE {feeds} AND {unit} AND g.at <= $__toTime
            AND ((g.at > $__toTime - {_farthest(reach, feeds, "figures")} AND g.indicator IN {INSTANTS}
                    AND g.at > $__toTime - toIntervalSecond(r.reach))
                OR (g.at > $__toTime - INTERVAL 500 DAY AND g.indicator IN {PERIODIC}))
        GROUP BY g.feed, g.unit
        UNION ALL
        SELECT c.feed, c.unit, max(c.event_at), toDate(0), '', count(), countIf(c.late),
            quantile(0.5)(dateDiff('second', c.event_at, c.sent_at))
        FROM case_steps AS c
        INNER JOIN (SELECT feed, {reach} AS reach FROM feeds) AS r ON r.feed = c.feed
        WHERE {feeds} AND {unit} AND c.event_at <= $__toTime
            AND c.event_at > $__toTime - {_farthest(reach, feeds, "cases")}
            AND c.event_at > $__toTime - toIntervalSecond(r.reach)
        GROUP BY c.feed, c.unit"""


def _farthest(reach: str, feeds: str, record: str) -> str:
    """The longest reach of all that are asked about: one value, by which parts of the table are left unread."""
    return f"toIntervalSecond((SELECT max({reach}) FROM feeds WHERE record = '{record}' AND {feeds}))"


DUE = "h.over + (h.over - toDate(h.last_at, 'Asia/Ho_Chi_Minh')) + d.due_days"
"""The day by which the period after the newest one is due."""
STATE = f"""multiIf(s.state IN ('off_hours', 'maintenance'), s.state,
                h.feed = '', if(s.state = 'not_due', s.state, 'silent'),
                d.cadence_s = 0, if(toDate($__toTime, 'Asia/Ho_Chi_Minh') > {DUE}, 'late',
                    if(s.state = 'not_due', s.state, 'receiving')),
                dateDiff('second', h.last_at, $__toTime) <= d.cadence_s + d.lateness_s, 'receiving',
                dateDiff('second', h.last_at, $__toTime) <= 2 * (d.cadence_s + d.lateness_s), 'late', 'silent')"""
"""As the pipeline judges a connection (`streams/detect/due.py`): outside its hours nothing is expected."""
TOLD = """multiIf(h.feed = '', '{{chưa có|none yet}}', h.period = '', moment_$lang(h.last_at),
                period_$lang(h.period)) AS newest, number_$lang(h.records, 0) AS records,
            percent_$lang(if(h.feed = '', NULL, h.late / nullIf(h.records, 0)), 1) AS late_records,
            duration_$lang(if(h.feed = '', NULL, h.delay_s)) AS delay"""

OF_THE_UNIT = heard(f"feed IN ({FEEDS_OF})", f"unit = {THE_UNIT}")
OF_THE_FEED = heard(f"feed = {THE_FEED}", least_s="if(cadence_s < 86400, 604800, 8640000)")

CONNECTIONS = Panel(
    key="connections",
    kind="table",
    title=("Báo cáo vào kết nối nào, chậm bao nhiêu", "Which connections it reports to, and how late"),
    shows=(
        "Kết nối mà danh mục bảo đơn vị phải báo cáo. Đến muộn: muộn hơn kết nối cho phép, trên mọi bản ghi của 30 "
        "ngày (kết nối thưa: hai lần hạn của nó; theo kỳ: 500 ngày). Độ trễ: từ thời điểm của số liệu, hoặc từ hết "
        "kỳ, đến khi gửi.",
        "Connections to which the catalogue says it must report. Late: later than allowed, of all records of 30 "
        "days (rare ones: twice their allowance; periods: 500). Delay: from the figure's time, or the end of its "
        "period, until it was sent.",
    ),
    todo=(
        "✖: gọi đầu mối của kết nối. Muộn thường xuyên: xem lại hạn hoặc đường truyền của đơn vị.",
        "✖: call the contact. Often late: look at the term, or at the unit's line.",
    ),
    sql=f"""
        SELECT d.name_$lang AS feed_name, {STATE} AS state, if(d.cadence_s = 0, '{{{{theo kỳ|by period}}}}',
            duration_$lang(d.cadence_s)) AS cadence,
            {TOLD}, d.feed AS feed
        FROM (SELECT * FROM feeds WHERE feed IN ({FEEDS_OF}) AND system != 'drill') AS d
        LEFT JOIN ({OF_THE_UNIT}) AS h ON h.feed = d.feed
        LEFT JOIN feed_states_at(at = $__toTime) AS s ON s.feed = d.feed
        ORDER BY state_rank(state) DESC, d.system, feed_name
    """,
    columns=("feed_name", "state", "cadence", "newest", "records", "late_records", "delay"),
    hidden=("feed",),
    links=(("feed_name", "nhip-feed"),),
    empty=("danh mục không giao đơn vị này báo cáo vào kết nối nào", "the catalogue has it report to no connection"),
    width=24,
)
UNITS = Panel(
    key="units",
    kind="table",
    title=("Đơn vị phải báo cáo, lâu chưa thấy trước", "Units that must report, the longest unheard of first"),
    shows=(
        "Mọi đơn vị còn hiệu lực mà danh mục bảo phải báo cáo vào kết nối này; ✖ và ▲ là đơn vị thiếu. Đếm trong bảy "
        "ngày; kết nối thưa hơn mỗi ngày: 100 ngày hoặc hai lần hạn của nó; theo kỳ: 500 ngày.",
        "Every valid unit that the catalogue has report to this connection; those with ✖ and ▲ are missing. Counted "
        "over seven days; where records are rarer than daily 100, or twice the allowance; of periods 500.",
    ),
    todo=(
        "Gọi đầu mối của đơn vị; tổng cả nước thiếu phần của họ.",
        "Call the unit's contact; sums for the country lack its part.",
    ),
    sql=f"""
        SELECT u.name_$lang AS unit_name, {STATE} AS state, {TOLD}, u.unit AS unit
        FROM (SELECT * FROM units WHERE unit IN ({UNITS_OF}) AND valid_from <= toDate($__toTime, 'Asia/Ho_Chi_Minh')
            AND (valid_to IS NULL OR valid_to >= toDate($__toTime, 'Asia/Ho_Chi_Minh'))) AS u
        CROSS JOIN (SELECT * FROM feeds WHERE feed = {THE_FEED}) AS d
        LEFT JOIN ({OF_THE_FEED}) AS h ON h.unit = u.unit
        LEFT JOIN feed_states_at(at = $__toTime) AS s ON s.feed = d.feed
        ORDER BY state_rank(state) DESC, h.feed != '', h.last_at, u.position
    """,
    columns=("unit_name", "state", "newest", "records", "late_records", "delay"),
    hidden=("unit",),
    links=(("unit_name", "nhip-unit"),),
    empty=("kết nối này không có đơn vị phải báo cáo", "no unit must report to this connection"),
    width=12,
)
