"""Reads TOML entries into structs. A mistake is kept as one line that names file, entry and key and says what to do."""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)


class Reader:
    """Reads a folder of TOML files; what it could not use is in `problems`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []
        self.places: dict[tuple[str, str], str] = {}
        """(kind of entry, id) -> file, for the messages of later checks."""

    def file(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            self.problems.append(f"{name}: the file is missing in {self.folder}; put it back")
        except UnicodeDecodeError as error:
            self.problems.append(f"{name}: is not UTF-8 ({error.reason}); save it as UTF-8")
        except tomllib.TOMLDecodeError as error:
            self.problems.append(f"{name}: is not TOML: {error}")
        return {}

    def files(self, folder: str) -> list[str]:
        return sorted(f"{folder}/{path.name}" for path in (self.folder / folder).glob("*.toml"))

    def only_keys(self, name: str, content: dict[str, Any], allowed: tuple[str, ...]) -> None:
        for key in content:
            if key not in allowed:
                self.problems.append(f"{name}: key '{key}' is unknown{_nearest(key, allowed)}")

    def entries(self, name: str, content: dict[str, Any], key: str, struct: type[T]) -> list[T]:
        """The entries of one array of tables."""
        rows = content.get(key, [])
        if not isinstance(rows, list):
            self.problems.append(f"{name}: '{key}' must be written as [[{key}]]")
            return []
        found = (self.entry(name, key, row, struct, number) for number, row in enumerate(rows, 1))
        return [entry for entry in found if entry is not None]

    def entry(self, name: str, key: str, row: Any, struct: type[T], number: int = 1) -> T | None:
        label = row.get("id") if isinstance(row, dict) else None
        where = f"{name}: {key} '{label}'" if label else f"{name}: {key} number {number}"
        try:
            entry = msgspec.convert(row, struct)
        except msgspec.ValidationError as error:
            self.problems.append(f"{where}: {_plain(str(error), struct)}")
            return None
        if isinstance(label, str):
            self._place(where, name, key, label)
        return entry

    def _place(self, where: str, name: str, key: str, label: str) -> None:
        earlier = self.places.get((key, label))
        if earlier is not None:
            self.problems.append(f"{where}: key 'id' is taken by an entry of {earlier}; choose another")
        self.places[key, label] = name


def _plain(message: str, struct: type[msgspec.Struct]) -> str:
    """msgspec's message in the words of this catalogue: the key first, then what to do."""
    text, _, path = message.partition(" - at `$")
    place = path.rstrip("`").lstrip(".")
    unknown = re.fullmatch(r"Object contains unknown field `(.+)`", text)
    if unknown:
        inner = f" in '{place}'" if place else ""
        return f"key '{unknown[1]}' is unknown{inner}{'' if place else _nearest(unknown[1], struct.__struct_fields__)}"
    missing = re.fullmatch(r"Object missing required field `(.+)`", text)
    if missing:
        return f"key '{missing[1]}' is missing{f' in {place!r}' if place else ''}; add it"
    expected = text[:1].lower() + text[1:]
    return f"key '{place}': {expected}; correct it" if place else f"{expected}; correct it"


def _nearest(key: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean '{near[0]}'?" if near else f"; known are {', '.join(known)}"
