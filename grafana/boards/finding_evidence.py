"""What a finding was judged by: its series with the band, the records it came from, the steps of its case."""

from grafana.findings import PICKED
from grafana.model import Axis, Panel
from grafana.phrases import subject_name

_KEPT = (
    *("feed", "indicator", "unit", "subject", "case_id", "rule", "at", "updated_at", "shown_from", "shown_to"),
    *("low", "high", "decimals", "measure_$lang", "evidence"),
)
ITS = f"(SELECT ({', '.join(f'any({name})' for name in _KEPT)}) FROM {PICKED}) AS picked, " + ", ".join(
    f"picked.{place} AS its_{name.removesuffix('_$lang')}" for place, name in enumerate(_KEPT, 1)
)
"""The finding, looked up once: `its_feed`, `its_low`…; without a finding the defaults of their types."""
ITS_SERIES = """s.feed = its_feed AND s.indicator = its_indicator AND s.unit = its_unit AND s.subject = its_subject
            AND s.at >= its_shown_from AND s.at <= its_shown_to AND s.at <= $__toTime"""
"""Some 200 reports before it, and a quarter as many after."""

JUDGED = Panel(
    key="judged",
    kind="series",
    title=("Chuỗi số liệu và khoảng mong đợi", "The series, and what was expected"),
    shows=(
        "Chuỗi của chính chỉ tiêu, đơn vị, đối tượng này; dải xám là khoảng mong đợi; chấm là bản ghi bị đánh dấu.",
        "The series of this indicator, unit and subject; the grey band is what was expected; dots are marked records.",
    ),
    todo=(
        "Chấm nằm ngoài dải: hỏi. Cả chuỗi đã đổi mức: có thể là xu hướng mới.",
        "A dot outside the band: ask. The whole series has moved: perhaps a new trend.",
    ),
    sql=f"""
        WITH {ITS}, axis_step(max(abs(s.value)) OVER ()) AS step
        SELECT s.at AS time, if(s.verdict = 'impossible', NULL, s.value / step) AS seen,
            if(has(s.marks, its_rule), s.value / step, NULL) AS marked, its_low / step AS low, its_high / step AS high
        FROM figures_in_force AS s
        WHERE {ITS_SERIES}
        ORDER BY time
    """,
    axis=Axis(("theo đơn vị ghi ở ô Một vạch là", "in the unit of the tile One unit is")),
    lines=(("seen", ("giá trị", "value")), ("marked", ("bản ghi bị đánh dấu", "marked record"))),
    dots=("marked",),
    band=("low", "high"),
    empty=("điểm này không nói về một chuỗi số liệu", "this finding is about no series"),
    width=20,
)
SCALE = Panel(
    key="scale",
    kind="stat",
    title=("Một vạch là", "One unit is"),
    shows=(
        "Một đơn vị của trục bên cạnh. Trục được chia để không số nào cần dấu phân cách.",
        "One unit of the axis beside; it is divided so that no number needs a separator.",
    ),
    todo=("Nhân số trên trục với con số này.", "Multiply what the axis says by this."),
    sql=f"""
        WITH {ITS}, axis_step(max(abs(s.value))) AS step
        SELECT if(count() = 0, '– {{{{không có chuỗi|no series}}}}',
            concat('● ', figure_$lang(step, toUInt8(greatest(0, -log10(step))), its_measure))) AS text
        FROM figures_in_force AS s
        WHERE {ITS_SERIES}
    """,
    width=4,
)
MARKED = Panel(
    key="records",
    kind="table",
    title=("Bản ghi gây ra nó", "The records it came from"),
    shows=(
        "Số liệu bị đánh dấu, hoặc bước của hồ sơ, với mã bản ghi và chỗ trong Kafka (chủ đề/phân vùng@vị trí+thứ tự).",
        "The marked figures, or the case's steps, with record id and place in Kafka (topic/partition@offset+row).",
    ),
    todo=(
        "Đưa mã bản ghi cho nơi gửi: họ tìm được bản ghi của mình.",
        "Give the record id to the sender: they can find their record by it.",
    ),
    sql=f"""
        WITH {ITS}
        SELECT moment_$lang(r.at) AS at, r.what AS last_value, r.verdict AS verdict,
            moment_$lang(r.sent_at) AS sent_when, moment_$lang(r.arrived_at) AS arrived, r.record_id AS record_id,
            concat(r.topic, '/', toString(r.partition), '@', toString(r.offset), '+', toString(r.row)) AS place
        FROM
        (
            SELECT s.at AS at, figure_$lang(s.value, its_decimals, its_measure) AS what, s.verdict AS verdict,
                s.sent_at AS sent_at, s.arrived_at AS arrived_at, s.record_id AS record_id, s.topic AS topic,
                s.partition AS partition, s.offset AS offset, s.row AS row
            FROM figures AS s
            WHERE {ITS_SERIES} AND s.at >= its_at AND s.at <= its_updated_at AND has(s.marks, its_rule)
            UNION ALL
            SELECT s.event_at, n.name_$lang, s.verdict, s.sent_at, s.arrived_at, s.record_id, s.topic, s.partition,
                s.offset, s.row
            FROM case_steps AS s
            LEFT JOIN case_states AS n ON n.kind = s.kind AND n.state = s.state
            WHERE its_case_id != '' AND s.feed = its_feed AND s.kind = its_indicator AND s.unit = its_unit
                AND s.case_id = its_case_id AND s.event_at >= its_at - INTERVAL 60 DAY AND s.event_at <= its_updated_at
        ) AS r
        ORDER BY r.at DESC, r.record_id
        LIMIT 50
    """,
    columns=("at", "last_value", "verdict", "sent_when", "arrived", "record_id", "place"),
    empty=("không có bản ghi: điểm này nói về điều không đến", "no record: it is about what did not come"),
    width=24,
)
STEPS = Panel(
    key="steps",
    kind="table",
    title=("Các bước của hồ sơ", "The steps of the case"),
    shows=(
        "Mọi bước đã nhận của hồ sơ, cũ trước, với hạn trả theo từng bước.",
        "Every step of the case that came in, the oldest first, with the due time as of each.",
    ),
    todo=(
        "Bước bị đánh dấu: hỏi nơi gửi bước đó đến sai thứ tự hay nhập nhầm.",
        "A marked step: ask whether it overtook another, or was entered by mistake.",
    ),
    sql=f"""
        WITH {ITS}, arrayConcat([assumeNotNull(its_case_id)],
                JSONExtract(assumeNotNull(its_evidence), 'cases', 'Array(String)')) AS its_cases
        SELECT moment_$lang(s.event_at) AS at, n.name_$lang AS act, s.verdict AS verdict,
            moment_$lang(s.due_at) AS due, {subject_name("s", "j")} AS subject, s.case_id AS case_id,
            moment_$lang(s.arrived_at) AS arrived
        FROM case_steps AS s
        LEFT JOIN case_states AS n ON n.kind = s.kind AND n.state = s.state
        LEFT JOIN subjects AS j ON j.subject = s.subject
        WHERE s.case_id != '' AND s.feed = its_feed AND s.kind = its_indicator AND s.unit = its_unit
            AND has(its_cases, s.case_id)
            AND s.event_at >= its_at - INTERVAL 60 DAY AND s.event_at <= its_updated_at + INTERVAL 60 DAY
        ORDER BY s.case_id, s.event_at, s.offset, s.row
        LIMIT 100
    """,
    columns=("at", "act", "verdict", "due", "subject", "case_id", "arrived"),
    empty=("điểm này không nói về một hồ sơ", "this finding is about no case"),
    width=24,
)
