"""`nhip sql`: a read-only prompt over the store, and one-shot queries for scripts."""

import argparse
import os
import shlex
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
from rich.console import Console
from rich.markup import escape

from clickhouse.client import connect
from clickhouse.queries import Query, library
from contract import text
from contract.errors import NhipError, StoreError
from contract.settings import Settings
from nhip import export

HISTORY = "sql_history"
PIPE_WIDTH = 10_000
_TABLES = """
SELECT name, comment FROM system.tables
WHERE database = currentDatabase() AND NOT startsWith(name, '.') ORDER BY engine = 'View' DESC, name
"""
_COLUMNS = """
SELECT name, type, comment FROM system.columns
WHERE database = currentDatabase() AND table = {table:String} ORDER BY position
"""


class Asker(Protocol):
    def arrow(self, sql: str, /, **parameters: Any) -> pa.Table: ...


def run(settings: Settings, args: argparse.Namespace) -> int:
    """With a query: its answer, and 0 or 1. Without: the prompt."""
    lang = getattr(args, "lang", None) or "vi"
    console = printing(piped=not sys.stdout.isatty() and "COLUMNS" not in os.environ)
    try:
        store = connect(settings, "reader")
        query = getattr(args, "query", None) or ("" if sys.stdin.isatty() else sys.stdin.read())
        if query.strip():
            format, out = getattr(args, "format", None) or "table", getattr(args, "out", None)
            return once(store, query, format, out, console, lang)
    except (NhipError, ConnectionError, OSError) as error:
        print(one_line(error), file=sys.stderr)
        return 1
    with History(settings.var_dir / HISTORY):
        Prompt(store, console, lang).loop(_typed())
    return 0


def printing(piped: bool) -> Console:
    """Into a pipe or a file a row is a line, however long."""
    return Console(width=PIPE_WIDTH if piped else None)


def once(store: Asker, query: str, format: str, out: str | None, console: Console, lang: str = "vi") -> int:
    table = ask(store, query)
    if out:
        export.save(table, format, Path(out))
        rows = text.number(table.num_rows, 0, lang)
        print(f"{rows} {text.choose('dòng vào', 'rows into', lang)} {out}", file=sys.stderr)
    elif format == "csv":
        export.write_csv(table, sys.stdout)
    elif format == "parquet":
        if sys.stdout.isatty():
            raise NhipError(text.choose("parquet cần --out FILE", "parquet needs --out FILE", lang))
        sys.stdout.buffer.write(export.parquet_bytes(table))
    else:
        export.show(table, console, lang=lang)
    return 0


def ask(store: Asker, typed: str) -> pa.Table:
    r"""The answer to SQL, or to a query of the library: `\q name key=value …`, or its name alone."""
    typed = typed.strip().rstrip(";").strip()
    if typed and find(typed.split()[0]):
        typed = f"\\q {typed}"
    if not typed.startswith("\\q"):
        return with_times(store, typed, {})
    words = shlex.split(typed)[1:]
    query = find(words[0]) if words else None
    if query is None:
        raise NhipError(f"\\q {words[0] if words else '…'}: không có trong thư viện · not in the library; \\h lists it")
    given = dict(word.split("=", 1) for word in words[1:] if "=" in word)
    try:
        return with_times(store, query.sql, dict(query.values(given)))
    except KeyError as error:
        known = ", ".join(parameter.name for parameter in query.parameters)
        raise NhipError(f"\\q {query.name}: {error.args[0]} không phải tham số · is no parameter; {known}") from error


def with_times(store: Asker, sql: str, parameters: dict[str, Any]) -> pa.Table:
    """The answer, with dates and times as such: in Arrow, ClickHouse's DateTime and Date come as bare numbers."""
    table = store.arrow(sql, **parameters)
    if not any(type in _BARE.values() for type in table.schema.types):
        return table
    try:
        told = store.arrow(f"DESCRIBE TABLE ({sql}\n)", **parameters).to_pylist()
    except StoreError:
        return table  # no SELECT: SHOW, EXPLAIN
    for place, column in enumerate(told):
        kind = column["type"].removeprefix("LowCardinality(").removeprefix("Nullable(")
        name = "DateTime" if kind.startswith("DateTime") else kind.split(")")[0]
        if _BARE.get(name) == table.schema.types[place]:
            table = table.set_column(place, column["name"], _instants(table.column(place), name))
    return table


_BARE = {"DateTime": pa.uint32(), "Date": pa.uint16()}


def _instants(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    if name == "Date":
        return column.cast(pa.int32()).cast(pa.date32())
    return column.cast(pa.int64()).cast(pa.timestamp("s", "UTC"))


def find(name: str) -> Query | None:
    return next((query for query in library() if query.name == name), None)


def one_line(error: BaseException) -> str:
    """What went wrong, without the engine's repetition of the whole query."""
    told = " ".join(str(error).split()).split(" In scope ")[0].split(" (version ")[0]
    return f"✖ {told[:400]}"


class Prompt:
    """Reads statements up to a semicolon; `\\` commands are one line."""

    def __init__(self, store: Asker, console: Console, lang: str = "vi") -> None:
        self._store, self._console, self._lang = store, console, lang

    def loop(self, lines: Iterable[str]) -> None:
        hello = self._say("chỉ đọc · \\h trợ giúp · \\x thoát", "read only · \\h help · \\x exit")
        self._console.print(hello, style="dim")
        pending: list[str] = []
        for line in lines:
            stripped = line.strip()
            if not pending and stripped in ("\\x", "exit", "quit"):
                return
            pending += [line] if stripped else []
            if pending and (stripped.endswith(";") or pending[0].lstrip().startswith("\\") or not stripped):
                self.answer("\n".join(pending))
                pending = []
        if pending:
            self.answer("\n".join(pending))

    def answer(self, typed: str) -> None:
        command, _, rest = typed.strip().rstrip(";").partition(" ")
        try:
            if command in ("\\h", "help"):
                self._help()
            elif command == "\\d":
                export.show(self._store.arrow(_COLUMNS, table=rest.strip()), self._console, lang=self._lang)
            else:
                export.show(ask(self._store, typed), self._console, lang=self._lang)
        except (NhipError, ConnectionError, ValueError, OSError) as error:
            self._console.print(escape(one_line(error)), style="red", highlight=False)

    def _help(self) -> None:
        print = self._console.print
        print(self._say("Bảng và khung nhìn (\\d tên: các cột)", "Tables and views (\\d name: columns)"), style="bold")
        for row in self._store.arrow(_TABLES).to_pylist():
            print(f"  {row['name']:<24}{escape(row['comment'])}", highlight=False, soft_wrap=True)
        print(self._say("Thư viện (\\q tên tham_số=giá_trị)", "Library (\\q name parameter=value)"), style="bold")
        for query in library():
            title = text.choose(query.title_vi, query.title_en, self._lang)
            parameters = " ".join(f"{p.name}={p.default}" for p in query.parameters)
            print(f"  {query.name:<24}{escape(title)}  {escape(parameters)}".rstrip(), highlight=False, soft_wrap=True)
        print(self._say("\\x thoát; câu lệnh kết thúc bằng ;", "\\x exit; a statement ends with ;"), style="dim")

    def _say(self, vi: str, en: str) -> str:
        return escape(text.choose(vi, en, self._lang))


class History:
    """What was typed, kept between prompts; nothing where there is no readline."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> "History":
        try:
            import readline
        except ImportError:
            return self
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.is_file():
            readline.read_history_file(self._path)
        readline.set_history_length(1000)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            import readline

            readline.write_history_file(self._path)
            self._path.chmod(0o600)
        except (ImportError, OSError):
            return


def _typed() -> Iterator[str]:
    while True:
        try:
            yield input("nhịp> ")
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            print()
