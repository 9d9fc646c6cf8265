"""Figures as they were known then beside what is known now, and how complete they were."""

from grafana.model import Panel
from grafana.phrases import MEASURE, PERIODIC

THEN = "moment_asked(${as_of:sqlstring}, $__toTime)"
"""In Vietnamese time, which the views take."""
THEN_UTC = f"toTimeZone({THEN}, 'UTC')"
REACH = (1, 10, 100, 500)
"""Within how many days the newest figure of a connection lies (`feeds.headline_days`)."""
ONE_READ = """
            SELECT * FROM figures_then_and_now(as_of = {then}) AS g
            WHERE (g.feed, g.indicator) IN (SELECT feed, headline FROM feeds WHERE headline_days = {days}
                AND system != 'drill')
                AND g.at <= {then} AND g.at > {then} - INTERVAL {days} DAY AND g.versions_then > 0
                AND g.value_then IS NOT NULL"""
HEADLINES = "\n            UNION ALL".join(ONE_READ.format(then=THEN, days=days) for days in REACH)

FIGURES = Panel(
    key="figures",
    kind="table",
    title=("Số đại diện của mỗi kết nối: lúc đó và nay", "The figure that speaks for each connection: then and now"),
    shows=(
        "Số mới nhất đã nhận được đến lúc đó, và chính số ấy theo bản đang có hiệu lực. Số khác nhau lên đầu.",
        "The newest figure that had come in by then, and the same figure as it is in force now. Those that differ "
        "first.",
    ),
    todo=(
        "Khác nhau: số đã được sửa sau đó; quyết định lúc ấy dựa trên số bên trái.",
        "They differ: it was revised since; what was decided then stood on the left one.",
    ),
    sql=f"""
        SELECT d.name_$lang AS feed_name, i.name_$lang AS indicator_name, u.name_$lang AS unit_name,
            if(h.period = '', moment_$lang(h.at), period_$lang(h.period)) AS period,
            figure_$lang(h.value_then, i.decimals, {MEASURE}) AS value_then,
            figure_$lang(h.value_now, i.decimals, {MEASURE}) AS value_now,
            multiIf(h.value_now IS NULL, '✖ {{{{mọi bản đều không thể có|every version is impossible}}}}',
                h.value_now = h.value_then, '–',
                concat('▲ ', change_$lang(h.value_now, h.value_then, i.decimals, {MEASURE}))) AS since_then,
            d.feed AS feed, u.unit AS unit
        FROM
        (
            WITH (g.unit = 'VN' AND g.subject = '', g.at) AS place
            SELECT g.feed AS feed, any(g.indicator) AS indicator, argMax(g.unit, place) AS unit, max(g.at) AS at,
                argMax(g.period, place) AS period,
                argMax((g.value_then, g.value_now), place) AS pair, pair.1 AS value_then, pair.2 AS value_now
            FROM ({HEADLINES}
            ) AS g
            GROUP BY g.feed
        ) AS h
        INNER JOIN feeds AS d ON d.feed = h.feed
        INNER JOIN indicators AS i ON i.indicator = h.indicator
        INNER JOIN units AS u ON u.unit = h.unit
        ORDER BY ifNull(h.value_now != h.value_then, true) DESC, d.system, feed_name
    """,
    columns=("feed_name", "indicator_name", "unit_name", "period", "value_then", "value_now", "since_then"),
    hidden=("feed", "unit"),
    links=(("feed_name", "nhip-feed"), ("unit_name", "nhip-unit")),
    empty=("lúc đó chưa nhận được số nào", "nothing had come in by then"),
    width=24,
)
CHANGED = Panel(
    key="changed",
    kind="table",
    title=("Số liệu theo kỳ đã đổi từ lúc đó", "Figures of periods that have changed since"),
    shows=(
        "Các kỳ trong 500 ngày trước lúc đó: lúc đó đã có một giá trị, nay có hiệu lực giá trị khác. Đổi nhiều nhất "
        "trước.",
        "Periods of the 500 days before: there was a value then, and another is in force now. The largest change "
        "first.",
    ),
    todo=(
        "Xem lần công bố và lý do; mở bảng của đơn vị để thấy mọi bản.",
        "See release and reason; the unit's board has every version.",
    ),
    sql=f"""
        SELECT i.name_$lang AS indicator_name, u.name_$lang AS unit_name, period_$lang(g.period) AS period,
            figure_$lang(g.value_then, i.decimals, {MEASURE}) AS value_then,
            figure_$lang(g.value_now, i.decimals, {MEASURE}) AS value_now,
            concat('▲ ', change_$lang(g.value_now, g.value_then, i.decimals, {MEASURE})) AS since_then,
            vintage_$lang(g.vintage_now) AS vintage, instant_$lang(g.arrived_now) AS arrived,
            if(g.reason_now = '', '–', g.reason_now) AS reason, g.unit AS unit,
            abs(g.value_now - g.value_then) / nullIf(abs(g.value_then), 0) AS ratio_raw
        FROM figures_then_and_now(as_of = {THEN}) AS g
        INNER JOIN indicators AS i ON i.indicator = g.indicator
        INNER JOIN units AS u ON u.unit = g.unit
        WHERE g.indicator IN {PERIODIC} AND g.at <= {THEN}
            AND g.at > {THEN} - INTERVAL 500 DAY
            AND g.versions_now > g.versions_then AND g.value_then != g.value_now
        ORDER BY ratio_raw DESC NULLS LAST, indicator_name, u.position, period
        LIMIT 100
    """,
    columns=(
        *("indicator_name", "unit_name", "period", "value_then", "value_now", "since_then"),
        *("vintage", "arrived", "reason"),
    ),
    hidden=("unit", "ratio_raw"),
    links=(("unit_name", "nhip-unit"),),
    empty=("từ lúc đó không số liệu theo kỳ nào đổi", "no figure of a period has changed since"),
    width=24,
)
COMPLETE = Panel(
    key="completeness",
    kind="table",
    title=("Đầy đủ đến đâu: lúc đó và nay", "How complete: then and now"),
    shows=(
        "Trạng thái như kho đã có lúc đó và như nay biết về lúc đó; bản ghi về 24 giờ trước đó: đã nhận khi ấy, và "
        "đến nay.",
        "The state that the store had then, and what is known of that moment now; records of the 24 hours before: by "
        "then, and by now.",
    ),
    todo=(
        "Nay nhiều hơn hẳn: số cộng xem lúc đó còn thiếu; gọi nơi gửi về bản ghi đến muộn.",
        "Far more by now: sums seen then lacked a part; ask the sender about late records.",
    ),
    sql=f"""
        SELECT d.name_$lang AS feed_name, t.state AS state, if(n.state = t.state, '–',
            concat(state_sign(n.state), ' ', state_$lang(n.state))) AS state_now,
            concat(number_$lang(t.reporting, 0), ' / ', number_$lang(t.expected, 0)) AS reporting_text,
            number_$lang(r.known, 0) AS records_then, number_$lang(r.records, 0) AS records_now,
            if(r.records = r.known, '–', concat('▲ +', number_$lang(r.records - r.known, 0))) AS since_then,
            d.feed AS feed
        FROM feeds AS d
        INNER JOIN feed_states_known(as_of = {THEN}) AS t ON t.feed = d.feed
        LEFT JOIN feed_states_at(at = {THEN_UTC}) AS n ON n.feed = d.feed
        LEFT JOIN
        (
            SELECT feed, count() AS records, countIf(arrived_at <= {THEN}) AS known
            FROM
            (
                SELECT feed, arrived_at FROM figures WHERE at <= {THEN} AND at > {THEN} - INTERVAL 1 DAY
                UNION ALL
                SELECT feed, arrived_at FROM case_steps WHERE event_at <= {THEN} AND event_at > {THEN} - INTERVAL 1 DAY
            )
            GROUP BY feed
        ) AS r ON r.feed = d.feed
        WHERE d.system != 'drill'
        ORDER BY n.state != t.state DESC, r.records - r.known DESC, state_rank(t.state) DESC, feed_name
    """,
    columns=("feed_name", "state", "state_now", "reporting_text", "records_then", "records_now", "since_then"),
    hidden=("feed",),
    links=(("feed_name", "nhip-feed"),),
    empty=("lúc đó kho chưa có trạng thái nào", "the store had no states then"),
    width=24,
)
