"""Migration files are read in order and none may be missing."""

from pathlib import Path

import pytest

from clickhouse.migrate import FOLDER, read
from contract.errors import StoreError


def test_our_own_files_are_in_order_and_hold_statements() -> None:
    found = read()
    assert [int(m.name[:4]) for m in found] == list(range(1, len(found) + 1))
    assert all(m.statements and len(m.checksum) == 64 for m in found)


def test_every_statement_stands_being_repeated() -> None:
    repeatable = ("IF NOT EXISTS", "IF EXISTS", "NOT EXISTS", "MODIFY ", "OR REPLACE")
    for migration in read(FOLDER):
        for statement in migration.statements:
            assert any(words in statement.upper() for words in repeatable), (migration.name, statement[:60])


@pytest.mark.parametrize(
    "names", [("0002_a.sql",), ("0001_a.sql", "0003_b.sql"), ("0001_a.sql", "0001_b.sql"), ("1.sql",)]
)
def test_a_number_that_is_missing_double_or_misspelt_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (tmp_path / name).write_text("SELECT 1")
    with pytest.raises(StoreError, match="was expected in its place"):
        read(tmp_path)
