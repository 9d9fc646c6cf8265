"""What a table of the store is written down with: columns in order, what makes a partition, what tells rows apart."""

import msgspec
import pyarrow as pa

MILLI = pa.timestamp("ms", tz="UTC")
SECOND = pa.timestamp("s", tz="UTC")
DAY = pa.date32()
TEXT, FLAG, REAL, WHOLE = pa.string(), pa.bool_(), pa.float64(), pa.int64()
TEXTS = pa.list_(pa.string())


class Table(msgspec.Struct, frozen=True):
    schema: pa.Schema
    partition: tuple[str, ...] = ()
    """Columns whose values make the partition; of a time only its month (UTC) counts."""
    key: tuple[str, ...] = ()
    """What tells two rows apart: of rows with one key the store keeps one."""


def columns(*columns: tuple[str, pa.DataType], nullable: str = "") -> pa.Schema:
    may_lack = nullable.split()
    return pa.schema([pa.field(name, kind, nullable=name in may_lack) for name, kind in columns])
