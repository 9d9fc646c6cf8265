"""Views that take parameters: what each answers, and one query that uses it; a test runs them all."""

import msgspec


class Example(msgspec.Struct, frozen=True):
    view: str
    vi: str
    en: str
    arguments: str
    rest: str = ""

    @property
    def sql(self) -> str:
        return f"SELECT * FROM {self.view}({self.arguments}){' ' + self.rest if self.rest else ''}"


MOMENT = "'2026-11-21 09:00:00'"
EXAMPLES = (
    Example(
        "figures_received_as_of",
        "số liệu như đã nhận đến chín giờ",
        "figures as received by nine",
        f"as_of = {MOMENT}",
        "WHERE feed = 'customs'",
    ),
    Example(
        "figures_as_of",
        "số liệu như các bên gửi đã công bố đến lúc đó",
        "figures as their senders had said them by then",
        f"as_of = {MOMENT}",
        "WHERE feed = 'customs'",
    ),
    Example(
        "figures_then_and_now",
        "lúc đó và nay, cạnh nhau",
        "then and now, side by side",
        f"as_of = {MOMENT}",
        "WHERE indicator = 'exports' AND value_then != value_now",
    ),
    Example(
        "figure_revisions",
        "mọi bản của một số liệu, theo thứ tự công bố",
        "every version of a figure in release order",
        "unit = 'VN', indicator = 'exports'",
        "ORDER BY at DESC, version",
    ),
    Example(
        "case_buckets_as_of",
        "chỉ số hồ sơ theo thế hệ có hiệu lực lúc đó",
        "case buckets by the generation in force then",
        f"as_of = {MOMENT}",
        "WHERE width = 'day' AND unit = 'H26' AND bucket >= '2026-11-01'",
    ),
    Example(
        "findings_handled_as_of",
        "điểm bất thường đã biết lúc đó, và ai đang giữ",
        "findings known then, and who had them",
        f"as_of = {MOMENT}",
        "WHERE state = 'open' AND at > '2026-11-01'",
    ),
    Example(
        "findings_as_of",
        "điểm bất thường theo thế hệ có hiệu lực lúc đó",
        "findings by the generation in force then",
        f"as_of = {MOMENT}",
        "WHERE unit = 'H26' AND at > '2026-11-01'",
    ),
    Example(
        "feed_states_known",
        "trạng thái kết nối như kho có lúc đó",
        "states of connections as the store had them then",
        f"as_of = {MOMENT}",
    ),
    Example(
        "generation_as_of",
        "thế hệ có hiệu lực lúc đó",
        "the generation in force then",
        f"as_of = {MOMENT}",
    ),
    Example(
        "feeds_at",
        "mọi kết nối tại một thời điểm, giờ UTC",
        "every connection at a moment, UTC",
        "at = '2026-11-21 02:00:00'",
        "ORDER BY feed",
    ),
    Example(
        "provinces_today",
        "các tỉnh trong ngày, so cùng thứ tuần trước, giờ UTC",
        "provinces of the day against the week before, UTC",
        "at = '2026-11-21 02:00:00', kind = 'dossier'",
        "ORDER BY position",
    ),
    Example(
        "freshness",
        "độ tươi của những phút vừa qua",
        "freshness of the last minutes",
        "minutes = 60",
        "ORDER BY p99_s DESC",
    ),
)
