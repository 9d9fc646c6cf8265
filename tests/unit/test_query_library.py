"""The library of queries: every file has its head, and takes what it says."""

import re

import pytest

from clickhouse.queries import library, parse


def test_every_query_of_the_library_has_a_title_in_both_languages_an_owner_and_declared_parameters() -> None:
    queries = library()
    assert len(queries) > 10
    for query in queries:
        used = set(re.findall(r"\{(\w+):", query.sql))
        assert used == {parameter.name for parameter in query.parameters}, query.name
        assert ";" not in query.sql, query.name
        assert "SETTINGS" not in query.sql, query.name  # a reader may not change them


def test_a_query_file_without_a_title_is_refused() -> None:
    with pytest.raises(ValueError, match=r"x\.sql: the head needs one line"):
        parse("x", "-- title_vi: chỉ một\nSELECT 1")
