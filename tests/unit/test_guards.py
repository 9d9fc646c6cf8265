"""What the endpoint refuses before the engine sees it, and what it must not refuse."""

import pytest

from clickhouse.embedded.guards import check_role, check_setting, examine
from clickhouse.embedded.refusal import Refusal


def refused(sql: str) -> int:
    with pytest.raises(Refusal) as caught:
        examine(sql.encode())
    return caught.value.code


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 INTO OUTFILE 'x'",
        "select 1 into/**/outfile 'x'",
        "SELECT 1 INTO\u00a0OUTFILE 'x'",
        "SELECT 1 // '\nINTO OUTFILE 'x'",
        "INSERT INTO t FROM INFILE 'x' FORMAT CSV",
    ],
)
def test_no_statement_names_a_file_of_this_machine(sql: str) -> None:
    assert refused(sql) == 497


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT file('/etc/passwd')",
        "SELECT `file`('/etc/passwd')",
        "SELECT file /* */ ('/etc/passwd')",
        "SELECT * APPLY file FROM t",
        "SELECT * APPLY(file) FROM t",
        "SELECT * FROM url('http://x', 'CSV')",
        "SELECT * FROM python(secret)",
        "SELECT * FROM eval('SELECT 1')",
        "SELECT * FROM sqlite('a', 'b')",
        "SELECT aiGenerate('x')",
        "CREATE TABLE t (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS disk = disk(type = local, path = '/')",
    ],
)
def test_no_function_reaches_outside_the_tables(sql: str) -> None:
    assert refused(sql) == 497


def test_a_name_written_with_escapes_is_not_taken() -> None:
    assert refused(r"SELECT `fi\x6ce`('/etc/passwd')") == 62


def test_several_statements_in_one_body_are_refused() -> None:
    assert refused("SELECT 1; DROP TABLE t") == 62
    assert refused("SELECT 1; -- a\n SELECT 2") == 62


def test_a_semicolon_at_the_end_or_inside_a_string_is_one_statement() -> None:
    assert examine(b"SELECT 1 ; -- done; really\n").keyword == "SELECT"
    assert examine(b"SELECT 'a; DROP TABLE t'").keyword == "SELECT"


def test_words_in_strings_and_comments_are_only_words() -> None:
    for sql in ("SELECT 'INTO OUTFILE'", "SELECT 1 -- FROM INFILE\n", "SELECT profile('x'), file, t.url FROM t"):
        assert examine(sql.encode()).reads


def test_a_statement_that_does_not_end_is_a_syntax_error() -> None:
    assert refused("SELECT 'a") == 62


def test_the_rows_of_an_insert_are_not_read_as_sql() -> None:
    statement = examine(b"INSERT INTO t (a, b) FORMAT CSV\n1;2 INTO OUTFILE 'x\n")
    assert (statement.text, statement.format, statement.data) == (
        b"INSERT INTO t (a, b) ",
        "CSV",
        b"1;2 INTO OUTFILE 'x\n",
    )


def test_the_rows_of_an_insert_keep_their_first_bytes() -> None:
    assert examine(b"INSERT INTO t FORMAT Native\n\x00\n\x01").data == b"\x00\n\x01"
    assert examine(b"INSERT INTO t FORMAT TSV\r\n1").data == b"1"
    assert examine(b"INSERT INTO t FORMAT TSV \n\n1").data == b"\n1"


def test_the_settings_of_an_insert_are_set_apart_from_its_rows() -> None:
    statement = examine(b"INSERT INTO t (a) SETTINGS async_insert = 0 FORMAT CSV\n1")
    assert (statement.text, statement.clause) == (b"INSERT INTO t (a) ", b"SETTINGS async_insert = 0 ")


def test_an_insert_of_values_or_of_a_query_is_one_statement() -> None:
    assert examine(b"INSERT INTO t VALUES (1, ';')").data is None
    assert examine(b"INSERT INTO t SELECT format FROM u").data is None
    assert examine(b"INSERT INTO t (format) SELECT 1 FORMAT Null").data is None


def test_the_format_is_the_one_at_the_end_not_a_column_of_that_name() -> None:
    assert examine(b"SELECT format FROM t").format == ""
    assert examine(b"SELECT format, x FROM t FORMAT JSON").format == "JSON"
    assert examine(b"SELECT 1 FORMAT CSV SETTINGS max_threads = 1").format == "CSV"


@pytest.mark.parametrize("sql", ["SELECT 1", "WITH 1 AS x SELECT x", "(SELECT 1)", "SHOW TABLES", "EXISTS t"])
def test_a_reader_reads(sql: str) -> None:
    check_role(examine(sql.encode()), "reader", "GET")


@pytest.mark.parametrize(
    "sql",
    ["KILL QUERY WHERE 1", "SYSTEM STOP MERGES", "SET max_threads = 9", "INSERT INTO t VALUES (1)", "DROP TABLE t"],
)
def test_a_reader_does_nothing_else(sql: str) -> None:
    with pytest.raises(Refusal, match="READONLY"):
        check_role(examine(sql.encode()), "reader", "POST")


def test_not_even_the_writer_has_a_say_in_when_the_engine_merges() -> None:
    with pytest.raises(Refusal, match="ACCESS_DENIED"):
        check_role(examine(b"SYSTEM START MERGES"), "writer", "POST")


def test_get_only_reads_whoever_asks() -> None:
    with pytest.raises(Refusal, match="READONLY"):
        check_role(examine(b"DROP TABLE t"), "writer", "GET")
    check_role(examine(b"DROP TABLE t"), "writer", "POST")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format_template_row", "/etc/passwd"),
        ("format_schema", "/etc/passwd:x"),
        ("input_format_record_errors_file_path", "/x"),
        ("additional_table_filters", "{'t': 'file(\\'/etc/passwd\\') != \\'\\''}"),
        ("additional_table_filters", r"{'t': '\x66ile(1)'}"),
        ("a; DROP TABLE t", "1"),
    ],
)
def test_a_setting_that_opens_a_door_is_refused(name: str, value: str) -> None:
    with pytest.raises(Refusal):
        check_setting(name, value)


def test_a_setting_that_names_a_file_is_refused_inside_a_statement_too() -> None:
    assert refused("SELECT 1 FORMAT Template SETTINGS format_template_row = '/etc/passwd'") == 497


def test_ordinary_settings_pass() -> None:
    check_setting("max_threads", "4")
    check_setting("additional_table_filters", "{'t': 'unit = \\'H26\\''}")
