"""SQL is cut as the engine cuts it."""

import pytest

from clickhouse.sql import Unreadable, meaningful, statements, tokens


def texts(sql: str) -> list[str]:
    return [token.text.decode() for token in meaningful(sql.encode())]


def test_nothing_is_left_out() -> None:
    sql = b"SELECT 'a;b' /* c /* d */ */, `e`, \"f\", 1.5 -- g\nFROM t // h\n# i\n;"
    assert b"".join(token.text for token in tokens(sql)) == sql


@pytest.mark.parametrize(
    "hidden",
    [
        "'a;b'",
        "'it''s;'",
        r"'a\';b'",
        r"'\\'",
        "`a;b`",
        '"a;b"',
        "$$a;'b$$",
        "$tag$ a $$ ; $tag$",
        "‘a;b’",
        "“a;b”",
    ],
)
def test_a_semicolon_inside_quotes_ends_nothing(hidden: str) -> None:
    assert texts(f"SELECT {hidden} x") == ["SELECT", hidden, "x"]


@pytest.mark.parametrize("comment", ["-- a;b\n", "// a;'b\n", "# a;b\n", "#!a;b\n", "/* a;b */", "/* a /* b */ ; */"])
def test_a_comment_is_no_part_of_a_statement(comment: str) -> None:
    assert texts(f"SELECT 1 {comment} + 2") == ["SELECT", "1", "+", "2"]


@pytest.mark.parametrize("open_end", ["'a", "`a", '"a', "/* a", "/* /* a */", "‘a", r"'a\'"])
def test_what_is_opened_and_not_closed_is_refused(open_end: str) -> None:
    with pytest.raises(Unreadable):
        texts(f"SELECT {open_end}")


def test_a_file_is_cut_into_its_statements() -> None:
    sql = b"-- one; two\nCREATE TABLE a (x String COMMENT 'p; q');\n\n/* ; */ INSERT INTO a VALUES (';');\n;"
    assert statements(sql) == [b"CREATE TABLE a (x String COMMENT 'p; q')", b"INSERT INTO a VALUES (';')"]


def test_white_space_beyond_ascii_parts_words_as_the_engine_parts_them() -> None:
    assert texts("INTO\u00a0OUTFILE") == ["INTO", "OUTFILE"]
    assert texts("INTO\u2003OUTFILE") == ["INTO", "OUTFILE"]


def test_a_megabyte_of_quotes_is_read_in_a_moment() -> None:
    sql = b"SELECT '" + b"a''\\'" * 200_000
    with pytest.raises(Unreadable):
        list(meaningful(sql))
