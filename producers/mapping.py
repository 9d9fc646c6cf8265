"""A mapping file says how a CSV becomes records: which column is which field, in what format, with what meaning.

feed = "permits-replay"          the feed of the catalogue that the records belong to
record = "cases"                 or "figures"
files = ["receipt.csv"]          names it is meant for, so that `nhip replay` finds it

[fields]                         what every record made of a line has
case_id = { column = "case:concept:name" }
state = { column = "concept:name", values = "states" }
kind = { value = "permit" }
record_id = { text = "{case:concept:name}/{concept:instance}" }

[values.states]                  a value table: what the file writes, what we call it
"Confirmation of receipt" = "accepted"

[[records]]                      one line may become several records; without any, it becomes one
[[records]]
when = "case:enddate"            only where this column is filled
first_of = "case:concept:name"   only the first line of each
[records.fields]                 what differs from [fields]
state = { value = "finished" }
"""

import re
import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from contract import cases, figures
from contract.errors import MappingError

HERE = Path(__file__).parent / "mappings"
COLUMNS = {"figures": figures.COLUMNS, "cases": cases.COLUMNS}
IN_TEXT = re.compile(r"\{([^{}]+)\}")


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where one field of the record comes from: exactly one of `column`, `text` and `value`."""

    column: str = ""
    text: str = ""
    """A pattern with columns in braces: "C-M{Month}"."""
    value: str | float | bool | list[str] | None = None
    """The same for every record."""
    pattern: str = ""
    """A regular expression: only what it matches is taken of the cell."""
    values: str = ""
    """The value table that translates what the file writes."""
    otherwise: str | None = None
    """For what the table lacks; without it the file's own word goes on, to be judged like any sender's."""
    format: str = "iso"
    """Of times: "iso", or a pattern such as "%Y%m%d%H%M%S"."""
    zone: str = "+07:00"
    """Of times that don't carry one."""
    period: str = ""
    """The kind of period a date lies in: "C-Q" makes C-Q2019-1 of 2019-03-29."""
    scale: float = 1.0
    """Numbers are multiplied by it."""
    decimal: Literal[".", ","] = "."
    """The decimal mark; the other one may group thousands."""

    def columns(self) -> list[str]:
        return [self.column] if self.column else IN_TEXT.findall(self.text)


class Take(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One record made of a line."""

    when: str = ""
    first_of: str = ""
    fields: dict[str, Source] = {}


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    feed: str
    record: Literal["figures", "cases"]
    fields: dict[str, Source]
    files: tuple[str, ...] = ()
    source: str = ""
    """Where the file comes from: publication and date."""
    delimiter: str = ","
    values: dict[str, dict[str, str]] = {}
    records: tuple[Take, ...] = (Take(),)
    name: str = ""
    """The mapping file's own name, for messages."""

    def takes(self) -> list[Take]:
        """Each with all of its fields."""
        return [msgspec.structs.replace(take, fields={**self.fields, **take.fields}) for take in self.records]


def load(path: Path) -> Mapping:
    """The mapping in a TOML file, checked as far as it can be without its CSV."""
    try:
        parsed = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MappingError(f"{path.name}: the mapping cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise MappingError(f"{path.name}: not TOML: {error}") from error
    try:
        mapping = msgspec.convert({"name": path.name, **parsed}, Mapping)
    except msgspec.ValidationError as error:
        raise MappingError(f"{path.name}: {error}; producers/mapping.py lists the keys") from error
    for place, take in enumerate(mapping.takes(), 1):
        _check(mapping, take, f"{path.name}: record {place}" if mapping.records != (Take(),) else path.name)
    return mapping


def _check(mapping: Mapping, take: Take, where: str) -> None:
    known = {column.name: column for column in COLUMNS[mapping.record]}
    for name, field in take.fields.items():
        if name not in known:
            raise MappingError(f"{where}: field '{name}' is none of the record's; it has {', '.join(known)}")
        if (bool(field.column), bool(field.text), field.value is not None).count(True) != 1:
            raise MappingError(f"{where}: field '{name}' needs exactly one of column, text and value")
        if field.values and field.values not in mapping.values:
            table = f"values.{field.values}"
            raise MappingError(f"{where}: field '{name}' uses a value table that is not there; add [{table}]")
    for name, column in known.items():
        if column.required and name not in take.fields and name not in ("feed", "sent_at", "simulated"):
            raise MappingError(f"{where}: field '{name}' is missing; give it a column or a value")
    if not {"event_at", "period"} & set(take.fields):
        raise MappingError(f"{where}: a figure needs 'event_at' or 'period'")
    if "event_at" not in take.fields and "sent_at" not in take.fields:
        raise MappingError(f"{where}: a figure with a period needs 'sent_at', the time of its release")


def find(file: Path, name: str = "") -> Mapping:
    """The mapping by name or path; without one, the TOML beside the file, else the built-in one that lists it."""
    if name:
        built_in = HERE / f"{name}.toml"
        return load(built_in if built_in.is_file() else Path(name))
    beside = file.with_suffix(".toml")
    if beside.is_file():
        return load(beside)
    for path in sorted(HERE.glob("*.toml")):
        mapping = load(path)
        if file.name in mapping.files:
            return mapping
    names = ", ".join(sorted(path.stem for path in HERE.glob("*.toml")))
    raise MappingError(f"{file.name}: no mapping is known; write {beside.name} beside it or name one of {names}")
