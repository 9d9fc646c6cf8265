"""Everything about one province or body: its cases, its place among its peers, its figures, findings and "
"connections."""

from grafana.boards.heard import CONNECTIONS
from grafana.boards.unit_cases import KINDS, PEERS, SPEED, VOLUME
from grafana.boards.unit_figures import FIGURES, REVISIONS
from grafana.choices import THE_UNIT, UNIT
from grafana.findings import OPEN_OR_IN_RANGE, findings_table
from grafana.head import HEAD
from grafana.model import Board, Panel, Row

WHO = Panel(
    key="who",
    kind="stat",
    title=("Đơn vị", "Unit"),
    shows=(
        "Tên, cấp, có hiệu lực từ ngày nào, các đơn vị tiền thân hoặc đơn vị nay tiếp nhận nó.",
        "Name, level, since when it is valid, its predecessors or the unit that has taken it over.",
    ),
    todo=(
        "Chọn đơn vị khác ở trên; gõ không dấu cũng tìm được.",
        "Choose another unit above; it is found without diacritics.",
    ),
    sql=f"""
        WITH
            (SELECT arrayStringConcat(groupArray(name_$lang), ', ') FROM (SELECT name_$lang FROM units
                WHERE unit IN (SELECT arrayJoin(predecessors) FROM units
                    WHERE unit = {THE_UNIT}) ORDER BY position)) AS before,
            (SELECT any(name_$lang) FROM units WHERE has(predecessors, {THE_UNIT})) AS after
        SELECT if(count() = 0, '{{{{chưa có|none yet}}}}',
            any(concat(if(u.valid_to IS NULL, '● ', '○ '), u.name_$lang, ' · ', level_$lang(u.level),
            ' · {{{{từ|since}}}} ', formatDateTime(u.valid_from, '%d/%m/%Y'),
            if(u.valid_to IS NULL, '', concat(' {{{{đến|until}}}} ',
                formatDateTime(assumeNotNull(u.valid_to), '%d/%m/%Y'))),
            if(before = '', '', concat(' · {{{{tiền thân|before}}}}: ', before)),
            if(after = '', '', concat(' · {{{{nay thuộc|now of}}}} ', after))))) AS text
        FROM units AS u
        WHERE u.unit = {THE_UNIT}
    """,
    width=24,
)
FINDINGS = findings_table(
    "findings",
    ("Điểm bất thường của đơn vị", "Findings of the unit"),
    (
        "Đang mở, và mở trong khoảng đang xem; nghiêm trọng trước. Bằng chứng để hỏi, không phải kết luận về đơn vị.",
        "Open, or opened in the time range; the most severe first. Evidence for a question, no verdict on the unit.",
    ),
    f"f.unit = {THE_UNIT} AND {OPEN_OR_IN_RANGE}",
    empty=("đơn vị này không có điểm bất thường nào", "no finding of this unit"),
)

BOARD = Board(
    uid="nhip-unit",
    folder="operations",
    title=("Đơn vị", "Unit"),
    about=(
        "Một tỉnh, bộ hoặc cơ quan: hồ sơ, chỗ đứng giữa các đơn vị cùng cấp, số liệu và các lần sửa, điểm bất "
        "thường, kết nối.",
        "One province or body: cases, its place among its peers, figures and revisions, findings, connections.",
    ),
    variables=(UNIT,),
    rows=(
        HEAD,
        Row(3, (WHO,)),
        Row(7, (KINDS,)),
        Row(9, (SPEED, VOLUME)),
        Row(9, (PEERS,)),
        Row(9, (FINDINGS,)),
        Row(9, (CONNECTIONS,)),
        Row(11, (FIGURES,)),
        Row(9, (REVISIONS,)),
    ),
    since="now-30d",
)
