"""One column of a record as it travels: its name, Arrow type, and what it means in Vietnamese and English."""

import msgspec
import pyarrow as pa

TIME = pa.timestamp("ms", tz="UTC")
TEXT = pa.string()


class Column(msgspec.Struct, frozen=True):
    name: str
    type: pa.DataType
    required: bool
    vi: str
    en: str


# What figures and case steps have in common.
IDENTITY: tuple[Column, ...] = (
    Column(
        "record_id",
        TEXT,
        False,
        "mã bản ghi của bên gửi; để trống thì hệ thống tự tính",
        "the sender's id, else computed",
    ),
    Column("feed", TEXT, True, "mã kết nối trong danh mục", "feed of the catalogue"),
    Column("unit", TEXT, True, "mã đơn vị hành chính", "administrative unit, valid at the record's time"),
)
PROVENANCE: tuple[Column, ...] = (
    Column("approved_by", TEXT, False, "cấp phê duyệt", "approving level"),
    Column("document", TEXT, False, "số văn bản", "document number"),
    Column("sent_at", TIME, True, "đồng hồ bên gửi lúc giao cho Kafka (UTC)", "the sender's clock at hand-over"),
    Column("simulated", pa.bool_(), True, "số liệu mô phỏng?", "true for simulated data"),
    Column("classification", TEXT, False, "độ mật; bản ghi mật bị từ chối", "marked secret is refused"),
)


def arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The schema of a batch on the wire. Text columns may also arrive dictionary-encoded."""
    return pa.schema([pa.field(c.name, c.type, nullable=not c.required) for c in columns])
