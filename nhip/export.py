"""The result of a query as a table, as CSV, as Parquet."""

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as parquet
from rich.console import Console
from rich.table import Table
from rich.text import Text

from contract import text

_FORMULA = re.compile(r"^[\s]*[=+\-@|%]|^[\t\r\n]")
"""What a spreadsheet would run, or take for something else than text."""
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")


def guarded(value: str) -> str:
    """Text that a spreadsheet cannot take for a formula: the senders' words end up on somebody's desk."""
    return f"'{value}" if _FORMULA.match(value) and not _NUMBER.match(value) else value


def plain(value: Any) -> str:
    """A cell as text: the value as it is kept, times in UTC."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value
        return moment.isoformat(sep=" ", timespec="milliseconds" if moment.microsecond else "seconds")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def write_csv(table: pa.Table, to: IO[str]) -> None:
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow([guarded(name) for name in table.column_names])
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        writer.writerow([_csv_cell(value) for value in row])


def _csv_cell(value: Any) -> str:
    return guarded(plain(value)) if isinstance(value, str | bytes | list | dict) else plain(value)


def save(table: pa.Table, format: str, path: Path) -> None:
    if format == "parquet":
        parquet.write_table(table, path, compression="zstd")
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # the mark makes a spreadsheet read Vietnamese right
        if format == "csv":
            write_csv(table, file)
        else:
            show(table, Console(file=file, width=200), limit=None)


def parquet_bytes(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def show(table: pa.Table, console: Console, limit: int | None = 200, lang: str = "vi") -> None:
    shown = table if limit is None else table.slice(0, limit)
    grid = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    for field in table.schema:
        numeric = pa.types.is_integer(field.type) or pa.types.is_floating(field.type) or pa.types.is_decimal(field.type)
        grid.add_column(field.name, justify="right" if numeric else "left", overflow="fold")
    for row in zip(*(column.to_pylist() for column in shown.columns), strict=True):
        grid.add_row(*(_cell(value, lang) for value in row))
    console.print(grid, markup=False, highlight=False)
    rows = text.number(table.num_rows, 0, lang)
    more = f", {text.choose('chỉ in', 'shown', lang)} {shown.num_rows}" if shown.num_rows < table.num_rows else ""
    console.print(f"{rows} {text.choose('dòng', 'rows', lang)}{more}", style="dim", highlight=False)


def _cell(value: Any, lang: str) -> Text:
    return Text(text.missing(lang) if value is None else plain(value))
