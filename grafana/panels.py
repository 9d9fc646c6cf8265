"""Panels that many boards have: newest figures, a figure against last week, several lines, the connections of a system
and what is open against them. Each is a declaration like any other; what a board must say itself is passed in.
"""

import msgspec

from grafana.choices import chosen
from grafana.findings import OPEN_AT, findings_table
from grafana.model import Axis, Panel, Words

SAME_TIME = (
    "trong ngoặc là thay đổi so cùng giờ tuần trước, với số theo kỳ là so kỳ trước",
    "in brackets the change on the same time last week, for periodic figures on the period before",
)
ASK = (
    "▲ nghi vấn hoặc cũ, ✖ số mới bị loại: xem điểm bất thường bên dưới, hỏi đầu mối của kết nối.",
    "▲ suspect or old, ✖ the newest was left out: see the findings below, ask the contact of the connection.",
)
TO_UNIT = (("unit_name", "nhip-unit"),)
TO_FEED = (("feed_name", "nhip-feed"),)
NAME_TO_FEED = (("name", "nhip-feed"),)
"""Where a table's column leads, with its row's unit or connection."""
LEFT_OUT = ("Số không thể có không được vẽ.", "Impossible figures are not drawn.")


class Figure(msgspec.Struct, frozen=True):
    """One series: an indicator of a connection, of the country where nothing else is said."""

    feed: str
    indicator: str
    subject: str = ""
    unit: str = "VN"

    @property
    def sql(self) -> str:
        names = ("feed", "indicator", "unit", "subject")
        return " AND ".join(f"c.{name} = '{getattr(self, name)}'" for name in names)


def newest(key: str, title: Words, where: str, todo: Words = ASK, width: int = 24) -> Panel:
    """Tiles of the newest figures, the catalogue's names above them. `where` is a condition on `figures_named`."""
    return Panel(
        key=key,
        kind="tiles",
        title=title,
        shows=joined(("Số mới nhất; ", "The newest figures; "), SAME_TIME, (".", ".")),
        todo=todo,
        sql=f"""
            SELECT label_$lang AS name,
                figure_line_$lang(value, value_before, decimals, measure_$lang, period, verdict, stale_s) AS text
            FROM figures_named(at = $__toTime)
            WHERE {where}
            ORDER BY feed, indicator, subject
            LIMIT 60
        """,
        width=width,
    )


def against_last_week(
    key: str,
    title: Words,
    figure: Figure,
    axis: Axis,
    scale: float = 1,
    every_s: int = 60,
    band: bool = False,
    width: int = 12,
    since: str = "",
) -> Panel:
    """A figure and itself a week before. `every_s` is its cadence, so that both stand at the same times; with a band of
    15 % around last week, outside which it is worth a question."""
    bounds = ", 0.85 * week AS low, 1.15 * week AS high" if band else ""
    said = (" Dải là ±15 % quanh tuần trước.", " The band is ±15 % around last week.") if band else ("", "")
    return Panel(
        key=key,
        kind="series",
        title=title,
        shows=joined(
            ("Giá trị và chính nó cùng giờ tuần trước.", "The figure, and itself at the same time last week."),
            said,
            (" ", " "),
            LEFT_OUT,
        ),
        todo=(
            "Rời xa tuần trước: xem ngày lễ, thời tiết, sự cố; rồi hỏi đầu mối của kết nối.",
            "Far from last week: think of holidays, weather, incidents; then ask the contact of the connection.",
        ),
        sql=f"""
            SELECT toStartOfInterval(moment, INTERVAL greatest($__interval_s, {every_s}) second) AS time,
                avgOrNullIf(value, shift = 0) AS now, avgOrNullIf(value, shift = 7) AS week{bounds}
            FROM
            (
                SELECT c.value / {scale:g} AS value, shift, toDateTime(c.at + toIntervalDay(shift)) AS moment
                FROM figures_in_force AS c
                ARRAY JOIN [0, 7] AS shift
                WHERE {figure.sql} AND c.verdict != 'impossible'
                    AND c.at > $__fromTime - INTERVAL 7 DAY AND c.at <= $__toTime
            )
            WHERE moment > $__fromTime AND moment <= $__toTime
            GROUP BY time
            ORDER BY time
        """,
        axis=axis,
        lines=(("now", ("đang xem", "shown")), ("week", ("tuần trước", "last week"))),
        band=("low", "high") if band else None,
        width=width,
        since=since,
    )


def lines(
    key: str,
    title: Words,
    shows: Words,
    todo: Words,
    feed: str,
    indicators: tuple[tuple[str, Words], ...],
    axis: Axis,
    scale: float = 1,
    every_s: int = 60,
    unit: str = "'VN'",
    width: int = 12,
    since: str = "",
) -> Panel:
    """Indicators of one connection as lines: means of what falls into one step of the axis, or with `every_s` 0, as for
    figures of days and months, each at its own time. `unit` is SQL."""
    told = ", ".join(f"'{indicator}'" for indicator, _ in indicators)
    step = f"toStartOfInterval(toDateTime(c.at), INTERVAL greatest($__interval_s, {every_s}) second)"
    columns = [(f"line_{place}", name) for place, (_, name) in enumerate(indicators, start=1)]
    values = ", ".join(
        f"avgOrNullIf(c.value, c.indicator = '{indicator}') / {scale:g} AS {column}"
        for (column, _), (indicator, _) in zip(columns, indicators, strict=True)
    )
    return Panel(
        key=key,
        kind="series",
        title=title,
        shows=joined(shows, (" ", " "), LEFT_OUT),
        todo=todo,
        sql=f"""
            SELECT {step if every_s else "toDateTime(c.at)"} AS time,
                {values}
            FROM figures_in_force AS c
            WHERE c.feed = '{feed}' AND c.indicator IN ({told}) AND c.unit = {unit} AND c.verdict != 'impossible'
                AND c.at > $__fromTime AND c.at <= $__toTime
            GROUP BY time
            ORDER BY time
        """,
        axis=axis,
        lines=tuple(columns),
        width=width,
        since=since,
    )


def connections(where: str, width: int = 12) -> Panel:
    """`where` is a condition on `feeds_at`."""
    return Panel(
        key="connections",
        kind="table",
        title=("Kết nối của hệ thống", "Connections of the system"),
        shows=(
            "Trạng thái, tuổi, đơn vị báo cáo / phải báo cáo, và ai trực ở đầu kia.",
            "State, age, units reporting / expected, and who is on duty at the other end.",
        ),
        todo=("✖ hoặc ▲: gọi đầu mối ghi ở cột cuối.", "✖ or ▲: call the contact in the last column."),
        sql=f"""
            SELECT state, name_$lang AS feed_name,
                if(periodic, '{{{{theo kỳ|by period}}}}', duration_$lang(age_s)) AS age,
                if(expected = 0, '{{{{chưa có|none yet}}}}',
                    concat(number_$lang(reporting, 0), ' / ', number_$lang(expected, 0))) AS reporting_text,
                contact, feed
            FROM feeds_at(at = $__toTime)
            WHERE NOT drill AND {where}
            ORDER BY state_rank(state) DESC, feed
        """,
        columns=("state", "feed_name", "age", "reporting_text", "contact"),
        hidden=("feed",),
        links=TO_FEED,
        width=width,
    )


def findings(where: str, width: int = 12, unit: bool = False) -> Panel:
    """`where` is a condition on `feeds`; `unit`: the board has a variable of that name."""
    picked = f" AND {chosen('unit', 'f.unit')}" if unit else ""
    return findings_table(
        "findings",
        ("Điểm bất thường đang mở", "Open findings"),
        (
            "Của các kết nối này, không tính diễn tập. Điểm bất thường là bằng chứng để hỏi, không phải kết luận.",
            "Of these connections, drills left out. A finding is evidence for a question, no verdict.",
        ),
        f"f.feed IN (SELECT feed FROM feeds WHERE {where}) AND NOT f.drill{picked} AND {OPEN_AT}",
        limit=20,
        columns=("severity", "since", "unit_name", "sentence"),
        width=width,
    )


def joined(*parts: Words) -> Words:
    """Parts of a text, joined in either language."""
    return "".join(vi for vi, _ in parts), "".join(en for _, en in parts)
