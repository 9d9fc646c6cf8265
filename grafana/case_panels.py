"""Panels of cases, whatever their kind: what came in today, the reporting month so far, days, and who is behind.

Every one shows what was counted from single steps, never a total that somebody reported. On a board with the variable
`unit` each is of the unit chosen, or of all.
"""

import msgspec

from grafana.choices import chosen
from grafana.counts import counted_in, in_both, stepped
from grafana.model import Panel, Words
from grafana.panels import TO_UNIT, joined

ON_TIME_OF = ("đúng hạn / ", "on time / ")
SLOW = (
    "Xem bảng theo đơn vị: ai giữ nhiều nhất; hỏi đầu mối của họ.",
    "See the table by unit: who holds most; ask their contact.",
)


class Cases(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of case on a board, and what its steps are called there."""

    kind: str
    many: Words
    received: Words = ("tiếp nhận", "received")
    finished: Words = ("đã giải quyết", "finished")
    channels: bool = False
    """Some come online."""
    of_received: bool = False
    """On time is told of what was received as well. Only where many come in: what finished in a month need not have
    come in it, and of a few that share may be anything."""
    by_unit: bool = True
    """False: the board has no variable `unit`."""

    @property
    def chosen(self) -> str:
        return chosen("unit", "c.unit") if self.by_unit else "true"

    def view(self, name: str) -> str:
        return f"{name}(at = $__toTime, kind = '{self.kind}')"


def today(cases: Cases, width: int = 12) -> Panel:
    """Tiles: the local day so far, against the same weekday last week."""
    online = joined(("trực tuyến / ", "online / "), cases.received)
    tiles = [
        _count(cases.received, "received", cases),
        _rate(online, "online", "received") if cases.channels else "",
        _count(cases.finished, "finished", cases),
        _rate(joined(ON_TIME_OF, cases.finished), "on_time", "finished"),
    ]
    return Panel(
        key="today",
        kind="tiles",
        title=("Hôm nay, so cùng thứ tuần trước đến cùng giờ", "Today, against the same weekday last week until now"),
        shows=(
            "Đếm từ từng bước, từ 0 giờ đến khoảng năm phút gần nhất đã xong.",
            "Counted from single steps, since midnight, up to the last five minutes that are over.",
        ),
        todo=(
            "Giảm mạnh: xem kết nối có chậm không trước khi hỏi đơn vị.",
            "Far down: see whether the connection is late before asking anybody.",
        ),
        sql=f"""
            SELECT line.1 AS name, line.2 AS text
            FROM
            (
                SELECT sum(c.received) AS received, sum(c.received_before) AS received_before,
                    sum(c.online) AS online, sum(c.online_before) AS online_before, sum(c.finished) AS finished,
                    sum(c.finished_before) AS finished_before, sum(c.on_time) AS on_time,
                    sum(c.on_time_before) AS on_time_before, sum(c.impossible) AS impossible
                FROM {cases.view("case_today")} AS c
                WHERE {cases.chosen}
                HAVING count() > 0
            )
            ARRAY JOIN [
                {", ".join(filter(None, tiles))},
                ('{{{{bước bị loại vì không thể có|steps left out as impossible}}}}',
                    concat(if(impossible > 0, '▲ ', ''), number_$lang(impossible, 0)))
            ] AS line
        """,
        width=width,
    )


def _count(name: Words, column: str, cases: Cases) -> str:
    change = f"change_$lang({column}, {column}_before, 0, {in_both(cases.many)})"
    return f"({in_both(name)}, concat(number_$lang({column}, 0), ' (', {change}, ')'))"


def _rate(name: Words, part: str, whole: str) -> str:
    now, before = (f"100 * {part}{when} / nullIf({whole}{when}, 0)" for when in ("", "_before"))
    return f"({in_both(name)}, concat(figure_$lang({now}, 1, '%'), ' (', change_$lang({now}, {before}, 1, '%'), ')'))"


def month(cases: Cases, width: int = 12) -> Panel:
    """Tiles: the administrative month so far."""
    both = f"({in_both(joined(ON_TIME_OF, cases.received))}, percent_$lang(on_time / nullIf(received, 0), 1)), "
    of_received = both if cases.of_received else ""
    return Panel(
        key="month",
        kind="tiles",
        title=(
            "Tháng báo cáo từ ngày 15 đến nay; hôm nay tạm tính",
            "Reporting month from the 15th so far; today is provisional",
        ),
        shows=(
            "Đếm từ từng bước; hôm nay là tạm tính. Thời gian xử lý đã trừ lúc chờ bổ sung.",
            "Counted from single steps; today is provisional. Handling times are less the wait for supplements.",
        ),
        todo=(
            "Đúng hạn thấp: xem bảng theo đơn vị, và tồn quá hạn có tăng không.",
            "Little on time: see the table by unit, and whether what is overdue grows.",
        ),
        sql=f"""
            SELECT line.1 AS name, line.2 AS text
            FROM
            (
                SELECT sum(c.received) AS received, sum(c.finished) AS finished, sum(c.on_time) AS on_time,
                    sum(c.refused) AS refused, sum(c.withdrawn) AS withdrawn, sumForEach(c.durations) AS spread
                FROM {cases.view("case_month")} AS c
                WHERE {cases.chosen}
                HAVING count() > 0
            )
            ARRAY JOIN [
                ({in_both(cases.received)}, number_$lang(received, 0)),
                ({in_both(joined(ON_TIME_OF, cases.finished))}, percent_$lang(on_time / nullIf(finished, 0), 1)),
                {of_received}({in_both(joined(("từ chối, dừng / ", "refused, stopped / "), cases.received))},
                    percent_$lang(refused / nullIf(received, 0), 1)),
                ('{{{{xử lý trong: trung vị|handled within: median}}}}', duration_$lang(quantile_s(spread, 0.5))),
                ('{{{{xử lý trong: 90 %|handled within: 90 %}}}}', duration_$lang(quantile_s(spread, 0.9)))
            ] AS line
        """,
        width=width,
    )


def still_open(cases: Cases, width: int = 6) -> Panel:
    return Panel(
        key="open",
        kind="stat",
        title=("Quá hạn / đang mở", "Overdue / open"),
        shows=(
            "Cuối ngày đang xem; ▲ khi quá hạn nhiều hơn một tuần trước, số của tuần trước trong ngoặc.",
            "At the end of the day looked at; ▲ where more are overdue than a week before, that number in brackets.",
        ),
        todo=SLOW,
        sql=f"""
            SELECT if(count() = 0, '{{{{chưa có|none yet}}}}',
                concat(if(sum(c.overdue) > sum(c.overdue_before), '▲ ', ''),
                number_$lang(sum(c.overdue), 0), ' / ', number_$lang(sum(c.open), 0),
                ' (', number_$lang(sum(c.overdue_before), 0), ')')) AS text
            FROM case_open_at(at = $__toTime) AS c
            WHERE c.kind = '{cases.kind}' AND {cases.chosen}
        """,
        width=width,
    )


def by_quarter_hour(cases: Cases, width: int = 12) -> Panel:
    return Panel(
        key="quarters",
        kind="series",
        title=("Theo 15 phút, so cùng giờ tuần trước", "By quarter of an hour, against the same time last week"),
        shows=("Chỉ vẽ những khoảng đã xong.", "Only what is over is drawn."),
        todo=(
            "Rơi về 0 trong giờ làm việc: xem kết nối trước, rồi mới hỏi đơn vị.",
            "Down to nothing in working hours: look at the connection first, then ask.",
        ),
        sql=stepped(
            f"""
            SELECT time, sumIf(came, shift = 0) AS received, sumIf(went, shift = 0) AS finished,
                sumIf(came, shift = 7) AS week
            FROM
            (
                SELECT toStartOfFifteenMinutes(c.bucket + toIntervalDay(shift)) AS time, shift, c.received AS came,
                    c.finished AS went
                FROM case_counts AS c
                ARRAY JOIN [0, 7] AS shift
                WHERE c.kind = '{cases.kind}' AND c.width = '5m' AND {cases.chosen}
                    AND c.bucket >= $__fromTime - INTERVAL 7 DAY AND c.bucket < $__toTime
            )
            WHERE time >= $__fromTime AND time < toStartOfFifteenMinutes($__toTime)
            GROUP BY time
            """,
            (
                ("received", cases.received),
                ("finished", cases.finished),
                ("week", joined(cases.received, (", tuần trước", ", last week"))),
            ),
        ),
        axis=counted_in(cases.many),
        width=width,
    )


def by_day(cases: Cases, width: int = 12, since: str = "now-30d") -> Panel:
    return Panel(
        key="days",
        kind="series",
        title=("Theo ngày; hôm nay tạm tính", "By day; today is provisional"),
        shows=(
            "Mỗi ngày theo giờ Việt Nam; hôm nay là tạm tính.",
            "Local days; today is provisional.",
        ),
        todo=(
            "Ngày trũng không phải ngày nghỉ: xem kết nối có mất tín hiệu không.",
            "A hollow that is no day off: see whether the connection was silent.",
        ),
        sql=stepped(
            f"""
            SELECT toDateTime(c.day, 'Asia/Ho_Chi_Minh') AS time, sum(c.received) AS received,
                sum(c.finished) AS finished, sum(c.overdue) AS overdue
            FROM case_days AS c
            WHERE c.kind = '{cases.kind}' AND {cases.chosen}
                AND c.day > local_day($__fromTime) AND c.day <= local_day($__toTime)
            GROUP BY time
            """,
            (
                ("received", cases.received),
                ("finished", cases.finished),
                ("overdue", ("trong đó quá hạn", "of these overdue")),
            ),
        ),
        axis=counted_in(cases.many),
        width=width,
        since=since,
    )


def open_by_day(cases: Cases, width: int = 12, since: str = "now-30d") -> Panel:
    return Panel(
        key="open-days",
        kind="series",
        title=("Đang mở và quá hạn cuối mỗi ngày", "Open and overdue at the end of each day"),
        shows=("Tồn cuối ngày theo giờ Việt Nam; hôm nay là lúc này.", "At the end of local days; today it is now."),
        todo=SLOW,
        sql=stepped(
            f"""
            SELECT toDateTime(c.day, 'Asia/Ho_Chi_Minh') AS time, sum(c.open) AS open, sum(c.overdue) AS overdue
            FROM case_open_days(since = $__fromTime, at = $__toTime, kind = '{cases.kind}') AS c
            WHERE {cases.chosen}
            GROUP BY time
            """,
            (("open", ("đang mở", "open")), ("overdue", ("trong đó quá hạn", "of these overdue"))),
        ),
        axis=counted_in(cases.many),
        width=width,
        since=since,
    )


def by_unit(cases: Cases, levels: str, received_as: str = "received", width: int = 24) -> Panel:
    """A table of bodies. `levels` are those of `units`; `received_as` is the column's heading in `words.COLUMNS`."""
    both = "percent_$lang(m.on_time / nullIf(m.received, 0), 1) AS on_time_received, " if cases.of_received else ""
    rates = ("on_time", "on_time_received") if cases.of_received else ("on_time",)
    return Panel(
        key="units",
        kind="table",
        title=("Theo đơn vị: tháng báo cáo đến nay và lúc này", "By body: reporting month so far, and now"),
        shows=(
            "Nhiều quá hạn nhất trước. Đang mở và quá hạn là ở cuối ngày đang xem; còn lại tính từ ngày 15.",
            "Most overdue first. Open and overdue are at the end of the day looked at; the rest since the 15th.",
        ),
        todo=(
            "Hỏi đơn vị đứng đầu bảng; đơn vị ít hồ sơ thì một hồ sơ đã đổi tỷ lệ nhiều.",
            "Ask those at the top; with few cases one of them moves a rate far.",
        ),
        sql=f"""
            SELECT u.name_$lang AS unit_name, number_$lang(m.received, 0) AS {received_as},
                number_$lang(m.finished, 0) AS finished, percent_$lang(m.on_time / nullIf(m.finished, 0), 1) AS on_time,
                {both}duration_$lang(quantile_s(m.durations, 0.5)) AS median, number_$lang(c.open, 0) AS open,
                number_$lang(c.overdue, 0) AS overdue, c.unit AS unit, c.overdue AS overdue_raw
            FROM case_open_at(at = $__toTime) AS c
            INNER JOIN units AS u ON u.unit = c.unit
            LEFT JOIN {cases.view("case_month")} AS m ON m.unit = c.unit
            WHERE c.kind = '{cases.kind}' AND u.level IN ({levels}) AND {cases.chosen}
            ORDER BY c.overdue DESC, u.position
        """,
        columns=("unit_name", received_as, "finished", *rates, "median", "open", "overdue"),
        hidden=("unit", "overdue_raw"),
        links=TO_UNIT,
        width=width,
    )
