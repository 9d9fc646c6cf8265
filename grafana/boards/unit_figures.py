"""One unit's figures: the newest of each, and what was revised."""

from grafana.choices import THE_UNIT
from grafana.model import Panel
from grafana.phrases import INSTANTS, MEASURE, PERIODIC, subject_name

FIGURES = Panel(
    key="figures",
    kind="table",
    title=("Số liệu mới nhất", "Newest figures"),
    shows=(
        "Bản đang có hiệu lực của từng chỉ tiêu mà đơn vị báo cáo: tức thời trong ba ngày, theo kỳ trong 500 ngày.",
        "The version in force of every indicator that the unit reports: instants of three days, periods of 500 days.",
    ),
    todo=(
        "▲ nghi vấn: xem điểm bất thường của đơn vị. Số không thể có không ở đây.",
        "▲ suspect: see the unit's findings.",
    ),
    sql=f"""
        SELECT i.name_$lang AS indicator_name, {subject_name("f", "s")} AS subject,
            if(f.period = '', moment_$lang(f.at), period_$lang(f.period)) AS period,
            figure_$lang(f.value, i.decimals, {MEASURE}) AS last_value,
            vintage_$lang(f.vintage) AS vintage, f.verdict AS verdict,
            number_$lang(f.versions, 0) AS versions, d.name_$lang AS feed_name, f.feed AS feed, f.value AS value_raw
        FROM
        (
            SELECT g.feed AS feed, g.indicator AS indicator, g.subject AS subject, max(g.at) AS at,
                argMax(g.period, g.at) AS period,
                argMax(g.value, g.at) AS value, argMax(g.vintage, g.at) AS vintage, argMax(g.verdict, g.at) AS verdict,
                argMax(g.versions, g.at) AS versions
            FROM figures_in_force AS g
            WHERE g.unit = {THE_UNIT} AND g.verdict != 'impossible' AND g.at <= $__toTime
                AND g.feed IN (SELECT feed FROM expected_units WHERE unit = {THE_UNIT})
                AND ((g.at > $__toTime - INTERVAL 3 DAY AND g.indicator IN {INSTANTS})
                    OR (g.at > $__toTime - INTERVAL 500 DAY AND g.indicator IN {PERIODIC}))
            GROUP BY g.feed, g.indicator, g.subject
        ) AS f
        INNER JOIN indicators AS i ON i.indicator = f.indicator
        INNER JOIN feeds AS d ON d.feed = f.feed
        LEFT JOIN subjects AS s ON s.subject = f.subject
        ORDER BY feed_name, i.slot = 0, i.slot, indicator_name, subject
        LIMIT 300
    """,
    columns=("indicator_name", "subject", "period", "last_value", "vintage", "verdict", "versions", "feed_name"),
    hidden=("feed", "value_raw"),
    links=(("feed_name", "nhip-feed"),),
    empty=("đơn vị này không gửi số liệu", "the unit sends no figures"),
    width=24,
)
REVISIONS = Panel(
    key="revisions",
    kind="table",
    title=("Số liệu đã sửa", "Figures that were revised"),
    shows=(
        "Mỗi lần một số liệu theo kỳ của đơn vị đổi giá trị, lần gửi mới trước, đến cuối khoảng đang xem.",
        "Each time a figure of a period changed its value, the newest first, up to the end of the time range.",
    ),
    todo=(
        "Sửa nhiều, luôn một chiều: số ước tính đầu của đơn vị có thể lạc quan; hỏi cách ước tính.",
        "Many, and always one way: its first estimates may be hopeful; ask how they are made.",
    ),
    sql=f"""
        SELECT i.name_$lang AS indicator_name, {subject_name("r", "s")} AS subject,
            period_$lang(r.period) AS period, vintage_$lang(r.vintage) AS vintage,
            instant_$lang(r.sent_at) AS sent_when,
            figure_$lang(r.value_before, i.decimals, {MEASURE}) AS value_before,
            figure_$lang(r.value, i.decimals, {MEASURE}) AS last_value,
            change_$lang(r.value, r.value_before, i.decimals, {MEASURE}) AS change,
            if(r.reason = '', '–', r.reason) AS reason,
            if(r.document = '', '–', r.document) AS document, r.change AS change_raw
        FROM figure_revisions(unit = {THE_UNIT}, indicator = '') AS r
        INNER JOIN indicators AS i ON i.indicator = r.indicator
        LEFT JOIN subjects AS s ON s.subject = r.subject
        WHERE r.indicator IN {PERIODIC} AND r.version > 1 AND r.change != 0
            AND r.sent_at <= $__toTime
        ORDER BY r.sent_at DESC, indicator_name
        LIMIT 100
    """,
    columns=(
        *("indicator_name", "subject", "period", "vintage", "sent_when"),
        *("value_before", "last_value", "change", "reason", "document"),
    ),
    hidden=("change_raw",),
    empty=("không số liệu nào của đơn vị đã đổi", "no figure of the unit was changed"),
    width=24,
)
