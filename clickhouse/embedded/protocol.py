"""ClickHouse's HTTP protocol: what a request asks for, and how an answer looks. No engine, no sockets."""

import email.parser
import email.policy
import gzip
import json
import re
import struct
import uuid
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import lz4.frame
import msgspec
import zstandard

from clickhouse.embedded.engine import Result
from clickhouse.embedded.refusal import Refusal

_PARAMETERS = """
query database default_format user password session_id session_timeout session_check query_id quota_key compress
decompress wait_end_of_query client_protocol_version role buffer_size send_progress_in_http_headers
http_headers_progress_interval_ms enable_http_compression add_http_cors_header stacktrace
http_write_exception_in_output_format cancel_http_readonly_queries_on_client_close
"""
"""Parameters of the address that are the protocol's, not settings."""
_OWN = frozenset(_PARAMETERS.split())

_TYPES = {
    "JSON": "application/json; charset=UTF-8",
    "JSONCompact": "application/json; charset=UTF-8",
    "Native": "application/octet-stream",
    "Arrow": "application/octet-stream",
    "ArrowStream": "application/octet-stream",
    "Parquet": "application/octet-stream",
    "TabSeparated": "text/tab-separated-values; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8; header=absent",
    "CSVWithNames": "text/csv; charset=UTF-8; header=present",
}
_HELLO = re.compile(rb"\s*SELECT displayName\(\), version\(\), revision\(\), timezone\(\)\s*")
_HELLO_REVISION = 54454
"""From here on a client reads the hello's columns with one byte more each (custom serialisation)."""


class Request(msgspec.Struct, frozen=True):
    """One request, its body unpacked."""

    method: str
    parameters: dict[str, str]
    body: bytes
    headers: Mapping[str, str]
    query_id: str

    @property
    def sql(self) -> bytes:
        """The statement; what is in the address comes before what is in the body."""
        query = self.parameters.get("query", "").encode("utf-8", "surrogateescape")
        if not query:
            return self.body
        return query + b"\n" + self.body if self.body else query

    @property
    def settings(self) -> dict[str, str]:
        return {k: v for k, v in self.parameters.items() if k not in _OWN and not k.startswith("param_")}

    @property
    def bound(self) -> dict[str, str]:
        return {k.removeprefix("param_"): v for k, v in self.parameters.items() if k.startswith("param_")}

    @property
    def database(self) -> str:
        return self.parameters.get("database") or self.headers.get("X-ClickHouse-Database") or ""

    @property
    def format(self) -> str:
        asked = self.parameters.get("default_format") or self.headers.get("X-ClickHouse-Format") or "TabSeparated"
        if not re.fullmatch(r"\w+", asked):
            raise Refusal(73, "UNKNOWN_FORMAT", "Unknown format.")
        return asked

    @property
    def gzipped(self) -> bool:
        """ClickHouse compresses an answer only when the setting says so and the client takes it."""
        return self.parameters.get("enable_http_compression") == "1" and "gzip" in (
            self.headers.get("Accept-Encoding") or ""
        )

    @property
    def is_hello(self) -> bool:
        revision = self.parameters.get("client_protocol_version", "0")
        return revision.isdigit() and int(revision) >= _HELLO_REVISION and _HELLO.fullmatch(self.sql) is not None


class Answer(msgspec.Struct, frozen=True):
    status: int
    body: bytes
    headers: dict[str, str]


def request(method: str, query: str, headers: Mapping[str, str], body: bytes) -> Request:
    """Parse a request, or a Refusal. The body comes as it was sent; its encoding is undone here."""
    parameters = dict(parse_qsl(query, keep_blank_values=True, errors="surrogateescape"))
    body = _decoded(body, (headers.get("Content-Encoding") or "").lower())
    content_type = headers.get("Content-Type") or ""
    if content_type.startswith("multipart/form-data"):
        parameters |= _fields(content_type, body)
        body = b""
    if parameters.get("compress") == "1" or parameters.get("decompress") == "1":
        raise Refusal(48, "NOT_IMPLEMENTED", "compress and decompress are not supported by the embedded engine.")
    return Request(method, parameters, body, headers, parameters.get("query_id") or str(uuid.uuid4()))


_BROKEN = {
    "gzip": (354, "ZLIB_INFLATE_FAILED"),
    "deflate": (354, "ZLIB_INFLATE_FAILED"),
    "zstd": (561, "ZSTD_DECODER_FAILED"),
    "lz4": (618, "LZ4_DECODER_FAILED"),
}
"""As the server itself answers: whoever sent the body may send it again."""


def _unpacked(body: bytes) -> bytes:
    whole = zstandard.ZstdDecompressor().decompressobj()
    unpacked = whole.decompress(body)
    if not whole.eof:
        raise EOFError("it ends too early")
    return unpacked


def _decoded(body: bytes, encoding: str) -> bytes:
    try:
        match encoding:
            case "":
                return body
            case "gzip":
                return gzip.decompress(body)
            case "deflate":
                return zlib.decompress(body)
            case "zstd":
                return _unpacked(body)
            case "lz4":
                unpacked: bytes = lz4.frame.decompress(body)
                return unpacked
    except (OSError, zlib.error, zstandard.ZstdError, RuntimeError, EOFError) as error:
        code, name = _BROKEN[encoding]
        raise Refusal(code, name, f"The body is not {encoding}, or was damaged on its way: {error}.") from error
    raise Refusal(117, "INCORRECT_DATA", f"Unknown compression method: {encoding[:40]}.")


def _fields(content_type: str, body: bytes) -> dict[str, str]:
    head = b"Content-Type: " + content_type.encode() + b"\r\n\r\n"
    message: Any = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    found: dict[str, str] = {}
    for part in message.iter_parts():
        if part.get_filename() is not None:
            raise Refusal(48, "NOT_IMPLEMENTED", "external tables are not supported by the embedded engine.")
        name = part.get_param("name", header="content-disposition")
        found[str(name)] = part.get_payload(decode=True).decode("utf-8", "surrogateescape")
    return found


def result_answer(asked: Request, result: Result, format_name: str, timezone: str, elapsed_ns: int) -> Answer:
    """What a statement gave. The format is named only where there is a result."""
    rows, size = result.read_rows or result.written_rows, result.read_bytes or result.written_bytes
    summary = {
        "read_rows": rows,
        "read_bytes": size,
        "written_rows": result.written_rows,
        "written_bytes": result.written_bytes,
        "total_rows_to_read": 0,
        "result_rows": result.written_rows,
        "result_bytes": len(result.body),
        "elapsed_ns": elapsed_ns,
    }
    headers = {
        "Content-Type": _TYPES.get(format_name, "text/plain; charset=UTF-8"),
        "X-ClickHouse-Query-Id": _clean(asked.query_id),
        "X-ClickHouse-Timezone": timezone,
        "X-ClickHouse-Summary": json.dumps({name: str(value) for name, value in summary.items()}),
    }
    if format_name:
        headers["X-ClickHouse-Format"] = format_name
    body = result.body
    if asked.gzipped and len(body) > 1024:
        body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
    return Answer(200, body, headers)


def refusal_answer(refusal: Refusal, query_id: str, version: str) -> Answer:
    text = f"{refusal} (version {version})\n".encode("utf-8", "replace")
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "X-ClickHouse-Exception-Code": str(refusal.code),
        "X-ClickHouse-Query-Id": _clean(query_id),
    }
    return Answer(refusal.status, text, headers)


def hello_answer(asked: Request, host: str, version: str, timezone: str) -> Answer:
    """The greeting that clickhouse-go asks for, one Native block.

    The engine writes Native blocks of revision 0 only. A server that names 0 as its revision is read at revision 0
    from then on; the greeting itself is still read at the client's.
    """
    block = b"\x01\x00\x02" + struct.pack("<i", -1) + b"\x00" + _varint(4) + _varint(1)
    for name, kind, value in (
        ("displayName()", "String", _text(host)),
        ("version()", "String", _text(version)),
        ("revision()", "UInt32", struct.pack("<I", 0)),
        ("timezone()", "String", _text(timezone)),
    ):
        block += _text(name) + _text(kind) + b"\x00" + value
    headers = {
        "Content-Type": "application/octet-stream",
        "X-ClickHouse-Format": "Native",
        "X-ClickHouse-Query-Id": _clean(asked.query_id),
        "X-ClickHouse-Timezone": timezone,
    }
    return Answer(200, block, headers)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def _text(text: str) -> bytes:
    return _varint(len(text.encode())) + text.encode()


def _clean(text: str) -> str:
    """A header may not carry line ends or what is not Latin-1."""
    return re.sub(r"[^\x20-\x7e]", "?", text)[:200]
