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


def arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The schema of a batch on the wire. Text columns may also arrive dictionary-encoded."""
    return pa.schema([pa.field(c.name, c.type, nullable=not c.required) for c in columns])
