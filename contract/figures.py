"""The figure: a number, for an indicator, for a unit, at a time or for a period."""

import pyarrow as pa

from contract.column import IDENTITY, PROVENANCE, TEXT, TIME, Column, arrow_schema

COLUMNS: tuple[Column, ...] = (
    *IDENTITY,
    Column(
        "subject",
        TEXT,
        False,
        "đối tượng: hồ chứa, sân bay, ngành… hoặc để trống",
        "reservoir, airport, sector… or empty",
    ),
    Column("indicator", TEXT, True, "mã chỉ tiêu", "indicator of the catalogue"),
    Column(
        "value", pa.float64(), True, "giá trị, theo đơn vị đo của chỉ tiêu", "the value, in the indicator's measure"
    ),
    Column("event_at", TIME, False, "thời điểm của số liệu (UTC); hoặc dùng period", "the figure's instant, or period"),
    Column("period", TEXT, False, "mã kỳ, ví dụ A-M2026-10; hoặc dùng event_at", "period code, or event_at"),
    Column(
        "vintage", TEXT, False, "estimate, preliminary, final hoặc correction", "which release of a periodic figure"
    ),
    Column("reason", TEXT, False, "lý do đính chính", "why it was corrected"),
    *PROVENANCE,
)
VINTAGES = ("estimate", "preliminary", "final", "correction")
"""In rising authority: of two versions of one figure the later vintage is in force."""

SCHEMA = arrow_schema(COLUMNS)
