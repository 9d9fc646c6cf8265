"""What a request asks for, whichever way a client says it."""

import gzip
import zlib
from email.message import Message

import lz4.frame
import pytest
import zstandard

from clickhouse.embedded.config import seconds_allowed
from clickhouse.embedded.protocol import Request, hello_answer, refusal_answer, request
from clickhouse.embedded.refusal import EngineRefusal, Refusal
from clickhouse.embedded.users import User, Users, credentials


def asked(query: str = "", body: bytes = b"", **headers: str) -> Request:
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return request("POST", query, message, body)  # type: ignore[arg-type]


def test_the_statement_is_what_the_address_says_and_then_the_body() -> None:
    assert asked("query=SELECT+1").sql == b"SELECT 1"
    assert asked("", b"SELECT 2").sql == b"SELECT 2"
    assert asked("query=INSERT+INTO+t+FORMAT+CSV", b"1\n").sql == b"INSERT INTO t FORMAT CSV\n1\n"


def test_settings_are_what_is_left_of_the_address() -> None:
    found = asked("query=SELECT+1&database=d&query_id=q&param_x=1&max_threads=2&session_id=s")
    assert found.settings == {"max_threads": "2"}
    assert found.bound == {"x": "1"}
    assert (found.database, found.query_id) == ("d", "q")


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"SELECT 1")),
        ("deflate", zlib.compress(b"SELECT 1")),
        ("zstd", zstandard.ZstdCompressor().compress(b"SELECT 1")),
        ("lz4", lz4.frame.compress(b"SELECT 1")),
    ],
)
def test_a_packed_body_is_unpacked(encoding: str, packed: bytes) -> None:
    assert asked("", packed, Content_Encoding=encoding).sql == b"SELECT 1"
    with pytest.raises(Refusal, match="damaged on its way"):
        asked("", b"not packed", Content_Encoding=encoding)
    with pytest.raises(Refusal, match="damaged on its way"):
        asked("", packed[:-3], Content_Encoding=encoding)


def test_a_form_is_read_and_a_file_in_it_refused() -> None:
    field = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    form = field % (b"query", b"", b"SELECT {n:UInt8}") + field % (b"param_n", b"", b"7") + b"--x--\r\n"
    found = asked("", form, Content_Type="multipart/form-data; boundary=x")
    assert (found.sql, found.bound) == (b"SELECT {n:UInt8}", {"n": "7"})
    outer = field % (b"t", b'; filename="t"', b"1") + b"--x--\r\n"
    with pytest.raises(Refusal, match="external tables"):
        asked("", outer, Content_Type="multipart/form-data; boundary=x")


def test_the_engines_own_compression_is_refused() -> None:
    with pytest.raises(Refusal, match="NOT_IMPLEMENTED"):
        asked("compress=1", b"SELECT 1")


def test_the_greeting_is_one_native_block_of_revision_0() -> None:
    ask = asked("client_protocol_version=54460", b"SELECT displayName(), version(), revision(), timezone()")
    assert ask.is_hello
    assert not asked("", b"SELECT displayName(), version(), revision(), timezone()").is_hello
    block = hello_answer(ask, "h", "26.9", "UTC").body
    assert block == (
        b"\x01\x00\x02\xff\xff\xff\xff\x00\x04\x01"
        b"\x0ddisplayName()\x06String\x00\x01h"
        b"\x09version()\x06String\x00\x0426.9"
        b"\x0arevision()\x06UInt32\x00\x00\x00\x00\x00"
        b"\x0atimezone()\x06String\x00\x03UTC"
    )


def test_an_error_of_the_engine_keeps_its_code_and_says_the_version_once() -> None:
    error = EngineRefusal(RuntimeError("failed: Code: 60. DB::Exception: no t. (UNKNOWN_TABLE) (version 26.9.2.1)"))
    answer = refusal_answer(error, "q\r\nX-Bad: 1", "26.9")
    assert answer.body == b"Code: 60. DB::Exception: no t. (UNKNOWN_TABLE) (version 26.9)\n"
    assert (answer.status, answer.headers["X-ClickHouse-Exception-Code"]) == (404, "60")
    assert "\n" not in answer.headers["X-ClickHouse-Query-Id"]


def test_a_reader_gets_the_shorter_of_its_wish_and_the_cap() -> None:
    wishes = (None, "", "5", "0.5", "90", "0", "-1", "nan", "inf", "x")
    assert [seconds_allowed(wish, 60) for wish in wishes] == ["60", "60", "5", "0.5", *["60"] * 6]


def test_name_and_password_come_from_headers_or_the_address() -> None:
    assert credentials({"X-ClickHouse-User": "a", "X-ClickHouse-Key": "b"}, {}) == ("a", "b")
    assert credentials({"Authorization": "Basic YTpiOmM="}, {}) == ("a", "b:c")
    assert credentials({"Authorization": "Basic ###"}, {"user": "a"}) == ("", "")
    assert credentials({}, {"user": "a", "password": "b"}) == ("a", "b")
    assert credentials({}, {}) == ("default", "")


def test_a_wrong_name_and_a_wrong_password_read_the_same() -> None:
    users = Users((User("writer", "writer", "secret"),))
    assert users.known("writer", "secret").role == "writer"
    for name, password in (("writer", "wrong"), ("nobody", "secret"), ("", ""), ("", "\0")):
        with pytest.raises(Refusal, match="AUTHENTICATION_FAILED"):
            users.known(name, password)
