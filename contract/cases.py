"""The step of a case: a thing with a life (a dossier, a document, a report…) enters a state at a time."""

import pyarrow as pa

from contract.column import IDENTITY, PROVENANCE, TEXT, TIME, Column, arrow_schema

COLUMNS: tuple[Column, ...] = (
    *IDENTITY,
    Column("subject", TEXT, False, "đối tượng: thủ tục, lĩnh vực… hoặc để trống", "procedure, field… or empty"),
    Column("kind", TEXT, True, "loại: dossier, document, opinion…", "case kind of the catalogue"),
    Column("case_id", TEXT, True, "mã hồ sơ, văn bản, phiếu…", "the case's own number; never a person's"),
    Column("state", TEXT, True, "trạng thái mà hồ sơ chuyển vào", "the state entered, from the kind's list"),
    Column("event_at", TIME, True, "thời điểm chuyển trạng thái (UTC)", "when it was entered"),
    Column("due_at", TIME, False, "hạn trả kết quả (UTC)", "the due time as known now"),
    Column("channel", TEXT, False, "kênh: direct, online, post", "how it was filed"),
    Column(
        "attributes",
        pa.list_(TEXT),
        False,
        "các dấu trong danh sách đóng của loại",
        "marks from the kind's closed list",
    ),
    *PROVENANCE,
)
SCHEMA = arrow_schema(COLUMNS)
