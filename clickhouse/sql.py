"""ClickHouse's SQL cut into tokens, the way the engine itself cuts it.

The guards of the embedded endpoint and the migrations both have to know what is a string, a comment or a statement's
end. A difference to the engine would be a hole: `//` starts a comment, block comments nest, typographic quotes quote,
and `$tag$ ... $tag$` is a string.
"""

import re
from collections.abc import Iterator

import msgspec


class Token(msgspec.Struct, frozen=True):
    kind: str
    """space | comment | string | name (quoted) | word | mark"""
    text: bytes
    start: int
    end: int


class Unreadable(ValueError):
    """A string, name or comment that does not end. The engine refuses it as well."""


_TOKEN = re.compile(
    rb"""
    (?P<space>(?:[\s\x00]|\xc2\xa0|\xe2\x80[\x80-\x8b]|\xe3\x80\x80|\xef\xbb\xbf)++)
  | (?P<comment>--[^\n]*+|//[^\n]*+|\#[ !][^\n]*+)
  | (?P<block>/\*)
  | (?P<string>'(?:[^'\\]++|\\.|'')*+'|\xe2\x80\x98.*?\xe2\x80\x99|\$(?P<tag>[A-Za-z0-9_]*+)\$.*?\$(?P=tag)\$)
  | (?P<name>"(?:[^"\\]++|\\.|"")*+"|`(?:[^`\\]++|\\.|``)*+`|\xe2\x80\x9c.*?\xe2\x80\x9d)
  | (?P<word>[A-Za-z0-9_$][A-Za-z0-9_$]*+)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(rb"/\*|\*/")
_OPENERS = frozenset((b"'", b'"', b"`"))
_TYPOGRAPHIC = (b"\xe2\x80\x98", b"\xe2\x80\x9c")


def tokens(sql: bytes, start: int = 0) -> Iterator[Token]:
    """Every token from `start`, nothing left out. Lazy: what follows the last token asked for is not looked at."""
    position = start
    while position < len(sql):
        found = _TOKEN.match(sql, position)
        assert found is not None  # the last alternative takes any byte
        kind, end = str(found.lastgroup), found.end()
        if kind == "block":
            kind, end = "comment", _end_of_block(sql, position)
        elif kind == "tag":
            kind = "string"
        elif kind == "mark" and (found[0] in _OPENERS or sql.startswith(_TYPOGRAPHIC, position)):
            raise Unreadable(f"a quote that is opened at byte {position} is not closed")
        yield Token(kind, sql[position:end], position, end)
        position = end


def meaningful(sql: bytes, start: int = 0) -> Iterator[Token]:
    """The tokens that are neither white space nor comment."""
    return (token for token in tokens(sql, start) if token.kind not in ("space", "comment"))


def statements(sql: bytes) -> list[bytes]:
    """The statements of a file, cut at each semicolon that is one; comments around them are left out."""
    found: list[bytes] = []
    first: int | None = None
    last = 0
    for token in meaningful(sql):
        if token.text == b";":
            if first is not None:
                found.append(sql[first:last])
            first = None
            continue
        first = token.start if first is None else first
        last = token.end
    if first is not None:
        found.append(sql[first:last])
    return found


def _end_of_block(sql: bytes, start: int) -> int:
    depth, position = 0, start
    while edge := _COMMENT_EDGE.search(sql, position):
        depth += 1 if edge[0] == b"/*" else -1
        position = edge.end()
        if depth == 0:
            return position
    raise Unreadable(f"a comment that is opened at byte {start} is not closed")
