"""The words of boards, fixed once: headings of columns, states, severities, in Vietnamese and English.

A sign and a word say what a colour says, so that nobody has to tell colours apart. Colours are those of Okabe and Ito.
"""

import msgspec

from contract import handling, text
from grafana import headings
from grafana.model import Words

BLUE, ORANGE, RED, GREEN, GREY, PURPLE, SKY = (
    "#0072B2",
    "#E69F00",
    "#D55E00",
    "#009E73",
    "#8C8C8C",
    "#CC79A7",
    "#56B4E9",
)
SERIES = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED, "#F0E442")
"""Of lines, in turn."""


class Sign(msgspec.Struct, frozen=True):
    """How a value of a closed list is shown: a sign, a word, a colour on boards and a style in the terminal."""

    sign: str
    words: Words
    colour: str
    style: str

    def label(self, lang: str) -> str:
        return f"{self.sign} {text.choose(*self.words, lang=lang)}"


STATES = {
    "silent": Sign("✖", ("mất tín hiệu", "silent"), RED, "bold red"),
    "late": Sign("▲", ("chậm", "late"), ORANGE, "yellow"),
    "receiving": Sign("●", ("đang nhận", "receiving"), BLUE, "green"),
    "maintenance": Sign("◇", ("bảo trì", "maintenance"), PURPLE, "cyan"),
    "not_due": Sign("○", ("chưa đến kỳ", "not due"), GREY, "dim"),
    "off_hours": Sign("–", ("ngoài giờ", "off hours"), GREY, "dim"),
}
"""Of a connection, the worst first."""

SEVERITIES = {
    "critical": Sign("✖", ("NGHIÊM TRỌNG", "CRITICAL"), RED, "bold red"),
    "warning": Sign("▲", ("cảnh báo", "warning"), ORANGE, "yellow"),
    "info": Sign("·", ("thông tin", "info"), GREY, "dim"),
    "closed": Sign("✓", ("đã đóng", "closed"), GREY, "dim"),
}
"""Of a finding; one that is closed has none any more."""

LEVELS = {
    "critical": Sign("✖", ("nghiêm trọng", "critical"), RED, "bold red"),
    "warning": Sign("▲", ("cần xem", "to be looked at"), ORANGE, "yellow"),
    "ok": Sign("●", ("bình thường", "normal"), BLUE, "green"),
    "provisional": Sign("◌", ("tạm tính", "provisional"), GREY, "dim"),
    "none": Sign("–", (text.MISSING, text.MISSING_EN), GREY, "dim"),
}
"""What a query says of a figure in its column `level`."""

VERDICTS = {
    "ok": Sign("●", ("bình thường", "plausible"), BLUE, "green"),
    "suspect": Sign("▲", ("nghi vấn", "suspect"), ORANGE, "yellow"),
    "impossible": Sign("✖", ("không thể có", "impossible"), RED, "bold red"),
}

CONDITIONS = {
    "open": Sign("●", ("đang diễn ra", "going on"), BLUE, "green"),
    "closed": Sign("○", ("đã hết", "over"), GREY, "dim"),
}
"""Of a finding, as the detectors see it."""

_HANDLED = {
    "new": ("▲", ORANGE, "yellow"),
    "taken": ("●", BLUE, "green"),
    "asked": ("◇", PURPLE, "cyan"),
    "corrected": ("✎", GREY, "dim"),
    "confirmed": ("✓", GREY, "dim"),
    "false_alarm": ("○", GREY, "dim"),
    "new_trend": ("↗", GREY, "dim"),
    "closed": ("–", GREY, "dim"),
}
HANDLING = {state: Sign(_HANDLED[state][0], said, *_HANDLED[state][1:]) for state, said in handling.STATES.items()}
"""Of a finding, how far people have come with it."""

MEANINGS = {
    "state": STATES,
    "severity": SEVERITIES,
    "level": LEVELS,
    "verdict": VERDICTS,
    "condition": CONDITIONS,
    "handling": HANDLING,
    "handling_then": HANDLING,
}
"""Columns whose values are of a closed list; on boards and in the terminal they are shown by sign and word."""

MARKED = Sign("◆", ("MÔ PHỎNG", "SIMULATED"), ORANGE, "bold black on yellow")

SIGNS = {MARKED.sign: MARKED} | {sign.sign: sign for signs in MEANINGS.values() for sign in signs.values()}
"""A text that begins with one of these has its colour."""

COLUMNS: dict[str, Words] = {
    "name": ("tên", "name"),
    "text": ("giá trị", "value"),
    "feed_name": ("kết nối", "connection"),
    "state": ("trạng thái", "state"),
    "age": ("tuổi", "age"),
    "last_value": ("giá trị mới nhất", "last value"),
    "reporting_text": ("đơn vị", "units"),
    "level": ("mức", "level"),
    "severity": ("mức độ", "severity"),
    "verdict": ("đánh giá", "verdict"),
    "unit_name": ("đơn vị", "unit"),
    "since": ("từ lúc", "since"),
    "sentence": ("điều thấy được", "what was seen"),
    "received": ("tiếp nhận", "received"),
    "week_ago": ("so tuần trước", "on last week"),
    "on_time": ("đúng hạn/giải quyết", "on time/finished"),
    "overdue": ("đang quá hạn", "overdue, open"),
    "taken_in": ("được nhận", "accepted"),
    "actor": ("ai", "who"),
    "arrived": ("nhận lúc", "arrived"),
    "asked_until": ("đơn vị trả lời trước", "to answer before"),
    "asker": ("ai hỏi", "who asked"),
    "at": ("lúc", "at"),
    "bad_minutes": ("phút không tốt", "minutes not well"),
    "best": ("tốt nhất", "best"),
    "cadence": ("chu kỳ", "cadence"),
    "change": ("thay đổi", "change"),
    "column_name": ("cột", "column"),
    "column_type": ("kiểu", "type"),
    "command": ("lệnh", "command"),
    "condition": ("tình trạng", "condition"),
    "critical": ("nghiêm trọng", "critical"),
    "delay": ("độ trễ", "delay"),
    "document": ("văn bản", "document"),
    "explanation": ("nội dung", "what it says"),
    "fact": ("điều", "what"),
    "field": ("trường", "field"),
    "finished": ("đã giải quyết", "finished"),
    "generation": ("thế hệ", "generation"),
    "handling": ("xử lý", "handling"),
    "handling_then": ("xử lý lúc đó", "handling then"),
    "holder": ("người giữ", "who has it"),
    "in_force": ("hiệu lực", "in force"),
    "indicator_name": ("chỉ tiêu", "indicator"),
    "infos": ("thông tin", "info"),
    "kept_out": ("bị loại", "kept out"),
    "kind_name": ("loại", "kind"),
    "lag": ("đồng hồ chậm", "clock behind"),
    "lane": ("luồng", "lane"),
    "lasted": ("kéo dài", "lasted"),
    "late": ("đến muộn", "late"),
    "late_records": ("muộn/bản ghi", "late/records"),
    "longest": ("lâu nhất", "longest"),
    "mean_time": ("thời gian trung bình", "mean time"),
    "measure": ("thước đo", "measure"),
    "median_time": ("thời gian trung vị", "median time"),
    "messages": ("bản tin", "messages"),
    "missing": ("thiếu", "missing"),
    "newest": ("mới nhất", "newest"),
    "note": ("ghi chú", "note"),
    "odd_clocks": ("đồng hồ lạ", "odd clocks"),
    "oldest_beat": ("nhịp cũ nhất", "oldest beat"),
    "open_cases": ("đang mở", "open"),
    "outcome": ("kết quả", "outcome"),
    "p50": ("trung vị", "median"),
    "p99": ("p99", "p99"),
    "page": ("trang", "page"),
    "partitions": ("phân vùng", "partitions"),
    "parts": ("phần", "parts"),
    "peers_median": ("trung vị cùng cấp", "median of peers"),
    "place": ("chỗ trong Kafka", "place in Kafka"),
    "question": ("câu hỏi", "question"),
    "rank": ("thứ hạng", "place"),
    "reach": ("liên lạc", "how to reach them"),
    "reason": ("lý do", "reason"),
    "record_id": ("mã bản ghi", "record"),
    "records": ("bản ghi", "records"),
    "records_now": ("bản ghi, đến nay", "records, by now"),
    "records_then": ("bản ghi, lúc đó", "records, by then"),
    "refused": ("bị từ chối", "refused"),
    "repeated": ("gửi lại", "repeated"),
    "replayed": ("tính lại lúc", "derived anew at"),
    "rows": ("dòng", "rows"),
    "rule_name": ("quy tắc", "rule"),
    "sent_when": ("gửi lúc", "sent"),
    "shard": ("phần số", "shard"),
    "since_then": ("từ lúc đó", "since then"),
    "size": ("dung lượng", "size"),
    "slow": ("trên một giây", "over a second"),
    "snapshot_age": ("tuổi bản chụp", "age of snapshot"),
    "sorting": ("khóa", "key"),
    "state_now": ("nay biết là", "known now as"),
    "statements": ("câu lệnh", "statements"),
    "act": ("bước", "step"),
    "subject": ("đối tượng", "subject"),
    "system_name": ("hệ thống", "system"),
    "table_kind": ("loại", "kind"),
    "table_name": ("bảng", "table"),
    "taken": ("người giữ nhận lúc", "taken at"),
    "topic": ("chủ đề Kafka", "Kafka topic"),
    "unbalanced": ("không cộng khớp", "do not add up"),
    "unit_level": ("cấp", "level"),
    "valid_from": ("có hiệu lực từ", "valid from"),
    "valid_to": ("đến hết", "until"),
    "value_before": ("giá trị trước", "value before"),
    "value_now": ("nay", "now"),
    "value_then": ("lúc đó", "then"),
    "version": ("phiên bản", "version"),
    "versions": ("số bản", "versions"),
    "vintage": ("lần công bố", "release"),
    "warnings": ("cảnh báo", "warnings"),
    "written": ("đã ghi trong khoảng", "written in the range"),
} | headings.OF_SYSTEMS
"""Headings of tables. A query names its columns by these keys."""

NUMBERS = headings.NUMBERS | {
    *("age", "last_value", "reporting_text", "received", "week_ago", "on_time", "overdue", "text"),
    *("taken_in", "bad_minutes", "change", "critical", "delay", "finished", "infos", "kept_out", "lag", "late"),
    *("late_records", "longest", "mean_time", "median_time", "messages", "missing", "odd_clocks", "oldest_beat"),
    *("on_time_received", "online", "open_cases", "p50", "p99", "partitions", "parts", "peers_median", "rank"),
    *("records", "records_now", "records_then", "refused", "repeated", "rows", "size", "slow", "snapshot_age"),
    *("statements", "unbalanced", "value_before", "value_now", "value_then", "versions", "warnings", "written"),
}
"""Columns that stand to the right."""

SIGNED = headings.SIGNED | {
    *("asked_until", "due", "in_force", "last_value", "missing", "oldest_beat", "since_then", "snapshot_age"),
    *("state_now", "unbalanced", "week_ago"),
}
"""Columns of text that begin with a sign where something is to be seen."""

LONG = frozenset({"explanation", "sentence"})
"""Columns of sentences, which are broken into lines."""

WIDTHS = {
    **{"age": 90, "change": 110, "due": 150, "level": 150, "severity": 160, "since": 150},
    **{"state": 150, "target": 120, "verdict": 130},
}
"""Of columns whose texts are short, in pixels; names and sentences share what is left."""


def heading(column: str, lang: str) -> str:
    return text.choose(*COLUMNS[column], lang=lang)


def shown(column: str, value: str, lang: str) -> str:
    """A value as it is read: by sign and word where its column is of a closed list."""
    sign = MEANINGS.get(column, {}).get(value)
    return sign.label(lang) if sign else value
