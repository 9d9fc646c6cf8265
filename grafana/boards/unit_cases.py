"""One unit's cases: dossiers, documents, reports…, how many, how long, how much in time; its place among its peers."""

from grafana.choices import THE_UNIT
from grafana.model import Axis, Panel

DAYS = "toDate($__fromTime, 'Asia/Ho_Chi_Minh') AND toDate($__toTime, 'Asia/Ho_Chi_Minh')"

JUDGED = "if(sum(d.on_time + d.overdue) = 0, NULL, 100 * sum(d.on_time))"
"""On time, where any case had a due time at all."""
ONLINE_KINDS = f"(SELECT o.kind FROM case_days AS o WHERE o.day BETWEEN {DAYS} AND o.online > 0)"
"""Kinds of which any came online, wherever: with a unit where none did that is 0 %, and it has its rank."""

KINDS = Panel(
    key="kinds",
    kind="table",
    title=(
        "Hồ sơ, văn bản, báo cáo… theo loại: cả hai tỷ lệ đúng hạn / tiếp nhận và đúng hạn / đã giải quyết",
        "Dossiers, documents, reports… by kind: both rates, on time / received and on time / finished",
    ),
    shows=(
        "Cộng theo ngày trong khoảng đang xem; đang mở và đang quá hạn là của cuối khoảng. Bị loại: bước không thể có.",
        "Summed over the days of the range; open and overdue are those of its end. Kept out: impossible steps.",
    ),
    todo=(
        "Hai tỷ lệ xa nhau: nhiều hồ sơ còn đang giải quyết; báo chí và chỉ số quốc gia dùng hai mẫu số khác nhau.",
        "Far apart: many are still being handled; press and national index use the two denominators.",
    ),
    sql=f"""
        SELECT k.name_$lang AS kind_name, number_$lang(c.received, 0) AS received,
            number_$lang(c.finished, 0) AS finished,
            percent_$lang(if(c.judged = 0, NULL, c.in_time / nullIf(c.received, 0)), 1) AS on_time_received,
            percent_$lang(if(c.judged = 0, NULL, c.in_time / nullIf(c.finished, 0)), 1) AS on_time,
            number_$lang(c.open_end, 0) AS open_cases, number_$lang(c.overdue_open, 0) AS overdue,
            percent_$lang(if(c.kind IN {ONLINE_KINDS}, c.online / nullIf(c.received, 0), NULL), 1) AS online,
            duration_$lang(c.took_ms / 1000 / nullIf(c.finished, 0)) AS mean_time,
            duration_$lang(quantile_s(c.bins, 0.5)) AS median_time,
            number_$lang(c.kept_out, 0) AS kept_out, c.in_time / nullIf(c.finished, 0) AS on_time_raw
        FROM
        (
            SELECT d.kind AS kind, sum(d.received) AS received, sum(d.finished) AS finished, sum(d.on_time) AS in_time,
                sum(d.on_time + d.overdue) AS judged, sum(d.online) AS online, sum(d.duration_ms) AS took_ms,
                sumForEach(d.durations) AS bins, argMax(d.open_end, d.day) AS open_end,
                argMax(d.overdue_open_end, d.day) AS overdue_open, sum(d.impossible) AS kept_out
            FROM case_days AS d
            WHERE d.unit = {THE_UNIT} AND d.day BETWEEN {DAYS}
            GROUP BY d.kind
        ) AS c
        INNER JOIN case_kinds AS k ON k.kind = c.kind
        ORDER BY c.received DESC
    """,
    columns=(
        *("kind_name", "received", "finished", "on_time_received", "on_time", "open_cases", "overdue"),
        *("online", "mean_time", "median_time", "kept_out"),
    ),
    hidden=("on_time_raw",),
    empty=("đơn vị này không có hồ sơ trong khoảng đang xem", "the unit has no cases in this time"),
    width=24,
)
SPEED = Panel(
    key="on-time-by-day",
    kind="series",
    title=("Đúng hạn / đã giải quyết, mỗi điểm bảy ngày", "On time / finished, seven days a point"),
    shows=(
        "Mỗi đường một loại; mỗi điểm là tổng bảy ngày đến ngày đó, để ngày nghỉ không làm đường gãy.",
        "A line a kind; each point sums the seven days up to it, so that days off break no line.",
    ),
    todo=("Đường đi xuống: xem đang quá hạn và thời gian trung vị.", "Going down: see overdue and the median time."),
    sql=f"""
        SELECT time, series, 100 * in_time / nullIf(done, 0) AS value
        FROM
        (
            SELECT toDateTime(d.day, 'Asia/Ho_Chi_Minh') AS time, k.name_$lang AS series, d.day AS day,
                sum(d.on_time) OVER week AS in_time, sum(d.finished) OVER week AS done,
                sum(d.on_time + d.overdue) OVER week AS judged
            FROM case_days AS d
            INNER JOIN case_kinds AS k ON k.kind = d.kind
            WHERE d.unit = {THE_UNIT} AND d.day BETWEEN toDate($__fromTime, 'Asia/Ho_Chi_Minh') - 7
                AND toDate($__toTime, 'Asia/Ho_Chi_Minh')
            WINDOW week AS (PARTITION BY d.kind ORDER BY d.day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW)
        )
        WHERE judged > 0 AND day >= toDate($__fromTime, 'Asia/Ho_Chi_Minh')
        ORDER BY time, series
    """,
    axis=Axis(("% đã giải quyết", "% of finished"), least=0, most=100),
    width=12,
)
VOLUME = Panel(
    key="received-by-day",
    kind="series",
    title=(
        "Tiếp nhận mỗi ngày so với trung bình của chính đơn vị; hôm nay tạm tính",
        "Received a day, against the unit's own mean; today is provisional",
    ),
    shows=(
        "100 là trung bình ngày trong khoảng đang xem, nên đơn vị lớn và nhỏ đọc như nhau. Hôm nay là tạm tính.",
        "100 is the mean day of the range, so large and small units read alike. Today is provisional.",
    ),
    todo=(
        "Ngày vọt lên hoặc tụt hẳn: xem điểm bất thường cùng ngày.",
        "A leap or a fall: see the findings of that day.",
    ),
    sql=f"""
        SELECT toDateTime(d.day, 'Asia/Ho_Chi_Minh') AS time, k.name_$lang AS series,
            100 * d.received / nullIf(avg(d.received) OVER (PARTITION BY d.kind), 0) AS value
        FROM case_days AS d
        INNER JOIN case_kinds AS k ON k.kind = d.kind
        WHERE d.unit = {THE_UNIT} AND d.day BETWEEN {DAYS}
        ORDER BY time, series
    """,
    axis=Axis(("% của ngày trung bình", "% of the mean day"), least=0),
    width=12,
)
PEERS = Panel(
    key="peers",
    kind="table",
    title=("Chỗ đứng giữa các đơn vị cùng cấp", "Its place among its peers"),
    shows=(
        "Các đơn vị cùng cấp còn hiệu lực, trong khoảng đang xem. Thứ 1 là tốt nhất; với tiếp nhận là nhiều nhất.",
        "Units of the same level that are valid, over the range. First is best; of received, most.",
    ),
    todo=(
        "Cuối bảng về đúng hạn mà giữa bảng về thời gian: hạn của đơn vị ngắn hơn, xem từng thủ tục.",
        "Last in time but midway in duration: its terms are shorter; look at the procedures.",
    ),
    sql=f"""
        WITH
            rates AS
            (
                SELECT d.kind AS kind, d.unit AS unit, arrayJoin([
                    (1, '{{{{tiếp nhận|received}}}}', '', toNullable(toFloat64(sum(d.received))), -1),
                    (2, '{{{{đúng hạn / tiếp nhận|on time / received}}}}', '%',
                        {JUDGED} / nullIf(sum(d.received), 0), -1),
                    (3, '{{{{đúng hạn / đã giải quyết|on time / finished}}}}', '%',
                        {JUDGED} / nullIf(sum(d.finished), 0), -1),
                    (4, '{{{{trực tuyến / tiếp nhận|online / received}}}}', '%',
                        if(d.kind IN {ONLINE_KINDS}, 100 * sum(d.online) / nullIf(sum(d.received), 0), NULL), -1),
                    (5, '{{{{thời gian trung bình|mean time}}}}', '{{{{ngày|days}}}}',
                        sum(d.duration_ms) / 86400000 / nullIf(sum(d.finished), 0), 1),
                    (6, '{{{{quá hạn / đang mở|overdue / open}}}}', '%',
                        100 * argMax(d.overdue_open_end, d.day) / nullIf(argMax(d.open_end, d.day), 0), 1)]) AS rate
                FROM case_days AS d
                WHERE d.day BETWEEN {DAYS} AND d.unit IN
                (
                    SELECT unit FROM units
                    WHERE level = (SELECT any(level) FROM units WHERE unit = {THE_UNIT})
                        AND valid_from <= toDate($__toTime, 'Asia/Ho_Chi_Minh')
                        AND (valid_to IS NULL OR valid_to >= toDate($__toTime, 'Asia/Ho_Chi_Minh'))
                )
                GROUP BY d.kind, d.unit
            ),
            placed AS
            (
                SELECT r.kind AS kind, r.unit AS unit, r.rate AS rate, u.name_$lang AS name,
                    rank() OVER (PARTITION BY r.kind, r.rate.1 ORDER BY r.rate.5 * r.rate.4, r.unit) AS place,
                    count() OVER (PARTITION BY r.kind, r.rate.1) AS peers,
                    medianExact(r.rate.4) OVER (PARTITION BY r.kind, r.rate.1) AS middle,
                    argMin((u.name_$lang, r.rate.4), (r.rate.5 * r.rate.4, r.unit))
                        OVER (PARTITION BY r.kind, r.rate.1) AS best
                FROM rates AS r
                INNER JOIN units AS u ON u.unit = r.unit
                WHERE r.rate.4 IS NOT NULL
            )
        SELECT k.name_$lang AS kind_name, p.rate.2 AS measure,
            figure_$lang(p.rate.4, if(p.rate.3 = '', 0, 1), p.rate.3) AS last_value,
            concat(toString(p.place), ' / ', toString(p.peers)) AS rank,
            figure_$lang(p.middle, if(p.rate.3 = '', 0, 1), p.rate.3) AS peers_median,
            concat(p.best.1, ' · ', figure_$lang(p.best.2, if(p.rate.3 = '', 0, 1), p.rate.3)) AS best,
            p.place AS place_raw
        FROM placed AS p
        INNER JOIN case_kinds AS k ON k.kind = p.kind
        WHERE p.unit = {THE_UNIT}
        ORDER BY k.name_$lang, p.rate.1
    """,
    columns=("kind_name", "measure", "last_value", "rank", "peers_median", "best"),
    hidden=("place_raw",),
    empty=("đơn vị này không có hồ sơ trong khoảng đang xem", "the unit has no cases in this time"),
    width=24,
)
