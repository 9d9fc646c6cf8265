"""docs/wire.md says what the code does: columns, reasons, limits, examples."""

import re

import msgspec
import pytest

from contract import cases, codec, figures, topics
from contract.reasons import Reason
from contract.settings import CHECKOUT, Settings
from tests.messages import read

DOCUMENT = (CHECKOUT / "docs" / "wire.md").read_text(encoding="utf-8")
PARTS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL))
EXAMPLES = dict(re.findall(r"```json (\w+)\n(.*?)```", DOCUMENT, re.DOTALL))
RECORDS = {"figures": ("A figure", figures.COLUMNS), "cases": ("A step of a case", cases.COLUMNS)}


def _message(value: str, record: str) -> codec.Message:
    headers = {topics.CONTENT_TYPE: topics.JSON.encode()}
    return codec.Message(f"nhip.{record}", 0, 0, 0, value.encode(), headers)


@pytest.mark.parametrize("record", RECORDS)
def test_every_column_is_described_and_no_other(record: str) -> None:
    title, columns = RECORDS[record]
    rows = re.findall(r"^\| (`.+?`) \| .+?\| (.*?) \|", PARTS[title], re.MULTILINE)
    described = {name: must for names, must in rows for name in re.findall(r"`(\w+)`", names)}
    assert set(described) == {column.name for column in columns}
    assert {name for name, must in described.items() if must == "✓"} == {c.name for c in columns if c.required}


def test_every_reason_is_described_and_no_other() -> None:
    rows = re.findall(r"^\| (`.+?`) \|", PARTS["What is refused"], re.MULTILINE)
    assert {reason for row in rows for reason in re.findall(r"`(\w+)`", row)} == set(Reason)


def test_the_limits_are_those_in_force() -> None:
    assert f"{Settings().max_batch_bytes:,}" in PARTS["How much"]


@pytest.mark.parametrize(("name", "record"), [("figure", "figures"), ("cases", "cases")])
def test_the_examples_are_taken_whole(name: str, record: str) -> None:
    decoded, _ = read(_message(EXAMPLES[name], record), record, Settings().max_batch_bytes)
    parsed = msgspec.json.decode(EXAMPLES[name])
    assert decoded.refusals == []
    assert len(decoded.records) == (len(parsed) if isinstance(parsed, list) else 1)
