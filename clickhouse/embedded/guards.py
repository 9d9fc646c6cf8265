"""May this statement run? Decided before the engine sees it.

The engine is one user for everybody and trusts its host process, so it has doors that a server would keep shut: files
of this machine, several statements in one body, other people's queries. Grants (`config.py`) shut what grants can;
what is left is refused here, on tokens and never on text, so that a string or a comment neither hides nor triggers.
"""

import re

import msgspec

from clickhouse.embedded.refusal import Refusal
from clickhouse.sql import Token, Unreadable, meaningful

READING = frozenset(("SELECT", "WITH", "FROM", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "EXISTS", "("))
"""How a reader's statement may begin; also what GET may ask. KILL, SYSTEM, CHECK, USE and SET are not among them:
the engine lets `readonly = 1` do the first two."""

_OUTSIDE = """
file filecluster filesystem python sqlite executable eval fuzzquery url urlcluster disk jdbc odbc mysql postgresql
mongodb redis remote remotesecure cluster clusterallreplicas s3 hdfs iceberglocal deltalakelocal paimonlocal
arrowflight bigquery
"""
"""Functions that reach outside the tables. `file('...')` as a scalar function asks for no grant at all."""
_DOORS = frozenset(_OUTSIDE.split())
_AI = re.compile(r"ai[_a-z]*(generate|classify|embed|extract|filter|redact|similarity|translate)")
_SETTINGS = re.compile(
    r"format_schema\w*|format_template_\w+|output_format_schema|\w*_file_path|\w*_registry_url|rename_files_\w+"
    r"|dynamic_disk_\w+|into_outfile_\w+|storage_file_\w+|allow_ddl|allow_introspection_functions"
)
"""Settings that name a file or an address, or open more than a client needs."""


class Statement(msgspec.Struct, frozen=True):
    keyword: str
    """Its first word, in capitals, or an opening parenthesis."""
    text: bytes
    """Without an INSERT's settings, format and rows."""
    clause: bytes = b""
    """An INSERT's settings, where it has rows."""
    format: str = ""
    """What the statement itself asks for."""
    data: bytes | None = None
    """An INSERT's rows, where they follow in a format."""

    @property
    def reads(self) -> bool:
        return self.keyword in READING


def examine(body: bytes) -> Statement:
    """The one statement of a body, or a Refusal."""
    try:
        return _examine(body)
    except Unreadable as error:
        raise Refusal(62, "SYNTAX_ERROR", f"Syntax error: {error}.") from error


def _examine(body: bytes) -> Statement:
    keyword, format_name, depth, settings = "", "", 0, 0
    before: list[Token] = []
    ended = with_rows = False
    for token in meaningful(body):
        if token.text == b";" and token.kind == "mark":
            ended = bool(keyword)
            continue
        if ended:
            raise Refusal(62, "SYNTAX_ERROR", "Multi-statements are not allowed: send one statement per request.")
        if not keyword:
            keyword = token.text.decode("latin-1").upper()
            with_rows = keyword == "INSERT"
        depth += {b"(": 1, b")": -1}.get(token.text, 0) if token.kind == "mark" else 0
        _refuse_doors(before, token)
        if depth == 0:
            with_rows = with_rows and _word(token) not in ("SELECT", "WITH", "VALUES")
            if with_rows and _names_format(before, token):
                end = before[-1].start
                text, clause = (body[:settings], body[settings:end]) if settings else (body[:end], b"")
                return Statement(keyword, text, clause, token.text.decode(), _rows(body, token.end))
            settings = settings or (token.start if with_rows and _word(token) == "SETTINGS" else 0)
            format_name = _format_so_far(format_name, before, token)
        before = [*before[-1:], token]
    return Statement(keyword, body, format=format_name)


def _names_format(before: list[Token], token: Token) -> bool:
    return bool(before) and token.kind == "word" and _word(before[-1]) == "FORMAT"


def _format_so_far(found: str, before: list[Token], token: Token) -> str:
    """The format clause ends a statement; only its settings may follow. A column may be called format as well."""
    if _names_format(before, token):
        return token.text.decode()
    return found if _word(token) in ("SETTINGS", "=") or (before and _word(before[-1]) in ("SETTINGS", "=")) else ""


def _refuse_doors(before: list[Token], token: Token) -> None:
    """What no role may do: read or write files of this machine, or reach another one."""
    if token.kind == "name" and b"\\" in token.text:
        raise Refusal(62, "SYNTAX_ERROR", "a quoted name with a backslash is not taken here.")
    name = _name(token)
    if token.kind == "word" and name in ("outfile", "infile"):
        raise Refusal(497, "ACCESS_DENIED", f"{name.upper()} is refused: this endpoint opens no files for a client.")
    if name and _SETTINGS.fullmatch(name):
        raise Refusal(497, "ACCESS_DENIED", f"setting {name} is refused: it names a file or an address.")
    if token.text == b"(" and before and _is_door(_name(before[-1])):
        _refuse_door(_name(before[-1]))
    if _is_door(name) and any(_word(t) == "APPLY" for t in before):
        _refuse_door(name)


def _refuse_door(name: str) -> None:
    raise Refusal(497, "ACCESS_DENIED", f"function {name} is refused: it reaches outside the tables.")


def _is_door(name: str) -> bool:
    return name in _DOORS or _AI.fullmatch(name) is not None


def _word(token: Token) -> str:
    return token.text.decode("latin-1").upper() if token.kind in ("word", "mark") else ""


def _name(token: Token) -> str:
    """A word or quoted name in small letters; the engine tells capitals apart, a guard need not."""
    if token.kind == "word":
        return token.text.decode("latin-1").lower()
    if token.kind == "name":
        cut = 3 if token.text.startswith(b"\xe2") else 1
        return token.text[cut:-cut].decode("latin-1").lower()
    return ""


def _rows(body: bytes, start: int) -> bytes:
    """What follows an INSERT's format: one line end, or the blanks and a semicolon before it, belong to the SQL."""
    position = start
    while body[position : position + 1] in (b" ", b"\t"):
        position += 1
    if body[position : position + 1] == b";":
        position += 1
    if body[position : position + 2] == b"\r\n":
        return body[position + 2 :]
    return body[position + 1 :] if body[position : position + 1] == b"\n" else body[position:]


def check_setting(name: str, value: str) -> None:
    """A setting from the address, or a Refusal."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise Refusal(115, "UNKNOWN_SETTING", f"Unknown setting {name[:80]!r}.")
    if _SETTINGS.fullmatch(name.lower()):
        raise Refusal(497, "ACCESS_DENIED", f"setting {name} is refused: it names a file or an address.")
    if name.startswith("additional_"):
        _check_filter(name, value)


def _check_filter(name: str, value: str) -> None:
    """`additional_table_filters` carries expressions inside strings, which tokens alone do not show."""
    words = {word.lower() for word in re.findall(r"\w+", value)}
    escapes = value.replace("\\'", "").replace('\\"', "")
    if "\\" in escapes or any(_is_door(word) for word in words):
        raise Refusal(497, "ACCESS_DENIED", f"setting {name} is refused: it reaches outside the tables.")


def check_role(statement: Statement, role: str, method: str) -> None:
    """What only the writer may do, and what GET may not."""
    if statement.reads:
        return
    if role != "writer":
        raise Refusal(164, "READONLY", f"Cannot execute query in readonly mode: {statement.keyword} needs the writer.")
    if statement.keyword == "SYSTEM":
        raise Refusal(497, "ACCESS_DENIED", "SYSTEM is refused: it is the endpoint's own.")
    if method != "POST":
        raise Refusal(164, "READONLY", f"Cannot execute query in readonly mode: {method} only reads; use POST.")
